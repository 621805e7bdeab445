package read

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// partsOf is what is missing where a call is denied.
var partsOf = map[string][]account.Part{
	"iam:GetAccountAuthorizationDetails": {account.PartGroups, account.PartPolicies, account.PartRoles, account.PartUsers},
	"iam:GenerateCredentialReport":       {account.PartCredentials},
	"iam:GetCredentialReport":            {account.PartCredentials},
	"iam:GetAccountSummary":              {account.PartSummary},
	"iam:GetAccountPasswordPolicy":       {account.PartPasswordPolicy},
	"iam:ListAccountAliases":             {account.PartAliases},
	"iam:ListInstanceProfiles":           {account.PartInstanceProfiles},
	"iam:ListOpenIDConnectProviders":     {account.PartOIDC},
	"iam:ListPolicies":                   {account.PartManagedDocuments},
	"iam:ListRoles":                      {account.PartMaxSession},
	"iam:ListSAMLProviders":              {account.PartSAML},
	"iam:ListServerCertificates":         {account.PartServerCerts},
	"iam:ListVirtualMFADevices":          {account.PartVirtualMFA},
}

// without is the snapshot as it is read when the parts are missing.
func without(s *account.Snapshot, parts []account.Part) {
	for _, part := range parts {
		switch part {
		case account.PartUsers:
			s.Users = nil
		case account.PartGroups:
			s.Groups = nil
		case account.PartRoles:
			s.Roles = nil
		case account.PartPolicies:
			s.Policies = nil
		case account.PartCredentials:
			s.Report = nil
		case account.PartSummary:
			s.Summary = nil
		case account.PartPasswordPolicy:
			s.PasswordPolicy = nil
		case account.PartAliases:
			s.Aliases = nil
		case account.PartInstanceProfiles:
			s.InstanceProfiles = nil
		case account.PartOIDC:
			s.OIDCProviders = nil
		case account.PartSAML:
			s.SAMLProviders = nil
		case account.PartServerCerts:
			s.ServerCerts = nil
		case account.PartVirtualMFA:
			s.VirtualMFADevices = nil
		case account.PartMaxSession:
			for i := range s.Roles {
				s.Roles[i].MaxSession, s.Roles[i].Description = 0, ""
			}
		case account.PartManagedDocuments:
			// The known documents stand in, without what only the listing tells.
			for i := range s.Policies {
				if p := &s.Policies[i]; isAWSManaged(p.ARN) {
					p.ID, p.Created, p.Updated = "", time.Time{}, time.Time{}
				}
			}
		}
	}
}

// TestAccount_denied denies each call in turn. All the others are read all the same, and the gap says what to grant.
func TestAccount_denied(t *testing.T) {
	t.Parallel()
	denials := 0
	for _, action := range actions {
		parts, planned := partsOf[action]
		if !planned {
			continue // GetPolicyVersion and the confirmations have their own tests
		}
		denials++
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			want := accounttest.Quota(2, accounttest.SmallSize)
			_, operation, _ := strings.Cut(action, ":")
			fault := sandbox.Fault{Code: "AccessDenied", Status: 403, Message: "User: x is not authorized to perform: " + action}
			c, _ := open(t, sandbox.Settings{Inject: map[string]sandbox.Fault{operation: fault}}, want)
			o := at(want)
			got, err := Account(t.Context(), c, o)
			if err != nil {
				t.Fatal(err)
			}
			if action == "iam:GenerateCredentialReport" {
				// the sandbox's report is there, as AWS's is for four hours
				parts = nil
			}
			var gaps []account.Gap
			for _, part := range parts {
				gaps = append(gaps, account.Gap{Account: want.Account, Call: action, Error: "AccessDenied: " + fault.Message, Permission: action, Part: part})
			}
			if diff := cmp.Diff(gaps, got.Gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
			got.Gaps = nil
			without(want, parts)
			compare(t, want, got)
		})
	}
	if denials != len(partsOf) {
		t.Errorf("denied %d calls of %d", denials, len(partsOf))
	}
}

