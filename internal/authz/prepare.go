package authz

import "github.com/ambit-iam/ambit/internal/policy"

// Prepared is a request whose resource is still open: what does not depend on the resource is decided. It
// answers for many resources of one owner and without policies of their own, or with the same one.
type Prepared struct {
	stack   *Stack
	request Request
	layers  [layers][]ready
	levels  []int // of the service control policies, where each level ends in its layer's list
}

// ready is a statement that fits the action, with what its conditions come to.
type ready struct {
	*statement
	holds Truth
	claim claim // of a resource policy
	some  bool  // as statement.claims says
}

// Prepare takes the request apart. Its Resource is not looked at, but for whether it needs a policy of its own.
func (s *Stack) Prepare(r *Request) *Prepared {
	p := &Prepared{stack: s, request: *r}
	q := newQuery(s, &p.request)
	if hasIdentity(r.Principal.Kind) {
		p.add(Identity, s.Identity, &q)
		p.add(Boundary, s.Boundary, &q)
		p.add(Session, s.Session, &q)
	}
	scps, rcps := s.Controls(&p.request)
	for _, level := range scps {
		p.add(ServiceControl, level, &q)
		p.levels = append(p.levels, len(p.layers[ServiceControl]))
	}
	for _, level := range rcps {
		p.add(ResourceControl, level, &q)
	}
	if s.Resource != nil {
		p.add(Resource, []*Policy{s.Resource}, &q)
	}
	return p
}

func (p *Prepared) add(l Layer, policies []*Policy, q *query) {
	for _, from := range policies {
		for _, list := range [2][]*statement{from.byService[q.service], from.everywhere} {
			for _, s := range list {
				r := ready{statement: s, holds: s.holdsBesideResource(q)}
				if l == Resource {
					r.claim, r.some = s.claims(&q.Principal, q.bounded)
				}
				if r.holds != False && (l != Resource || r.claim != noClaim || r.some) {
					p.layers[l] = append(p.layers[l], r)
				}
			}
		}
	}
}

// holdsBesideResource evaluates action and conditions.
func (s *statement) holdsBesideResource(q *query) Truth {
	if s.unread {
		return Maybe
	}
	if !s.matchesAction(q.service, q.name) {
		return False
	}
	t := True
	for i := 0; i < len(s.conditions) && t != False; i++ {
		t = t.And(s.conditions[i].holds(q.Context))
	}
	return t
}

// Decide answers for one resource, as the stack does for the whole request.
func (p *Prepared) Decide(resource string) Decision {
	var t tally
	r := p.request
	r.Resource = resource
	for l := range p.layers {
		if Layer(l) == ServiceControl {
			continue
		}
		for i := range p.layers[l] {
			p.count(&t, Layer(l), &p.layers[l][i], &r)
		}
	}
	t.allow[ServiceControl] = p.ceilings(&t, &r)
	t.allow[ResourceControl] = True
	return p.stack.conclude(&t, &r)
}

func (p *Prepared) count(t *tally, l Layer, s *ready, r *Request) {
	holds := s.holds
	if !s.unread {
		holds = holds.And(s.matchesResource(r.Resource, r.Context))
	}
	switch {
	case l == Resource:
		t.claim(s.effect, s.claim, s.some, holds)
	case s.effect == policy.Deny:
		t.deny[l] = t.deny[l].Or(holds)
	default:
		t.allow[l] = t.allow[l].Or(holds)
	}
}

// ceilings is whether every level of the service control policies allows.
func (p *Prepared) ceilings(t *tally, r *Request) Truth {
	all, from := True, 0
	for _, to := range p.levels {
		t.allow[ServiceControl] = False
		for i := from; i < to; i++ {
			p.count(t, ServiceControl, &p.layers[ServiceControl][i], r)
		}
		all, from = all.And(t.allow[ServiceControl]), to
	}
	return all
}
