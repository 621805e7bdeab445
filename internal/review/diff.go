package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Turn is the way in which a decision changes from document A to document B.
type Turn uint8

// The turns.
const (
	Gained   Turn = iota + 1 // B allows what A does not
	Lost                     // A allows what B does not
	Denied                   // neither allows it, and B denies it in so many words
	Undenied                 // neither allows it, and A denies it in so many words
)

var turnNames = [...]string{"", "gained", "lost", "denied", "undenied"}

// String is the turn in a word.
func (t Turn) String() string { return turnNames[t] }

// Difference is what two documents decide differently.
type Difference struct {
	Changes  []Change
	Unproven []Unproven // empty: there is no other difference, within the limits that Diff names
}

// Change is a set of requests that the two documents decide differently, in one way, for one reason.
type Change struct {
	Turn       Turn
	Actions    []string // "s3:GetObject", and patterns that reach no other action that is known, but for
	NotActions []string // these
	Resources  []string // as the deciding statement writes them; empty in a trust policy
	Except     []string // resources among them on which nothing changes
	Principals []string // as the documents name them; "*" is anybody else; empty where they name none
	Conditions []Clause // all must be as they say; empty: whatever the context
	Causes     []Cause  // the statements that decide
	Witness    Witness

	actions actionSet
	extra   []string
	focus   *policy.Statement // whose resources are named
	modern  bool              // it stands in a document that knows variables
	clauses []string          // the conditions as text
	hits    []bool            // by pattern of the group, whether something changes on it
}

// InB says of a statement in which document it stands.
type InB bool

// String is the document's letter.
func (b InB) String() string {
	if b {
		return "B"
	}
	return "A"
}

// Clause is a statement whose conditions a Change hangs on.
type Clause struct {
	InB       InB
	Statement *policy.Statement
	Modern    bool // it stands in a document that knows variables
	Hold      bool // whether its conditions hold
}

// Cause is a statement that decides.
type Cause struct {
	InB       InB
	Statement *policy.Statement
}

// Setting is one key of a witness's context. A key that it does not set is absent.
type Setting struct {
	Key    string
	Values []string
	Many   bool // a multi-valued key
}

// Witness is a request that package authz decides differently for the two documents.
type Witness struct {
	Principal       string // an ARN, a service, or "" for an anonymous caller
	Action          string
	Resource        string
	ResourceAccount string
	Context         []Setting // by key
	A, B            authz.Decision
}

// Unproven is a set of actions of which the budget did not suffice to say whether all differences are listed.
type Unproven struct {
	Actions    []string // as in a Change
	NotActions []string
	Why        string
}

// Diff compares what two documents of one kind decide, each on its own: what B allows that A does not, the
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
func Diff(a, b *policy.Document, kind policy.DocumentKind) (Difference, error) {
	return diff(a, b, kind, diffSteps)
}

func diff(a, b *policy.Document, kind policy.DocumentKind, steps int) (Difference, error) {
	c := newComparison(kind, steps)
	for i, doc := range []*policy.Document{a, b} {
		compiled, err := authz.Compile(InB(i == 1).String(), doc)
		if err != nil {
			return Difference{}, fmt.Errorf("review: %w", err)
		}
		c.sides[i] = side{compiled, stackOf(compiled, kind)}
		c.addTerms(doc, i)
	}
	if len(a.Text)+len(b.Text) > 2*maxText {
		return Difference{Unproven: []Unproven{{Actions: []string{"*"}, Why: "the documents are longer than 128 KiB each"}}}, nil
	}
	c.run()
	return c.difference(), nil
}

// The budgets of one comparison.
const (
	diffSteps       = 20_000_000 // of some ten nanoseconds
	decidePrice     = 60         // of one decision of both documents
	maxContexts     = 256        // for each group, principal and choice of variables
	maxAssignments  = 128        // of variables
	maxVariables    = 32
	conditionPrice  = 100 // of reading a condition
	settingPrice    = 20  // of setting a key of a context
	maxPrincipals   = 400
	maxCombinations = 20_000 // of resources and contexts for each group, principal and choice
)

// comparison is one Diff at work.
type comparison struct {
	kind  policy.DocumentKind
	sides [2]side
	terms []*term // the statements of both, A's first
	*budget
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
		kind: kind, budget: newBudget(steps), changes: map[string]*Change{}, signatures: map[string]*signature{},
		fits: map[[2]string]bool{}, alone: map[*policy.Condition]*authz.Stack{},
	}
}

type side struct {
	policy *authz.Policy
	stack  authz.Stack
}

// term is one statement of either document.
type term struct {
	*policy.Statement
	side    int
	modern  bool // its document knows variables
	actions actionSet
	same    string // equal for statements that differ in their actions only
}

func (c *comparison) addTerms(doc *policy.Document, side int) {
	for i := range doc.Statements {
		t := &term{Statement: &doc.Statements[i], side: side, modern: doc.Version == modern}
		t.same = t.fingerprint()
		c.terms = append(c.terms, t)
	}
}

