// Package diff compares what two policy documents decide: what one allows or denies that the other does not.
//
// Documents, and Soon, are the only entries. They read in this order:
//   - term.go takes the statements of both documents; groups.go parts all actions into groups that no statement tells
//     apart, and leaves out those on which both documents say the same.
//   - compare.go tries each group: who asks (callers.go), what policy variables stand for (variables.go), which
//     condition keys a request carries (contexts.go) and which resource it names (sites.go). Of each, it takes one for
//     every way in which the statements can answer.
//   - trial.go lets package authz decide these requests for both documents, and finds the conditions that a difference
//     hangs on; change.go puts differences for the same reason together.
//   - difference.go holds the result, minimal.go leaves out what is said twice, spell.go writes sets of actions short.
//
// Words: a term is a statement of either document. Settings are values of condition keys, a situation is a context made
// of them. An atom is a set of resources that no statement tells apart. A trial is one caller, one choice of values for
// policy variables and one atom, in every situation. A turn is how a decision changes from A to B.
//
// Contract: pure; equal input gives equal output. Each Change has a witness, a request that package authz decides
// differently for the two documents. What could not be decided within the budget is named, never passed over.
// Limits: two documents, each on its own: other policies of the same principal, boundaries and organizations are not
// seen. Of each set of requests that the documents cannot tell apart one is tried; see Documents for when that is exact.
// Floor: 4.
package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// Documents compares what two documents of one kind decide, each on its own: what B allows that A does not, the
// reverse, and what only one of them denies. Permissions that a document does not give by itself (a boundary,
// a control policy, a resource policy that names a principal of another account) are compared as if every other
// policy allowed. It fails where a document has faults.
//
// The requests tried are, for each set of actions that no statement and no type of resource tells apart, one of
// each way in which resources, condition keys, policy variables and principals can answer all statements. Every
// request that the documents decide differently is one of a Change, or its action is among the Unproven: where the
// budget ends, where variables stand in places that can meet in more than one way, or where conditions compare a
// key as text and as a number. No Change is covered by another.
//
// That is a proof as far as these limits go. Actions, types of resource and multi-valued keys are those that
// package iamref knows, and ARNs are as its templates say. Keys are tried in every combination, even where AWS
// never sends it, but for those that follow from the principal. Names with a colon are tried only where a pattern
// has one, principals in the partition aws unless one is named in another, and operators that ignore letter case
// do so in ASCII.
func Documents(a, b *policy.Document, kind policy.DocumentKind) (Difference, error) {
	return diff(a, b, kind, diffSteps)
}

// Soon is Documents with a budget of a few milliseconds, for callers that have many documents to compare. Of the actions of a
// Change it names that of the witness alone.
func Soon(a, b *policy.Document, kind policy.DocumentKind) (Difference, error) {
	c := newComparison(kind, soonSteps)
	c.terse = true
	return c.documents(a, b)
}

func diff(a, b *policy.Document, kind policy.DocumentKind, steps int) (Difference, error) {
	return newComparison(kind, steps).documents(a, b)
}

func (c *comparison) documents(a, b *policy.Document) (Difference, error) {
	for i, doc := range []*policy.Document{a, b} {
		compiled, err := authz.Compile(InB(i == 1).String(), doc)
		if err != nil {
			return Difference{}, fmt.Errorf("diff: %w", err)
		}
		c.sides[i] = side{compiled, stackOf(compiled, c.kind)}
		c.addTerms(doc, i)
	}
	if len(a.Text)+len(b.Text) > 2*maxDocument {
		return Difference{Unproven: []Unproven{{Actions: []string{"*"}, Why: "the documents are longer than 128 KiB each"}}}, nil
	}
	c.run()
	return c.difference(), nil
}

// The budgets of one comparison.
const (
	diffSteps       = 20_000_000 // of some ten nanoseconds
	soonSteps       = 500_000    // the same
	decidePrice     = 60         // of one decision of both documents
	maxContexts     = 256        // for each group, principal and choice of variables
	maxAssignments  = 128        // of variables
	maxVariables    = 32
	conditionPrice  = 100 // of reading a condition
	settingPrice    = 20  // of setting a key of a context
	maxPrincipals   = 400
	maxDocument     = 128 << 10 // bytes of text; AWS's largest document, a key policy, has 32 KiB
	maxCombinations = 20_000    // of resources and contexts for each group, principal and choice
)

// comparison is one call of Documents at work.
type comparison struct {
	kind  policy.DocumentKind
	terse bool // see Soon
	sides [2]side
	terms []*term // the statements of both, A's first
	*glob.Budget
	changes  map[string]*Change
	unproven []Unproven

	// What was found out once.
	signatures map[string]*signature
	found      map[groupKey]*group
	ordered    []*group
	fits       map[[2]string]bool
	alone      map[*policy.Condition]*authz.Stack // one condition by itself
}

func newComparison(kind policy.DocumentKind, steps int) *comparison {
	return &comparison{
		kind: kind, Budget: glob.NewBudget(steps), changes: map[string]*Change{}, signatures: map[string]*signature{},
		fits: map[[2]string]bool{}, alone: map[*policy.Condition]*authz.Stack{},
	}
}

// tooLarge is why a comparison ends that has spent its budget.
const tooLarge = "the documents are too large to compare further"

// run compares all groups of actions.
func (c *comparison) run() {
	left := newScope()
	unknown := map[string]*scope{} // by condition operator that package authz does not know
	for _, g := range c.groups() {
		if c.Spent() {
			left.join(g.scope)
			continue
		}
		if operator := g.unknownOperator(); operator != "" {
			if unknown[operator] == nil {
				unknown[operator] = &scope{known: element.NewActionSet()}
			}
			unknown[operator].join(g.scope)
		}
		if why := c.compare(g); why != "" {
			c.leave(g.scope, why)
		}
	}
	for _, operator := range slices.Sorted(maps.Keys(unknown)) {
		c.leave(*unknown[operator], "the condition operator "+operator+" is not known")
	}
	c.leave(left, tooLarge)
}

// leave says of which actions no more can be told.
func (c *comparison) leave(actions scope, why string) {
	if yes, not := actions.spell(); len(yes) > 0 {
		c.unproven = append(c.unproven, Unproven{yes, not, why})
	}
}
