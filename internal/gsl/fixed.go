package gsl

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// Filters reports whether a property of the entity, such as "isRoot", is read by the filter of the rule alone, and by
// neither its condition nor its exclusion.
func (p *Program) Filters(path string) bool {
	return reading(p.tree.Where, path) && !reading(p.tree.Condition, path) && !reading(p.tree.Exclude, path)
}

// Fixes reports whether the filter of the rule leaves a property no other value than the one that it has, as `isRoot=false
// and …` does. Every entity that the rule is about then has it, so that it tells none of them from the others.
func (p *Program) Fixes(path string, v Value) bool {
	return p.tree.Where != nil && demands(p.tree.Where, path, v)
}

// demands reports whether x is true of one value of the property only.
func demands(x syntax.Expr, path string, v Value) bool {
	switch x := x.(type) {
	case *syntax.And:
		for _, operand := range x.Operands {
			if demands(operand, path, v) {
				return true
			}
		}
	case *syntax.Not:
		return v.kind == Bool && isPath(x.X, path)
	case *syntax.Path:
		return v.kind == Bool && isPath(x, path)
	case *syntax.Compare:
		_, literal := x.Y.(*syntax.Literal)
		return literal && x.Op == syntax.Equal && isPath(x.X, path)
	case *syntax.Or, *syntax.Literal, *syntax.Self, *syntax.Call, *syntax.Like, *syntax.Match, *syntax.In, *syntax.Block, *syntax.GroupBy:
	}
	return false
}

func isPath(x syntax.Expr, path string) bool {
	p, ok := x.(*syntax.Path)
	return ok && strings.EqualFold(p.Text, path)
}

// reading reports whether the property is read anywhere in x.
func reading(x syntax.Expr, path string) bool {
	if x == nil {
		return false
	}
	for part := range syntax.Preorder(x) {
		if isPath(part, path) {
			return true
		}
	}
	return false
}
