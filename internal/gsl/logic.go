package gsl

import "github.com/ambit-iam/ambit/internal/gsl/syntax"

func (k *compiler) or(x *syntax.Or) code   { return k.connect(x.Operands, True) }
func (k *compiler) and(x *syntax.And) code { return k.connect(x.Operands, False) }

// connect compiles `or` (decisive True) and `and` (decisive False): the decisive truth of one operand decides,
// else one that may be decides nothing, else the result is the other truth.
func (k *compiler) connect(operands []syntax.Expr, decisive Truth) code {
	list := make([]func(*Env) Truth, len(operands))
	for i, x := range operands {
		list[i] = k.truth(x)
	}
	if len(list) == 2 {
		a, b := list[0], list[1]
		return truthCode(func(e *Env) Truth {
			if e.Trace != nil {
				return connectTraced(e, list, decisive)
			}
			t := a(e)
			if t == decisive {
				return t
			}
			if u := b(e); u == decisive || u == Maybe {
				return u
			}
			return t
		})
	}
	return truthCode(func(e *Env) Truth {
		if e.Trace != nil {
			return connectTraced(e, list, decisive)
		}
		result := decisive.Not()
		for _, operand := range list {
			switch operand(e) {
			case decisive:
				return decisive
			case Maybe:
				result = Maybe
			}
		}
		return result
	})
}

// connectTraced keeps the events of the operands that have the truth of the result: they are why.
func connectTraced(e *Env, list []func(*Env) Truth, decisive Truth) Truth {
	base := e.run.mark()
	result := decisive.Not()
	for _, operand := range list {
		mark := e.run.mark()
		t := operand(e)
		switch {
		case t == decisive:
			e.run.keep(base, mark)
			return t
		case t == Maybe && result != Maybe:
			e.run.keep(base, mark)
			result = Maybe
		case t != result:
			e.run.forget(mark)
		}
	}
	return result
}
