package assess

import (
	"errors"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/diff"
)

func allowsMoreFunction() *gsl.Function {
	return &gsl.Function{
		Name: "allowsMoreThan", Min: 2, Max: -1,
		Doc: "Whether a document allows one of the actions in a request that another document, the first argument, does not allow: on another resource, " +
			"or under other conditions. Where the two are too large to compare it is unknown.",
		Example: "IamPolicy should not have versions contain [document allowsMoreThan(~document, 'iam:PassRole', 'iam:PutRolePolicy')]",
		Check:   checkMore,
		Cost:    1,
		Call:    allowsMore,
	}
}

func checkMore(args []gsl.Value) (any, error) {
	for _, a := range args[1:] {
		if a.Kind() == gsl.String && (!strings.Contains(a.Text(), ":") || strings.ContainsAny(a.Text(), "*?")) {
			return nil, errors.New("want a document, and actions without wildcards")
		}
	}
	return nil, nil
}

func allowsMore(c *gsl.Call) gsl.Value {
	for _, v := range append([]gsl.Value{c.Self}, c.Args...) {
		if v.Kind() == gsl.Unknown {
			return v
		}
	}
	run := facts.RunOf(c)
	a, b := facts.DocumentOf(c.Self), facts.DocumentOf(c.Args[0])
	switch {
	case run == nil:
		return gsl.UnknownOf("account")
	case a == nil || b == nil || a == b:
		return gsl.BoolOf(false)
	}
	var actions []string
	for _, v := range c.Args[1:] {
		actions = append(actions, v.Text())
	}
	type key struct {
		a, b    *policy.Document
		actions string
	}
	found, _ := run.Once(key{a, b, strings.Join(actions, " ")}, func() any { return moreThan(run, a, b, actions) }).(diff.Difference)
	more := false
	for i := range found.Changes {
		if change := &found.Changes[i]; change.Turn == diff.Lost {
			more = true
			if c.Env.Trace != nil {
				proveMore(c, a, change)
			}
		}
	}
	if !more && len(found.Unproven) > 0 {
		return gsl.UnknownOf("what one version allows and another does not: " + found.Unproven[0].Why)
	}
	return gsl.BoolOf(more)
}

// moreThan compares two documents, each with nothing but some actions.
func moreThan(run *facts.Run, a, b *policy.Document, actions []string) diff.Difference {
	var named []policy.Value // by Allows of a: the others cannot be more
	for _, st := range about(a, actions).Statements {
		if st.Effect == policy.Allow {
			named = append(named, st.Action...)
		}
	}
	if len(named) == 0 {
		return diff.Difference{}
	}
	actions = slices.DeleteFunc(slices.Clone(actions), func(name string) bool {
		return !slices.ContainsFunc(named, func(v policy.Value) bool { return v.Text == name })
	})
	a, b = about(a, actions), about(b, actions)
	never := impossible(run, a.Text+b.Text)
	never[0].Action = named
	a.Statements, b.Statements = append(a.Statements, never...), append(b.Statements, never...)
	found, err := diff.Soon(a, b, policy.Identity)
	if err != nil { // documents with faults are no documents here
		return diff.Difference{Unproven: []diff.Unproven{{Actions: actions, Why: err.Error()}}}
	}
	return found
}

// impossible denies what no holder of a policy of the account can do: work on users, roles and policies of another account, and,
// where a text speaks of it, be of another account.
func impossible(run *facts.Run, text string) []policy.Statement {
	iam := "arn:" + run.Partition() + ":iam::"
	own := run.Set().Account().Subject.Account
	statements := []string{`{"Effect":"Deny","Action":"iam:*","NotResource":["` + iam + own + `:*","?"]}`}
	if strings.Contains(strings.ToLower(text), "aws:principalaccount") {
		statements = append(statements, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"`+own+`"}}}`)
	}
	return policy.Parse(`{"Statement":[` + strings.Join(statements, ",") + `]}`).Statements
}

// about is a document with nothing but some actions, in those of its statements that name them.
func about(d *policy.Document, actions []string) *policy.Document {
	out := &policy.Document{Text: d.Text, Root: d.Root, Version: d.Version}
	for _, st := range d.Statements {
		var kept []policy.Value
		for _, name := range actions {
			i := slices.IndexFunc(st.Action, func(v policy.Value) bool { return arn.MatchFold(v.Text, name) })
			switch {
			case i >= 0 && !st.NotAction:
				kept = append(kept, policy.Value{Text: name, Node: st.Action[i].Node})
			case i < 0 && st.NotAction:
				kept = append(kept, policy.Value{Text: name, Node: st.Node})
			}
		}
		if len(kept) > 0 {
			st.Action, st.NotAction = kept, false
			out.Statements = append(out.Statements, st)
		}
	}
	return out
}

// proveMore names the statements of a document that allow more, and a request that shows it.
func proveMore(c *gsl.Call, doc *policy.Document, change *diff.Change) {
	w := &change.Witness
	shown := &finding.Witness{Action: w.Action, Resource: w.Resource, Decision: w.A.String()}
	for _, s := range w.Context {
		if shown.Context == nil {
			shown.Context = map[string][]string{}
		}
		shown.Context[s.Key] = s.Values
	}
	c.Prove(gsl.PointerOf(shown))
	for _, cause := range change.Causes {
		if cause.InB || cause.Statement.Effect != policy.Allow {
			continue
		}
		for _, title := range facts.Titles(c.Entity, c.Self) {
			evidence := facts.EvidenceAt(title, doc, cause.Statement.Node)
			c.Prove(gsl.PointerOf(&evidence))
		}
	}
}
