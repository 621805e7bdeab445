package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// located is a condition and where it stands: in which term of the group, and whether that knows variables.
type located struct {
	*policy.Condition
	term   int
	modern bool
}

// holds asks authz about one condition by itself.
func (c *comparison) holds(l located, context *authz.Context) bool {
	stack := c.alone[l.Condition]
	if stack == nil {
		version := element.Modern
		if !l.modern {
			version = "2008-10-17"
		}
		p := allowAll(version, policy.Statement{Conditions: []policy.Condition{*l.Condition}})
		stack = &authz.Stack{Identity: []*authz.Policy{p}}
		c.alone[l.Condition] = stack
	}
	return stack.Decide(&authz.Request{Principal: someone, Action: "any:Thing", Resource: "*", Context: context}) == authz.Allowed
}

// tests are the conditions of a group on one key, which is in lower case.
type tests struct {
	key string
	all []located
}

// tests are the conditions of a group by key, in the order of the keys.
func (c *comparison) tests(g *group) []tests {
	by := map[string][]located{}
	for i, t := range g.terms {
		c.Spend(1 + conditionPrice/4*len(t.Conditions))
		for j := range t.Conditions {
			key := strings.ToLower(t.Conditions[j].Key)
			by[key] = append(by[key], located{&t.Conditions[j], i, t.modern})
		}
	}
	out := make([]tests, 0, len(by))
	for _, key := range slices.Sorted(maps.Keys(by)) {
		out = append(out, tests{key, by[key]})
	}
	return out
}

// testsOn finds those on one key.
func testsOn(all []tests, key string) tests {
	if i := slices.IndexFunc(all, func(t tests) bool { return t.key == key }); i >= 0 {
		return all[i]
	}
	return tests{key: key}
}
