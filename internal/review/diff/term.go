package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

type side struct {
	policy *authz.Policy
	stack  authz.Stack
}

// term is one statement of either document.
type term struct {
	*policy.Statement
	side    int
	modern  bool // its document knows variables
	actions element.ActionSet
	same    string // equal for statements that differ in their actions only
}

func (c *comparison) addTerms(doc *policy.Document, side int) {
	for i := range doc.Statements {
		t := &term{Statement: &doc.Statements[i], side: side, modern: doc.Version == element.Modern}
		t.same = t.fingerprint()
		c.terms = append(c.terms, t)
	}
}

// fingerprint is all of a statement but its actions and its Sid, as text.
func (t *term) fingerprint() string {
	var resources, principals []string
	for _, v := range t.Resource {
		resources = append(resources, v.Text)
	}
	for _, p := range t.Principal {
		principals = append(principals, p.Type+" "+p.Text)
	}
	slices.Sort(resources)
	slices.Sort(principals)
	text := fmt.Sprintf("%s %t %q %t %q %q", t.Effect, t.NotRes, resources, t.NotPrinc, principals, conditionsKey(t.Statement))
	if strings.Contains(text, "${") {
		text += fmt.Sprint(t.modern)
	}
	return text
}

// conditionsKey is all conditions of a statement as text, equal where they say the same in the same words.
func conditionsKey(s *policy.Statement) string {
	var conditions []string
	for _, cd := range s.Conditions {
		var values []string
		for _, v := range cd.Values {
			values = append(values, v.Text)
		}
		slices.Sort(values)
		conditions = append(conditions, fmt.Sprintf("%s %s %q", strings.ToLower(cd.Operator), strings.ToLower(cd.Key), values))
	}
	slices.Sort(conditions)
	return fmt.Sprintf("%q", conditions)
}

// stackOf puts a document where all other policies allow, so that it alone decides.
func stackOf(p *authz.Policy, kind policy.DocumentKind) authz.Stack {
	all, delegation := allowAll(element.Modern, policy.Statement{}), allowAll(element.Modern, policy.Statement{
		Principal: []policy.Principal{{Type: "AWS", Value: policy.Value{Text: exampleAccount}}},
	})
	switch kind {
	case policy.Trust, policy.Resource:
		return authz.Stack{Identity: []*authz.Policy{all}, Resource: p}
	case policy.ServiceControl:
		return authz.Stack{Identity: []*authz.Policy{all}, SCPs: [][]*authz.Policy{{p}}, Resource: delegation}
	case policy.ResourceControl:
		return authz.Stack{Identity: []*authz.Policy{all}, RCPs: [][]*authz.Policy{{p}}, Resource: delegation}
	}
	return authz.Stack{Identity: []*authz.Policy{p}, Resource: delegation}
}

// allowAll allows everything, to whom and under what condition the statement says, in this version of the language.
func allowAll(version string, s policy.Statement) *authz.Policy {
	s.Effect = policy.Allow
	s.Action, s.Resource = []policy.Value{{Text: "*"}}, []policy.Value{{Text: "*"}}
	p, err := authz.Compile("", &policy.Document{Version: version, Statements: []policy.Statement{s}})
	if err != nil {
		panic("diff: a policy without faults does not compile: " + err.Error())
	}
	return p
}

// everywhere reports whether a statement is not about some resources only.
func (t *term) everywhere() bool {
	return t.NotRes || slices.ContainsFunc(t.Resource, func(v policy.Value) bool { return v.Text == "*" })
}
