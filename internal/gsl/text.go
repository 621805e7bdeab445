package gsl

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/source"
)

func compileIsEmpty(_ *compiler, c invocation) code {
	if c.self.pipe != nil {
		some := c.self.truth
		return truthCode(func(e *Env) Truth { return some(e).Not() })
	}
	value := c.self.asValue()
	return truthCode(func(e *Env) Truth {
		v := value(e)
		switch v.kind {
		case Null, String, List, Unknown:
			return v.Truth().Not()
		default:
			return False
		}
	})
}

// compileLength counts the elements of a list or the characters of a string.
func compileLength(_ *compiler, c invocation) code {
	value := c.self.asValue()
	return code{kind: Number, value: func(e *Env) Value {
		v := value(e)
		switch v.kind {
		case Unknown:
			return v
		case String:
			return NumberOf(float64(utf8.RuneCountInString(v.str)))
		case List:
			return NumberOf(float64(length(v.Sequence())))
		default:
			return Value{}
		}
	}}
}

// fixedText is a literal string argument; anything else is refused.
func (k *compiler) fixedText(c invocation, i int) (string, bool) {
	v := c.args[i].constant()
	if v.kind != String || v.str == "" {
		k.fail(c.call.Args[i].Range(), fmt.Sprintf("%s takes a string in single quotes here", c.call.Name.Text), "such as: "+c.example)
		return "", false
	}
	return v.str, true
}

func compileSplit(k *compiler, c invocation) code {
	sep, ok := k.fixedText(c, 0)
	if !ok {
		return fixedCode(Value{})
	}
	split := &splitting{of: c.self.asValue(), sep: sep}
	return code{kind: List, split: split, value: func(e *Env) Value { return split.parts(e, split.of(e)) }}
}

// splitting is what split cuts, and where. Membership in its parts needs no list of them.
type splitting struct {
	of  func(*Env) Value
	sep string
}

// parts are those of a text, or of all texts of a list.
func (x *splitting) parts(e *Env, v Value) Value {
	switch v.kind {
	case Null, Unknown:
		return v
	case String:
		parts := Strings(strings.Split(v.str, x.sep))
		return ListOf(&parts)
	}
	var parts Values
	s, n := elements(v)
	for i := range n {
		switch w := e.at(v, s, i); w.kind {
		case Null, List, Object:
		case Unknown:
			parts = append(parts, w)
		default:
			for part := range strings.SplitSeq(scalarText(w), x.sep) {
				parts = append(parts, StringOf(part))
			}
		}
	}
	return ListOf(&parts)
}

func compileJoin(_ *compiler, c invocation) code {
	value, separator := c.self.asValue(), c.args[0].asValue()
	return code{kind: String, value: func(e *Env) Value {
		v, sep := value(e), separator(e)
		switch {
		case v.kind == Null || v.kind == Unknown:
			return v
		case sep.kind == Unknown:
			return sep
		}
		var parts []string
		s, n := elements(v)
		for i := range n {
			switch w := e.at(v, s, i); w.kind {
			case Null, List, Object:
			case Unknown:
				return w
			default:
				parts = append(parts, scalarText(w))
			}
		}
		return StringOf(strings.Join(parts, scalarText(sep)))
	}}
}

// compileGetValue reads one property by its exact name, dots and all.
func compileGetValue(k *compiler, c invocation) code {
	name, ok := k.fixedText(c, 0)
	if !ok {
		return fixedCode(Value{})
	}
	a := access{rest: name}
	if c.self.typ != nil {
		if p := k.schema.property(c.self.typ, name); p == nil {
			k.noProperty(c.call.Args[0].Range(), c.self.typ, name)
		} else {
			if k.schema.isEntity[c.self.typ] {
				k.reads[c.self.typ.Name+"."+name] = true
			}
			a = access{steps: []*Property{p}, kind: p.Kind, typ: p.Elem, date: p.Date}
		}
	}
	field := c.call.Root || c.call.X == nil && k.scope.top
	if field && c.self.typ != nil && len(a.steps) == 1 {
		return a.code(name, c.call.Root, true)
	}
	value := c.self.asValue()
	return code{kind: a.kind, typ: a.typ, date: a.date, value: func(e *Env) Value {
		v := value(e)
		if len(a.steps) > 0 {
			v = a.of(v)
		} else if r, isRecord := v.ref.(Record); isRecord && v.kind == Object {
			v, _ = r.Lookup(name)
		} else {
			v = absent(v)
		}
		return e.seen(name, field, v)
	}}
}

// compileSetting is a constant: settings are known when a rule is compiled.
func compileSetting(k *compiler, c invocation) code {
	name, ok := k.fixedText(c, 0)
	if !ok {
		return fixedCode(Value{})
	}
	v, ok := k.settings[name]
	if !ok {
		var names []string
		for n := range k.settings {
			names = append(names, n)
		}
		slices.Sort(names)
		hint := source.DidYouMean(name, names)
		if len(names) == 0 {
			hint = "settings are declared in the header of a rule's file"
		}
		k.fail(c.call.Args[0].Range(), fmt.Sprintf("the rule has no setting %.60q", name), hint)
	}
	return fixedCode(v)
}
