package diff

import (
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// group is a set of actions that no statement, and no type of resource that statements name, tells apart.
type group struct {
	terms   []*term // the statements that are about these actions
	actions element.ActionSet
	extra   []string // names of actions that are not known
	name    string   // one of them
	types   []resourceType
	plain   []string // resources that no pattern of the statements was written for

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
	about := element.NewActionSet()
	for _, t := range c.terms {
		for _, v := range t.Action {
			c.Spend(10 * element.ExpandPrice(v.Text))
		}
		if !c.Spend(1000) {
			c.leave(element.AllActions(), nil, "the documents have too many actions")
			return nil
		}
		t.actions = element.ActionsOf(t.Statement)
		about.Join(t.actions)
	}
	c.found = map[groupKey]*group{}
	rows := actionRows{comparison: c, word: -1}
	left := element.NewActionSet() // of which the budget does not suffice to say who is about them
	for i := range about.All() {
		a := iamref.ActionAt(i)
		if !c.asked(a) {
			continue
		}
		if c.Spent() {
			left.Set(i)
			continue
		}
		if s := c.signature(rows.of(i)); !s.settled {
			c.group(s, a, false).add(a)
		}
	}
	c.leave(left, nil, "the documents are too large to compare further")
	for _, name := range c.unknownNames() {
		if c.kind == policy.ResourceControl && !authz.ResourceControlled(name) {
			continue
		}
		row := make([]byte, (len(c.terms)+7)/8)
		for i, t := range c.terms {
			if c.isAbout(t, name) {
				row[i/8] |= 1 << (i % 8)
			}
		}
		if s := c.signature(row); !s.settled {
			g := c.group(s, iamref.Action{}, true)
			g.extra = append(g.extra, name)
			g.name = name
		}
	}
	return c.ordered
}

// groupKey is what actions of one group have in common.
type groupKey struct {
	signature *signature
	kinds     string
}

// signature is the statements about an action.
type signature struct {
	terms    []*term
	groups   map[int]*group // by kind of action
	settled  bool           // both documents say the same in them
	patterns []string       // of their resources, but for those that fit everything
}

// actionRows says of an action which terms are about it, a bit each. It turns 64 actions at a time, which are asked
// for in order.
type actionRows struct {
	*comparison
	word int // of the sets of actions
	rows [64][]byte
}

func (r *actionRows) of(action int) []byte {
	if r.word != action/64 {
		r.word = action / 64
		r.Spend(8 * len(r.terms))
		for i := range r.rows {
			r.rows[i] = make([]byte, (len(r.terms)+7)/8)
		}
		for i, t := range r.terms {
			for w := t.actions[r.word]; w != 0; w &= w - 1 {
				r.rows[bits.TrailingZeros64(w)][i/8] |= 1 << (i % 8)
			}
		}
	}
	return r.rows[action%64]
}

// signature is that of actions which the terms of a row are about, a bit each.
func (c *comparison) signature(row []byte) *signature {
	if s, ok := c.signatures[string(row)]; ok {
		return s
	}
	s := &signature{groups: map[int]*group{}}
	for i, t := range c.terms {
		if row[i/8]>>(i%8)&1 == 1 {
			s.terms = append(s.terms, t)
		}
	}
	if c.Spend(16 * len(s.terms)) {
		s.settled, s.patterns = settled(s.terms), c.specific(s.terms)
	}
	c.signatures[string(row)] = s
	return s
}

func settled(terms []*term) bool {
	var same [2]map[string]bool
	for i := range same {
		same[i] = map[string]bool{}
	}
	for _, t := range terms {
		same[t.side][t.same] = true
	}
	return maps.Equal(same[0], same[1])
}

// specific are the patterns of resources of some statements, but for those that fit everything.
func (c *comparison) specific(terms []*term) []string {
	found := map[string]bool{}
	for _, t := range terms {
		c.Spend(4 * len(t.Resource))
		for _, v := range t.Resource {
			if v.Text != "*" {
				found[v.Text] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// unknownNames are actions that the documents name and the tables do not know: the first of them, for each is a
// group of its own.
func (c *comparison) unknownNames() []string {
	const most = 64
	names := map[string]bool{}
	for _, t := range c.terms {
		for _, v := range t.Action {
			service, name, ok := strings.Cut(v.Text, ":")
			if !ok || strings.ContainsAny(service, "*?") || !c.Spend(element.ExpandPrice(v.Text)) || element.FitsAction(v.Text) {
				continue
			}
			name = strings.ToLower(service) + ":" + strings.NewReplacer("*", "", "?", "x").Replace(name)
			if names[name] = true; len(names) > most || len(name) > 4*most {
				delete(names, name)
				c.leave(nil, []string{v.Text}, "too many actions that are not known")
				return slices.Sorted(maps.Keys(names))
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// isAbout is for actions that are not known.
func (c *comparison) isAbout(t *term, name string) bool {
	name = strings.ToLower(name)
	named := slices.ContainsFunc(t.Action, func(v policy.Value) bool {
		return c.Spend(1+len(v.Text)) && element.CoversAction(strings.ToLower(v.Text), name)
	})
	return named != t.NotAction
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
		key.kinds += " " + t.name
	}
	g := c.found[key]
	if g == nil {
		g = &group{terms: s.terms, actions: element.NewActionSet(), types: types, plain: plain}
		c.found[key] = g
		c.ordered = append(c.ordered, g)
	}
	s.groups[kind] = g
	return g
}

// unknownOperator is a condition operator of the group's statements that is not known, "" where all are.
func (g *group) unknownOperator() string {
	for _, t := range g.terms {
		for _, cd := range t.Conditions {
			if !authz.IsOperator(cd.Operator) {
				return cd.Operator
			}
		}
	}
	return ""
}

// add puts an action into the group. Its name is that of one of its actions, but for one that authz treats apart.
func (g *group) add(a iamref.Action) {
	g.actions.Set(a.Index)
	if g.name == "" || strings.EqualFold(g.name, "iam:PassRole") {
		g.name = a.String()
	}
}
