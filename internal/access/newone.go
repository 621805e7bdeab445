package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
)

// newOne finds a name under which every action of the escalation may be done on a new role that trusts its maker, or on a
// new user. No boundary is asked for, so that a policy which demands one stops it.
func (g *Graph) newOne(p *Principal, e *Escalation) ([]*Question, bool) {
	if slices.ContainsFunc(e.Actions, func(action string) bool { return !p.Stack.Mentions(action) }) {
		return nil, false
	}
	kind, place := authz.Role, g.inAccount("arn:PARTITION:iam::ACCOUNT:role/")
	if e.Effect == CreateUser {
		kind, place = authz.User, g.inAccount("arn:PARTITION:iam::ACCOUNT:user/")
	}
	for arn := range g.candidates(p, e.Actions[0]) {
		if _, taken := g.byARN[arn]; taken || !strings.HasPrefix(arn, place) {
			continue
		}
		if requests := g.onNew(p, e, arn); len(requests) == len(e.Actions) {
			return requests, g.newRuns(p, kind, place+"any")
		}
	}
	return nil, false
}

// onNew are the requests of an escalation on a new principal, as far as p may make them.
func (g *Graph) onNew(p *Principal, e *Escalation, arn string) []*Question {
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
			if i == 0 {
				q.Absent = []string{"iam:PermissionsBoundary"}
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

// newRuns: control policies bind new principals too.
func (g *Graph) newRuns(p *Principal, kind authz.PrincipalKind, arn string) bool {
	s := authz.Stack{Identity: []*authz.Policy{everything}, SCPs: p.Stack.SCPs}
	return may(g.adminOf(&Principal{Principal: authz.Principal{Kind: kind, ARN: arn, Account: p.Account, Name: "any"}, Context: authz.NewContext(true)}, s))
}
