package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// members are the users in any of some groups.
func (g *Graph) members(groups authz.Mask) authz.Mask {
	return g.fromGroups("members", groups, func(at int, group *account.Group) bool {
		return slices.Contains(g.nodes[g.users.ids[at]].User.Groups, group.Name)
	})
}

// raised are the users of whom any of some groups would make administrators, if they joined it.
func (g *Graph) raised(groups authz.Mask) authz.Mask {
	return g.fromGroups("raised", groups, func(at int, group *account.Group) bool { return g.raises(g.users.ids[at], group) })
}

// fromGroups are the users who fit any of some groups, remembered.
func (g *Graph) fromGroups(what string, groups authz.Mask, fits func(at int, group *account.Group) bool) authz.Mask {
	if groups == nil {
		return nil
	}
	known, ok := g.ofGroups[what]
	if !ok {
		known = byMask[authz.Mask]{}
		g.ofGroups[what] = known
	}
	return remembered(known, groups, g.users, func() authz.Mask {
		out := g.users.None()
		for at := range g.users.ids {
			for i := range g.world.snap.Groups {
				if groups.Has(i) && fits(at, &g.world.snap.Groups[i]) {
					out.Set(at)
					break
				}
			}
		}
		return out
	})
}

// raises reports whether a user who is not in a group would become an administrator by joining it.
func (g *Graph) raises(user NodeID, group *account.Group) bool {
	n := &g.nodes[user]
	policies := g.groupPolicies(group)
	lacks := !n.Stack.Mentions(authz.Anything)
	if lacks && !mentions(policies, authz.Anything) || slices.Contains(n.User.Groups, group.Name) || !g.wouldBeAdmin(n.class, n.Principal) {
		return false
	}
	s := n.Stack
	s.Identity = slices.Concat(s.Identity, policies)
	return may(g.adminOf(n.Principal, s))
}

// raising are the ARNs of the groups that would make an administrator of a user.
func (g *Graph) raising(user NodeID) []string {
	return g.groupsThat(func(group *account.Group) bool { return g.raises(user, group) })
}

// strongGroups are the ARNs of the groups that make administrators of those who have nothing else.
func (g *Graph) strongGroups() []string {
	anybody := g.anybody()
	return g.groupsThat(func(group *account.Group) bool {
		policies := g.groupPolicies(group)
		return mentions(policies, authz.Anything) && may(g.adminOf(&anybody, authz.Stack{Identity: policies, SCPs: g.world.scps}))
	})
}

func (g *Graph) groupsThat(fit func(*account.Group) bool) []string {
	var out []string
	for i := range g.world.snap.Groups {
		if group := &g.world.snap.Groups[i]; fit(group) {
			out = append(out, group.ARN)
		}
	}
	return out
}

// anybody is a user of whom nothing is known.
func (g *Graph) anybody() Principal {
	return Principal{Principal: authz.Principal{Kind: authz.User, Account: string(g.world.snap.Account)}, Context: authz.NewContext(true)}
}
