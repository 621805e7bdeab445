package access

import (
	"iter"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// Difference is an action that one principal may do and another may not, with a resource that shows it.
type Difference struct {
	Action   iamref.Action
	Resource string
	Decision authz.Decision // of the one: Allowed or Depends
	Against  authz.Decision // of the other: a denial
}

// Exceeds lists the actions that p may do on a resource on which q may not, in the order of iamref. Mode: may, for
// both: what q may do under a condition is no difference. Each Difference is a request that was decided for both. Tried
// are the resources that the account has, that AWS's forms of the action give, and that the policies of either name;
// a resource that only a Deny of q names is tried where one of these finds it. Of KMS it says what WhatCan says.
func (w *World) Exceeds(p, q *Principal) []Difference {
	var out []Difference
	keys := w.keyPolicy()
	for i := range iamref.ActionCount() {
		a := iamref.ActionAt(i)
		question := Question{Action: a.String()}
		if a.Service == "kms" {
			question.Policy = keys
		}
		if d, ok := w.exceeds(p, q, question, a); ok {
			out = append(out, d)
		}
	}
	return out
}

// exceeds finds the resource that shows the difference in one action: rather one on which p surely may.
func (w *World) exceeds(p, q *Principal, question Question, a iamref.Action) (Difference, bool) {
	best := Difference{Action: a}
	if !p.Stack.Mentions(question.Action) && a.Service != "sts" {
		return best, false
	}
	for _, resource := range slices.Concat(w.resourcesFor(p, question.Action), w.resourcesFor(q, question.Action)) {
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

// ByService groups differences that are in the order of iamref: each service's prefix once, with its own.
func ByService(all []Difference) iter.Seq2[string, []Difference] {
	return func(yield func(string, []Difference) bool) {
		for len(all) > 0 {
			service := all[0].Action.Service
			n := slices.IndexFunc(all, func(d Difference) bool { return d.Action.Service != service })
			if n < 0 {
				n = len(all)
			}
			if !yield(service, all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}
