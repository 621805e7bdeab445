package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// expand finds the edges from a place: those of its class once, then its own.
func (g *Graph) expand(id NodeID) {
	c := g.nodes[id].class
	if g.nodes[id].admin != authz.ImplicitlyDenied {
		return
	}
	if !c.ready {
		c.ready = true
		g.expandClass(c)
	}
	g.expandOwn(id)
}

// expandClass finds what any member of the class may do to others.
func (g *Graph) expandClass(c *class) {
	passable := map[string][]NodeID{}
	escalations := Escalations()
	for i := range escalations {
		e := &escalations[i]
		var f fan
		switch e.Effect {
		case PassRole:
			f = g.passRole(c, e, passable)
		case UseRole:
			f = g.useRole(c, e)
		case Retrust:
			f = g.onTargets(c, e, g.roles, g.roles.All())
		case Credential:
			f = g.onTargets(c, e, g.users, g.credentialTargets(e))
		case EmpowerOther:
			if !e.needs("sts:AssumeRole") { // that needs the target's trust, and so who asks
				f = g.empower(c, e)
				f.top = len(f.to) > 0
			}
		case CreateRole, CreateUser:
			_, f.top = g.newOne(c.one, e)
		case Elsewhere:
			f.top = g.mayAll(c, e)
		case Assume, EmpowerSelf, UnboundSelf, UnboundRole, UndenySelf, UndenyRole:
		}
		if f.top || len(f.to) > 0 {
			f.by = e
			c.fans = append(c.fans, f)
		}
	}
}

// passRole: new compute of one's own, with a role that the service may assume.
func (g *Graph) passRole(c *class, e *Escalation, passable map[string][]NodeID) fan {
	if g.serviceRoles(e.Service).First() < 0 || !g.mayAll(c, e, "iam:PassRole") {
		return fan{}
	}
	roles, ok := passable[e.Service]
	if !ok {
		all := g.roles.None()
		for _, host := range g.hosts(e.Service) {
			if m := g.may(c.one, *passTo(host), g.roles.Universe); m != nil {
				m.And(g.hostRoles(host))
				all.Or(m)
			}
		}
		roles = g.list(all, g.roles)
		passable[e.Service] = roles
	}
	return fan{to: roles}
}

// useRole: compute that already runs as a role which the service may assume.
func (g *Graph) useRole(c *class, e *Escalation) fan {
	roles := g.serviceRoles(e.Service)
	if roles.First() < 0 || !g.mayAll(c, e) {
		return fan{}
	}
	return fan{to: g.list(roles, g.roles)}
}

// serviceRoles are the roles that a service may assume, by whatever name.
func (g *Graph) serviceRoles(service string) authz.Mask {
	return g.target("service "+service, func() authz.Mask {
		m := g.roles.None()
		for _, host := range g.hosts(service) {
			m.Or(g.hostRoles(host))
		}
		return m
	})
}

// hostRoles is byService as a mask.
func (g *Graph) hostRoles(host string) authz.Mask {
	return g.target("host "+host, func() authz.Mask { return g.roles.maskOf(g.byService[host]) })
}

// target makes a mask once.
func (g *Graph) target(name string, build func() authz.Mask) authz.Mask {
	m, ok := g.targets[name]
	if !ok {
		m = build()
		g.targets[name] = m
	}
	return m
}

// onTargets keeps the targets on which the class may do every action of the escalation.
func (g *Graph) onTargets(c *class, e *Escalation, f *field, targets authz.Mask) fan {
	for _, a := range e.Actions {
		if !c.one.Stack.Mentions(a) {
			return fan{}
		}
	}
	m := slices.Clone(targets)
	for _, a := range e.Actions {
		m.And(g.reach(c, e, a, f))
	}
	return fan{to: g.list(m, f)}
}

func (g *Graph) empower(c *class, e *Escalation) fan {
	f := g.roles
	if e.ofUser() {
		f = g.users
	}
	return g.onTargets(c, e, f, g.empowerTargets(e))
}

// credentialTargets are the users for whom the escalation can make a credential.
func (g *Graph) credentialTargets(e *Escalation) authz.Mask {
	return g.target(e.ID, func() authz.Mask {
		m := g.users.None()
		for at, id := range g.users.ids {
			if g.holders.of(g.nodes[id].Name).fits(e) {
				m.Set(at)
			}
		}
		return m
	})
}