// TestAccount_allDenied has an identity and nothing else.
func TestAccount_allDenied(t *testing.T) {
	t.Parallel()
	server := conntest.Serve(t, func(r conntest.Request) conntest.Answer {
		if r.Action == "GetCallerIdentity" {
			return conntest.Identity(r, "123456789012", "arn:aws-cn:iam::123456789012:user/x")
		}
		return conntest.Fail(http.StatusForbidden, "AccessDenied", "no")
	})
	got, err := Account(t.Context(), connect(t, server, 1), Options{MaxSession: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if got.Account != "123456789012" || got.Partition != "aws-cn" || got.Source != "aws" {
		t.Errorf("got account %s in %s from %s", got.Account, got.Partition, got.Source)
	}
	for _, part := range account.Parts() {
		if got.Gap(part) == nil {
			t.Errorf("no gap for %s", part)
		}
	}
	for _, gap := range got.Gaps {
		if gap.Permission != gap.Call || gap.Error != "AccessDenied: no" {
			t.Errorf("gap %+v", gap)
		}
	}
}

// connect connects to a scripted server.
func connect(tb testing.TB, server *conntest.Server, attempts int) *conn.Client {
	tb.Helper()
	c, err := conn.Open(tb.Context(), conn.Settings{
		Rate: -1, Attempts: attempts, Local: &conn.Local{Endpoint: server.URL, KeyID: "AKIATEST", Secret: "test-secret"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestAccount_cannot covers what ends a read: nobody is read half.
func TestAccount_cannot(t *testing.T) {
	t.Parallel()
	identity := func(r conntest.Request) conntest.Answer {
		return conntest.Identity(r, "123456789012", "arn:aws:iam::123456789012:user/x")
	}
	broken := func(conntest.Request) conntest.Answer { panic(http.ErrAbortHandler) }
	expired := func(conntest.Request) conntest.Answer { return conntest.Fail(403, "ExpiredToken", "it is over") }
	tests := []struct {
		name       string
		first      func(conntest.Request) conntest.Answer
		afterwards func(conntest.Request) conntest.Answer
		want       string
	}{
		{"credentials refused", expired, expired, "conn: AWS does not accept the credentials: ExpiredToken: it is over; "},
		{"credentials expire on the way", identity, expired, "conn: AWS does not accept the credentials: ExpiredToken: it is over; "},
		{"no network", broken, broken, "conn: no answer from 127.0.0.1:"},
		{"the network goes away", identity, broken, "conn: no answer from 127.0.0.1:"},
		{
			"not AWS", func(r conntest.Request) conntest.Answer { return conntest.Identity(r, "me", "you") }, broken,
			`read: the endpoint does not say whose credentials these are: account "me", caller "you"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := conntest.Serve(t, func(r conntest.Request) conntest.Answer {
				if r.Action == "GetCallerIdentity" {
					return test.first(r)
				}
				return test.afterwards(r)
			})
			got, err := Account(t.Context(), connect(t, server, 1), Options{Now: time.Now})
			if err == nil || got != nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, error %v, want %q", got, err, test.want)
			}
		})
	}
}

// TestAccount_strangeAnswers has servers that are not AWS, or not well: gaps with clear words.
func TestAccount_strangeAnswers(t *testing.T) {
	t.Parallel()
	endless := func(marker string) func(conntest.Request) conntest.Answer {
		return func(r conntest.Request) conntest.Answer {
			return conntest.OK(r, "<IsTruncated>true</IsTruncated>"+marker+"<ServerCertificateMetadataList/>")
		}
	}
	tests := []struct {
		name   string
		answer func(conntest.Request) conntest.Answer
		want   string
	}{
		{
			"operation missing in moto",
			func(conntest.Request) conntest.Answer {
				return conntest.Answer{Status: 500, Type: "text/html", Body: "<title>Internal Server Error</title>"}
			},
			"the endpoint does not know this operation: it answered with a web page in place of XML",
		},
		{
			"answer cut off", func(conntest.Request) conntest.Answer {
				return conntest.Answer{Body: "<ListServerCertificatesResponse><ListServerCertificatesResult><Serv"}
			},
			"the answer (HTTP 200) cannot be read: failed to decode response body, XML syntax error on line 1: unexpected EOF",
		},
		{"pages without an end", endless("<Marker>same</Marker>"), errPaging.Error()},
		{"truncated without a marker", endless(""), errPaging.Error()},
		{
			"throttled to the end", func(conntest.Request) conntest.Answer { return conntest.Fail(400, "Throttling", "Rate exceeded") },
			"Throttling: Rate exceeded (after 2 attempts)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := conntest.Serve(t, func(r conntest.Request) conntest.Answer {
				switch r.Action {
				case "GetCallerIdentity":
					return conntest.Identity(r, "123456789012", "arn:aws:iam::123456789012:user/x")
				case "ListServerCertificates":
					return test.answer(r)
				}
				return conntest.Fail(403, "AccessDenied", "no")
			})
			got, err := Account(t.Context(), connect(t, server, 2), Options{Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			want := &account.Gap{Account: "123456789012", Call: "iam:ListServerCertificates", Error: test.want, Part: account.PartServerCerts}
			if diff := cmp.Diff(want, got.Gap(account.PartServerCerts)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAccount_adversity reads all there is although one answer in ten is an error and the pace is slow.
func TestAccount_adversity(t *testing.T) {
	t.Parallel()
	want := accounttest.Quota(3, accounttest.SmallSize)
	c, server := open(t, sandbox.Settings{Rate: 8, PageSize: 20, Inject: map[string]sandbox.Fault{"*": {Every: 10}}}, want)
	got, err := Account(t.Context(), c, at(want))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, want, got)
	if stats := server.Stats(); stats.Injected == 0 || stats.Throttled == 0 {
		t.Errorf("nothing went wrong: %+v", stats)
	}
}

// TestAccount_interrupted ends the context in the middle of the read.
func TestAccount_interrupted(t *testing.T) {
	t.Parallel()
	s := accounttest.Quota(4, accounttest.SmallSize)
	c, server := open(t, sandbox.Settings{Latency: 30 * time.Millisecond, PageSize: 1}, s)
	ctx, stop := context.WithCancel(t.Context())
	o := at(s)
	o.Progress = func(Step) { stop() }
	got, err := Account(ctx, c, o)
	if !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	calls := 0
	for _, n := range server.Stats().Calls {
		calls += n
	}
	if calls == 0 || calls >= len(s.Users) { // a call for each user would be the least of a whole read
		t.Errorf("%d calls of an account with %d users", calls, len(s.Users))
	}
}

func TestAccount_progress(t *testing.T) {
	t.Parallel()
	s := accounttest.Quota(5, accounttest.SmallSize)
	c, _ := open(t, sandbox.Settings{PageSize: 10}, s)
	var steps []Step
	o := at(s)
	o.Progress = func(step Step) { steps = append(steps, step) }
	if _, err := Account(t.Context(), c, o); err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for i, step := range steps {
		told[step.Call]++
		if step.Done != i+1 || i > 0 && step.Items < steps[i-1].Items {
			t.Errorf("step %d is %+v", i, step)
		}
	}
	if diff := cmp.Diff(c.Calls(), told); diff != "" {
		t.Errorf("calls (-counted +told):\n%s", diff)
	}
	customer := slices.DeleteFunc(slices.Clone(s.Policies), func(p account.Policy) bool { return isAWSManaged(p.ARN) })
	want := len(s.Users) + len(s.Groups) + len(s.Roles) + len(customer) + len(s.InstanceProfiles) +
		len(s.VirtualMFADevices) + len(s.ServerCerts) + len(s.SAMLProviders) + len(s.OIDCProviders)
	if got := steps[len(steps)-1].Items; got != want {
		t.Errorf("told of %d items, want %d (%v)", got, want, slices.Sorted(maps.Keys(told)))
	}
}
