package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Doable is an action that a principal may do.
type Doable struct {
	Action   iamref.Action
	Decision authz.Decision // Allowed or Depends
	Resource string         // a resource on which it may
}

// WhatCan lists the actions that p may do on some resource, in the order of iamref: by service and name. Of KMS
// those that key policies leave to the account's own policies count, and depend on them; what the policies of
// other resources grant by themselves nobody has read, and it is not counted.
func (w *World) WhatCan(p *Principal) []Doable {
	var out []Doable
	keys := w.keyPolicy()
	for i := range iamref.ActionCount() {
		a := iamref.ActionAt(i)
		q := Question{Action: a.String()}
		if a.Service == "kms" {
			q.Policy = keys
		}
		d, resource := w.Somewhere(p, q)
		if q.Policy != nil && strings.Contains(resource, ":key/") {
			d = min(d, authz.Depends)
		}
		if may(d) {
			out = append(out, Doable{a, d, resource})
		}
	}
	return out
}

// keyPolicy is the policy of a key that leaves it to the account, which is what KMS gives to a new key.
func (w *World) keyPolicy() *authz.Policy {
	p, err := authz.Compile("key policy", policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+
		string(w.snap.Account)+`"},"Action":"kms:*","Resource":"*"}]}`))
	if err != nil {
		return authz.Unread("key policy")
	}
	return p
}

// Somewhere decides whether p may do an action on some resource: the strongest answer, and a resource that gives it.
// An answer that denies is one on the first of the resources that were tried.
func (w *World) Somewhere(p *Principal, q Question) (authz.Decision, string) {
	return w.Places(q).Best(p)
}

// resourcesFor are the resources to try for an action, without repeats: those of Places.
func (w *World) resourcesFor(p *Principal, action string) []string {
	l := w.Places(Question{Action: action})
	var own []string
	if p.Stack.Mentions(action) {
		for _, u := range l.own {
			own = append(own, u.Resources()...)
		}
	} else if l.trust != nil { // a role may let p in by itself
		for _, at := range w.namedBy[principalKey(p.ARN)] {
			own = append(own, w.ownRoles.Resources()[at])
		}
		for at, role := range w.ownRoles.Resources() {
			if l.trust.open.Has(at) {
				own = append(own, role)
			}
		}
	}
	all := [][]string{own, l.named(p), l.forms}
	if l.creates() {
		all = append(all[1:], own)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Concat(all...), func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again || l.lacks(s)
	})
}

// isOf reports whether a resource has a form that the action takes.
func (w *World) isOf(a *iamref.Action, resource string) bool {
	for _, t := range a.Resources {
		for _, template := range t.ARNs {
			if arn.Match(strings.ReplaceAll(w.fill(template, "*"), ":"+string(w.snap.Account)+":", ":*:"), resource) {
				return true
			}
		}
	}
	return false
}

// ownOf are the account's own resources of an ARN template of IAM, as far as a snapshot holds them; nil: none.
func (w *World) ownOf(template string) *authz.Universe {
	_, kind, ok := strings.Cut(template, ":iam::${Account}:")
	if !ok {
		return nil
	}
	kind, _, _ = strings.Cut(kind, "/")
	return map[string]*authz.Universe{"user": w.ownUsers, "role": w.ownRoles, "group": w.ownGroups, "policy": w.ownPolicies}[kind]
}

// numberOwn makes the universes of the account's own resources. Service-linked roles, which nobody can change or pass, and
// AWS's policies are left out.
func (w *World) numberOwn() {
	var users, roles, groups, policies []string
	for i := range w.principals {
		switch p := &w.principals[i]; {
		case p.User != nil:
			users = append(users, p.ARN)
		case !p.Linked:
			w.noteNamed(p.ARN, len(roles))
			roles = append(roles, p.ARN)
		}
	}
	for i := range w.snap.Groups {
		groups = append(groups, w.snap.Groups[i].ARN)
	}
	for i := range w.snap.Policies {
		if arn := w.snap.Policies[i].ARN; !isAWSManaged(arn) {
			policies = append(policies, arn)
		}
	}
	w.ownUsers, w.ownRoles = authz.NewUniverse(users), authz.NewUniverse(roles)
	w.ownGroups, w.ownPolicies = authz.NewUniverse(groups), authz.NewUniverse(policies)
}

// Trust is the compiled trust policy of a role of the account.
func (w *World) Trust(role string) (*authz.Policy, bool) {
	trust, ok := w.trust[role]
	return trust, ok
}
