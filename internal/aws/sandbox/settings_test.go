package sandbox_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

func TestSettings_inject(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{Inject: map[string]sandbox.Fault{
		"GetCredentialReport": {Code: "AccessDenied", Status: 403, Times: -1},
		"ListUsers":           {Times: 2},
		"ListRoles":           {Every: 3},
		"CreateUser":          {Late: true, Times: 1},
	}}}, company())
	client, _ := clients(s, home)
	ctx := t.Context()
	repeat := func(n int, f func() error) string {
		var got []string
		for range n {
			got = append(got, code(f()))
		}
		return strings.Join(got, "|")
	}
	for _, test := range []struct {
		name, got, want string
	}{
		{"always", repeat(2, func() error { return do(client.GetCredentialReport, &iam.GetCredentialReportInput{})(ctx) }), "AccessDenied 403|AccessDenied 403"},
		{"twice", repeat(3, func() error { return do(client.ListUsers, &iam.ListUsersInput{})(ctx) }), "ServiceFailure 500|ServiceFailure 500|"},
		{"every third", repeat(6, func() error { return do(client.ListRoles, &iam.ListRolesInput{})(ctx) }), "||ServiceFailure 500|||ServiceFailure 500"},
		{"answer lost", repeat(2, func() error { return do(client.CreateUser, &iam.CreateUserInput{UserName: new("eve")})(ctx) }), "ServiceFailure 500|EntityAlreadyExists 409"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
	s.Change(func(settings *sandbox.Settings) {
		settings.Inject = map[string]sandbox.Fault{"*": {Code: "AccessDenied", Status: 403}}
	})
	if got := code(do(client.ListGroups, &iam.ListGroupsInput{})(ctx)); got != "AccessDenied 403" {
		t.Errorf("all operations: got %q", got)
	}
	s.Change(func(settings *sandbox.Settings) { settings.Inject = nil })
	if got := code(do(client.ListGroups, &iam.ListGroupsInput{})(ctx)); got != "" {
		t.Errorf("none: got %q", got)
	}
	stats := s.Stats()
	if stats.Injected != 8 || stats.Calls["iam:ListRoles"] != 6 || stats.Calls["iam:ListUsers"] != 3 {
		t.Errorf("got %+v", stats)
	}
}

func TestSettings_rate(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{Rate: 0.5}}, company(), tenant())
	client, tokens := clients(s, home)
	neighbour, _ := clients(s, other)
	ctx := t.Context()
	if got := code(do(client.ListUsers, &iam.ListUsersInput{})(ctx)); got != "" {
		t.Errorf("first: got %q", got)
	}
	if got := code(do(client.ListUsers, &iam.ListUsersInput{})(ctx)); got != "Throttling 400" {
		t.Errorf("second: got %q", got)
	}
	if got := code(do(neighbour.ListUsers, &iam.ListUsersInput{})(ctx)); got != "" {
		t.Errorf("another account has its own bucket: got %q", got)
	}
	if got := code(do(tokens.GetCallerIdentity, &sts.GetCallerIdentityInput{})(ctx)); got != "" {
		t.Errorf("STS has its own bucket: got %q", got)
	}
	if n := s.Stats().Throttled; n != 1 {
		t.Errorf("got %d throttled, want 1", n)
	}
}

// TestSettings_lag: reads lag behind writes, writes do not lag behind writes.
func TestSettings_lag(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{Lag: time.Hour}}, company())
	client, _ := clients(s, home)
	ctx := t.Context()
	create := func(name string) string {
		return code(do(client.CreateUser, &iam.CreateUserInput{UserName: &name})(ctx))
	}
	see := func(name string) string { return code(do(client.GetUser, &iam.GetUserInput{UserName: &name})(ctx)) }
	if got := create("eve"); got != "" {
		t.Fatal(got)
	}
	if got := create("eve"); got != "EntityAlreadyExists 409" {
		t.Errorf("a write that follows: got %q", got)
	}
	if got := create("mallory"); got != "" {
		t.Fatal(got)
	}
	if see("eve") != "NoSuchEntity 404" || see("mallory") != "NoSuchEntity 404" || see("bob") != "" {
		t.Errorf("reads do not lag: %q %q %q", see("eve"), see("mallory"), see("bob"))
	}
	s.Change(func(settings *sandbox.Settings) { settings.Lag = time.Nanosecond })
	if see("eve") != "" || see("mallory") != "" {
		t.Errorf("reads still lag: %q %q", see("eve"), see("mallory"))
	}
}

