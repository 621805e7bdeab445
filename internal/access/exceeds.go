package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Difference is an action that one principal may do and another may not, with a resource that shows it.
type Difference struct {
	Action   iamref.Action
	Resource string
	Decision authz.Decision // of the one: Allowed or Depends
	Against  authz.Decision // of the other: a denial
}

// Exceeds lists the actions that p may do on some resource on which q may not, in the order of iamref. What q may do
// under a condition is no difference. Each Difference is a request that was decided for both. These resources are tried:
// those of the account, AWS's forms for the action, those that an Allow of either names, and the first maxDenied that the
// Denies on q name. Actions of KMS are told as WhatCan tells them.
func (w *World) Exceeds(p, q *Principal) []Difference {
	var out []Difference
	keys, denied := w.keyPolicy(), deniedResources(q)
	for i := range iamref.ActionCount() {
		a := iamref.ActionAt(i)
		question := Question{Action: a.String()}
		if a.Service == "kms" {
			question.Policy = keys
		}
		if d, ok := w.exceedsBy(p, q, question, w.ofForm(&a, denied)); ok {
			d.Action = a
			out = append(out, d)
		}
	}
	return out
}

// exceedsBy compares p and q in one action, on what their policies name and on some more resources.
func (w *World) exceedsBy(p, q *Principal, question Question, more []string) (Difference, bool) {
	if !p.Stack.Mentions(question.Action) && !strings.HasPrefix(question.Action, "sts:") { // a trust policy may name p by itself
		return Difference{}, false
	}
	return w.exceeds(p, q, question, slices.Concat(w.resourcesFor(p, question.Action), w.resourcesFor(q, question.Action), more))
}

// maxDenied bounds how many resources of Denies are tried.
const maxDenied = 64

// deniedResources are texts that the Denies on a principal name, with "any" for a star and "x" for a question mark.
func deniedResources(q *Principal) []string {
	var out []string
	for _, p := range slices.Concat(slices.Concat(q.Stack.SCPs...), q.Stack.Identity, q.Stack.Boundary) {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Effect != policy.Deny || s.NotRes {
				continue
			}
			for _, v := range s.Resource {
				text := strings.NewReplacer("*", "any", "?", "x").Replace(v.Text)
				if len(out) < maxDenied && v.Text != "*" && !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
	}
	return out
}

// ofForm keeps the resources that have a form of the action's.
func (w *World) ofForm(a *iamref.Action, resources []string) []string {
	var out []string
	for _, r := range resources {
		if w.isOf(a, r) {
			out = append(out, r)
		}
	}
	return out
}

// exceeds finds among resources the one that shows the difference in an action: rather one on which p surely may.
func (w *World) exceeds(p, q *Principal, question Question, resources []string) (Difference, bool) {
	best := Difference{}
	for _, resource := range resources {
		question.Resource = resource
		mine := w.Can(p, &question)
		if question.Policy != nil && strings.Contains(resource, ":key/") {
			mine = min(mine, authz.Depends) // on the key's own policy
		}
		if !may(mine) || mine <= best.Decision {
			continue
		}
		if theirs := w.Can(q, &question); !may(theirs) {
			best.Resource, best.Decision, best.Against = resource, mine, theirs
		}
		if best.Decision == authz.Allowed {
			break
		}
	}
	return best, may(best.Decision)
}
