package read

import (
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// callBudget is what an account of accounttest.MiddleSize may cost, confirmations apart.
const callBudget = 50

// TestAccount_calls counts the calls for 500 users, 2,000 roles, 800 policies and 50 groups, when the documents of
// AWS managed policies are known and the sessions are asked for, and holds what was read.
func TestAccount_calls(t *testing.T) {
	t.Parallel()
	want := accounttest.Quota(1, accounttest.MiddleSize)
	c, server := open(t, sandbox.Settings{}, want)
	got, err := Account(t.Context(), c, at(want))
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, n := range server.Stats().Calls {
		calls += n
	}
	t.Logf("%d calls: %v", calls, server.Stats().Calls)
	if calls > callBudget {
		t.Errorf("%d calls, more than %d", calls, callBudget)
	}
	compare(t, want, got)
}

func benchmark(b *testing.B, size accounttest.Size, latency time.Duration) {
	b.Helper()
	s := accounttest.Quota(1, size)
	c, server := open(b, sandbox.Settings{Latency: latency}, s)
	o := at(s)
	server.ResetStats()
	b.ReportAllocs()
	reads := 0
	for b.Loop() {
		if _, err := Account(b.Context(), c, o); err != nil {
			b.Fatal(err)
		}
		reads++
	}
	calls := 0
	for _, n := range server.Stats().Calls {
		calls += n
	}
	b.ReportMetric(float64(calls)/float64(reads), "calls/op")
}

// The sandbox runs in the same process: the time and the memory are both sides'. Two milliseconds are a network in
// one building.
func BenchmarkAccount_middle(b *testing.B) { benchmark(b, accounttest.MiddleSize, 2*time.Millisecond) }

func BenchmarkAccount_full(b *testing.B) { benchmark(b, accounttest.FullSize, 2*time.Millisecond) }
