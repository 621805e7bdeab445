package access

import (
	"fmt"
	"slices"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// loss is what a principal is rid of at a place.
type loss struct {
	boundary bool
	policies []int    // among its identity policies in the world, sorted
	groups   []string // that it has left, sorted
}

// with is the loss and that of a removal.
func (l loss) with(r *removal) loss {
	l.policies = slices.Compact(slices.Sorted(slices.Values(slices.Concat(l.policies, r.policies))))
	if r.group != "" {
		l.groups = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(l.groups), r.group))))
	}
	return l
}

// variant says in kind what is lost.
func (l loss) variant() Variant {
	v := Plain
	if l.boundary {
		v |= Unbounded
	}
	if len(l.policies) > 0 {
		v |= Undenied
	}
	return v
}

// hold is how a principal has one of its identity policies.
type hold struct {
	group  *account.Group // of a user who has it by that; nil: its own
	arn    string         // of a managed policy
	inline *account.InlinePolicy
}

// holds say how a principal has its identity policies: one for each, in the order in which the world has them.
func (g *Graph) holds(p *Principal) []hold {
	var out []hold
	add := func(group *account.Group, attached []string, inline []account.InlinePolicy) {
		for _, arn := range attached {
			out = append(out, hold{group: group, arn: arn})
		}
		for i := range inline {
			out = append(out, hold{group: group, inline: &inline[i]})
		}
	}
	if p.Role != nil {
		add(nil, p.Role.Attached, p.Role.Inline)
		return out
	}
	add(nil, p.User.Attached, p.User.Inline)
	for _, name := range p.User.Groups {
		if group, ok := g.world.groups[name]; ok {
			add(group, group.Attached, group.Inline)
		} else {
			out = append(out, hold{}) // what an unknown group has
		}
	}
	return out
}

// removal is a request by which somebody rids a principal of policies that deny.
type removal struct {
	*Question
	policies []int  // among the principal's identity policies in the world
	group    string // that it leaves
	mixed    bool   // the policies allow something too
}

// removals are the requests of an action by which `by` may rid a principal of policies that deny, in an order in which all
// of them may be made.
func (g *Graph) removals(by *Principal, of *node, action string) []removal {
	if of.Linked || !by.Stack.Mentions(action) {
		return nil
	}
	whole := g.world.byARN[of.ARN]
	if !slices.ContainsFunc(whole.Stack.Identity, denies) {
		return nil
	}
	var out []removal
	for i, h := range g.holds(whole) {
		if slices.Contains(of.lost.policies, i) || !denies(whole.Stack.Identity[i]) {
			continue
		}
		r := removal{Question: removing(action, whole, h), policies: []int{i}, mixed: whole.Stack.Identity[i].Allows()}
		switch {
		case r.Question == nil:
		case action != "iam:RemoveUserFromGroup":
			out = append(out, r)
		case len(out) == 0 || out[len(out)-1].group != h.group.Name:
			r.group = h.group.Name
			r.policies, r.mixed = g.byGroup(whole, h.group)
			out = append(out, r)
		}
	}
	out = slices.DeleteFunc(out, func(r removal) bool { return !may(g.world.Can(by, r.Question)) })
	slices.SortStableFunc(out, func(a, b removal) int { // last what also allows: the other requests may need it
		switch {
		case a.mixed == b.mixed:
			return 0
		case a.mixed:
			return 1
		}
		return -1
	})
	return out
}

// denies reports whether a policy denies, as far as it could be read: what could not limits nothing in the graph.
func denies(p *authz.Policy) bool { return p.Read() && p.Denies() }

