package facts

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// controls are the control policies over the account, by level; nil where nobody gave any.
func (r *Run) controls() (scps, rcps [][]*authz.Policy) {
	c := r.set.snap.Controls
	if c == nil {
		return nil, nil
	}
	type key struct{}
	both, _ := r.Once(key{}, func() any {
		return [2][][]*authz.Policy{compiledLevels(c.SCPs), compiledLevels(c.RCPs)}
	}).([2][][]*authz.Policy)
	return both[0], both[1]
}

func compiledLevels(levels []account.ControlLevel) [][]*authz.Policy {
	var out [][]*authz.Policy
	for i := range levels {
		policies := make([]*authz.Policy, 0, len(levels[i].Policies))
		for _, p := range levels[i].Policies {
			compiled, err := authz.Compile(levels[i].Title(&p), policy.Parse(string(p.Document)))
			if err != nil {
				compiled = authz.Unread(levels[i].Title(&p))
			}
			policies = append(policies, compiled)
		}
		out = append(out, policies)
	}
	return out
}

// controlled puts the account's control policies over an identity's stack. SCPs do not bind service-linked roles.
// Source: Organizations User Guide, "Service control policies".
func (r *Run) controlled(s *authz.Stack, i *identity) {
	s.SCPs, s.RCPs = r.controls()
	if strings.HasPrefix(i.path, serviceLinkedPath) {
		s.SCPs = nil
	}
}
