package directory

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// policy finds a managed policy by ARN: the fixture's, else AWS's own.
func (s *state) policy(policy string) (*managed, bool) {
	if m, ok := s.policies.get(policy); ok {
		return m, true
	}
	return s.awsPolicy(policy)
}

// mustPolicy is policy with the API's error.
func (s *state) mustPolicy(policy string) (*managed, error) {
	if m, ok := s.policy(policy); ok {
		return m, nil
	}
	return nil, noSuch("policy", policy)
}

// awsPolicy is a policy of AWS's that the fixture does not bring. Its dates are not known.
func (s *state) awsPolicy(policy string) (*managed, bool) {
	if !strings.HasPrefix(policy, "arn:"+s.partition+":") {
		return nil, false
	}
	m, ok := iamref.ManagedPolicy(policy)
	if !ok {
		return nil, false
	}
	document := account.Document(m.Document)
	return &managed{Policy: account.Policy{
		Name: m.Name, ID: ident(prefixPolicy, policy), ARN: policy, Path: policyPath(policy), Version: m.Version, Document: document,
		Versions: []account.Version{{ID: m.Version, Document: document}},
	}}, true
}

// policyPath is "/job-function/" of "arn:aws:iam::aws:policy/job-function/Billing", "/" of what is no ARN of a policy.
func policyPath(policy string) string {
	a, err := arn.Parse(policy)
	if err != nil || !strings.HasPrefix(a.Resource, "policy/") {
		return "/"
	}
	return a.Resource[len("policy") : len(a.Resource)-len(a.Name())]
}

// withAWS is the fixture's policies and every policy of AWS that they leave room for.
func (s *state) withAWS() table[managed] {
	all := slices.Clone(s.policies.values)
	for m := range iamref.ManagedPolicies() {
		policy := strings.Replace(m.ARN, "arn:aws:", "arn:"+s.partition+":", 1)
		if !s.policies.has(policy) {
			if m, ok := s.awsPolicy(policy); ok {
				all = append(all, m)
			}
		}
	}
	t, _ := tableOf(all, func(m *managed) string { return m.ARN })
	return t
}
