package access

import (
	"slices"
	"strings"

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
			f = g.onTargets(c, e, g.roles())
		case Credential:
			f = g.onTargets(c, e, g.credentialTargets(e))
		case EmpowerOther:
			if !e.needs("sts:AssumeRole") { // that needs the target's trust, and so who asks
				f = g.onTargets(c, e, g.empowerTargets(e))
				f.top = len(f.to) > 0
			}
		case CreateRole:
			f.top = g.createRole(c, e)
		case Elsewhere:
			f.top = g.mayAll(c, e)
		case Assume, EmpowerSelf, UnboundSelf, UnboundRole, UndenySelf:
		}
		if f.top || len(f.to) > 0 {
			f.by = e
			c.fans = append(c.fans, f)
		}
	}
	if g.classMay(c, "sts:AssumeRole") {
		for _, to := range g.trusting {
			q := &Question{Action: "sts:AssumeRole", Resource: g.nodes[to].ARN, Policy: accountTrust(c.one.Account)}
			if may(g.world.Can(c.one, q)) {
				c.assumes = append(c.assumes, to)
			}
		}
	}
}

// passRole: new compute of one's own, with a role that the service may assume.
func (g *Graph) passRole(c *class, e *Escalation, passable map[string][]NodeID) fan {
	if len(g.byService[e.Service]) == 0 || !g.mayAll(c, e, "iam:PassRole") {
		return fan{}
	}
	roles, ok := passable[e.Service]
	if !ok {
		keys := map[string][]string{"iam:PassedToService": {e.Service}}
		for _, id := range g.byService[e.Service] {
			q := &Question{Action: "iam:PassRole", Resource: g.nodes[id].ARN, Keys: keys}
			if may(g.world.Can(c.one, q)) {
				roles = append(roles, id)
			}
		}
		passable[e.Service] = roles
	}
	return fan{to: roles}
}

// useRole: compute that already runs as a role which the service may assume.
func (g *Graph) useRole(c *class, e *Escalation) fan {
	if len(g.byService[e.Service]) == 0 || !g.mayAll(c, e) {
		return fan{}
	}
	return fan{to: g.byService[e.Service]}
}

// onTargets keeps the targets on which the class may do every action of the escalation.
func (g *Graph) onTargets(c *class, e *Escalation, targets []NodeID) fan {
	if !g.mayAll(c, e, "iam:CreatePolicyVersion", "sts:AssumeRole") {
		return fan{}
	}
	var f fan
	for _, id := range targets {
		if g.mayOn(c.one, e, id) {
			f.to = append(f.to, id)
		}
	}
	return f
}

// mayOn reports whether p may do every action of the escalation on the target.
func (g *Graph) mayOn(p *Principal, e *Escalation, target NodeID) bool {
	for _, a := range e.Actions {
		if _, ok := g.witnessOn(p, e, a, target); !ok {
			return false
		}
	}
	return true
}

// witnessOn is the request by which p does one action of an escalation on a target.
func (g *Graph) witnessOn(p *Principal, e *Escalation, action string, target NodeID) (*Question, bool) {
	n := &g.nodes[target]
	q := &Question{Action: action, Resource: n.ARN}
	switch action {
	case "sts:AssumeRole":
		if e.needs("iam:UpdateAssumeRolePolicy") {
			q.Policy = accountTrust(p.Account)
		}
	case "iam:AttachRolePolicy", "iam:AttachUserPolicy":
		q.Keys = map[string][]string{"iam:PolicyARN": {g.administratorAccess()}}
	case "iam:CreatePolicyVersion":
		for _, arn := range g.ownPolicies(n.Principal) {
			if q = (&Question{Action: action, Resource: arn}); may(g.world.Can(p, q)) {
				return q, true
			}
		}
		return nil, false
	}
	return q, may(g.world.Can(p, q))
}

// roles are all that somebody can change: not the service-linked ones.
func (g *Graph) roles() []NodeID { return g.holders.roles(g) }

// credentialTargets are the users for whom the escalation can make a credential.
func (g *Graph) credentialTargets(e *Escalation) []NodeID {
	var out []NodeID
	for _, id := range g.holders.users(g) {
		h := g.holders.of(g.nodes[id].Name)
		fits := true
		switch {
		case e.needs("iam:DeleteAccessKey"):
			fits = h.keys != 0 // one must go, or nobody knows
		case e.needs("iam:CreateAccessKey"):
			fits = h.keys < 2
		case e.needs("iam:CreateLoginProfile"):
			fits = h.password != yes
		case e.needs("iam:UpdateLoginProfile"):
			fits = h.password != no
		}
		if fits {
			out = append(out, id)
		}
	}
	return out
}