// removing is the request of an action that takes a policy away which p has in a given way; nil where that is none.
func removing(action string, p *Principal, h hold) *Question {
	q := &Question{Action: action, Resource: p.ARN}
	if h.arn != "" {
		q.Keys = map[string][]string{"iam:PolicyARN": {h.arn}}
	}
	if h.group != nil {
		q.Resource = h.group.ARN
	}
	fits := false
	switch action {
	case "iam:DetachUserPolicy":
		fits = p.User != nil && h.group == nil && h.arn != ""
	case "iam:DeleteUserPolicy":
		fits = p.User != nil && h.group == nil && h.inline != nil
	case "iam:DetachRolePolicy":
		fits = p.Role != nil && h.arn != ""
	case "iam:DeleteRolePolicy":
		fits = p.Role != nil && h.inline != nil
	case "iam:DetachGroupPolicy":
		fits = h.group != nil && h.arn != ""
	case "iam:DeleteGroupPolicy":
		fits = h.group != nil && h.inline != nil
	case "iam:RemoveUserFromGroup":
		fits, q.Keys = h.group != nil, nil
	}
	if !fits {
		return nil
	}
	return q
}

// byGroup are the policies that a user has by a group, and whether they allow anything.
func (g *Graph) byGroup(p *Principal, group *account.Group) (policies []int, mixed bool) {
	for i, h := range g.holds(p) {
		if h.group == group {
			policies = append(policies, i)
			mixed = mixed || p.Stack.Identity[i].Allows()
		}
	}
	return policies, mixed
}

// Bounds on the places of one principal that lacks policies.
const (
	maxMixed  = 3 // of its policies that also allow, taken away one by one
	maxLosses = 8 // of its places that lack any
)

// undenied are the places of a principal without policies that deny, of which `by` rids it with an action: without all of
// those that do nothing else, and besides without each of those that also allow, which may be what it lives on.
func (g *Graph) undenied(by *Principal, of NodeID, action string) []NodeID {
	removals := g.removals(by, &g.nodes[of], action)
	rid := g.nodes[of].lost
	for i := range removals {
		if !removals[i].mixed {
			rid = rid.with(&removals[i])
		}
	}
	var out []NodeID
	if len(rid.policies) > len(g.nodes[of].lost.policies) {
		out = g.without(out, of, rid)
	}
	tried := 0
	for i := range removals {
		if removals[i].mixed && tried < maxMixed {
			tried++
			out = g.without(out, of, rid.with(&removals[i]))
		}
	}
	return out
}

// deniedRoles are the roles with a policy that denies.
func (g *Graph) deniedRoles() authz.Mask {
	return g.target("denied roles", func() authz.Mask {
		m := g.roles.None()
		for at, id := range g.roles.ids {
			if slices.ContainsFunc(g.nodes[id].Stack.Identity, denies) {
				m.Set(at)
			}
		}
		return m
	})
}

// undenier names those for whom the same roles may be rid of policies that deny by an action: everybody, or those on whom the
// same policies speak where these look at which policy is taken away.
type undenier struct{ action, policies string }

// undenierOf names the place for an action.
func (g *Graph) undenierOf(p *Principal, action string) undenier {
	key := undenier{action: action}
	if p.some(func(policy *authz.Policy) bool { return policy.Uses("iam:PolicyARN") }) {
		key.policies = g.speaking(p, action)
	}
	return key
}

// speaking names all principals on whom the same policies speak as far as they name an action, and who have the same of what
// those look at: what one of them may do with it, all may.
func (g *Graph) speaking(p *Principal, action string) string {
	var keys []string
	p.some(func(policy *authz.Policy) bool {
		_, some := policy.On(action)
		keys = append(keys, some...)
		return false
	})
	slices.Sort(keys)
	return p.Context.Spell(slices.Compact(keys)) + g.policyKey(p, func(policy *authz.Policy) bool {
		some, _ := policy.On(action)
		return some
	})
}

// undeniedRoles are roles without policies that deny: the place takes those away, and assumes them. Places share one list,
// which may hold their own role: that needs not assume itself, see leads.
func (g *Graph) undeniedRoles(id NodeID, e *Escalation, assumable []NodeID) []NodeID {
	n := &g.nodes[id]
	m := g.onAssumable(id, e, assumable, g.deniedRoles())
	if m.First() < 0 {
		return nil
	}
	key := g.undenierOf(n.Principal, e.Actions[0])
	known, ok := g.undeniers[key]
	if !ok {
		known = byMask[[]NodeID]{}
		g.undeniers[key] = known
	}
	return remembered(known, m, g.roles, func() []NodeID { return g.withoutDenials(n.Principal, g.list(m, g.roles), key.action) })
}