func TestSettings_latency(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{Settings: sandbox.Settings{Latency: 30 * time.Millisecond}}, company())
	client, _ := clients(s, home)
	begun := time.Now()
	if err := do(client.ListUsers, &iam.ListUsersInput{})(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	twice := company()
	twice.Users = append(twice.Users, account.User{Name: "ADA"})
	for name, test := range map[string]struct {
		options  sandbox.Options
		accounts []*account.Snapshot
		want     string
	}{
		"every address":       {sandbox.Options{Addr: "0.0.0.0:0"}, nil, "use 127.0.0.1"},
		"every address, bare": {sandbox.Options{Addr: ":0"}, nil, "use 127.0.0.1"},
		"no port":             {sandbox.Options{Addr: "127.0.0.1"}, nil, "missing port"},
		"another machine":     {sandbox.Options{Addr: "192.0.2.1:0"}, nil, "use 127.0.0.1"},
		"account twice":       {sandbox.Options{}, []*account.Snapshot{company(), company()}, "account 111122223333 is given twice"},
		"no account id":       {sandbox.Options{}, []*account.Snapshot{{Account: "1"}}, "want twelve digits"},
		"names alike":         {sandbox.Options{}, []*account.Snapshot{twice}, `user "ada" stands twice`},
	} {
		s, err := sandbox.New(test.options, test.accounts...)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	exposed := server(t, sandbox.Options{Addr: "0.0.0.0:0", Exposed: true}, company())
	if exposed.URL() == "" {
		t.Error("no URL")
	}
}

// TestServer_gaps: what a capture could not read, its sandbox does not give either.
func TestServer_gaps(t *testing.T) {
	t.Parallel()
	fixture := company()
	fixture.Report = nil
	fixture.Gaps = []account.Gap{
		{Call: "iam:GetCredentialReport", Error: "AccessDenied", Part: account.PartCredentials},
		{Call: "summary.json", Error: "no file holds it", Part: account.PartSummary},
		{Call: "iam:ListServerCertificates", Error: "x", Part: account.PartServerCerts, Subject: "one"},
	}
	s := server(t, sandbox.Options{}, fixture)
	client, _ := clients(s, home)
	ctx := t.Context()
	for name, test := range map[string]struct{ got, want string }{
		"a call":     {code(do(client.GetCredentialReport, &iam.GetCredentialReportInput{})(ctx)), "AccessDenied 403"},
		"a file":     {code(do(client.GetAccountSummary, &iam.GetAccountSummaryInput{})(ctx)), "AccessDenied 403"},
		"one entity": {code(do(client.ListServerCertificates, &iam.ListServerCertificatesInput{})(ctx)), ""},
		"the rest":   {code(do(client.ListUsers, &iam.ListUsersInput{})(ctx)), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", name, test.got, test.want)
		}
	}
}

// TestServer_concurrent writes and reads from many goroutines; with -race it also judges the locks.
func TestServer_concurrent(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	client, _ := clients(s, home)
	before := encode(t, s.Snapshot(home))
	var done sync.WaitGroup
	for _, user := range []string{"Ada", "bob", "=1+1", "new-hire"} {
		done.Go(func() {
			for range 20 {
				for _, err := range []error{
					do(client.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: new(adminARN)})(t.Context()),
					do(client.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{})(t.Context()),
					do(client.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: &user, PolicyArn: new(adminARN)})(t.Context()),
				} {
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	done.Wait()
	if after := encode(t, s.Snapshot(home)); after != before {
		t.Errorf("got\n%s\nwant\n%s", after, before)
	}
}
