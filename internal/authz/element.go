package authz

import (
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/policy"
)

// ActionElement is what in a statement covers an action: the value of Action that fits it, or NotAction as a whole.
// It is nil where the statement does not cover it.
func ActionElement(s *policy.Statement, action string) *policy.Node {
	for i := range s.Action {
		if arn.MatchFold(s.Action[i].Text, action) {
			if s.NotAction {
				return nil
			}
			return s.Action[i].Node
		}
	}
	if s.NotAction {
		return s.Node.Member("NotAction")
	}
	return nil
}

// PrincipalElement is what in a statement names a principal, the closest name first: the value of Principal, or
// NotPrincipal as a whole. It is nil where the statement does not name it.
func PrincipalElement(s *policy.Statement, p *Principal) *policy.Node {
	if s.NotPrinc {
		return s.Node.Member("NotPrincipal")
	}
	var found *policy.Node
	best := noClaim
	for i := range s.Principal {
		n := compilePrincipal(&s.Principal[i])
		c := n.claim(p)
		if n.someSession(p) {
			c = direct
		}
		if c == direct && n.kind == namedAll && best == noClaim { // the star names everybody, and so nobody in particular
			found = s.Principal[i].Node
			continue
		}
		if n.kind != namedAll && c > best {
			best, found = c, s.Principal[i].Node
		}
	}
	return found
}
