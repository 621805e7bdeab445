package gsl

import (
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// maxParts is how many parts a path may have.
const maxParts = 64

// access reads a path from an object: first declared properties, then names known only when it runs.
type access struct {
	steps []*Property
	rest  string // looked up in a Record
	kind  Kind
	typ   *Type
	date  bool
}

// of reads the path from v.
func (a *access) of(v Value) Value {
	for _, p := range a.steps {
		if v.kind != Object {
			return absent(v)
		}
		v = p.Get(v.ref)
	}
	if a.rest == "" {
		return v
	}
	return along(v, a.rest)
}

// absent is what a property of a value that is no object reads as.
func absent(v Value) Value {
	if v.kind == Unknown {
		return v
	}
	return Value{}
}

func (k *compiler) path(x *syntax.Path) code {
	from := k.scope
	if x.Root {
		from = k.root
	}
	if strings.Count(x.Text, ".") >= maxParts {
		k.fail(x.Span, fmt.Sprintf("the path has more than %d parts", maxParts), "")
		return fixedCode(Value{})
	}
	a := k.resolve(x.Span, from.typ, x.Text)
	return a.code(x.Text, x.Root, x.Root || from.top)
}

// code reads the path from the entity or from the element. The commonest reads are made without a loop: of one
// declared property of the entity, of a name behind it, and of names of a Record.
func (a *access) code(label string, root, field bool) code {
	c := code{kind: a.kind, typ: a.typ, date: a.date}
	dotted := strings.Contains(a.rest, ".")
	switch {
	case len(a.steps) == 0 && !root && !dotted:
		c.member = &memberRead{a.rest, label, field}
		c.value = c.member.value
	case len(a.steps) == 0 && !root:
		path := a.rest
		c.value = func(e *Env) Value {
			v := along(e.run.self, path)
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, field, v)
			}
			return v
		}
	case len(a.steps) == 1 && field && !dotted:
		c.value = property(a.steps[0].Get, a.rest, label)
	default:
		c.value = func(e *Env) Value {
			self := e.run.self
			if root {
				self = PointerOf(e.run.root)
			}
			v := a.of(self)
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, field, v)
			}
			return v
		}
	}
	return c
}

// property reads a property of the entity, or where name is given that member of it.
func property(get func(any) Value, name, label string) func(*Env) Value {
	if name == "" {
		return func(e *Env) Value {
			v := get(e.run.root)
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, true, v)
			}
			return v
		}
	}
	return func(e *Env) Value {
		v := get(e.run.root)
		if r, ok := v.ref.(Record); ok && v.kind == Object {
			v, _ = r.Lookup(name)
		} else {
			v = absent(v)
		}
		if v.kind == Unknown || e.Trace != nil {
			return e.seen(label, true, v)
		}
		return v
	}
}

// resolve finds out what a path reads from an object of a type, and warns of what is not there.
func (k *compiler) resolve(at source.Span, t *Type, path string) access {
	var a access
	rest := path
	for t != nil && rest != "" {
		name, behind, _ := strings.Cut(rest, ".")
		p := k.schema.property(t, name)
		if p == nil {
			k.noProperty(at, t, name)
			return access{rest: rest}
		}
		if k.schema.isEntity[t] {
			k.reads[t.Name+"."+name] = true
		}
		a.steps = append(a.steps, p)
		a.kind, a.typ, a.date = p.Kind, p.Elem, p.Date
		rest = behind
		if rest != "" && p.Kind != Object {
			k.notAnObject(at, p, rest)
			return access{rest: path}
		}
		t = p.Elem
	}
	if rest != "" {
		a.rest, a.kind, a.typ, a.date = rest, Null, nil, false
	}
	return a
}

func (k *compiler) noProperty(at source.Span, t *Type, name string) {
	if name == "null" {
		k.report(source.Warning, at, "GSL has no null: this reads a property of that name", "write: not property, or: property isEmpty()")
		return
	}
	names := make([]string, len(t.Properties))
	for i, p := range t.Properties {
		names[i] = p.Name
	}
	k.report(source.Warning, at, fmt.Sprintf("%s has no property %.60q: it reads as null", t.Name, name), source.DidYouMean(name, names))
}

func (k *compiler) notAnObject(at source.Span, p *Property, rest string) {
	hint := ""
	if p.Kind == List {
		hint = fmt.Sprintf("%s is a list; write: %s contain [%.60s …]", p.Name, p.Name, rest)
	}
	k.report(source.Warning, at, fmt.Sprintf("%s has no properties: %.60q reads as null", p.Name, rest), hint)
}

// along reads a path from a Record; from anything else it reads null. It takes the longest name at each step; only
// where that ends nowhere and a name on the way held a dot, a shorter one may lead on.
func along(from Value, path string) Value {
	v, rest, steps := from, path, 0
	for v.kind == Object {
		r, ok := v.ref.(Record)
		if !ok {
			break
		}
		next, n := r.Longest(rest, len(rest)+1)
		if n == len(rest) || next.kind == Unknown {
			return next
		}
		if n == 0 {
			break
		}
		v, rest = next, rest[n+1:]
		steps++
	}
	switch {
	case steps == 0:
		return absent(v)
	case strings.Count(path[:len(path)-len(rest)], ".") > steps:
		r, _ := from.ref.(Record)
		v, _ = find(r, path)
		return v
	}
	return Value{}
}

// find tries the longest name first, since names may hold dots; a name that leads nowhere is left for a
// shorter one.
func find(r Record, path string) (Value, bool) {
	v, n := r.Longest(path, len(path)+1)
	for n > 0 {
		if n == len(path) || v.kind == Unknown {
			return v, true
		}
		if next, isRecord := v.ref.(Record); isRecord && v.kind == Object {
			if found, ok := find(next, path[n+1:]); ok {
				return found, true
			}
		}
		v, n = r.Longest(path, n)
	}
	return Value{}, false
}