// empowerTargets are the principals that the escalation gives permissions to, as far as those would make
// administrators of them.
func (g *Graph) empowerTargets(e *Escalation) []NodeID {
	targets := g.roles()
	if e.needs("iam:CreateAccessKey") {
		targets = nil
		for _, id := range g.holders.users(g) {
			if g.holders.of(g.nodes[id].Name).keys < 2 {
				targets = append(targets, id)
			}
		}
	}
	var out []NodeID
	for _, id := range targets {
		if n := &g.nodes[id]; n.variant == Plain && g.wouldBeAdmin(n.class, n.Principal) {
			out = append(out, id)
		}
	}
	return out
}

// createRole: a new role with everything, that trusts its maker. No boundary is asked for, so that a policy
// which demands one stops it.
func (g *Graph) createRole(c *class, e *Escalation) bool {
	_, ok := g.newRole(c.one, e)
	return ok
}

// newRole finds a name under which every action of the escalation may be done on a new role.
func (g *Graph) newRole(p *Principal, e *Escalation) ([]*Question, bool) {
	for _, arn := range g.candidates(p, "iam:CreateRole") {
		if _, taken := g.byARN[arn]; taken || !strings.HasPrefix(arn, g.inAccount("arn:PARTITION:iam::ACCOUNT:role/")) {
			continue
		}
		var requests []*Question
		for _, a := range e.Actions {
			q := &Question{Action: a, Resource: arn}
			switch a {
			case "iam:AttachRolePolicy":
				q.Keys = map[string][]string{"iam:PolicyARN": {g.administratorAccess()}}
			case "iam:CreateRole":
				q.Absent = []string{"iam:PermissionsBoundary"}
			}
			if !may(g.world.Can(p, q)) {
				break
			}
			requests = append(requests, q)
		}
		if len(requests) == len(e.Actions) {
			return requests, g.newRoleRuns(p)
		}
	}
	return nil, false
}

// newRoleRuns: control policies bind a new role too.
func (g *Graph) newRoleRuns(p *Principal) bool {
	s := authz.Stack{Identity: []*authz.Policy{everything}, SCPs: p.Stack.SCPs}
	return may(g.adminOf(&Principal{Principal: authz.Principal{Kind: authz.Role, ARN: g.inAccount("arn:PARTITION:iam::ACCOUNT:role/any"), Account: p.Account, Name: "any"}, Context: authz.NewContext(true)}, s))
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
			_, f.top = g.empowerSelf(id, e)
		case UnboundSelf, UndenySelf:
			f.to = g.unguardSelf(id, e)
		case UnboundRole:
			f.to = g.unboundRoles(id, e, assumable)
		case PassRole, UseRole, Retrust, Credential, CreateRole, Elsewhere:
		}
		if f.top || len(f.to) > 0 {
			g.nodes[id].fans = append(g.nodes[id].fans, f)
		}
	}
}

// assumable are the roles that the place may assume, by their trust and its own policies.
func (g *Graph) assumable(id NodeID) []NodeID {
	n := &g.nodes[id]
	candidates := g.namedBy[n.ARN]
	if len(n.class.assumes) > 0 {
		candidates = slices.Concat(candidates, n.class.assumes)
		slices.Sort(candidates)
		candidates = slices.Compact(candidates)
	}
	var out []NodeID
	for _, to := range candidates {
		if to != id && may(g.world.Can(n.Principal, &Question{Action: "sts:AssumeRole", Resource: g.nodes[to].ARN})) {
			out = append(out, to)
		}
	}
	return out
}

func (g *Graph) empowerAssumed(id NodeID, e *Escalation, assumable []NodeID) []NodeID {
	var out []NodeID
	for _, to := range assumable {
		t := &g.nodes[to]
		if t.Linked || !g.wouldBeAdmin(t.class, t.Principal) {
			continue
		}
		if g.mayOn(g.nodes[id].Principal, e, to) {
			out = append(out, to)
		}
	}
	return out
}

func (g *Graph) unboundRoles(id NodeID, e *Escalation, assumable []NodeID) []NodeID {
	var out []NodeID
	for _, to := range assumable {
		if t := &g.nodes[to]; !t.Linked && t.Role.Boundary != "" && g.mayOn(g.nodes[id].Principal, e, to) {
			out = append(out, g.variant(to, Unbounded, nil))
		}
	}
	return out
}
