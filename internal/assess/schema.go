package assess

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review"
	"github.com/ambit-iam/ambit/internal/source"
)

// Schema is everything that a rule may name: what facts declares, and the functions that ask the account's graph
// or the reviewer of documents. All calls give the same one: do not change it.
func Schema() *gsl.Schema { return schema() }

var schema = sync.OnceValue(func() *gsl.Schema {
	base := facts.Schema()
	return &gsl.Schema{
		Entities: base.Entities, Planned: base.Planned, Functions: append(slices.Clip(base.Functions),
			reachesFunction(), chainsFunction(), failsOpenFunction(), guardedFunction(), remarksFunction(), allowsMoreFunction()),
	}
})

// graphCost is the cost of functions that ask the account's graph.
const graphCost = 2

func reachesFunction() *gsl.Function {
	return &gsl.Function{
		Name: "reaches", Min: 1, Max: 1,
		Doc: "Whether a user or role that is no administrator can make itself one: by assuming roles, passing them to services, making " +
			"credentials, changing policies or taking guardrails away, each step decided with boundaries and conditions (the mode may). A step " +
			"may rest on something that was not read, such as a running instance: the evidence says so.",
		Example: "IamUser should not have reaches('admin')",
		Check: func(args []gsl.Value) (any, error) {
			if args[0].Text() != "admin" {
				return nil, errors.New("want 'admin'")
			}
			return nil, nil
		},
		Cost: graphCost,
		Call: reaches,
	}
}

func failsOpenFunction() *gsl.Function {
	return &gsl.Function{
		Name: "failsOpen",
		Doc: "Whether a condition of a statement lets pass what it was written against: an Allow whose condition holds where its key is " +
			"absent (BoolIfExists of aws:MultiFactorAuthPresent lets long-term access keys in), or a Deny that requests without MFA escape. Only " +
			"keys that say who asks or from where count.",
		Example: "IamPolicy should not have document.Statement contain [failsOpen()]",
		Cost:    1,
		Call:    func(c *gsl.Call) gsl.Value { return ofConditions(c, failsOpen) },
	}
}

// failOpenRules are the reviewer's remarks that failsOpen stands for.
var failOpenRules = []review.Rule{
	review.MFAFailsOpen, review.MFADenyMissesKeys, review.FailsOpen, review.NegatedWithoutGuard, review.ForAllWithoutGuard,
}

// failsOpen asks the reviewer.
func failsOpen(c *gsl.Call, run *facts.Run, doc *policy.Document) bool {
	open := openConditions(run, c.Self, doc)
	if len(open) > 0 && c.Env.Trace != nil {
		spots := make([]policy.Spot, len(open))
		for i, n := range open {
			spots[i] = doc.MemberSpot(n)
		}
		facts.Prove(c, c.Self, spots...)
	}
	return len(open) > 0
}

// openConditions are the conditions of a statement, the only one of doc, that fail open beside the others of its whole document,
// which is looked at once.
func openConditions(run *facts.Run, statement gsl.Value, doc *policy.Document) []*policy.Node {
	type key struct{ whole *policy.Document }
	whole := facts.WholeOf(statement)
	all, _ := run.Once(key{whole}, func() any { return lintedOpen(reviewerOf(run), whole) }).(map[*policy.Node][]*policy.Node)
	return all[doc.Statements[0].Node]
}

// lintedOpen are the conditions of a document that fail open, by their values' nodes, for each statement that has one.
func lintedOpen(reviewer *review.Reviewer, doc *policy.Document) map[*policy.Node][]*policy.Node {
	kind := policy.Identity
	if st := &doc.Statements[0]; len(st.Principal) > 0 {
		if kind = policy.Trust; len(st.Resource) > 0 {
			kind = policy.Resource
		}
	}
	var open map[*policy.Node][]*policy.Node
	for _, s := range reviewer.Lint(doc, kind, failOpenRules...) {
		if s.Rule == review.Fault || s.Severity == source.Note || !strings.Contains(s.Pointer, "/Condition") {
			continue
		}
		if st, at := conditionAt(doc, &s); st != nil {
			if open == nil {
				open = map[*policy.Node][]*policy.Node{}
			}
			open[st] = append(open[st], at)
		}
	}
	return open
}

// conditionAt is the statement that a remark on a condition stands in, and the condition.
func conditionAt(doc *policy.Document, s *review.Smell) (statement, condition *policy.Node) {
	for i := range doc.Statements {
		st := &doc.Statements[i]
		for _, c := range st.Conditions {
			if c.Node.Pos == s.Span.Start {
				return st.Node, c.Node
			}
		}
	}
	for i := range doc.Statements { // a remark on the element as a whole
		st := &doc.Statements[i]
		if strings.HasPrefix(s.Pointer, doc.Pointer(st.Node)+"/Condition") {
			return st.Node, st.Node.Member("Condition")
		}
	}
	return nil, nil
}
