package gsl

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// filtered is a property that the filter of a rule reads.
type filtered struct {
	path      string
	only      bool // neither the condition nor the exclusion reads it
	fixes     bool // the filter leaves it one value only
	fixesBool bool // or does so if that is a bool
}

// filteredBy lists the properties that the filter of a rule reads.
func filteredBy(tree *syntax.Rule) []filtered {
	if tree.Where == nil {
		return nil
	}
	var out []filtered
	for part := range syntax.Preorder(tree.Where) {
		x, ok := part.(*syntax.Path)
		if !ok || slices.ContainsFunc(out, func(f filtered) bool { return strings.EqualFold(f.path, x.Text) }) {
			continue
		}
		out = append(out, filtered{
			path: x.Text, only: !reading(tree.Condition, x.Text) && !reading(tree.Exclude, x.Text),
			fixes: demands(tree.Where, x.Text, false), fixesBool: demands(tree.Where, x.Text, true),
		})
	}
	return out
}

func (p *Program) filter(path string) filtered {
	for i := range p.filtered {
		if strings.EqualFold(p.filtered[i].path, path) {
			return p.filtered[i]
		}
	}
	return filtered{}
}

// Filters reports whether a property of the entity, such as "isRoot", is read by the filter of the rule alone, and by
// neither its condition nor its exclusion.
func (p *Program) Filters(path string) bool { return p.filter(path).only }

// Fixes reports whether the filter of the rule leaves a property no other value than the one that it has, as `isRoot=false
// and …` does. Every entity that the rule is about then has it, so that it tells none of them from the others.
func (p *Program) Fixes(path string, v Value) bool {
	f := p.filter(path)
	return f.fixes || f.fixesBool && v.kind == Bool
}

// demands reports whether x is true of one value of the property only; truth: of a property that is true or false.
func demands(x syntax.Expr, path string, truth bool) bool {
	switch x := x.(type) {
	case *syntax.And:
		return slices.ContainsFunc(x.Operands, func(operand syntax.Expr) bool { return demands(operand, path, truth) })
	case *syntax.Not:
		return truth && isPath(x.X, path)
	case *syntax.Path:
		return truth && isPath(x, path)
	case *syntax.Compare:
		_, literal := x.Y.(*syntax.Literal)
		return literal && x.Op == syntax.Equal && isPath(x.X, path)
	case *syntax.Block, *syntax.Call, *syntax.GroupBy, *syntax.In, *syntax.Like, *syntax.Literal, *syntax.Match, *syntax.Or, *syntax.Self:
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
