package directory

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/policy"
)

func getContextKeysForCustomPolicy(_ *Call, in *iam.GetContextKeysForCustomPolicyInput) (*iam.GetContextKeysForCustomPolicyOutput, error) {
	if len(in.PolicyInputList) == 0 {
		return nil, invalidInput("policyInputList must hold a policy")
	}
	docs, err := inputPolicies("PolicyInputList", in.PolicyInputList, policy.Identity)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForCustomPolicyOutput{ContextKeyNames: contextKeys(docs)}, nil
}

func getContextKeysForPrincipalPolicy(c *Call, in *iam.GetContextKeysForPrincipalPolicyInput) (*iam.GetContextKeysForPrincipalPolicyOutput, error) {
	held, err := c.st.held(text(in.PolicySourceArn))
	if err != nil {
		return nil, err
	}
	given, err := inputPolicies("PolicyInputList", in.PolicyInputList, policy.Identity)
	if err != nil {
		return nil, err
	}
	docs, err := parseAll(held.identity)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForPrincipalPolicyOutput{ContextKeyNames: contextKeys(slices.Concat(docs, given))}, nil
}

// contextKeys are the keys that the policies' conditions and variables name, in the order of their lower-case
// forms; a key is spelled as it first stands.
func contextKeys(docs []simulated) []string {
	found := map[string]string{} // by lower-case name
	note := func(key string) {
		if lower := strings.ToLower(key); found[lower] == "" {
			found[lower] = key
		}
	}
	for _, d := range docs {
		for i := range d.document.Statements {
			eachKey(d.document, &d.document.Statements[i], note)
		}
	}
	keys := make([]string, 0, len(found))
	for _, key := range found {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return strings.Compare(fold(a), fold(b)) })
	return keys
}

// eachKey hands out the keys of a statement's conditions and variables, with repeats.
func eachKey(d *policy.Document, s *policy.Statement, note func(string)) {
	variables := func(values []policy.Value) {
		for _, v := range values {
			if d.Version == "2012-10-17" { // elsewhere ${…} is text
				eachVariable(v.Text, note)
			}
		}
	}
	variables(s.Resource)
	for i := range s.Conditions {
		note(s.Conditions[i].Key)
		variables(s.Conditions[i].Values)
	}
}

// eachVariable hands out the keys of ${key} and ${key, 'default'} in a text; ${*}, ${?} and ${$} are characters.
func eachVariable(text string, note func(string)) {
	for {
		_, rest, ok := strings.Cut(text, "${")
		inside, behind, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return
		}
		key, _, _ := strings.Cut(inside, ",")
		if key = strings.TrimSpace(key); key != "" && !strings.ContainsAny(key, "*?$") {
			note(key)
		}
		text = behind
	}
}
