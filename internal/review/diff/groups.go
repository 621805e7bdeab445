package diff

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// group is a set of actions that no statement, and no type of resource that statements name, tells apart.
type group struct {
	scope
	terms []*term // the statements that are about these actions
	name  string  // of one of them
	types []*element.Type
	plain []string // resources that no pattern of the statements was written for

	patterns []groupPattern // of the statements' resources

	byStatement map[*policy.Statement]*term // this and ranks are made when first asked for
	ranks       map[*term][3]int            // what tellsMore compares
	sites       map[string]*resources       // by what the patterns resolve to
	price       int                         // of a decision
	changes     map[string]*Change
	order       []string // keys of changes
}

// needsNothing reports whether nobody needs a permission for an action, and no Deny stops it.
// Source: STS API Reference, "GetCallerIdentity"; IAM User Guide, "Permissions for GetSessionToken", which only users call.
func needsNothing(a iamref.Action) bool {
	return a.Service == "sts" && (a.Name == "GetCallerIdentity" || a.Name == "GetSessionToken")
}

// asked reports whether an action is ever asked of a document of the kind.
func (c *comparison) asked(a iamref.Action) bool {
	switch c.kind {
	case policy.Trust:
		return slices.Contains(authz.TrustActions, a.String())
	case policy.ResourceControl:
		return authz.ResourceControlled(a.String())
	}
	return !needsNothing(a)
}

// groups parts all actions that the documents are about.
func (c *comparison) groups() []*group {
	about, ok := c.about()
	if !ok {
		c.leave(scope{known: element.AllActions()}, "the documents have too many actions")
		return nil
	}
	c.found = map[groupKey]*group{}
	c.groupKnown(about)
	c.groupUnknown()
	return c.ordered
}

// about finds the actions that each statement is about, and gives all of them. False: the budget ended.
func (c *comparison) about() (all element.ActionSet, ok bool) {
	all = element.NewActionSet()
	for _, t := range c.terms {
		for _, v := range t.Action {
			c.Spend(10 * element.ExpandPrice(v.Text))
		}
		if !c.Spend(1000) {
			return nil, false
		}
		t.actions = element.ActionsOf(t.Statement)
		all.Join(t.actions)
	}
	return all, true
}

// groupKnown puts known actions into groups.
func (c *comparison) groupKnown(about element.ActionSet) {
	rows := actionRows{comparison: c, word: -1}
	left := newScope() // of which the budget does not suffice to say who is about them
	for i := range about.All() {
		a := iamref.ActionAt(i)
		if !c.asked(a) {
			continue
		}
		if c.Spent() {
			left.known.Set(i)
			continue
		}
		if s := c.signature(rows.of(i)); !s.settled {
			c.group(s, a, false).add(a)
		}
	}
	c.leave(left, tooLarge)
}

// groupKey is what actions of one group have in common.
type groupKey struct {
	signature *signature
	kinds     string
}

// group finds the group of an action, or of those that are not known.
func (c *comparison) group(s *signature, a iamref.Action, unknown bool) *group {
	kind := kindOf(a)
	if unknown {
		kind = -1
	}
	if g := s.groups[kind]; g != nil {
		return g
	}
	types, plain := c.kinds(s.patterns, a, unknown)
	key := groupKey{s, strings.Join(plain, " ")}
	if len(plain) > 0 && plain[0] != "*" {
		key.kinds = "plain"
	}
	for _, t := range types {
		key.kinds += " " + t.Name
	}
	g := c.found[key]
	if g == nil {
		g = &group{scope: newScope(), terms: s.terms, types: types, plain: plain}
		c.found[key] = g
		c.ordered = append(c.ordered, g)
	}
	s.groups[kind] = g
	return g
}

// add puts an action into the group. Its name is that of one of its actions, but for one that authz treats apart.
func (g *group) add(a iamref.Action) {
	g.known.Set(a.Index)
	if g.name == "" || strings.EqualFold(g.name, "iam:PassRole") {
		g.name = a.String()
	}
}
