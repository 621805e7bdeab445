package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review"
	"github.com/ambit-iam/ambit/internal/source"
)

func remarksFunction() *gsl.Function {
	return &gsl.Function{
		Name: "remarks", Min: 1, Max: -1,
		Doc: "Whether the reviewer has one of the named remarks on a document, a trust policy included: those that ambit policy lint prints, " +
			"such as 'unknown-action' or 'action-resource-mismatch'. The document alone is looked at.",
		Example: "IamPolicy should not have document remarks('unknown-action', 'action-resource-mismatch')",
		Check: func(args []gsl.Value) (any, error) {
			return remarkNames(args)
		},
		Cost: 1,
		Call: remarks,
	}
}

// remarkNames are the rules of the reviewer that literal arguments name, lists laid flat.
func remarkNames(args []gsl.Value) ([]review.Rule, error) {
	var names []review.Rule
	for _, a := range args {
		texts := []gsl.Value{a}
		if list := a.Sequence(); list != nil {
			texts = texts[:0]
			for i := range list.Len() {
				texts = append(texts, list.At(i))
			}
		}
		for _, text := range texts {
			r := review.Rule(text.Text())
			if !slices.ContainsFunc(review.Rules(), func(a review.About) bool { return a.Rule == r }) {
				return nil, unknownRemark(text.Text())
			}
			names = append(names, r)
		}
	}
	return names, nil
}

func unknownRemark(name string) error {
	var known []string
	for _, a := range review.Rules() {
		known = append(known, string(a.Rule))
	}
	if near := source.Closest(name, known); near != "" {
		return fmt.Errorf("no remark is called %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("no remark is called %q: want one of %s", name, strings.Join(known, ", "))
}

// remarks asks the reviewer, once for each document.
func remarks(c *gsl.Call) gsl.Value {
	doc := facts.DocumentOf(c.Self)
	run := facts.RunOf(c)
	names, _ := c.Prepared.([]review.Rule)
	switch {
	case c.Self.Kind() == gsl.Unknown:
		return c.Self
	case run == nil:
		return gsl.UnknownOf("account")
	case doc == nil || len(names) == 0:
		return gsl.BoolOf(false)
	}
	type key struct {
		doc  *policy.Document
		call *review.Rule
	}
	smells, _ := run.Once(key{doc, &names[0]}, func() any { return reviewerOf(run).Lint(doc, kindOf(doc), names...) }).([]review.Smell)
	found := false
	for i := range smells {
		if slices.Contains(names, smells[i].Rule) {
			found = true
			if c.Env.Trace == nil {
				break
			}
			proveSmell(c, &smells[i])
		}
	}
	return gsl.BoolOf(found)
}

// reviewerOf is what reviews all documents of a run.
func reviewerOf(run *facts.Run) *review.Reviewer {
	type key struct{}
	r, _ := run.Once(key{}, func() any { return new(review.Reviewer) }).(*review.Reviewer)
	return r
}

func kindOf(doc *policy.Document) policy.DocumentKind {
	if slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool { return len(s.Principal) > 0 }) {
		return policy.Trust
	}
	return policy.Identity
}

// proveSmell says where a remark stands, in every place where the entity has the document.
func proveSmell(c *gsl.Call, s *review.Smell) {
	for _, title := range facts.Titles(c.Entity, c.Self) {
		c.Prove(gsl.PointerOf(&finding.Evidence{
			Document: title, Pointer: s.Pointer, Line: s.Span.Start.Line, Column: s.Span.Start.Column,
			Text: facts.Safe(string(s.Rule) + ": " + s.Message + "; " + s.Why),
		}))
	}
}
