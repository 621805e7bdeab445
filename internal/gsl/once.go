package gsl

import "github.com/ambit-iam/ambit/internal/gsl/syntax"

// asked is a block and the list that it was asked about.
type asked struct {
	block *syntax.Block
	list  any
}

func isShared(v Value) bool {
	s, ok := v.ref.(Shared)
	return ok && s.Shared()
}

// someOnce is someOf, asked once of each list.
func (p *pipeline) someOnce(e *Env, v Value, hits func(*Env) Truth) Truth {
	key := asked{p.name, v.ref}
	t, known := e.run.answers[key]
	if known {
		return t
	}
	if t = p.someOf(e, v, hits); e.run.answers == nil {
		e.run.answers = map[asked]Truth{}
	}
	e.run.answers[key] = t
	return t
}

// remembers reports whether a block's answer about a list is always the same: it reads nothing but the elements,
// and all of them.
func (k *compiler) remembers(p *pipeline, x *syntax.Block) bool {
	return !k.steps && len(p.filters) == 0 && x.Where != nil && k.closed(x.Where)
}

// closed reports whether an expression reads nothing but the element that it is asked about.
func (k *compiler) closed(x syntax.Expr) bool {
	for part := range syntax.Preorder(x) {
		if path, ok := part.(*syntax.Path); ok && path.Root {
			return false
		}
		if call, ok := part.(*syntax.Call); ok {
			if f := k.schema.functions[call.Name.Text]; call.Root || f != nil && f.OfEntity {
				return false
			}
		}
	}
	return true
}
