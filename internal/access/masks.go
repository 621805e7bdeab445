package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// field numbers places, so that one question can be asked about all of them at once.
type field struct {
	*authz.Universe
	ids []NodeID // sorted
}

// maskOf is the set of those ids that the field has; both are sorted.
func (f *field) maskOf(ids []NodeID) authz.Mask {
	m := f.None()
	at := 0
	for _, id := range ids {
		if at == len(f.ids) {
			break
		}
		if f.ids[at] != id { // mostly the next one
			n, ok := slices.BinarySearch(f.ids[at:], id)
			if at += n; !ok {
				continue
			}
		}
		m.Set(at)
		at++
	}
	return m
}

// markKey names one evaluation of a document that does not look at who asks.
type markKey struct {
	document *policy.Document
	universe *authz.Universe
	request  string // action, and what of the keys the document looks at
}

type marks struct{ allows, denies authz.Mask }

// marksOf evaluates one policy for a whole universe: once for all principals, unless it looks at who asks.
func (g *Graph) marksOf(p *authz.Policy, r *authz.Request, q *Question, u *authz.Universe) marks {
	key := markKey{document: p.Document, universe: u, request: q.Action}
	for name, values := range q.Keys {
		if p.Uses(name) {
			key.request += "\x00" + name + "=" + values[0]
		}
	}
	if m, ok := g.marks[key]; ok {
		return m
	}
	var m marks
	m.allows, m.denies = g.profiles.marks(p, r, q, u, authz.Possible)
	if !p.Personal() {
		g.marks[key] = m
	}
	return m
}

// may is where p may do an action: its policies allow, boundary and control policies leave it, and nothing
// surely denies. It holds for resources of the account that need no policy of their own.
func (g *Graph) may(p *Principal, q Question, u *authz.Universe) authz.Mask {
	if !p.Stack.Mentions(q.Action) {
		return nil
	}
	q.Owner = p.Account
	_, request := g.world.Request(p, &q)
	denied := u.None()
	union := func(policies []*authz.Policy) authz.Mask {
		allowed := u.None()
		for _, policy := range policies {
			m := g.marksOf(policy, request, &q, u)
			allowed.Or(m.allows)
			denied.Or(m.denies)
		}
		return allowed
	}
	out := union(p.Stack.Identity)
	if p.Stack.Boundary != nil {
		out.And(union(p.Stack.Boundary))
	}
	ceilings, denials := p.Stack.Controls(request)
	for _, level := range ceilings {
		out.And(union(level))
	}
	for _, level := range denials {
		union(level)
	}
	out.Minus(denied)
	if reserved := g.reservedIn(q.Action, u); reserved != nil {
		out.Minus(reserved)
	}
	return out
}

// reservedIn is where AWS refuses an action to everybody, worked out once.
func (g *Graph) reservedIn(action string, u *authz.Universe) authz.Mask {
	key := reservedKey{action, u}
	m, known := g.reserved[key]
	if !known {
		m = u.Reserved(action)
		g.reserved[key] = m
	}
	return m
}

type reservedKey struct {
	action   string
	universe *authz.Universe
}

// list is the places of a mask; equal masks share one list.
func (g *Graph) list(m authz.Mask, f *field) []NodeID {
	if m == nil {
		return nil
	}
	return remembered(g.lists, m, f, func() []NodeID {
		var ids []NodeID
		for at, id := range f.ids {
			if m.Has(at) {
				ids = append(ids, id)
			}
		}
		return ids
	})
}

// byMask is what was made of masks of a field.
type byMask[T any] map[maskKey][]made[T]

type maskKey struct {
	field *field
	hash  uint64
}

type made[T any] struct {
	of  authz.Mask
	out T
}

// remembered makes something of a mask once.
func remembered[T any](known byMask[T], m authz.Mask, f *field, build func() T) T {
	hash := uint64(14695981039346656037)
	for _, word := range m {
		hash = (hash ^ word) * 1099511628211
	}
	key := maskKey{f, hash}
	for _, k := range known[key] {
		if slices.Equal(k.of, m) {
			return k.out
		}
	}
	out := build()
	known[key] = append(known[key], made[T]{slices.Clone(m), out})
	return out
}

// reach is where a class may do one action of an escalation, over all users or all roles, remembered.
func (g *Graph) reach(c *class, e *Escalation, action string, f *field) authz.Mask {
	key := action
	if f == g.users {
		key += "@"
	}
	m, ok := c.reaches[key]
	if !ok {
		switch action {
		case "iam:CreatePolicyVersion":
			m = g.rewritable(c.one, f)
		case "iam:PutGroupPolicy", "iam:AttachGroupPolicy":
			m = g.members(g.mayAny(c.one, e, action, g.joinable))
		case "iam:AddUserToGroup":
			m = g.raised(g.mayAny(c.one, e, action, g.joinable))
		default:
			m = g.mayAny(c.one, e, action, f.Universe)
		}
		c.reaches[key] = m
	}
	return m
}

// mayAny is where p may do an action of an escalation, in any of the ways that there are.
func (g *Graph) mayAny(p *Principal, e *Escalation, action string, u *authz.Universe) authz.Mask {
	var m authz.Mask
	for _, q := range g.questionsOn(p, e, action) {
		if one := g.may(p, *q, u); m == nil {
			m = one
		} else {
			m.Or(one)
		}
	}
	return m
}

// rewritable is the set of those who hold a policy that p may rewrite, and whom that makes administrators.
func (g *Graph) rewritable(p *Principal, f *field) authz.Mask {
	free := g.may(p, Question{Action: "iam:CreatePolicyVersion"}, g.rewritables)
	if free == nil {
		return nil
	}
	return remembered(g.rewritten, free, f, func() authz.Mask {
		out := f.None()
		for at, id := range f.ids {
			if slices.ContainsFunc(g.held[id], func(number int) bool {
				return free.Has(number) && g.adminByRewriting(id, g.rewritables.Resources()[number])
			}) {
				out.Set(at)
			}
		}
		return out
	})
}