// fingerprint is all of a statement but its actions and its Sid, as text.
func (t *term) fingerprint() string {
	var resources, principals []string
	for _, v := range t.Resource {
		resources = append(resources, v.Text)
	}
	for _, p := range t.Principal {
		principals = append(principals, p.Type+" "+p.Text)
	}
	slices.Sort(resources)
	slices.Sort(principals)
	text := fmt.Sprintf("%s %t %q %t %q %q", t.Effect, t.NotRes, resources, t.NotPrinc, principals, conditionsKey(t.Statement))
	if strings.Contains(text, "${") {
		text += fmt.Sprint(t.modern)
	}
	return text
}

// conditionsKey is all conditions of a statement as text, equal where they say the same in the same words.
func conditionsKey(s *policy.Statement) string {
	var conditions []string
	for _, cd := range s.Conditions {
		var values []string
		for _, v := range cd.Values {
			values = append(values, v.Text)
		}
		slices.Sort(values)
		conditions = append(conditions, fmt.Sprintf("%s %s %q", strings.ToLower(cd.Operator), strings.ToLower(cd.Key), values))
	}
	slices.Sort(conditions)
	return fmt.Sprintf("%q", conditions)
}

// stackOf puts a document where all other policies allow, so that it alone decides.
func stackOf(p *authz.Policy, kind policy.DocumentKind) authz.Stack {
	all, delegation := allowAll(policy.Statement{}), allowAll(policy.Statement{
		Principal: []policy.Principal{{Type: "AWS", Value: policy.Value{Text: exampleAccount}}},
	})
	switch kind {
	case policy.Trust, policy.Resource:
		return authz.Stack{Identity: []*authz.Policy{all}, Resource: p}
	case policy.ServiceControl:
		return authz.Stack{Identity: []*authz.Policy{all}, SCPs: [][]*authz.Policy{{p}}, Resource: delegation}
	case policy.ResourceControl:
		return authz.Stack{Identity: []*authz.Policy{all}, RCPs: [][]*authz.Policy{{p}}, Resource: delegation}
	}
	return authz.Stack{Identity: []*authz.Policy{p}, Resource: delegation}
}

// allowAll allows everything, to whom the statement names.
func allowAll(s policy.Statement) *authz.Policy {
	s.Effect = policy.Allow
	s.Action, s.Resource = []policy.Value{{Text: "*"}}, []policy.Value{{Text: "*"}}
	p, err := authz.Compile("", &policy.Document{Version: modern, Statements: []policy.Statement{s}})
	if err != nil {
		panic("review: a policy without faults does not compile: " + err.Error())
	}
	return p
}

func (c *comparison) run() {
	spent := newSet()
	var extra []string
	unknown := map[string]*group{} // by condition operator
	for _, g := range c.groups() {
		if c.steps <= 0 {
			spent.join(g.actions)
			extra = append(extra, g.extra...)
			continue
		}
		if operator := g.unknownOperator(); operator != "" {
			if unknown[operator] == nil {
				unknown[operator] = &group{actions: newSet()}
			}
			unknown[operator].actions.join(g.actions)
			unknown[operator].extra = append(unknown[operator].extra, g.extra...)
		}
		if why := c.compare(g); why != "" {
			c.leave(g.actions, g.extra, why)
		}
	}
	for _, operator := range slices.Sorted(maps.Keys(unknown)) {
		c.leave(unknown[operator].actions, unknown[operator].extra, "the condition operator "+operator+" is not known")
	}
	c.leave(spent, extra, "the documents are too large to compare further")
}

// leave says of which actions no more can be told.
func (c *comparison) leave(actions actionSet, extra []string, why string) {
	if yes, not := spell(actions, extra); len(yes) > 0 {
		c.unproven = append(c.unproven, Unproven{yes, not, why})
	}
}

// difference puts the changes in order: by turn, then by the statements that cause them, then by action.
func (c *comparison) difference() Difference {
	d := Difference{Unproven: c.unproven}
	var all []*Change
	for _, change := range c.changes {
		change.Actions, change.NotActions = spell(change.actions, change.extra)
		all = append(all, change)
	}
	slices.SortFunc(all, func(a, b *Change) int { return slices.Compare(order(a), order(b)) })
	for _, change := range minimal(all) {
		d.Changes = append(d.Changes, *change)
	}
	return d
}

// order is what changes are sorted by.
func order(c *Change) []string {
	key := []string{fmt.Sprint(int(c.Turn))}
	for _, cause := range c.Causes {
		offset := 0
		if cause.Statement.Node != nil {
			offset = cause.Statement.Node.Pos.Offset
		}
		key = append(key, fmt.Sprintf("%s%08d", cause.InB, offset))
	}
	key = append(key, strings.Join(c.Actions, " "), strings.Join(c.Resources, " "), strings.Join(c.Principals, " "))
	for _, clause := range c.Conditions {
		key = append(key, fmt.Sprint(clause.InB, clause.Hold, clause.Statement.Pointer))
	}
	return append(key, fmt.Sprint(c.Except))
}
