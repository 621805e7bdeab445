package diff

import (
	"fmt"
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
	Unproven []Unproven // empty: there is no other difference, within the limits that Documents names
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

	scope
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

// difference puts the changes in order: by turn, then by the statements that cause them, then by action.
func (c *comparison) difference() Difference {
	d := Difference{Unproven: c.unproven}
	var all []*Change
	for _, change := range c.changes {
		if change.Actions = []string{change.Witness.Action}; !c.terse {
			change.Actions, change.NotActions = change.spell()
		}
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
