// Package wire maps JSON to Go values by tables: one table of an object's members reads it and writes it.
//
// Contract: reading streams; every error has a line, a column and a JSON pointer. A member that is unknown or
// stands twice is an error; a Loose table skips what it does not know. Embedded documents keep their text byte for
// byte, even with duplicate names in them, which no marshaller by struct tags can do beside strict members.
// Writing is deterministic and indented; zero values are left out.
// Limits: UTF-8 only; jsontext's nesting limit of 10,000 levels; one value is held in memory at a time.
// Floor: 2.
package wire

import "fmt"

// Codec reads and writes one kind of value.
type Codec[T any] interface {
	Read(r *Reader, v *T) error
	Write(w *Writer, v *T)
	Zero(v *T) bool // the value says nothing: its member is left out
}

// Member is one named member of the object that a T is written as.
type Member[T any] struct {
	name  string
	read  func(*Reader, *T) error
	write func(*Writer, *T)
	zero  func(*T) bool
}

// Field is the member called name, which stands in the field that at points to.
func Field[T, F any](name string, c Codec[F], at func(*T) *F) Member[T] {
	return Member[T]{
		name:  name,
		read:  func(r *Reader, v *T) error { return c.Read(r, at(v)) },
		write: func(w *Writer, v *T) { c.Write(w, at(v)) },
		zero:  func(v *T) bool { return c.Zero(at(v)) },
	}
}

// Always is m, written also when it is zero.
func (m Member[T]) Always() Member[T] {
	m.zero = func(*T) bool { return false }
	return m
}

// Object is the table of an object's members, in the order they are written. At most 64.
type Object[T any] struct {
	members []Member[T]
	index   map[string]int
	loose   bool
	flat    bool
	check   func(*T) string
}

// NewObject is the table of these members.
func NewObject[T any](members ...Member[T]) *Object[T] {
	o := &Object[T]{members: members, index: make(map[string]int, len(members))}
	for i, m := range members {
		o.index[m.name] = i
	}
	return o
}

// Loose makes o skip members it does not know.
func (o *Object[T]) Loose() *Object[T] {
	o.loose = true
	return o
}

// Flat makes o write on one line.
func (o *Object[T]) Flat() *Object[T] {
	o.flat = true
	return o
}

// Check makes o refuse what f gives a reason against.
func (o *Object[T]) Check(f func(*T) string) *Object[T] {
	o.check = f
	return o
}

// Names lists the members in the order they are written.
func (o *Object[T]) Names() []string {
	names := make([]string, len(o.members))
	for i, m := range o.members {
		names[i] = m.name
	}
	return names
}

// Has reports whether name is a member.
func (o *Object[T]) Has(name string) bool {
	_, ok := o.index[name]
	return ok
}

// Read fills v; null leaves it as it is.
func (o *Object[T]) Read(r *Reader, v *T) error {
	at := r.Next()
	seen := Seen(0)
	err := r.Members(func(name []byte) error { return o.ReadMember(r, v, name, &seen) })
	if err != nil || o.check == nil {
		return err
	}
	if why := o.check(v); why != "" {
		return r.FailAt(at, why, "")
	}
	return nil
}

// Seen is the set of members that one object had so far.
type Seen uint64

// ReadMember reads the value of the member called name, which was just read, into v.
func (o *Object[T]) ReadMember(r *Reader, v *T, name []byte, seen *Seen) error {
	i, ok := o.index[string(name)]
	switch {
	case !ok && o.loose:
		return r.Skip()
	case !ok:
		return r.Fail(fmt.Sprintf("unknown member %q", Cut(string(name))), "known here: "+join(o.Names()))
	case *seen&(1<<i) != 0:
		return r.Fail(fmt.Sprintf("member %q stands twice", name), "keep one of them")
	}
	*seen |= 1 << i
	return o.members[i].read(r, v)
}

// Write writes the members of v that say something.
func (o *Object[T]) Write(w *Writer, v *T) {
	w.element()
	if o.flat {
		w.flat++
		defer func() { w.flat-- }()
	}
	w.open('{')
	for i := range o.members {
		if m := &o.members[i]; !m.zero(v) {
			w.name(m.name)
			m.write(w, v)
		}
	}
	w.close('}')
}

// Zero reports whether every member of v is zero.
func (o *Object[T]) Zero(v *T) bool {
	for i := range o.members {
		if !o.members[i].zero(v) {
			return false
		}
	}
	return true
}
