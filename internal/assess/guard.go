package assess

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

func guardedFunction() *gsl.Function {
	return &gsl.Function{
		Name: "guarded",
		Doc: "Whether the Condition of a statement holds anything back: one of its conditions is neither vacuous nor, in an Allow, open to " +
			"requests that lack its key (failsOpen), nor undone by an Allow beside it that differs in nothing but the opposite of it. A condition is vacuous where every request that a user or role sends by itself, over TLS and " +
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
	without := false // one condition is undone; of two, the requests that fail both are held back
	for i := range st.Conditions {
		condition := &st.Conditions[i]
		switch {
		case slices.Contains(open, condition.Node) || run.Vacuous(doc, condition):
		case !without && undone(facts.WholeOf(c.Self), st, i):
			without = true
		default:
			if c.Env.Trace != nil {
				facts.Prove(c, c.Self, doc.MemberSpot(condition.Node))
			}
			return true
		}
	}
	return false
}

// undone reports whether another Allow of a document differs from one in nothing but one condition, in whose place it has the
// exact opposite: together they ask nothing of it.
func undone(whole *policy.Document, st *policy.Statement, condition int) bool {
	if st.Effect != policy.Allow || whole == nil || len(whole.Statements) < 2 {
		return false
	}
	asked := &st.Conditions[condition]
	if !mayOppose(whole, st, asked) {
		return false // the common case, found out without the texts
	}
	opposite, ok := oppositeOf(asked)
	if !ok {
		return false
	}
	wanted := conditionTexts(st)
	wanted[condition] = opposite
	slices.Sort(wanted)
	for i := range whole.Statements {
		other := &whole.Statements[i]
		if other.Effect != policy.Allow || len(other.Conditions) != len(wanted) || !sameReach(st, other) {
			continue
		}
		there := conditionTexts(other)
		slices.Sort(there)
		if slices.Equal(there, wanted) {
			return true
		}
	}
	return false
}

// mayOppose reports whether an Allow with as many elements has a condition on the same key, with another operator or Null.
func mayOppose(whole *policy.Document, of *policy.Statement, asked *policy.Condition) bool {
	for i := range whole.Statements {
		st := &whole.Statements[i]
		if len(st.Action) != len(of.Action) || len(st.Resource) != len(of.Resource) || len(st.Conditions) != len(of.Conditions) {
			continue
		}
		for k := range st.Conditions {
			c := &st.Conditions[k]
			if st.Effect == policy.Allow && c.Node != asked.Node && strings.EqualFold(c.Key, asked.Key) &&
				(!strings.EqualFold(c.Operator, asked.Operator) || strings.EqualFold(c.Operator, "Null")) {
				return true
			}
		}
	}
	return false
}

// sameReach reports whether two statements name the same actions, resources and principals.
func sameReach(a, b *policy.Statement) bool {
	return a.NotAction == b.NotAction && a.NotRes == b.NotRes && len(a.Principal) == 0 && len(b.Principal) == 0 &&
		slices.Equal(texts(a.Action, strings.ToLower), texts(b.Action, strings.ToLower)) &&
		slices.Equal(texts(a.Resource, strings.Clone), texts(b.Resource, strings.Clone))
}

// texts are values in order.
func texts(values []policy.Value, as func(string) string) []string {
	out := make([]string, len(values))
	for i := range values {
		out[i] = as(values[i].Text)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func conditionTexts(st *policy.Statement) []string {
	out := make([]string, len(st.Conditions))
	for i := range st.Conditions {
		c := &st.Conditions[i]
		out[i] = conditionText(c.Operator, c)
	}
	return out
}

// conditionText is a condition, equal for those that say the same in the same words.
func conditionText(operator string, c *policy.Condition) string {
	return strings.ToLower(operator+" "+c.Key) + " " + strings.Join(texts(c.Values, strings.Clone), "\x00")
}

// oppositeOf is the text of the condition that holds exactly where one does not, of those on one value. Values with variables have
// none: what they stand for may be missing. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
func oppositeOf(c *policy.Condition) (text string, ok bool) {
	operator := strings.ToLower(c.Operator)
	variable := slices.ContainsFunc(c.Values, func(v policy.Value) bool { return strings.Contains(v.Text, "${") })
	switch {
	case variable || strings.Contains(operator, ":") || strings.HasSuffix(operator, "ifexists") || len(c.Values) == 0:
		return "", false
	case operator == "null" && len(c.Values) == 1:
		negated := map[string]string{"true": "false", "false": "true"}[strings.ToLower(c.Values[0].Text)]
		return "null " + strings.ToLower(c.Key) + " " + negated, negated != ""
	}
	for _, pair := range opposites {
		switch operator {
		case pair[0]:
			return conditionText(pair[1], c), true
		case pair[1]:
			return conditionText(pair[0], c), true
		}
	}
	return "", false
}

// opposites are operators, in lower case, of which exactly one holds, whether the key is there or not.
var opposites = [...][2]string{
	{"stringequals", "stringnotequals"},
	{"stringequalsignorecase", "stringnotequalsignorecase"},
	{"stringlike", "stringnotlike"},
	{"arnequals", "arnnotequals"},
	{"arnlike", "arnnotlike"},
	{"numericequals", "numericnotequals"},
	{"dateequals", "datenotequals"},
	{"ipaddress", "notipaddress"},
}
