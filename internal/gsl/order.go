package gsl

import (
	"cmp"
	"slices"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// cheapFirst puts the codes of operands in the order of their cost. And, or and not of three values do not depend
// on the order, so that the dear ones are spared where the cheap ones decide.
func (k *compiler) cheapFirst(operands []syntax.Expr, list []func(*Env) Truth) []func(*Env) Truth {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(k.cost(operands[a]), k.cost(operands[b])) })
	out := make([]func(*Env) Truth, len(list))
	for i, at := range order {
		out[i] = list[at]
	}
	return out
}

// cost is a rough rank of what an expression costs.
func (k *compiler) cost(x syntax.Expr) int {
	most := 0
	for part := range syntax.Preorder(x) {
		rank := 0
		switch part.(type) {
		case *syntax.Block, *syntax.GroupBy:
			rank = 1
		case *syntax.Match:
			rank = 2
		case *syntax.Call:
			if cost := k.costOf(part); cost > 0 {
				rank = 2 + cost
			}
		}
		most = max(most, rank)
	}
	return most
}

// costOf is the cost of a call of a function of the schema, and 0 of anything else.
func (k *compiler) costOf(x syntax.Expr) int {
	call, ok := x.(*syntax.Call)
	if !ok || k.schema.functions[call.Name.Text] == nil {
		return 0
	}
	return k.schema.functions[call.Name.Text].Cost
}
