package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// boundaryKey is the condition key of a permissions boundary: the one that a request sets, or the one that its target has.
const boundaryKey = "iam:PermissionsBoundary"

// boundaryOfTarget are the actions on a user or role whose requests carry, under boundaryKey, the boundary that it has.
// Source: IAM User Guide, "Available keys for IAM"; Service Authorization Reference.
var boundaryOfTarget = map[string]bool{
	"iam:attachuserpolicy": true, "iam:detachuserpolicy": true, "iam:putuserpolicy": true, "iam:deleteuserpolicy": true,
	"iam:deleteuserpermissionsboundary": true, "iam:attachrolepolicy": true, "iam:detachrolepolicy": true,
	"iam:putrolepolicy": true, "iam:deleterolepolicy": true, "iam:deleterolepermissionsboundary": true,
}

// tagsOfTarget are the prefixes of the keys that carry the tags of the user or role that a request works on.
var tagsOfTarget = [...]string{"aws:ResourceTag/", "iam:ResourceTag/"}

// tellsTarget reports whether requests of an action carry what their target has. Of iam:PassRole AWS says that the role's
// tags are not reliable. Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
func tellsTarget(action string) bool {
	action = strings.ToLower(action)
	return strings.HasPrefix(action, "iam:") && action != "iam:passrole" || strings.HasPrefix(action, "sts:assumerole")
}

// asksTarget reports whether a policy of p looks at what requests carry of their target.
func (p *Principal) asksTarget() bool {
	return p.some(func(policy *authz.Policy) bool { return len(policy.TargetKeys()) > 0 })
}

// some reports whether any policy that speaks on p fits, those of the organization too.
func (p *Principal) some(fits func(*authz.Policy) bool) bool {
	fit := func(policies []*authz.Policy) bool { return slices.ContainsFunc(policies, fits) }
	return fit(p.Stack.Identity) || fit(p.Stack.Boundary) || slices.ContainsFunc(p.Stack.SCPs, fit) || slices.ContainsFunc(p.Stack.RCPs, fit)
}

// setTarget gives a context what a request carries of the user or role of the account that it works on: its tags, and the
// boundary that it has. Keys that the question gives stand.
func (w *World) setTarget(c *authz.Context, q *Question) {
	target := w.byARN[q.Resource]
	if target == nil {
		return
	}
	var boundary string
	var tags []account.Tag
	if target.User != nil {
		boundary, tags = target.User.Boundary, target.User.Tags
	} else {
		boundary, tags = target.Role.Boundary, target.Role.Tags
	}
	for _, prefix := range tagsOfTarget {
		for _, t := range tags {
			c.Set(prefix+t.Key, t.Value)
		}
		c.Close(prefix)
	}
	switch {
	case !boundaryOfTarget[strings.ToLower(q.Action)]:
	case boundary == "":
		c.SetAbsent(boundaryKey)
	default:
		c.Set(boundaryKey, boundary)
	}
}

// profile is the targets of a universe that have the same, as far as a policy looks at it.
type profile struct {
	members authz.Mask
	any     string // one of them
}

// profiles groups the targets of a world's universes, remembered.
type profiles struct {
	world *World
	known map[profileKey][]profile
}

func newProfiles(w *World) profiles { return profiles{w, map[profileKey][]profile{}} }

type profileKey struct {
	universe *authz.Universe
	keys     string
}

// of groups the users or roles of a universe by what they have of some keys.
func (p profiles) of(u *authz.Universe, keys []string) []profile {
	key := profileKey{u, strings.Join(keys, "\x00")}
	if out, ok := p.known[key]; ok {
		return out
	}
	var out []profile
	at := map[string]int{}
	for number, resource := range u.Resources() {
		has := p.world.has(resource, keys)
		i, ok := at[has]
		if !ok {
			i = len(out)
			at[has] = i
			out = append(out, profile{u.None(), resource})
		}
		out[i].members.Set(number)
	}
	p.known[key] = out
	return out
}

// has spells what a user or role has of some keys.
func (w *World) has(resource string, keys []string) string {
	c := authz.NewContext(false)
	w.setTarget(c, &Question{Action: "iam:PutUserPolicy", Resource: resource})
	return c.Spell(keys)
}

// marks evaluates a policy for a universe at once, each target with what it has, where the policy looks at it.
func (p profiles) marks(doc *authz.Policy, r *authz.Request, q *Question, u *authz.Universe, how authz.Certainty) (allows, denies authz.Mask) {
	keys := doc.TargetKeys()
	if len(keys) == 0 || !tellsTarget(r.Action) || u != p.world.ownUsers && u != p.world.ownRoles {
		return doc.Marks(r, u, how)
	}
	allows, denies = u.None(), u.None()
	for _, group := range p.of(u, keys) {
		one := *q
		one.Resource = group.any
		request := *r
		request.Context = p.world.contextOf(r.Context, &one, true)
		a, d := doc.Marks(&request, u, how)
		for _, m := range [...]struct{ from, into authz.Mask }{{a, allows}, {d, denies}} {
			if m.from != nil {
				m.from.And(group.members)
				m.into.Or(m.from)
			}
		}
	}
	return allows, denies
}
