package access

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
)

// Question asks for an action on a resource. Keys are context keys beside those the principal decides.
type Question struct {
	Action   string
	Resource string // an ARN, or "*"
	Owner    string // the resource's account; empty: from its ARN, else the asked account
	Keys     map[string][]string
	Many     map[string]bool // keys of Keys that hold many values
	Absent   []string        // keys that the request does not carry
	Policy   *authz.Policy   // the resource's policy, where the caller has it
}

// Request is the request of p for q, with the stack that decides it.
func (w *World) Request(p *Principal, q *Question) (*authz.Stack, *authz.Request) {
	owner := q.owner(string(w.snap.Account))
	stack := p.Stack
	stack.Resource = w.resourcePolicy(q, owner)
	asks := p.asksTarget() || stack.Resource != nil && len(stack.Resource.TargetKeys()) > 0
	c := w.contextOf(p.Context, q, asks && tellsTarget(q.Action))
	return &stack, &authz.Request{Principal: p.Principal, Action: q.Action, Resource: q.Resource, ResourceAccount: owner, Context: c}
}

// contextOf is a principal's context with what the question adds, and what its target has.
func (w *World) contextOf(c *authz.Context, q *Question, target bool) *authz.Context {
	if !target && len(q.Keys) == 0 && len(q.Absent) == 0 {
		return c
	}
	c = c.Clone()
	if target {
		w.setTarget(c, q)
	}
	for _, k := range q.Absent {
		c.SetAbsent(k)
	}
	for k, v := range q.Keys {
		if len(v) == 1 && !q.Many[k] {
			c.Set(k, v[0])
		} else {
			c.SetMany(k, v)
		}
	}
	return c
}

func (q *Question) owner(asked string) string {
	if q.Owner != "" {
		return q.Owner
	}
	if a, err := arn.Parse(q.Resource); err == nil && arn.IsAccountID(a.Account) {
		return a.Account
	}
	return asked
}

// resourcePolicy is the policy of the resource, nil where it needs none: the one that the question brings, else for
// actions of sts the role's trust policy. Where AWS demands one that we do not have, it is unread.
func (w *World) resourcePolicy(q *Question, owner string) *authz.Policy {
	service, _, _ := strings.Cut(strings.ToLower(q.Action), ":")
	switch {
	case q.Policy != nil:
		return q.Policy
	case service == "sts":
		if t, ok := w.trust[q.Resource]; ok {
			return t
		}
		if strings.Contains(q.Resource, ":role/") {
			return authz.Unread("trust policy of " + q.Resource)
		}
	case service == "kms" || owner != string(w.snap.Account):
		return authz.Unread("policy of " + q.Resource)
	}
	return nil
}

// Can decides one question for one principal. What AWS reserves to itself is denied.
func (w *World) Can(p *Principal, q *Question) authz.Decision {
	if authz.Reserved(q.Action, q.Resource) {
		return authz.ImplicitlyDenied
	}
	s, r := w.Request(p, q)
	return s.Decide(r)
}

// Explain decides as Can does, and says why.
func (w *World) Explain(p *Principal, q *Question) authz.Explanation {
	if authz.Reserved(q.Action, q.Resource) {
		return authz.Explanation{Decision: authz.ImplicitlyDenied, Reserved: true}
	}
	s, r := w.Request(p, q)
	return s.Explain(r)
}

// Holder is a principal that may do what was asked.
type Holder struct {
	Principal *Principal
	Decision  authz.Decision // Allowed or Depends
}

// WhoCan lists the principals of the account that may do q, by the order of Principals.
func (w *World) WhoCan(q *Question) []Holder {
	var out []Holder
	for i := range w.principals {
		p := &w.principals[i]
		if d := w.Can(p, q); d == authz.Allowed || d == authz.Depends {
			out = append(out, Holder{p, d})
		}
	}
	return out
}

// may reports whether a decision leaves the request possible.
func may(d authz.Decision) bool { return d == authz.Allowed || d == authz.Depends }
