package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// unboundBy are the users without their boundary of whom the place takes it: itself, and others.
func (g *Graph) unboundBy(id NodeID, e *Escalation) []NodeID {
	out := g.unboundUsers(id, e)
	n := &g.nodes[id]
	if n.User == nil || n.User.Boundary == "" || n.lost.boundary {
		return out
	}
	if _, ok := g.witnessOn(n.Principal, e, e.Actions[0], id); ok {
		out = g.unbound(out, id)
	}
	return out
}

// unboundUsers are the other users, without their boundary, whom the place frees of it and makes a credential for.
func (g *Graph) unboundUsers(id NodeID, e *Escalation) []NodeID {
	n := &g.nodes[id]
	m := g.mayAny(n.Principal, e, e.Actions[0], g.users.Universe)
	if m == nil {
		return nil
	}
	m.And(g.target("bounded users", func() authz.Mask {
		bounded := g.users.None()
		for at, user := range g.users.ids {
			if g.nodes[user].User.Boundary != "" {
				bounded.Set(at)
			}
		}
		return bounded
	}))
	credentials := g.users.None()
	for i := range n.class.fans {
		if f := &n.class.fans[i]; f.by.Effect == Credential {
			credentials.Or(g.users.maskOf(f.to))
		}
	}
	m.And(credentials)
	var out []NodeID
	for _, user := range g.list(m, g.users) {
		if g.nodes[user].ARN != n.ARN {
			out = g.unbound(out, user)
		}
	}
	return out
}

// credentialFor is the escalation by which a hop that frees another user of its boundary makes a credential for it; nil
// where the user is its own author.
func (g *Graph) credentialFor(h Hop) *Escalation {
	user, known := g.byARN[g.nodes[h.To].ARN]
	if !known || g.nodes[h.From].ARN == g.nodes[h.To].ARN {
		return nil
	}
	for i := range g.nodes[h.From].class.fans {
		if f := &g.nodes[h.From].class.fans[i]; f.by.Effect == Credential && slices.Contains(f.to, user) {
			return f.by
		}
	}
	return nil
}

// unboundItself is a role without its boundary that takes it off itself: its sessions are free at once.
func (g *Graph) unboundItself(id NodeID, e *Escalation) []NodeID {
	n := &g.nodes[id]
	if n.Role == nil || n.Linked || n.lost.boundary || n.Role.Boundary == "" {
		return nil
	}
	if _, ok := g.witnessOn(n.Principal, e, e.Actions[0], id); !ok {
		return nil
	}
	return g.unbound(nil, id)
}

// boundaryOf is the ARN of the customer policy that bounds p, "" where none does.
func boundaryOf(p *Principal) string {
	boundary := ""
	switch {
	case p.User != nil:
		boundary = p.User.Boundary
	case p.Role != nil:
		boundary = p.Role.Boundary
	}
	if isAWSManaged(boundary) {
		return ""
	}
	return boundary
}

// rewriteBoundary is the request by which p rewrites the policy that bounds it.
func (g *Graph) rewriteBoundary(p *Principal) *Question {
	return &Question{Action: "iam:CreatePolicyVersion", Resource: boundaryOf(p)}
}

// unboundByRewriting is the place without its boundary, whose policy it rewrites.
func (g *Graph) unboundByRewriting(id NodeID, e *Escalation) []NodeID {
	n := &g.nodes[id]
	if e.Actions[0] != "iam:CreatePolicyVersion" || n.Linked || n.lost.boundary || boundaryOf(n.Principal) == "" {
		return nil
	}
	if !may(g.world.Can(n.Principal, g.rewriteBoundary(n.Principal))) {
		return nil
	}
	return g.unbound(nil, id)
}

// olderBoundary: a stored version of the place's boundary within which it is an administrator.
func (g *Graph) olderBoundary(n *node) (*Question, bool) {
	arn := boundaryOf(n.Principal)
	held, ok := g.policies[arn]
	q := &Question{Action: "iam:SetDefaultPolicyVersion", Resource: arn}
	if !ok || n.Stack.Boundary == nil || !may(g.world.Can(n.Principal, q)) {
		return nil, false
	}
	for _, v := range held.Versions {
		if v.ID == held.Version || v.Document == "" {
			continue
		}
		older := g.world.compile(arn, v.Document)
		s := n.Stack
		s.Boundary = []*authz.Policy{older}
		if older.Read() && may(g.adminOf(n.Principal, s)) {
			return q, true
		}
	}
	return nil, false
}
