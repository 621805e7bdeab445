package assess_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/rules"
)

// everyRule compiles the rules that ship, with their defaults.
func everyRule(tb testing.TB) []*rule.Compiled {
	tb.Helper()
	catalogue, err := rule.Load(assess.Schema(), rules.FS)
	if err != nil {
		tb.Fatal(err)
	}
	var all []*rule.Compiled
	for _, r := range catalogue.All() {
		c, err := r.Compile(assess.Schema(), nil)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// BenchmarkQuota judges an account at IAM's quotas by every rule, from the snapshot on.
func BenchmarkQuota(b *testing.B) {
	all := everyRule(b)
	snap := accounttest.Quota(1, accounttest.FullSize)
	b.Run("facts", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			facts.New(snap)
		}
	})
	b.Run("assess", func(b *testing.B) {
		b.ReportAllocs()
		set := facts.New(snap)
		n := 0
		for b.Loop() {
			n = len(assess.Run(set, assess.Options{Rules: all}))
		}
		b.ReportMetric(float64(n), "findings")
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "findings/s")
	})
}
