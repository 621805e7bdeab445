// Package demo is a made-up company: two accounts in which every rule has something to find and something to praise.
//
// Contract: the same bytes each time; dates are fixed, so that ages do not move. The accounts are complete, AWS's
// managed policies included, and bring the settings that some rules ask for.
// Limits: no part of it is real but the ids of AWS's documentation.
// Floor: 4.
package demo

import (
	_ "embed" // for the fixtures
	"fmt"
	"iter"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/iamref"
)

//go:embed production.json
var production string

//go:embed tooling.json
var tooling string

// Settings is the company's ambit.yaml.
//
//go:embed ambit.yaml
var Settings string

// Accounts are the production account and the tooling account, each a Snapshot of its own with every call.
func Accounts() ([]*account.Snapshot, error) {
	var all []*account.Snapshot
	for _, text := range []string{production, tooling} {
		s, err := account.Decode(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		addManaged(s)
		all = append(all, s)
	}
	return all, nil
}

// addManaged adds the AWS managed policies that somebody holds, as the account's details would list them.
func addManaged(s *account.Snapshot) {
	seen := map[string]bool{}
	for i := range s.Policies {
		seen[s.Policies[i].ARN] = true
	}
	for arn := range held(s) {
		m, ok := iamref.ManagedPolicy(arn)
		if !ok || seen[arn] {
			continue
		}
		seen[arn] = true
		s.Policies = append(s.Policies, account.Policy{
			Name: m.Name, ARN: arn, Version: m.Version, Document: account.Document(m.Document),
		})
	}
	s.Normalize()
}

// held yields the ARNs of the managed policies that users, groups and roles hold or are bounded by.
func held(s *account.Snapshot) iter.Seq[string] {
	return func(yield func(string) bool) {
		var lists [][]string
		for i := range s.Users {
			lists = append(lists, s.Users[i].Attached, []string{s.Users[i].Boundary})
		}
		for i := range s.Groups {
			lists = append(lists, s.Groups[i].Attached)
		}
		for i := range s.Roles {
			lists = append(lists, s.Roles[i].Attached, []string{s.Roles[i].Boundary})
		}
		for _, list := range lists {
			for _, arn := range list {
				if !yield(arn) {
					return
				}
			}
		}
	}
}
