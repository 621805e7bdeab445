package authz

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
)

// query is a Request with its action taken apart.
type query struct {
	*Request
	service, name string
	bounded       bool
}

// tally is what each layer says: whether it allows and whether it denies.
type tally struct {
	allow, deny [layers]Truth
	claims      [direct + 1]Truth // what the resource policy allows, by how it names the caller
	notes       *notes            // nil: no reasons are wanted
}

// Decide answers a request. It allocates nothing where the action's service is in lower case.
func (s *Stack) Decide(r *Request) Decision {
	t := tally{}
	s.tally(&t, r)
	return s.conclude(&t, r)
}

func newQuery(s *Stack, r *Request) query {
	service, name, _ := strings.Cut(r.Action, ":")
	return query{Request: r, service: strings.ToLower(service), name: name, bounded: s.Boundary != nil}
}

// tally asks every layer.
func (s *Stack) tally(t *tally, r *Request) {
	q := newQuery(s, r)
	if hasIdentity(r.Principal.Kind) {
		t.union(Identity, 0, s.Identity, &q)
		t.union(Boundary, 0, s.Boundary, &q)
		t.union(Session, 0, s.Session, &q)
	}
	scps, rcps := s.Controls(r)
	t.levels(ServiceControl, scps, &q)
	t.levels(ResourceControl, rcps, &q)
	if s.Resource != nil {
		t.resource(s.Resource, &q)
	}
}

// hasIdentity: services, anonymous callers and identities of a provider carry no policy of their own; the
// root user's are not consulted. Source: IAM User Guide, "Policy evaluation logic".
func hasIdentity(k PrincipalKind) bool {
	return k == User || k == Role || k == RoleSession || k == FederatedUser
}

// union joins the policies of one layer: one Allow is enough, one Deny is too much.
func (t *tally) union(l Layer, level int, policies []*Policy, q *query) Truth {
	allow := False
	for _, p := range policies {
		allow = allow.Or(t.each(l, level, p.byService[q.service], q))
		allow = allow.Or(t.each(l, level, p.everywhere, q))
	}
	t.allow[l] = t.allow[l].Or(allow)
	return allow
}

func (t *tally) each(l Layer, level int, statements []*statement, q *query) Truth {
	allow := False
	for _, s := range statements {
		holds := s.holds(q)
		if holds == False {
			continue
		}
		if s.effect == policy.Deny {
			t.deny[l] = t.deny[l].Or(holds)
		} else {
			allow = allow.Or(holds)
		}
		t.notes.add(l, level, s, holds, q)
	}
	return allow
}

// levels joins a control policy's levels: each must allow. RCPs allow by themselves: RCPFullAWSAccess cannot
// be detached. Source: Organizations User Guide, "SCP evaluation", "Resource control policies".
func (t *tally) levels(l Layer, levels [][]*Policy, q *query) {
	all := True
	for i, policies := range levels {
		all = all.And(t.union(l, i, policies, q))
	}
	if l == ResourceControl {
		all = True
	}
	t.allow[l] = all
}

// resource asks the resource policy, which names its callers.
func (t *tally) resource(p *Policy, q *query) {
	t.named(p.byService[q.service], q)
	t.named(p.everywhere, q)
}

func (t *tally) named(statements []*statement, q *query) {
	for _, s := range statements {
		c, some := s.claims(&q.Principal, q.bounded)
		if c == noClaim && !some {
			continue
		}
		holds := s.holds(q)
		if holds == False {
			continue
		}
		if m := t.notes.add(Resource, 0, s, t.claim(s.effect, c, some, holds), q); m != nil {
			m.Session, m.some = c == noClaim, some
		}
	}
}

// claim counts a statement of a resource policy that claims the caller, and gives the truth with which it does.
func (t *tally) claim(e policy.Effect, c claim, some bool, holds Truth) Truth {
	perhaps := holds.And(Maybe)
	if c == noClaim {
		holds = perhaps
	}
	if e == policy.Deny {
		t.deny[Resource] = t.deny[Resource].Or(holds)
		return holds
	}
	if c != noClaim {
		t.claims[c] = t.claims[c].Or(holds)
	}
	if some {
		t.claims[direct] = t.claims[direct].Or(perhaps)
	}
	t.allow[Resource] = t.allow[Resource].Or(holds)
	return holds
}

