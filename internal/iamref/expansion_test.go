package iamref_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// expansionSum is over every action pattern of every AWS managed policy and what it expands to. It changes
// with the data, and with nothing else.
const expansionSum = "14e5e21fd8fc837a03d140697e6ec915b89cc85520548b62a163ae17a392937e"

// TestExpand_managed expands the Action and NotAction elements of all AWS managed policies: what a pattern
// stands for matches it, all else in its service does not, and NotAction is the complement.
func TestExpand_managed(t *testing.T) {
	t.Parallel()
	sum := sha256.New()
	seen := map[string]bool{}
	patterns, actions, empty := 0, 0, 0
	for m := range iamref.ManagedPolicies() {
		for _, s := range policy.Parse(m.Document).Statements {
			for _, v := range s.Action {
				if seen[v.Text] {
					continue
				}
				seen[v.Text] = true
				n := expand(t, v.Text)
				_, _ = fmt.Fprintf(sum, "%s %d\n", v.Text, n)
				patterns++
				actions += n
				if n == 0 {
					empty++
				}
			}
		}
	}
	if patterns < 10_000 {
		t.Fatalf("only %d patterns", patterns)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != expansionSum {
		t.Errorf("the expansion of all managed policies has sum %s, want %s", got, expansionSum)
	}
	t.Logf("%d patterns stand for %d actions; %d for none that is known", patterns, actions, empty)
}

// expand counts what a pattern stands for, and checks it against package arn.
func expand(t *testing.T, pattern string) int {
	t.Helper()
	in := map[int]bool{}
	last := -1
	for a := range iamref.Expand(pattern) {
		if pattern != "*" && !arn.MatchFold(pattern, a.String()) {
			t.Errorf("%s stands for %s", pattern, a)
		}
		if a.Index <= last {
			t.Errorf("%s: %s is out of order", pattern, a)
		}
		last = a.Index
		in[a.Index] = true
	}
	prefix, _, _ := strings.Cut(pattern, ":")
	for a := range iamref.Expand(prefix + ":*") {
		if !in[a.Index] && arn.MatchFold(pattern, a.String()) {
			t.Errorf("%s does not stand for %s", pattern, a)
		}
	}
	return len(in)
}
