package assess

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

func guardedFunction() *gsl.Function {
	return &gsl.Function{
		Name: "guarded",
		Doc: "Whether the Condition of a statement holds anything back: one of its conditions is neither vacuous nor, in an Allow, open to " +
			"requests that lack its key (failsOpen). A condition is vacuous where every request that a user or role sends by itself, over TLS and " +
			"IPv4, meets it: StringLike aws:PrincipalArn *, Null false of a key that every request carries, IpAddress 0.0.0.0/0. What cannot be " +
			"proved so is a guard.",
		Example: "IamPolicy should not have document.Statement contain [allowsOn('s3:DeleteBucket', '*') and not guarded()]",
		Cost:    1,
		Call:    func(c *gsl.Call) gsl.Value { return ofConditions(c, guarded) },
	}
}

// ofConditions answers what is asked of a statement with conditions; of anything else it is false.
func ofConditions(c *gsl.Call, answer func(*gsl.Call, *facts.Run, *policy.Document) bool) gsl.Value {
	doc := facts.StatementOf(c.Self)
	run := facts.RunOf(c)
	switch {
	case c.Self.Kind() == gsl.Unknown:
		return c.Self
	case run == nil:
		return gsl.UnknownOf("account")
	}
	return gsl.BoolOf(doc != nil && len(doc.Statements[0].Conditions) > 0 && answer(c, run, doc))
}

// guarded proves the first condition that holds something back.
func guarded(c *gsl.Call, run *facts.Run, doc *policy.Document) bool {
	st := &doc.Statements[0]
	var open []*policy.Node
	if st.Effect == policy.Allow {
		open = openConditions(run, c.Self, doc)
	}
	for i := range st.Conditions {
		condition := &st.Conditions[i]
		if !slices.Contains(open, condition.Node) && !run.Vacuous(doc, condition) {
			if c.Env.Trace != nil {
				facts.Prove(c, c.Self, doc.MemberSpot(condition.Node))
			}
			return true
		}
	}
	return false
}
