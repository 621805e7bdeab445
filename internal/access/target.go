package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// boundaryKey is the condition key of a permissions boundary: the one that a request sets, or the one that its target has.
const boundaryKey = "iam:PermissionsBoundary"

// boundaryOfTarget are the actions whose request carries, as boundaryKey, the boundary that the user or role has which they
// work on. Source: IAM User Guide, "Available keys for IAM"; Service Authorization Reference.
var boundaryOfTarget = map[string]bool{
	"iam:attachuserpolicy": true, "iam:detachuserpolicy": true, "iam:putuserpolicy": true, "iam:deleteuserpolicy": true,
	"iam:deleteuserpermissionsboundary": true, "iam:attachrolepolicy": true, "iam:detachrolepolicy": true,
	"iam:putrolepolicy": true, "iam:deleterolepolicy": true, "iam:deleterolepermissionsboundary": true,
}

// tagsOfTarget are the prefixes of the keys that carry the tags of the user or role that a request works on.
var tagsOfTarget = [...]string{"aws:ResourceTag/", "iam:ResourceTag/"}

// asksTarget reports whether a policy of p looks at what requests of an action carry of their target. Of iam:PassRole AWS says
// that the role's tags are not reliable. Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
func (p *Principal) asksTarget(action string) bool {
	lower := strings.ToLower(action)
	if !strings.HasPrefix(lower, "iam:") && !strings.HasPrefix(lower, "sts:assumerole") || lower == "iam:passrole" {
		return false
	}
	return p.holds(func(policy *authz.Policy) bool {
		return policy.UsesFor(action, "iam:permissionsboundary", "aws:resourcetag/", "iam:resourcetag/")
	})
}

// holds reports whether one of the policies that speak on p fits.
func (p *Principal) holds(fits func(*authz.Policy) bool) bool {
	if slices.ContainsFunc(p.Stack.Identity, fits) || slices.ContainsFunc(p.Stack.Boundary, fits) {
		return true
	}
	return slices.ContainsFunc(p.Stack.SCPs, func(level []*authz.Policy) bool { return slices.ContainsFunc(level, fits) })
}

// setTarget gives a context what a request carries of the user or role of the account that it works on: its tags, and the
// boundary that it has. Keys that the question gives stand.
func (w *World) setTarget(c *authz.Context, q *Question) {
	target := w.byARN[q.Resource]
	if target == nil {
		return
	}
	boundary, tags := "", []account.Tag(nil)
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
