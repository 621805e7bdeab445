package wire

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

type text[S ~string] struct{ shared bool }

// Text is a string; null reads as the empty one.
func Text[S ~string]() Codec[S] { return text[S]{} }

// Shared is a string that repeats within one text and is held once.
func Shared[S ~string]() Codec[S] { return text[S]{shared: true} }

func (t text[S]) Read(r *Reader, v *S) error {
	b, err := r.text()
	if t.shared {
		*v = S(r.share(b))
	} else {
		*v = S(b)
	}
	return err
}

func (text[S]) Write(w *Writer, v *S) { w.Text(string(*v)) }
func (text[S]) Zero(v *S) bool        { return *v == "" }

type embedded[S ~string] struct{ text func(string) S }

// Embedded is a JSON object that is kept as text, such as a policy document. It reads an object as its text without
// the indentation of the text around it (see Dedent), a string as what text makes of it, null as "", and any other
// value as its own text, for whoever parses it to complain. It writes an object where the text is one without
// duplicate names, else a string. What Dedent and text leave alone is read as it was written.
func Embedded[S ~string](text func(string) S) Codec[S] { return embedded[S]{text} }

func (e embedded[S]) Read(r *Reader, v *S) error {
	switch r.Kind() {
	case '"', 'n':
		b, err := r.text()
		if err == nil {
			*v = S(r.share([]byte(e.text(string(b)))))
		}
		return err
	default:
		b, err := r.Raw()
		if err == nil {
			r.scratch = AppendDedent(r.scratch[:0], b)
			*v = S(r.share(r.scratch))
		}
		return err
	}
}

func (embedded[S]) Write(w *Writer, v *S) {
	if isObject(string(*v)) {
		w.Verbatim(string(*v))
	} else {
		w.Text(string(*v))
	}
}

func (embedded[S]) Zero(v *S) bool { return *v == "" }

// maxBrackets keeps an embedded object well inside jsontext's nesting limit when it is read in its place.
const maxBrackets = 5000

func isObject(s string) bool {
	if s == "" || s[0] != '{' || s[len(s)-1] != '}' {
		return false
	}
	brackets := 0
	for i := range len(s) {
		if s[i] == '{' || s[i] == '[' {
			brackets++
		}
	}
	return brackets < maxBrackets && jsontext.Value(s).IsValid()
}

type integer struct{}

// Int is a whole number that fits an int.
func Int() Codec[int] { return integer{} }

func (integer) Read(r *Reader, v *int) error {
	switch r.Kind() {
	case 'n':
		return r.Skip()
	case '0':
		raw, err := r.Raw()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(raw), 10, strconv.IntSize)
		if err != nil {
			return r.Fail("want a whole number, found "+Cut(string(raw)), "")
		}
		*v = int(n)
		return nil
	default:
		return r.mismatch("a whole number")
	}
}

func (integer) Write(w *Writer, v *int) { w.Literal(strconv.Itoa(*v)) }
func (integer) Zero(v *int) bool        { return *v == 0 }

type boolean struct{}

// Bool is true or false; null reads as false.
func Bool() Codec[bool] { return boolean{} }

func (boolean) Read(r *Reader, v *bool) error {
	switch r.Kind() {
	case 't', 'f', 'n':
		raw, err := r.Raw()
		*v = string(raw) == "true"
		return err
	default:
		return r.mismatch("true or false")
	}
}

func (boolean) Write(w *Writer, v *bool) { w.Literal(strconv.FormatBool(*v)) }
func (boolean) Zero(v *bool) bool        { return !*v }

type instant struct{}

// Time is a time as RFC 3339 has it, in UTC.
func Time() Codec[time.Time] { return instant{} }

func (instant) Read(r *Reader, v *time.Time) error {
	b, err := r.text()
	if err != nil || b == nil {
		return err
	}
	t, ok := ParseTime(string(b), time.RFC3339)
	if !ok {
		return r.Fail("want a time such as 2026-01-31T08:00:00Z, found "+strconv.Quote(Cut(string(b))), "")
	}
	*v = t
	return nil
}

func (instant) Write(w *Writer, v *time.Time) { w.Text(v.UTC().Format(time.RFC3339Nano)) }
func (instant) Zero(v *time.Time) bool        { return v.IsZero() }

