package gsl

import "github.com/ambit-iam/ambit/internal/gsl/syntax"

func (k *compiler) or(x *syntax.Or) code   { return k.connect(alternatives(x.Operands), True) }
func (k *compiler) and(x *syntax.And) code { return k.connect(x.Operands, False) }

// alternatives makes `a = 1 or a = 2` into `a in (1, 2)`, which means the same and reads a once. Published
// rules write long lists so.
func alternatives(operands []syntax.Expr) []syntax.Expr {
	type path struct {
		text string
		root bool
	}
	merged := make([]syntax.Expr, 0, len(operands))
	lists := map[path]*syntax.In{}
	first := map[syntax.Expr]syntax.Expr{} // what a list was made of at first
	for _, x := range operands {
		c, _ := x.(*syntax.Compare)
		if c == nil || c.Op != syntax.Equal {
			merged = append(merged, x)
			continue
		}
		p, isPath := c.X.(*syntax.Path)
		l, isLiteral := c.Y.(*syntax.Literal)
		if !isPath || !isLiteral {
			merged = append(merged, x)
			continue
		}
		name := path{p.Text, p.Root}
		if lists[name] == nil {
			lists[name] = &syntax.In{Span: c.Span, X: p}
			merged = append(merged, lists[name])
			first[lists[name]] = x
		}
		lists[name].List = append(lists[name].List, l)
	}
	for i, x := range merged {
		if l, ok := x.(*syntax.In); ok && len(l.List) == 1 && first[l] != nil {
			merged[i] = first[l]
		}
	}
	return merged
}

// connect compiles `or` (decisive True) and `and` (decisive False): the decisive truth of one operand decides,
// else one that may be decides nothing, else the result is the other truth.
func (k *compiler) connect(operands []syntax.Expr, decisive Truth) code {
	codes := make([]code, len(operands))
	list := make([]func(*Env) Truth, len(operands)) // what a trace is told of
	for i, x := range operands {
		codes[i] = k.expr(x)
		list[i] = k.standing(x, codes[i])
	}
	if len(list) == 1 {
		return truthCode(list[0])
	}
	fast := k.fast(operands, codes, list, decisive)
	return truthCode(func(e *Env) Truth {
		if e.Trace != nil {
			return connectTraced(e, list, decisive)
		}
		result := decisive.Not()
		for _, operand := range fast {
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
