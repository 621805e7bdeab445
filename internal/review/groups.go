package review

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// group is a set of actions that no statement, and no type of resource that statements name, tells apart.
type group struct {
	terms   []*term // the statements that are about these actions
	actions actionSet
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

// resourceType is a type of resource that a pattern of the statements may fit.
type resourceType struct {
	name     string // "s3:object"
	patterns []typePattern
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
	about := newSet()
	for _, t := range c.terms {
		for _, v := range t.Action {
			c.spend(10 * expandPrice(v.Text))
		}
		if !c.spend(1000) {
			c.leave(everything(), nil, "the documents have too many actions")
			return nil
		}
		t.actions = setOf(t.Statement)
		about.join(t.actions)
	}
	c.found = map[groupKey]*group{}
	rows := actionRows{comparison: c, word: -1}
	left := newSet() // of which the budget does not suffice to say who is about them
	for i := range about.all() {
		a := iamref.ActionAt(i)
		if !c.asked(a) {
			continue
		}
		if c.steps <= 0 {
			left.set(i)
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
		r.spend(8 * len(r.terms))
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
	if c.spend(16 * len(s.terms)) {
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
		c.spend(4 * len(t.Resource))
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
			if !ok || strings.ContainsAny(service, "*?") || !c.spend(expandPrice(v.Text)) || reaches(v.Text) {
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
		return c.spend(1+len(v.Text)) && coversAction(strings.ToLower(v.Text), name)
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
		g = &group{terms: s.terms, actions: newSet(), types: types, plain: plain}
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
	g.actions.set(a.Index)
	if g.name == "" || strings.EqualFold(g.name, "iam:PassRole") {
		g.name = a.String()
	}
}

// kindOf numbers the lists of resource types that actions have.
func kindOf(a iamref.Action) int { return actionKinds()[a.Index] }

var actionKinds = sync.OnceValue(func() []int {
	out := make([]int, iamref.ActionCount())
	known := map[string]int{}
	for a := range iamref.Expand("*") {
		key := strings.Builder{}
		for _, r := range a.Resources {
			fmt.Fprint(&key, a.Service, ":", r.Name, r.Required, " ")
		}
		n, ok := known[key.String()]
		if !ok {
			n = len(known)
			known[key.String()] = n
		}
		out[a.Index] = n
	}
	return out
})

// kinds are the types of resource of an action that a pattern of the statements may fit, and resources of none of
// them: one of another type, or "*" where a request may name none.
func (c *comparison) kinds(patterns []string, a iamref.Action, unknown bool) (types []resourceType, plain []string) {
	switch {
	case c.kind == policy.Trust:
		return nil, []string{"arn:aws:iam::" + c.resourceAccount() + ":role/" + exampleName}
	case unknown:
		return []resourceType{{"*", []typePattern{{"*", false}}}}, []string{"*"}
	}
	required := slices.ContainsFunc(a.Resources, func(r iamref.ResourceType) bool { return r.Required })
	if len(a.Resources) == 0 || !required && c.kind != policy.Resource { // whose requests are on the resource
		plain = []string{"*"}
	}
	for _, r := range a.Resources {
		t := resourceTypeOf(a.Service, r)
		fits := func(p typePattern) bool { return slices.ContainsFunc(patterns, c.mayFit(p)) }
		if slices.ContainsFunc(t.patterns, fits) {
			types = append(types, t)
		} else if len(plain) == 0 {
			plain = []string{exampleOf(r.ARNs[0])}
		}
	}
	return types, plain
}

// resourceTypes remembers the templates of types, which are the same in every comparison.
var resourceTypes sync.Map // by service and name

func resourceTypeOf(service string, r iamref.ResourceType) resourceType {
	name := service + ":" + r.Name
	if known, ok := resourceTypes.Load(name); ok {
		return known.(resourceType)
	}
	t := resourceType{name, typePatterns(service, r)}
	resourceTypes.Store(name, t)
	return t
}

// mayFit remembers which patterns may fit a template.
func (c *comparison) mayFit(p typePattern) func(pattern string) bool {
	return func(pattern string) bool {
		key := [2]string{p.template, pattern}
		fits, known := c.fits[key]
		if !known {
			if c.steps <= 0 {
				return false
			}
			var work int
			fits, work = p.fits(pattern)
			c.spend(60 + work/2)
			c.fits[key] = fits
		}
		return fits
	}
}
