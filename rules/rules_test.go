package rules_test

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/rules"
)

func catalogue(tb testing.TB) *rule.Catalogue {
	tb.Helper()
	c, err := rule.Load(assess.Schema(), rule.Named("rules", rules.FS))
	if err != nil {
		tb.Fatal("\n" + err.Error())
	}
	return c
}

// TestCases proves every rule on every one of its cases.
func TestCases(t *testing.T) {
	t.Parallel()
	all := catalogue(t).All()
	cases, published := 0, 0
	for _, r := range all {
		for _, c := range r.Cases {
			cases++
			if c.Published != nil {
				published++
			}
			t.Run(r.ID+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				prove(t, r, &c)
			})
		}
	}
	if cases < 2*len(all) || published == 0 {
		t.Fatalf("%d cases and %d as published are too few for %d rules", cases, published, len(all))
	}
	t.Logf("%d cases of %d rules, %d of them as published too", cases, len(all), published)
}

// prove runs one case.
func prove(t *testing.T, r *rule.Rule, c *rule.Case) {
	t.Helper()
	snap := decode(t, c)
	compiled, err := r.Compile(assess.Schema(), c.Settings)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(asPublished bool) []finding.Finding {
		return assess.Run(facts.New(snap), assess.Options{Rules: []*rule.Compiled{compiled}, AsPublished: asPublished})
	}
	if err := c.Check(judge(false)); err != nil {
		t.Error(err)
	}
	if _, err := c.CheckPublished(judge(true)); err != nil {
		t.Error(err)
	}
}

func decode(tb testing.TB, c *rule.Case) *account.Snapshot {
	tb.Helper()
	snap, err := account.Decode(strings.NewReader(c.Capture))
	if err != nil {
		tb.Fatalf("case %s: %v", c.Name, err)
	}
	return snap
}
