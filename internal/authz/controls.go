package authz

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
)

// Controls are the control policies that bind a request. SCPs follow the account's own principals, its root user
// included; RCPs the resources of the services that have them, and kms:RetireGrant is free of them. Neither binds a
// service-linked role. Source: Organizations User Guide, "SCP evaluation", "Resource control policies"; KMS
// Developer Guide, "Resource control policies".
func (s *Stack) Controls(r *Request) (scps, rcps [][]*Policy) {
	if s.SCPs == nil && s.RCPs == nil || r.linked() {
		return nil, nil
	}
	if hasIdentity(r.Principal.Kind) || r.Principal.Kind == Root {
		scps = s.SCPs
	}
	if s.RCPs != nil && ResourceControlled(r.Action) {
		rcps = s.RCPs
	}
	return scps, rcps
}

// ResourceControlled reports whether resource control policies have a say on an action.
// Source: Organizations User Guide, "Resource control policies".
func ResourceControlled(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	known, _ := iamref.ServiceOf(service)
	return known.ControlPolicies && !strings.EqualFold(action, "kms:RetireGrant")
}

// linked reports whether a service-linked role asks. The ARN of a session does not tell the role's path, the key
// aws:PrincipalArn does.
func (r *Request) linked() bool {
	role := r.Principal.ARN
	if r.Principal.Kind == RoleSession {
		if v, p := r.Context.look("aws:principalarn"); p == present && len(v.values) == 1 {
			role = v.values[0]
		}
	}
	return r.Principal.isRole() && strings.Contains(role, ":role/aws-service-role/")
}
