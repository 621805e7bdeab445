package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
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

// Somewhere decides whether p may do an action on some resource: the strongest answer, and the resource that
// gave it. Asked are the account's own users, groups, roles and policies where the action is on such, the forms
// that AWS lists for it, and what the policies of p name. An answer that denies is one on the first of these.
// Of an action that takes several resources at once, one is enough.
func (w *World) Somewhere(p *Principal, q Question) (authz.Decision, string) {
	best, where := authz.ImplicitlyDenied, "*"
	for i, resource := range w.resourcesFor(p, q.Action) {
		q.Resource = resource
		d := w.Can(p, &q)
		if i == 0 || d > best {
			best, where = d, resource
		}
		if best == authz.Allowed {
			break
		}
	}
	return best, where
}

// resourcesFor are the resources to try for an action, without repeats.
func (w *World) resourcesFor(p *Principal, action string) []string {
	a, known := iamref.ActionOf(action)
	if known && len(a.Resources) == 0 {
		return []string{"*"}
	}
	mentioned := p.Stack.Mentions(action)
	var own, forms []string
	free := true // a request may name no resource
	for _, t := range a.Resources {
		free = free && !t.Required
		for _, template := range t.ARNs {
			if mentioned {
				own = append(own, w.ownOf(template)...)
			}
			forms = append(forms, w.fill(template, "any"))
		}
	}
	if !mentioned && a.Service == "sts" { // a role may let p in by itself
		own = w.naming(p.ARN)
	}
	slices.SortStableFunc(forms, func(a, b string) int { return len(a) - len(b) }) // the plainest first
	out := slices.Concat(own, w.named(p, action, &a), forms)
	if strings.HasPrefix(a.Name, "Create") {
		out = slices.Concat(out[len(own):], own) // what is made is not there yet
	}
	if free {
		out = append(out, "*")
	}
	seen := map[string]bool{}
	roles, whole := w.fill("arn:${Partition}:iam::${Account}:role/", ""), w.snap.Gap(account.PartRoles) == nil
	return slices.DeleteFunc(out, func(s string) bool {
		again := seen[s]
		seen[s] = true
		_, known := w.trust[s]
		lacking := a.Service == "sts" && whole && !known && strings.HasPrefix(s, roles)
		return again || lacking // nobody can assume a role that the account does not have
	})
}

// named are the resources that the policies of p name for an action, as far as they have a form that it takes.
func (w *World) named(p *Principal, action string, a *iamref.Action) []string {
	candidates := p.Stack.Candidates(action, p.Context)
	if a.Name == "" {
		return candidates // AWS may know more actions than we do
	}
	var out []string
	for _, c := range candidates {
		// A pattern that ends in a star may go on into another part: bucket-* holds bucket-any/any too.
		for _, tail := range [...]string{"", "/any", ":any"} {
			if !w.isOf(a, c+tail) {
				continue
			}
			if r, err := arn.Parse(c + tail); err == nil && r.Account == "any" { // a pattern of every account: rather in this one
				r.Account = string(w.snap.Account)
				out = append(out, r.String())
			}
			out = append(out, c+tail)
			break
		}
	}
	return out
}

// naming are the roles whose trust policy names somebody, or everybody, and not by an account.
func (w *World) naming(principal string) []string {
	var out []string
	for i := range w.principals {
		p := &w.principals[i]
		trust, ok := w.trust[p.ARN]
		if ok && !p.Linked && (!trust.Read() || names(trust.Document, principal)) {
			out = append(out, p.ARN)
		}
	}
	return out
}

func names(trust *policy.Document, principal string) bool {
	for i := range trust.Statements {
		s := &trust.Statements[i]
		if s.NotPrinc {
			return true
		}
		for j := range s.Principal {
			if text := s.Principal[j].Text; text == principal || text == "*" {
				return true
			}
		}
	}
	return false
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

// ownOf are the account's own resources of an ARN template of IAM, as far as a snapshot holds them;
// service-linked roles, which nobody can change or pass, are left out.
func (w *World) ownOf(template string) []string {
	_, kind, ok := strings.Cut(template, ":iam::${Account}:")
	if !ok {
		return nil
	}
	kind, _, _ = strings.Cut(kind, "/")
	var out []string
	switch kind {
	case "user", "role":
		for i := range w.principals {
			if p := &w.principals[i]; !p.Linked && (p.User != nil) == (kind == "user") {
				out = append(out, p.ARN)
			}
		}
	case "group":
		for i := range w.snap.Groups {
			out = append(out, w.snap.Groups[i].ARN)
		}
	case "policy":
		for i := range w.snap.Policies {
			if !isAWSManaged(w.snap.Policies[i].ARN) {
				out = append(out, w.snap.Policies[i].ARN)
			}
		}
	}
	return out
}

// fill writes the account's own values for an ARN template's ${…}, and free for what is left.
func (w *World) fill(template, free string) string {
	var b strings.Builder
	for template != "" {
		before, rest, ok := strings.Cut(template, "${")
		b.WriteString(before)
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		switch {
		case name == "Partition" && w.snap.Partition != "":
			b.WriteString(w.snap.Partition)
		case name == "Partition":
			b.WriteString("aws")
		case name == "Account":
			b.WriteString(string(w.snap.Account))
		case name == "Region" && free != "*":
			b.WriteString("us-east-1")
		default:
			b.WriteString(free)
		}
		template = after
	}
	return b.String()
}

// Trust is the compiled trust policy of a role of the account.
func (w *World) Trust(role string) (*authz.Policy, bool) {
	trust, ok := w.trust[role]
	return trust, ok
}
