package access

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
)

// newOne finds a name under which every action of the escalation may be done on a new role that trusts its maker, or on a
// new user. No boundary is asked for, or, where policies look at it, one that bounds nothing.
func (g *Graph) newOne(p *Principal, e *Escalation) ([]*Question, bool) {
	if slices.ContainsFunc(e.Actions, func(action string) bool { return !p.Stack.Mentions(action) }) {
		return nil, false
	}
	kind, place := authz.Role, g.world.fill("arn:${Partition}:iam::${Account}:role/", "any")
	if e.Effect == CreateUser {
		kind, place = authz.User, g.world.fill("arn:${Partition}:iam::${Account}:user/", "any")
	}
	boundaries := []string{""}
	if giving, choosy := g.givingTo(p, boundaryKey); choosy {
		boundaries = append(boundaries, giving...)
	}
	for arn := range g.newNames(p, e, place) {
		for _, boundary := range boundaries {
			if requests := g.onNew(p, e, arn, boundary); len(requests) == len(e.Actions) {
				return requests, g.newRuns(p, kind, place+"any")
			}
		}
	}
	return nil, false
}

// newNames are ARNs that no principal has yet, of those that the policies of p propose for one of the actions.
func (g *Graph) newNames(p *Principal, e *Escalation, place string) iter.Seq[string] {
	return func(yield func(string) bool) {
		tried := map[string]bool{}
		for _, action := range e.Actions {
			for arn := range g.candidates(p, action) {
				if _, taken := g.byARN[arn]; taken || tried[arn] || !strings.HasPrefix(arn, place) {
					continue
				}
				if tried[arn] = true; !yield(arn) {
					return
				}
			}
		}
	}
}

// onNew are the requests of an escalation on a new principal with a boundary, as far as p may make them.
func (g *Graph) onNew(p *Principal, e *Escalation, arn, boundary string) []*Question {
	var requests []*Question
	for i, action := range e.Actions {
		ways := g.questionsOn(p, e, action)
		if action == "iam:AddUserToGroup" {
			ways = nil
			for _, group := range g.strong {
				ways = append(ways, &Question{Action: action, Resource: group})
			}
		}
		at := slices.IndexFunc(ways, func(q *Question) bool {
			if q.Resource == "" {
				q.Resource = arn
			}
			if i == 0 || boundaryOfTarget[strings.ToLower(action)] {
				q.bind(boundary)
			}
			return may(g.world.Can(p, q))
		})
		if at < 0 {
			break
		}
		requests = append(requests, ways[at])
	}
	return requests
}

// bind says which boundary a request carries, "" for none.
func (q *Question) bind(boundary string) {
	if boundary == "" {
		q.Absent = []string{boundaryKey}
		return
	}
	keys := map[string][]string{boundaryKey: {boundary}}
	maps.Copy(keys, q.Keys)
	q.Keys = keys
}

// newRuns: control policies bind new principals too.
func (g *Graph) newRuns(p *Principal, kind authz.PrincipalKind, arn string) bool {
	s := authz.Stack{Identity: []*authz.Policy{everything}, SCPs: p.Stack.SCPs}
	return may(g.adminOf(&Principal{Principal: authz.Principal{Kind: kind, ARN: arn, Account: p.Account, Name: "any"}, Context: authz.NewContext(true)}, s))
}
