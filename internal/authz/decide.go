package authz

import (
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
	if hasIdentity(r.Principal.Kind) || r.Principal.Kind == Root { // SCPs follow the account's own principals
		t.levels(ServiceControl, s.SCPs, &q)
	}
	t.levels(ResourceControl, s.RCPs, &q)
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
		c := s.claims(&q.Principal, q.bounded)
		if c == noClaim {
			continue
		}
		holds := s.holds(q)
		if holds == False {
			continue
		}
		if s.effect == policy.Deny {
			t.deny[Resource] = t.deny[Resource].Or(holds)
		} else {
			t.claims[c] = t.claims[c].Or(holds)
			t.allow[Resource] = t.allow[Resource].Or(holds)
		}
		t.notes.add(Resource, 0, s, holds, q)
	}
}

// conclude combines the layers.
func (s *Stack) conclude(t *tally, r *Request) Decision {
	if strings.EqualFold(r.Action, "sts:GetCallerIdentity") {
		return Allowed // STS API Reference: no permission is needed, a Deny does not count
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
		if r.sameAccount() {
			return scp
		}
		return scp.And(t.allow[Resource])
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
	service, name, _ := strings.Cut(r.Action, ":")
	switch {
	case strings.EqualFold(service, "kms"):
		return strings.Contains(r.Resource, ":key/")
	case strings.EqualFold(service, "sts"):
		return isTrustAction(name)
	}
	return false
}

func isTrustAction(name string) bool {
	for _, n := range [...]string{"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity"} {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
