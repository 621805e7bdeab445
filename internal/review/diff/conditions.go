package diff

import (
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
		everything := []policy.Value{{Text: "*"}}
		p, err := authz.Compile("", &policy.Document{Version: version, Statements: []policy.Statement{{
			Effect: policy.Allow, Action: everything, Resource: everything, Conditions: []policy.Condition{*l.Condition},
		}}})
		if err != nil {
			panic("diff: a policy without faults does not compile: " + err.Error())
		}
		stack = &authz.Stack{Identity: []*authz.Policy{p}}
		c.alone[l.Condition] = stack
	}
	return stack.Decide(&authz.Request{Principal: someone, Action: "any:Thing", Resource: "*", Context: context}) == authz.Allowed
}

// located are the conditions of a group by lower-case key, and the keys in order.
func (c *comparison) located(g *group) (by map[string][]located, keys []string) {
	by = map[string][]located{}
	for i, t := range g.terms {
		c.Spend(1 + conditionPrice/4*len(t.Conditions))
		for j := range t.Conditions {
			key := strings.ToLower(t.Conditions[j].Key)
			if len(by[key]) == 0 {
				keys = append(keys, key)
			}
			by[key] = append(by[key], located{&t.Conditions[j], i, t.modern})
		}
	}
	slices.Sort(keys)
	return by, keys
}
