package read

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// open starts a sandbox with the account and connects to it.
func open(tb testing.TB, settings sandbox.Settings, s *account.Snapshot) (*conn.Client, *sandbox.Server) {
	tb.Helper()
	if settings.Clock == nil {
		settings.Clock = func() time.Time { return s.TakenAt }
	}
	server, err := sandbox.New(sandbox.Options{Settings: settings}, s)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close() })
	key, secret := server.Key(s.Account)
	c, err := conn.Open(tb.Context(), conn.Settings{Rate: -1, Local: &conn.Local{Endpoint: server.URL(), KeyID: key, Secret: secret}})
	if err != nil {
		tb.Fatal(err)
	}
	return c, server
}

// at is the options of a read at the snapshot's time, with its documents of AWS managed policies known.
func at(s *account.Snapshot) Options {
	known := map[string]*account.Policy{}
	for i := range s.Policies {
		known[s.Policies[i].ARN] = &s.Policies[i]
	}
	return Options{MaxSession: true, Now: func() time.Time { return s.TakenAt }, Managed: func(arn string) (version, document string, ok bool) {
		p, ok := known[arn]
		if !ok {
			return "", "", false
		}
		return p.Version, string(p.Document), true
	}}
}

// TestAccount_roundTrip loads accounts into the sandbox and reads them back over the API.
func TestAccount_roundTrip(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.Settings{
		"plain": {}, "short pages": {PageSize: 7}, "slow report": {ReportSteps: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := accounttest.Quota(1, accounttest.SmallSize)
			c, _ := open(t, settings, want)
			got, err := Account(t.Context(), c, at(want))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, want, got)
		})
	}
}

// compare holds what was read against what was loaded. The loaded account is first rid of what these calls do not
// tell: AWS managed policies that nobody uses, their stored versions, the particulars of OIDC providers. Of the
// summary, which the sandbox completes, the loaded entries must come back.
func compare(t *testing.T, want, got *account.Snapshot) {
	t.Helper()
	want.Source = "aws"
	used := managedInUse(want)
	want.Policies = slices.DeleteFunc(want.Policies, func(p account.Policy) bool {
		return isAWSManaged(p.ARN) && !slices.Contains(used, p.ARN)
	})
	for i := range want.Policies {
		if isAWSManaged(want.Policies[i].ARN) {
			want.Policies[i].Versions = nil
		}
	}
	for i := range want.OIDCProviders {
		want.OIDCProviders[i] = account.OIDCProvider{ARN: want.OIDCProviders[i].ARN}
	}
	for entry := range got.Summary {
		if _, loaded := want.Summary[entry]; !loaded {
			delete(got.Summary, entry)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-loaded +read):\n%s", diff)
	}
}

// openOnly is open where the server's settings do not matter.
func openOnly(tb testing.TB, s *account.Snapshot) *conn.Client {
	tb.Helper()
	c, _ := open(tb, sandbox.Settings{}, s)
	return c
}
