package syntax

import "iter"

// All visits every expression of a rule, each before what stands in it, in the order of the text.
func (r *Rule) All() iter.Seq[Expr] {
	return func(yield func(Expr) bool) {
		for _, x := range []Expr{r.Where, r.Condition, r.Exclude} {
			if x != nil && !visit(x, yield) {
				return
			}
		}
	}
}

// Preorder visits x and every expression in it, each before what stands in it.
func Preorder(x Expr) iter.Seq[Expr] {
	return func(yield func(Expr) bool) { visit(x, yield) }
}

func visit(x Expr, yield func(Expr) bool) bool {
	if !yield(x) {
		return false
	}
	for _, child := range children(x) {
		if !visit(child, yield) {
			return false
		}
	}
	return true
}

// children are the expressions directly in x, in the order of the text.
func children(x Expr) []Expr {
	switch x := x.(type) {
	case *Or:
		return x.Operands
	case *And:
		return x.Operands
	case *Not:
		return []Expr{x.X}
	case *Literal, *Path, *Self:
		return nil
	case *Call:
		if x.X == nil {
			return x.Args
		}
		return append([]Expr{x.X}, x.Args...)
	case *Compare:
		return []Expr{x.X, x.Y}
	case *Like:
		return []Expr{x.X, x.Pattern}
	case *Match:
		return []Expr{x.X}
	case *In:
		if x.Of != nil {
			return []Expr{x.X, x.Of}
		}
		return append([]Expr{x.X}, literals(x.List)...)
	case *Block:
		if x.Where != nil {
			return []Expr{x.X, x.Where}
		}
		return append([]Expr{x.X}, literals(x.List)...)
	case *GroupBy:
		list := []Expr{x.X}
		for _, k := range x.Keys {
			list = append(list, k)
		}
		return list
	}
	return nil
}

func literals(list []*Literal) []Expr {
	exprs := make([]Expr, len(list))
	for i, l := range list {
		exprs[i] = l
	}
	return exprs
}