// empowerTargets are the principals that the escalation gives permissions to, as far as those would make
// administrators of them.
func (g *Graph) empowerTargets(e *Escalation) authz.Mask {
	rewrites := e.needs("iam:CreatePolicyVersion") // rewritable tells whom that makes one
	switch {
	case e.ofUser():
		return g.target("empower "+e.ID, func() authz.Mask {
			m := slices.Clone(g.credentialTargets(e))
			if !rewrites {
				m.And(g.wouldBeAdmins(g.users))
			}
			return m
		})
	case rewrites:
		return g.roles.All()
	}
	return g.target("empower", func() authz.Mask { return g.wouldBeAdmins(g.roles) })
}

func (g *Graph) wouldBeAdmins(f *field) authz.Mask {
	m := f.None()
	for at, id := range f.ids {
		if n := &g.nodes[id]; g.wouldBeAdmin(n.class, n.Principal) {
			m.Set(at)
		}
	}
	return m
}

// expandOwn finds the edges that depend on who the place is.
func (g *Graph) expandOwn(id NodeID) {
	escalations := Escalations()
	assumable := g.assumable(id)
	for i := range escalations {
		e := &escalations[i]
		f := fan{by: e}
		switch e.Effect {
		case Assume:
			f.to = assumable
		case EmpowerOther:
			if e.needs("sts:AssumeRole") {
				f.to = g.empowerAssumed(id, e, assumable)
				f.top = len(f.to) > 0
			}
		case EmpowerSelf:
			if _, f.top = g.empowerSelf(id, e); !f.top {
				f.to = g.unboundByRewriting(id, e)
			}
		case UnboundSelf:
			f.to = g.unboundBy(id, e)
		case UndenySelf:
			f.to = g.undenied(g.nodes[id].Principal, id, e.Actions[0])
		case UndenyRole:
			f.to = g.undeniedRoles(id, e, assumable)
		case UnboundRole:
			f.to = g.unboundRoles(id, e, assumable)
		case PassRole, UseRole, Retrust, Credential, CreateRole, CreateUser, Elsewhere:
		}
		if f.top || len(f.to) > 0 {
			g.nodes[id].fans = append(g.nodes[id].fans, f)
		}
	}
}

// assumable are the roles that the place may assume, by their trust and its own policies, sorted.
func (g *Graph) assumable(id NodeID) []NodeID {
	n := &g.nodes[id]
	m := g.reach(n.class, &assumeAny, "sts:AssumeRole", g.roles)
	out := g.list(intersect(m, g.trusting), g.roles)
	var asked []NodeID
	for _, to := range slices.Concat(g.namedBy[principalKey(n.ARN)], g.open, g.list(intersect(m, g.asking), g.roles)) {
		if to != id && may(g.world.Can(n.Principal, &Question{Action: "sts:AssumeRole", Resource: g.nodes[to].ARN})) {
			asked = append(asked, to)
		}
	}
	if len(asked) == 0 {
		return out
	}
	out = append(slices.Clone(out), asked...)
	slices.Sort(out)
	return slices.Compact(out)
}

// intersect is a mask of what both have; nil is nothing.
func intersect(a, b authz.Mask) authz.Mask {
	if a == nil {
		return nil
	}
	a = slices.Clone(a)
	a.And(b)
	return a
}

// assumeAny asks for the identity's side of assuming a role.
var assumeAny = Escalation{Actions: []string{"sts:AssumeRole", "iam:UpdateAssumeRolePolicy"}}

// onAssumable keeps the roles on which the place may do the escalation's other action; nil is none.
func (g *Graph) onAssumable(id NodeID, e *Escalation, assumable []NodeID, targets authz.Mask) authz.Mask {
	if len(assumable) == 0 || !g.nodes[id].Stack.Mentions(e.Actions[0]) {
		return nil
	}
	m, known := g.assumed[&assumable[0]]
	if !known {
		m = g.roles.maskOf(assumable)
		g.assumed[&assumable[0]] = m
	}
	m = slices.Clone(m)
	m.And(g.reach(g.nodes[id].class, e, e.Actions[0], g.roles))
	m.And(targets)
	return m
}

func (g *Graph) empowerAssumed(id NodeID, e *Escalation, assumable []NodeID) []NodeID {
	return g.list(g.onAssumable(id, e, assumable, g.empowerTargets(e)), g.roles)
}

func (g *Graph) unboundRoles(id NodeID, e *Escalation, assumable []NodeID) []NodeID {
	out := g.unboundItself(id, e)
	for _, to := range g.list(g.onAssumable(id, e, assumable, g.roles.All()), g.roles) {
		if g.nodes[to].Role.Boundary != "" && g.nodes[to].ARN != g.nodes[id].ARN {
			out = g.unbound(out, to)
		}
	}
	return out
}
