package facts_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// BenchmarkNew derives the facts of an account at IAM's quotas.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	snap := accounttest.Quota(1, accounttest.FullSize)
	for b.Loop() {
		facts.New(snap)
	}
}

// BenchmarkGrants judges all that 5,000 users hold, groups' policies too, by five actions.
func BenchmarkGrants(b *testing.B) {
	program, faults := gsl.Compile(facts.Schema(), source.File{Text: "IamUser should not have grantsBeyondSelf(" +
		"'iam:DeactivateMFADevice','iam:EnableMFADevice','iam:ResyncMFADevice','iam:DeleteVirtualMFADevice','iam:CreateVirtualMFADevice')"}, gsl.Options{})
	if program == nil {
		b.Fatal(faults)
	}
	set := facts.New(accounttest.Quota(1, accounttest.FullSize))
	env := set.Env(false)
	b.ReportAllocs()
	users := 0
	for b.Loop() {
		for e := range set.Entities("IamUser") {
			program.Judge(env, e.Self)
			users++
		}
	}
	b.ReportMetric(float64(users)/b.Elapsed().Seconds(), "users/s")
}
