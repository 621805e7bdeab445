package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// empowerSelf finds the request by which a place gives itself everything.
func (g *Graph) empowerSelf(id NodeID, e *Escalation) (*Question, bool) {
	n := &g.nodes[id]
	action := e.Actions[0]
	if n.Linked || !g.classMay(n.class, action) && !n.class.personal {
		return nil, false
	}
	if action == "iam:AddUserToGroup" {
		return g.joinGroup(id)
	}
	if action == "iam:SetDefaultPolicyVersion" {
		return g.olderVersion(n)
	}
	rewrites := action == "iam:CreatePolicyVersion" // a policy that denies may be what is rewritten
	if !changes(n.Principal, action) || !rewrites && !g.wouldBeAdmin(n.class, n.Principal) {
		return nil, false
	}
	return g.witnessOn(n.Principal, e, action, id)
}

// changes reports whether an action that changes policies of a user, or of a role, does so for p.
func changes(p *Principal, action string) bool {
	switch action {
	case "iam:PutUserPolicy", "iam:AttachUserPolicy":
		return p.User != nil
	case "iam:PutRolePolicy", "iam:AttachRolePolicy":
		return p.Role != nil
	}
	return true
}

// adminByRewriting reports whether a place would be an administrator if one of its policies allowed everything: what that
// policy denies is gone then.
func (g *Graph) adminByRewriting(id NodeID, arn string) bool {
	n := &g.nodes[id]
	if g.wouldBeAdmin(n.class, n.Principal) {
		return true
	}
	p := g.world.managed[arn]
	return p != nil && p.Denies() && g.adminWith(n, arn, everything)
}

// ownGroups are the ARNs of the groups of a user.
func (g *Graph) ownGroups(p *Principal) []string {
	if p.User == nil {
		return nil
	}
	var out []string
	for _, name := range p.User.Groups {
		if group, ok := g.world.groups[name]; ok {
			out = append(out, group.ARN)
		}
	}
	return out
}

// ownPolicies are the customer policies that a place holds, directly or by a group: those that can be rewritten. What it is
// rid of is none of them.
func (g *Graph) ownPolicies(n *node) []string {
	var out []string
	for i, h := range g.holds(g.world.byARN[n.ARN]) {
		if h.arn != "" && !isAWSManaged(h.arn) && !slices.Contains(n.lost.policies, i) {
			out = append(out, h.arn)
		}
	}
	return out
}

func isAWSManaged(arn string) bool { return strings.Contains(arn, ":iam::aws:policy/") }

// joinGroup: a group whose policies would make an administrator of the user.
func (g *Graph) joinGroup(id NodeID) (*Question, bool) {
	n := &g.nodes[id]
	if n.User == nil {
		return nil, false
	}
	free := g.may(n.Principal, Question{Action: "iam:AddUserToGroup"}, g.joinable)
	if free == nil {
		return nil, false
	}
	for i := range g.world.snap.Groups {
		if group := &g.world.snap.Groups[i]; free.Has(i) && g.raises(id, group) {
			return &Question{Action: "iam:AddUserToGroup", Resource: group.ARN}, true
		}
	}
	return nil, false
}

// groupPolicies compiles a group's policies once.
func (g *Graph) groupPolicies(group *account.Group) []*authz.Policy {
	policies, ok := g.groups[group.Name]
	if !ok {
		policies = readOnly(g.world.ofGroup[group.Name])
		g.groups[group.Name] = policies
	}
	return policies
}

func mentions(policies []*authz.Policy, action string) bool {
	s := authz.Stack{Identity: policies}
	return s.Mentions(action)
}

// olderVersion: a stored version of a policy it holds that would make an administrator of the place.
func (g *Graph) olderVersion(n *node) (*Question, bool) {
	for _, arn := range g.ownPolicies(n) {
		held, ok := g.policies[arn]
		if !ok {
			continue
		}
		q := &Question{Action: "iam:SetDefaultPolicyVersion", Resource: arn}
		if !may(g.world.Can(n.Principal, q)) {
			continue
		}
		for _, v := range held.Versions {
			if v.ID == held.Version || v.Document == "" {
				continue
			}
			if older := g.world.compile(arn, v.Document); older.Read() && g.adminWith(n, arn, older) {
				return q, true
			}
		}
	}
	return g.olderBoundary(n)
}

// adminWith judges the place with another policy in the place of one of its own.
func (g *Graph) adminWith(n *node, arn string, other *authz.Policy) bool {
	s := n.Stack
	s.Identity = slices.Clone(s.Identity)
	for i, p := range s.Identity {
		if p.Name == arn {
			s.Identity[i] = other
		}
	}
	return may(g.adminOf(n.Principal, s))
}
