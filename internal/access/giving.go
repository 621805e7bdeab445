package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// attaching are the requests that attach a policy which makes administrators. They name no resource yet.
func (g *Graph) attaching(p *Principal, action string) []*Question {
	policies, choosy := g.givingTo(p, "iam:PolicyARN")
	if choosy {
		policies = append(slices.Clip(policies), g.awsPolicy("IAMFullAccess")) // which gives the rest
	}
	return withEach(action, "iam:PolicyARN", policies)
}

// rebinding are the requests that give a user or role a boundary which allows everything. They name no resource yet.
func (g *Graph) rebinding(p *Principal, action string) []*Question {
	policies, _ := g.givingTo(p, boundaryKey)
	return withEach(action, boundaryKey, policies)
}

// withEach are the requests of an action with each of some values in a context key.
func withEach(action, key string, values []string) []*Question {
	var out []*Question
	for _, v := range values {
		out = append(out, &Question{Action: action, Keys: map[string][]string{key: {v}}})
	}
	return out
}

// givingTo are the policies to try. One is enough, unless p has a policy that is choosy: it asks which one is named.
func (g *Graph) givingTo(p *Principal, key string) (policies []string, choosy bool) {
	if p.some(func(policy *authz.Policy) bool { return policy.Uses(key) }) {
		return g.giving, true
	}
	return g.giving[:1], false
}

// maxGiving bounds how many policies are tried.
const maxGiving = 16

// givingPolicies are AWS's own policy for administrators, and those of the account that give as much.
func (g *Graph) givingPolicies() []string {
	out := []string{g.awsPolicy("AdministratorAccess")}
	anybody := g.anybody()
	for i := range g.world.snap.Policies {
		name := g.world.snap.Policies[i].ARN
		p := g.world.managed[name]
		if len(out) < maxGiving && name != out[0] && p.Read() && may(g.adminOf(&anybody, authz.Stack{Identity: []*authz.Policy{p}})) {
			out = append(out, name)
		}
	}
	return out
}

// awsPolicy is the ARN of one of AWS's own policies.
func (g *Graph) awsPolicy(name string) string {
	return "arn:" + g.world.partition() + ":iam::aws:policy/" + name
}
