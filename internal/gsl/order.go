package gsl

import (
	"cmp"
	"slices"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// fast gives the operands of `and` or `or` in the order of their cost, and tests of members of one Record as one. The
// connectives of three values do not depend on the order, so that costly operands do not run where cheap ones decide.
func (k *compiler) fast(operands []syntax.Expr, codes []code, list []func(*Env) Truth, decisive Truth) []func(*Env) Truth {
	if k.steps { // for people, in the order of the text
		return list
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(k.cost(operands[a]), k.cost(operands[b])) })
	var out []func(*Env) Truth
	var tests []memberIs // that wait to be one call
	for _, at := range order {
		if is := codes[at].is; is != nil && decisive == False {
			tests = append(tests, *is)
			continue
		}
		out, tests = append(together(out, tests), list[at]), nil
	}
	return together(out, tests)
}

// together appends tests of members as one.
func together(list []func(*Env) Truth, tests []memberIs) []func(*Env) Truth {
	if len(tests) == 0 {
		return list
	}
	return append(list, allAre(tests))
}

// cost is a rough rank of what an expression costs.
func (k *compiler) cost(x syntax.Expr) int {
	most := 0
	for part := range syntax.Preorder(x) {
		most = max(most, k.rank(part))
	}
	return most
}

// rank is the cost of an expression itself, without what stands in it.
func (k *compiler) rank(x syntax.Expr) int {
	switch x.(type) {
	case *syntax.Call:
		if cost := k.costOf(x); cost > 0 {
			return 2 + cost
		}
	case *syntax.Match:
		return 2
	case *syntax.Block, *syntax.GroupBy:
		return 1
	case *syntax.And, *syntax.Or, *syntax.Not, *syntax.Compare, *syntax.In, *syntax.Like, *syntax.Literal, *syntax.Path, *syntax.Self:
	}
	return 0
}

// costOf is the cost of a call of a function of the schema, and 0 of anything else.
func (k *compiler) costOf(x syntax.Expr) int {
	call, ok := x.(*syntax.Call)
	if !ok || k.schema.functions[call.Name.Text] == nil {
		return 0
	}
	return k.schema.functions[call.Name.Text].Cost
}
