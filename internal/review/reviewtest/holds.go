package reviewtest

import (
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Holds reports whether authz lets a condition on aws:TagKeys hold in a context.
func Holds(tb interface{ Fatal(args ...any) }, operator, value string, c *authz.Context) bool {
	p, err := authz.Compile("p", &policy.Document{Version: "2012-10-17", Statements: []policy.Statement{{
		Effect: policy.Allow, Action: []policy.Value{{Text: "*"}}, Resource: []policy.Value{{Text: "*"}},
		Conditions: []policy.Condition{{Operator: operator, Key: "aws:TagKeys", Values: []policy.Value{{Text: value}}}},
	}}})
	if err != nil {
		tb.Fatal(err)
	}
	stack := authz.Stack{Identity: []*authz.Policy{p}}
	return stack.Decide(&authz.Request{
		Principal: authz.Principal{Kind: authz.User, Account: "1"}, Action: "x:y", Resource: "*", Context: c,
	}) == authz.Allowed
}