// withoutDenials are the places of some principals without policies that deny, of which `by` rids them.
func (g *Graph) withoutDenials(by *Principal, ids []NodeID, action string) []NodeID {
	var out []NodeID
	for _, id := range ids {
		out = append(out, g.undenied(by, id, action)...)
	}
	return out
}

// removalsOf are those of a hop that takes policies away.
func (g *Graph) removalsOf(h Hop) []removal {
	by, of := &g.nodes[h.From], &g.nodes[g.byARN[g.nodes[h.To].ARN]]
	if by.ARN == of.ARN {
		of = by // which lacks some already
	}
	to := g.nodes[h.To].lost
	return slices.DeleteFunc(g.removals(by.Principal, of, h.By.Actions[0]), func(r removal) bool {
		kept := slices.ContainsFunc(r.policies, func(i int) bool { return !slices.Contains(to.policies, i) })
		return kept || r.group != "" && !slices.Contains(to.groups, r.group)
	})
}

// undenyQuestions are the requests of a hop that takes policies away, and what makes its author the principal.
func (g *Graph) undenyQuestions(h Hop) []*Question {
	var out []*Question
	for _, r := range g.removalsOf(h) {
		out = append(out, r.Question)
	}
	by := &g.nodes[h.From]
	if h.By.needs("sts:AssumeRole") {
		if q, ok := g.witnessOn(by.Principal, h.By, "sts:AssumeRole", h.To); ok {
			out = append(out, q)
		}
	}
	return out
}

// unbound appends the place of a principal without its permissions boundary.
func (g *Graph) unbound(to []NodeID, id NodeID) []NodeID {
	lost := g.nodes[id].lost
	lost.boundary = true
	return g.without(to, id, lost)
}

// without appends the place of a principal that is rid of more: made once, and none that lacks policies beyond maxLosses of
// one principal.
func (g *Graph) without(to []NodeID, id NodeID, lost loss) []NodeID {
	arn := g.nodes[id].ARN
	key := arn + fmt.Sprintf("\x00%v %v %q", lost.boundary, lost.policies, lost.groups)
	at, ok := g.byARN[key]
	if !ok && len(lost.policies) > 0 { // without its boundary alone is one place, which is never too many
		if g.losses[arn] >= maxLosses {
			return to
		}
		g.losses[arn]++
	}
	if !ok {
		at = g.add(g.lacking(g.world.byARN[arn], lost))
		g.nodes[at].lost = lost
		g.byARN[key] = at
	}
	return append(to, at)
}

// lacking is a principal that is rid of something: its own record says so too.
func (g *Graph) lacking(whole *Principal, lost loss) Principal {
	p := *whole
	p.Stack.Identity = nil
	var attached []string
	var inline []account.InlinePolicy
	for i, h := range g.holds(whole) {
		if slices.Contains(lost.policies, i) {
			continue
		}
		p.Stack.Identity = append(p.Stack.Identity, whole.Stack.Identity[i])
		switch {
		case h.group != nil:
		case h.arn != "":
			attached = append(attached, h.arn)
		case h.inline != nil:
			inline = append(inline, *h.inline)
		}
	}
	if lost.boundary {
		p.Stack.Boundary = nil
	}
	if p.Role != nil {
		role := *p.Role
		role.Attached, role.Inline = attached, inline
		p.Role = &role
		return p
	}
	user := *p.User
	user.Attached, user.Inline = attached, inline
	user.Groups = slices.DeleteFunc(slices.Clone(user.Groups), func(name string) bool { return slices.Contains(lost.groups, name) })
	p.User = &user
	return p
}
