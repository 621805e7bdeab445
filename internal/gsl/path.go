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
	return lookup(v, a.rest)
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

// code reads the path from the entity or from the element. The two commonest reads, of one declared property
// of the entity and of one name of a Record, are made without a loop.
func (a *access) code(label string, root, field bool) code {
	c := code{kind: a.kind, typ: a.typ, date: a.date}
	switch {
	case len(a.steps) == 0 && !root && !strings.Contains(a.rest, "."):
		name := a.rest
		c.value = func(e *Env) Value {
			v := e.run.self
			if r, ok := v.ref.(Record); ok && v.kind == Object {
				v, _ = r.Lookup(name)
			} else {
				v = absent(v)
			}
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, field, v)
			}
			return v
		}
	case len(a.steps) == 1 && a.rest == "" && field && !root:
		get := a.steps[0].Get
		c.value = func(e *Env) Value {
			v := get(e.run.self.ref)
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, true, v)
			}
			return v
		}
	case root:
		c.value = func(e *Env) Value {
			v := a.of(PointerOf(e.run.root))
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, true, v)
			}
			return v
		}
	default:
		c.value = func(e *Env) Value {
			v := a.of(e.run.self)
			if v.kind == Unknown || e.Trace != nil {
				return e.seen(label, field, v)
			}
			return v
		}
	}
	return c
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

// lookup reads a path from a Record; from anything else it reads null.
func lookup(v Value, path string) Value {
	r, ok := v.ref.(Record)
	if v.kind != Object || !ok {
		return absent(v)
	}
	found, _ := find(r, path)
	return found
}

// find tries the longest name first, since names may hold dots; a name that leads nowhere is left for a
// shorter one.
func find(r Record, path string) (Value, bool) {
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		v, ok := r.Lookup(path[:end])
		switch {
		case !ok:
			continue
		case end == len(path) || v.kind == Unknown:
			return v, true
		}
		if next, isRecord := v.ref.(Record); isRecord && v.kind == Object {
			if found, ok := find(next, path[end+1:]); ok {
				return found, true
			}
		}
	}
	return Value{}, false
}
