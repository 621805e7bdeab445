package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// Doable is an action that a principal may do.
type Doable struct {
	Action   iamref.Action
	Decision authz.Decision // Allowed or Depends
	Resource string         // a resource on which it may
}

// WhatCan lists the actions that p may do on some resource, in the order of iamref: by service and name.
func (w *World) WhatCan(p *Principal) []Doable {
	var out []Doable
	for i := range iamref.ActionCount() {
		a := iamref.ActionAt(i)
		if d, resource := w.Somewhere(p, Question{Action: a.String()}); may(d) {
			out = append(out, Doable{a, d, resource})
		}
	}
	return out
}

// Somewhere decides whether p may do an action on some resource: the strongest answer, and the resource that
// gave it. Asked are the account's own users, groups, roles and policies where the action is on such, the forms
// that AWS lists for it, and what the policies of p name. An answer that denies is one on the first of these.
// Of an action that takes several resources at once, one is enough.
func (w *World) Somewhere(p *Principal, q Question) (authz.Decision, string) {
	best, where := authz.ImplicitlyDenied, ""
	for _, resource := range w.resourcesFor(p, q.Action) {
		q.Resource = resource
		d := w.Can(p, &q)
		if where == "" || d > best {
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
	var out, forms []string
	free := true // a request may name no resource
	for _, t := range a.Resources {
		free = free && !t.Required
		for _, template := range t.ARNs {
			out = append(out, w.ownOf(template)...)
			forms = append(forms, w.fill(template, "any"))
		}
	}
	out = append(out, forms...)
	for _, named := range p.Stack.Candidates(action, p.Context) {
		if !known {
			out = append(out, named)
			continue
		}
		// A pattern that ends in a star may go on into another part: bucket-* holds bucket-any/any too.
		for _, tail := range [...]string{"", "/any", ":any"} {
			if w.isOf(&a, named+tail) {
				out = append(out, named+tail)
				break
			}
		}
	}
	if free {
		out = append(out, "*")
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(out, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
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

// ownOf are the account's own resources of an ARN template of IAM, as far as a snapshot holds them.
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
			if p := &w.principals[i]; (p.User != nil) == (kind == "user") {
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