// ParseTime reads s by the first layout that fits, in UTC. Years outside 1 to 9999, which RFC 3339 cannot write,
// are refused.
func ParseTime(s string, layouts ...string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			return t, 1 <= t.Year() && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

type list[T any] struct{ of Codec[T] }

// List is an array. Null and the empty array read as nil.
func List[T any](of Codec[T]) Codec[[]T] { return list[T]{of} }

func (l list[T]) Read(r *Reader, v *[]T) error {
	*v = nil
	return r.Elements(func() error {
		var zero T
		*v = append(*v, zero)
		return l.of.Read(r, &(*v)[len(*v)-1])
	})
}

func (l list[T]) Write(w *Writer, v *[]T) {
	w.element()
	if _, object := l.of.(*Object[T]); !object {
		w.flat++
		defer func() { w.flat-- }()
	}
	w.open('[')
	for i := range *v {
		l.of.Write(w, &(*v)[i])
	}
	w.close(']')
}

func (list[T]) Zero(v *[]T) bool { return len(*v) == 0 }

type unique[T any] struct {
	list[T]
	noun string
	key  func(*T) string
}

// Unique is List, refusing a second element with the same key. The noun names an element in the error.
func Unique[T any](noun string, of Codec[T], key func(*T) string) Codec[[]T] {
	return unique[T]{list[T]{of}, noun, key}
}

func (u unique[T]) Read(r *Reader, v *[]T) error {
	*v = nil
	seen := map[string]bool{}
	return r.Elements(func() error {
		at := r.Next()
		var element T
		if err := u.of.Read(r, &element); err != nil {
			return err
		}
		key := u.key(&element)
		if seen[key] {
			return r.FailAt(at, fmt.Sprintf("%s %q stands twice", u.noun, Cut(key)), "keep one of them")
		}
		seen[key] = true
		*v = append(*v, element)
		return nil
	})
}

type pointer[T any] struct{ to Codec[T] }

// Pointer is a value that may be missing; nil reads and writes as a member that is left out, or null.
func Pointer[T any](to Codec[T]) Codec[*T] { return pointer[T]{to} }

func (p pointer[T]) Read(r *Reader, v **T) error {
	if r.Kind() == 'n' {
		return r.Skip()
	}
	*v = new(T)
	return p.to.Read(r, *v)
}

func (p pointer[T]) Write(w *Writer, v **T) { p.to.Write(w, *v) }
func (pointer[T]) Zero(v **T) bool          { return *v == nil }

type pair[T any] struct{ of Codec[T] }

// Pair is an array of at most two.
func Pair[T any](of Codec[T]) Codec[[2]T] { return pair[T]{of} }

func (p pair[T]) Read(r *Reader, v *[2]T) error {
	n := 0
	return r.Elements(func() error {
		if n == len(v) {
			return r.FailAt(r.Next(), "want at most two", "")
		}
		n++
		return p.of.Read(r, &v[n-1])
	})
}

func (p pair[T]) Write(w *Writer, v *[2]T) {
	some := v[:]
	if p.of.Zero(&v[1]) {
		some = v[:1]
	}
	list[T](p).Write(w, &some)
}

func (p pair[T]) Zero(v *[2]T) bool { return p.of.Zero(&v[0]) && p.of.Zero(&v[1]) }

type counts struct{}

// Counts is an object of whole numbers.
func Counts() Codec[map[string]int] { return counts{} }

func (counts) Read(r *Reader, v *map[string]int) error {
	if r.Kind() == '{' {
		*v = map[string]int{}
	}
	return r.Members(func(name []byte) error {
		key := string(name)
		if _, twice := (*v)[key]; twice {
			return r.Fail(fmt.Sprintf("member %q stands twice", Cut(key)), "keep one of them")
		}
		n := 0
		err := integer{}.Read(r, &n)
		(*v)[key] = n
		return err
	})
}

func (counts) Write(w *Writer, v *map[string]int) {
	keys := make([]string, 0, len(*v))
	for key := range *v {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	w.element()
	w.open('{')
	for _, key := range keys {
		w.name(key)
		w.Literal(strconv.Itoa((*v)[key]))
	}
	w.close('}')
}

func (counts) Zero(v *map[string]int) bool { return *v == nil }
