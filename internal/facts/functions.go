package facts

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// functions are GSL's functions on policies.
func functions() []*gsl.Function {
	return []*gsl.Function{
		{
			Name: "grants", Min: 1, Max: -1,
			Doc: "Whether one document allows at least one of the actions on something: by Action or NotAction, with wildcards, letter case " +
				"ignored. A Deny of the same document without a condition that covers the action on every resource takes it back; one on some " +
				"resources, or with a condition, does not. An argument with wildcards is granted where all that it fits is. On a user, group or " +
				"role each of its documents is judged alone, inherited ones too.",
			Example: "IamPolicy where attachmentCount > 0 should not have document grants('iam:DeactivateMFADevice')",
			Check:   func(args []gsl.Value) (any, error) { return prepareQuestion(args, false) },
			Call:    func(c *gsl.Call) gsl.Value { return askAbout(c, false) },
		},
		{
			Name: "grantsBeyondSelf", Min: 1, Max: -1,
			Doc: "As grants, but statements whose every resource is the caller's own user or MFA device (an ARN that ends in /${aws:username}) " +
				"do not count.",
			Example: "IamUser should not have grantsBeyondSelf('iam:DeactivateMFADevice')",
			Check:   func(args []gsl.Value) (any, error) { return prepareQuestion(args, true) },
			Call:    func(c *gsl.Call) gsl.Value { return askAbout(c, true) },
		},
		{
			Name: "grantsAdmin",
			Doc: "Whether one statement allows every action (* or *:*) on every resource without a condition, and no Deny of the same document " +
				"takes every action back.",
			Example: "IamPolicy where attachmentCount > 0 should not have document grantsAdmin()",
			Call:    adminQuestion.ask,
		},
		{
			Name: "admits", Min: 1, Max: 1,
			Doc: "Whether a trust policy, or one statement of it, lets a stranger assume the role: 'other-account' is a principal of another " +
				"account or anyone, 'anyone' every principal of AWS. A condition that demands a caller of the own account keeps strangers out.",
			Example: "IamRole should not have assumeRolePolicy admits('anyone')",
			Check:   checkAdmits,
			Call:    admits,
		},
		{
			Name: "requires", Min: 1, Max: 2,
			Doc: "Whether a statement's Condition demands a key, and that value where one is given. …IfExists, ForAllValues, Null, negated " +
				"operators and the value * demand nothing.",
			Example: "IamRole should have assumeRolePolicy.Statement contain [ requires('aws:MultiFactorAuthPresent','true') ]",
			Check:   checkRequires,
			Call:    requires,
		},
		{
			Name: "matches", Min: 1, Max: -1,
			Doc: "Whether a text, or one of a list, fits one of the patterns, in which * is any run and ? one character. Patterns that begin with " +
				"arn: count letter case, others do not, as IAM compares ARNs and names.",
			Example: "IamPolicy where arn matches('arn:*:iam::aws:policy/*FullAccess') should not have attachmentCount > 0",
			Check:   func(args []gsl.Value) (any, error) { _, _, err := literals(args); return nil, err },
			Call:    matches,
		},
	}
}

// literals are the texts of literal arguments, lists laid flat; known is false where one is not literal.
func literals(args []gsl.Value) (out []string, known bool, err error) {
	known = true
	for _, a := range args {
		switch a.Kind() {
		case gsl.Null:
			known = false
		case gsl.String:
			out = append(out, a.Text())
		case gsl.List:
			for i := range length(a.Sequence()) {
				item := a.Sequence().At(i)
				if item.Kind() != gsl.String {
					return nil, false, errors.New("argument: want a list of strings")
				}
				out = append(out, item.Text())
			}
		case gsl.Unknown, gsl.Bool, gsl.Number, gsl.Object:
			return nil, false, errors.New("argument: want a string or a list of strings")
		}
	}
	return out, known, nil
}

func length(s gsl.Sequence) int {
	if s == nil {
		return 0
	}
	return s.Len()
}

func prepareQuestion(args []gsl.Value, beyondSelf bool) (any, error) {
	names, known, err := literals(args)
	if err != nil || !known {
		return nil, err
	}
	q := &question{beyondSelf: beyondSelf}
	for _, n := range names {
		a, err := parseAction(n)
		if err != nil {
			return nil, err
		}
		q.actions = append(q.actions, a)
	}
	return q, nil
}

// askAbout asks the question that Check prepared, or one of arguments that are known only now.
func askAbout(c *gsl.Call, beyondSelf bool) gsl.Value {
	if q, ok := c.Prepared.(*question); ok {
		return q.ask(c)
	}
	for _, a := range c.Args {
		if a.Kind() == gsl.Unknown {
			return a
		}
	}
	prepared, err := prepareQuestion(c.Args, beyondSelf)
	if q, ok := prepared.(*question); ok && err == nil {
		return q.ask(c)
	}
	return gsl.BoolOf(false)
}

func checkAdmits(args []gsl.Value) (any, error) {
	if kind := args[0].Text(); kind != otherAccount && kind != anyone {
		return nil, fmt.Errorf("admits %q: want 'other-account' or 'anyone'", kind)
	}
	return nil, nil
}

func checkRequires(args []gsl.Value) (any, error) {
	for _, a := range args {
		if a.Kind() != gsl.String && a.Kind() != gsl.Null {
			return nil, errors.New("requires: want a condition key and a value, both in quotes")
		}
	}
	return nil, nil
}

// matches compares a text, or each of a list, with patterns.
func matches(c *gsl.Call) gsl.Value {
	unknown := gsl.Value{}
	for _, a := range c.Args {
		switch {
		case a.Kind() == gsl.Unknown:
			unknown = a
		case a.Kind() == gsl.String && fitsAny(c.Self, a.Text()):
			return gsl.BoolOf(true)
		case a.Kind() == gsl.List:
			for i := range length(a.Sequence()) {
				if fitsAny(c.Self, a.Sequence().At(i).Text()) {
					return gsl.BoolOf(true)
				}
			}
		}
	}
	if c.Self.Kind() == gsl.Unknown {
		return c.Self
	}
	if unknown.Kind() == gsl.Unknown {
		return unknown
	}
	return gsl.BoolOf(false)
}

// fitsAny reports whether a string, or an element of a list of strings, fits the pattern.
func fitsAny(v gsl.Value, pattern string) bool {
	switch v.Kind() {
	case gsl.String:
		if strings.HasPrefix(pattern, "arn:") {
			return arn.Match(pattern, v.Text())
		}
		return arn.MatchFold(pattern, v.Text())
	case gsl.List:
		for i := range length(v.Sequence()) {
			if item := v.Sequence().At(i); item.Kind() == gsl.String && fitsAny(item, pattern) {
				return true
			}
		}
	}
	return false
}
