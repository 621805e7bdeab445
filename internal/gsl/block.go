package gsl

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// pipeline is a list with the `with` filters on it. A command that follows asks each element about them,
// instead of making the filtered list.
type pipeline struct {
	base    func(*Env) Value
	filters []func(*Env) Truth
	typ     *Type         // of the elements
	name    *syntax.Block // of the block whose answers are remembered; nil: they are not
}

// keeps is the truth of: the element of the block passes all filters.
func (p *pipeline) keeps(e *Env) Truth {
	result := True
	for _, f := range p.filters {
		if result = result.And(f(e)); result == False {
			break
		}
	}
	return result
}

// list makes the filtered list. Where a filter does not know, neither does the list.
func (p *pipeline) list(e *Env) Value {
	v := p.base(e)
	switch v.kind {
	case Null, Unknown:
		return v
	}
	outer := e.run.self
	defer func() { e.run.self = outer }()
	kept := Values{}
	s, n := elements(v)
	for i := range n {
		mark := e.run.mark()
		e.run.self = e.at(v, s, i)
		switch p.keeps(e) {
		case False:
			e.run.forget(mark)
		case True:
			e.prove(e.run.self)
			kept = append(kept, e.run.self)
		case Maybe:
			return UnknownOf("")
		}
	}
	return ListOf(&kept)
}

// elements is a value as a list: a scalar or an object is a list of one, since AWS writes lists of one so.
func elements(v Value) (Sequence, int) {
	if v.kind != List {
		return nil, 1
	}
	s := v.Sequence()
	return s, length(s)
}

// at is an element of what elements gave.
func (e *Env) at(v Value, s Sequence, i int) Value {
	if s == nil {
		return v
	}
	return e.element(s, i)
}

func (k *compiler) block(x *syntax.Block) code {
	a := k.expr(x.X)
	k.lint.list(x.X)
	p := a.pipe
	if p == nil {
		p = &pipeline{base: a.asValue(), typ: a.typ}
	}
	holds := k.inside(p.typ, x)
	if x.Op == syntax.With {
		q := &pipeline{base: p.base, typ: p.typ, filters: append(slices.Clip(p.filters), holds)}
		return code{value: q.list, truth: q.anyOf(isTrue), kind: List, typ: p.typ, pipe: q}
	}
	if k.remembers(p, x) {
		p.name = x
	}
	switch x.Op {
	case syntax.ContainAll:
		return truthCode(p.allOf(holds))
	case syntax.ContainNone:
		some := p.anyOf(holds)
		return truthCode(func(e *Env) Truth { return some(e).Not() })
	default:
		return truthCode(p.anyOf(holds))
	}
}

func isTrue(*Env) Truth { return True }

// inside compiles what stands in the brackets, with the element as the context.
func (k *compiler) inside(typ *Type, x *syntax.Block) func(*Env) Truth {
	if x.Where == nil {
		return isOneOf(literals(x.List))
	}
	outer := k.scope
	k.scope = scope{typ: typ}
	defer func() { k.scope = outer }()
	return k.truth(x.Where)
}

// isOneOf tests the element against literals; one with % is a pattern, as like has it.
func isOneOf(list []Value) func(*Env) Truth {
	self := func(e *Env) Value { return e.run.self }
	var patterns []func(*Env) Truth
	var plain []Value
	for _, v := range list {
		if v.kind == String && strings.ContainsRune(v.str, anyRun) {
			patterns = append(patterns, like(self, v.str))
		} else {
			plain = append(plain, v)
		}
	}
	isPlain := inLiterals(self, plain)
	if len(patterns) == 0 {
		return isPlain
	}
	return func(e *Env) Truth {
		result := isPlain(e)
		for _, fits := range patterns {
			if result == True {
				break
			}
			result = result.Or(fits(e))
		}
		return result
	}
}

// anyOf is the truth of: an element passes the filters and holds. Null has no elements.
func (p *pipeline) anyOf(holds func(*Env) Truth) func(*Env) Truth {
	return func(e *Env) Truth { return p.some(e, holds, False) }
}

// allOf is the truth of: every element that passes the filters holds. Of an empty list that is true, of null
// it is false.
func (p *pipeline) allOf(holds func(*Env) Truth) func(*Env) Truth {
	fails := func(e *Env) Truth { return holds(e).Not() }
	return func(e *Env) Truth { return p.some(e, fails, True).Not() }
}

// some is the truth of: an element passes the filters and hits; of null it is absent. With a trace every
// element is asked, else it stops at the first hit.
func (p *pipeline) some(e *Env, hits func(*Env) Truth, absent Truth) Truth {
	v := p.base(e)
	switch v.kind {
	case Null:
		return absent
	case Unknown:
		return Maybe
	}
	switch {
	case e.Trace != nil:
		return p.someTraced(e, v, hits)
	case p.name != nil && isShared(v):
		return p.someOnce(e, v, hits)
	}
	return p.someOf(e, v, hits)
}

func (p *pipeline) someOf(e *Env, v Value, hits func(*Env) Truth) Truth {
	outer := e.run.self
	result := False
	s, n := elements(v)
	for i := range n {
		if e.run.self = v; s != nil {
			if e.run.self = s.At(i); e.run.self.kind == Unknown {
				e.run.self = e.seen("$", false, e.run.self)
			}
		}
		if hit := p.hit(e, hits); hit == True {
			result = True
			break
		} else if hit == Maybe {
			result = Maybe
		}
	}
	e.run.self = outer
	return result
}

// hit is the truth of: the element of the block passes the filters and hits.
func (p *pipeline) hit(e *Env, hits func(*Env) Truth) Truth {
	if len(p.filters) == 0 {
		return hits(e)
	}
	kept := p.keeps(e)
	if kept == False {
		return False
	}
	return kept.And(hits(e))
}

// someTraced keeps what the elements told that have the truth of the result, and every hit as evidence.
func (p *pipeline) someTraced(e *Env, v Value, hits func(*Env) Truth) Truth {
	outer := e.run.self
	base := e.run.mark()
	result := False
	s, n := elements(v)
	for i := range n {
		mark := e.run.mark()
		e.run.self = e.at(v, s, i)
		hit := p.hit(e, hits)
		switch {
		case hit == False || hit == Maybe && result == True:
			e.run.forget(mark)
			continue
		case hit == True && result != True, hit == Maybe && result != Maybe:
			e.run.keep(base, mark)
			result = hit
		}
		if hit == True {
			e.prove(e.run.self)
		}
	}
	e.run.self = outer
	return result
}
