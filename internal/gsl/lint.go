package gsl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// lint gathers what is legal and rarely meant.
type lint struct {
	scalars []*syntax.Path // operands of scalar operators
	listed  []string       // paths that the rule also reads as lists
	lists   []source.Span  // declared lists that a scalar operator compares
}

// manyValued are the members of a policy statement that AWS gives as one value or as a list.
var manyValued = []string{"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"}

// scalar takes note of a path that a scalar operator compares.
func (l *lint) scalar(p *syntax.Path) { l.scalars = append(l.scalars, p) }

// list takes note of an expression that an array command, a function or regexMatch reads.
func (l *lint) list(x syntax.Expr) {
	if p, ok := x.(*syntax.Path); ok {
		l.listed = append(l.listed, p.Text)
	}
}

func (l *lint) report(k *compiler) {
	for _, at := range l.lists {
		k.report(source.Warning, at, "this is a list, which no scalar equals", "write: contain [$ = …]")
	}
	told := slices.Clone(l.listed)
	for _, p := range l.scalars {
		member, _, _ := strings.Cut(p.Text, ".")
		if !slices.Contains(manyValued, member) {
			member = p.Text[strings.LastIndexByte(p.Text, '.')+1:]
		}
		if !slices.Contains(manyValued, member) || slices.Contains(told, p.Text) {
			continue
		}
		told = append(told, p.Text)
		k.report(source.Note, p.Span, fmt.Sprintf("%s may be a list, which this comparison never matches", p.Text),
			fmt.Sprintf("write: (%s = … or %s contain [$ = …])", p.Text, p.Text))
	}
}