// conclude combines the layers.
func (s *Stack) conclude(t *tally, r *Request) Decision {
	if r.free() {
		return Allowed
	}
	deny := False
	for _, d := range t.deny {
		deny = deny.Or(d)
	}
	if deny == True {
		return ExplicitlyDenied
	}
	switch s.granted(t, r).And(deny.Not()) {
	case True:
		return Allowed
	case Maybe:
		return Depends
	}
	return ImplicitlyDenied
}

// granted is whether somebody grants the request and no ceiling stops it, denials apart.
func (s *Stack) granted(t *tally, r *Request) Truth {
	scp := t.allow[ServiceControl]
	switch r.Principal.Kind {
	case Service, Anonymous, Federated:
		return t.claims[direct]
	case Root:
		return scp.And(t.grantedRoot(r))
	}
	ceiling := s.ceiling(t)
	identity := s.identity(t, r).And(ceiling)
	if !r.sameAccount() {
		if strings.EqualFold(r.Action, "iam:PassRole") {
			return False // a role is passed within its account only
		}
		return scp.And(identity).And(t.allow[Resource])
	}
	// Named directly, the caller is not held by the implicit denies of boundary and session policy.
	byResource := t.claims[direct].Or(t.claims[byRole].And(ceiling))
	if needsResource(r) {
		return scp.And(byResource.Or(t.claims[accountWide].And(identity)))
	}
	return scp.And(identity.Or(byResource))
}

// grantedRoot is what the root user gets: everything in its account, but for keys whose policy does not name the
// account, and roles, which it cannot assume.
// Source: KMS Developer Guide, "Key policies"; STS API Reference, "AssumeRole".
func (t *tally) grantedRoot(r *Request) Truth {
	switch {
	case assumes(r.Action):
		return False
	case r.sameAccount() && !needsResource(r):
		return True
	}
	return t.allow[Resource]
}

// ceiling is what boundary and session policy leave.
func (s *Stack) ceiling(t *tally) Truth {
	c := True
	if s.Boundary != nil {
		c = c.And(t.allow[Boundary])
	}
	if s.Session != nil {
		c = c.And(t.allow[Session])
	}
	return c
}

// identity is what the identity policies grant; a federated user has them only through a session policy.
// Source: IAM User Guide, "Permissions for GetFederationToken".
func (s *Stack) identity(t *tally, r *Request) Truth {
	if r.Principal.Kind == FederatedUser && s.Session == nil {
		return False
	}
	return t.allow[Identity]
}

// needsResource: a role's trust policy and a key's policy must speak, even within the account.
// Source: IAM User Guide, "Roles"; KMS Developer Guide, "Key policies".
func needsResource(r *Request) bool {
	service, _, _ := strings.Cut(r.Action, ":")
	return strings.EqualFold(service, "kms") && strings.Contains(r.Resource, ":key/") || assumes(r.Action)
}

// TrustActions are all that is ever asked of a trust policy.
// Source: IAM User Guide, "Update a role trust policy", "Pass session tags", "Monitor and control actions taken
// with assumed roles".
var TrustActions = []string{
	"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession",
}

// assumes reports whether an action is one of those that trust policies decide.
func assumes(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return strings.EqualFold(service, "sts") &&
		slices.ContainsFunc(TrustActions, func(known string) bool { return strings.EqualFold(known, action) })
}

// free reports whether a request needs no permission, and no Deny counts: everybody may ask who it is, and a user for a
// session token. Source: STS API Reference, "GetCallerIdentity"; IAM User Guide, "Permissions for GetSessionToken".
func (r *Request) free() bool {
	switch {
	case strings.EqualFold(r.Action, "sts:GetCallerIdentity"):
		return true
	case strings.EqualFold(r.Action, "sts:GetSessionToken"):
		return r.Principal.Kind == User || r.Principal.Kind == Root
	}
	return false
}
