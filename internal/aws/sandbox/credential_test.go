package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

func TestServer_accounts(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company(), tenant())
	for id, want := range map[account.ID]int{home: 4, other: 0} {
		client, tokens := clients(s, id)
		who, err := tokens.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		if *who.Account != string(id) || !strings.HasPrefix(*who.Arn, "arn:aws:sts::"+string(id)+":assumed-role/") {
			t.Errorf("got %s %s", *who.Account, *who.Arn)
		}
		users, err := client.ListUsers(t.Context(), &iam.ListUsersInput{})
		if err != nil {
			t.Fatal(err)
		}
		if len(users.Users) != want {
			t.Errorf("%s: got %d users, want %d", id, len(users.Users), want)
		}
	}
}

func TestServer_unknownKeys(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	key, secret := s.Key(home)
	ctx := t.Context()
	list := func(key, token string) string {
		c := config(s.URL(), key, secret, token)
		_, err := iam.NewFromConfig(c).ListUsers(ctx, &iam.ListUsersInput{})
		return code(err)
	}
	if got := list("AKIANOSUCHKEY0000000", ""); got != "InvalidClientTokenId 403" {
		t.Errorf("unknown key: got %q", got)
	}
	if got := list(key, ""); got != "" {
		t.Errorf("operator's key: got %q", got)
	}
	if n := s.Stats().Refused; n != 1 {
		t.Errorf("got %d refused, want 1", n)
	}
	if keyID, _ := s.Key("999999999999"); keyID != "" || s.Env("999999999999") != nil || s.Snapshot("999999999999") != nil {
		t.Error("an account that is not here has a key, an environment or a snapshot")
	}
}

// TestServer_userKeys uses a user's own key: it is the user, its use shows, and it dies with its status.
func TestServer_userKeys(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	operator, _ := clients(s, home)
	ctx := t.Context()
	made, err := operator.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: new("bob")})
	if err != nil {
		t.Fatal(err)
	}
	c := config(s.URL(), *made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	bob, tokens := iam.NewFromConfig(c), sts.NewFromConfig(c)
	me, err := bob.GetUser(ctx, &iam.GetUserInput{})
	if err != nil || *me.User.UserName != "bob" {
		t.Fatalf("got %v %v, want bob", me, err)
	}
	who, err := tokens.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != "arn:aws:iam::111122223333:user/bob" || *who.UserId != *me.User.UserId {
		t.Errorf("got %v %v", who, err)
	}
	used, err := operator.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: made.AccessKey.AccessKeyId})
	if err != nil || !used.AccessKeyLastUsed.LastUsedDate.Equal(noon) {
		t.Errorf("got %v %v, want a use at noon", used, err)
	}
	temporary, err := tokens.GetSessionToken(ctx, &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	session := iam.NewFromConfig(config(s.URL(), *temporary.Credentials.AccessKeyId, *temporary.Credentials.SecretAccessKey, *temporary.Credentials.SessionToken))
	if me, err = session.GetUser(ctx, &iam.GetUserInput{}); err != nil || *me.User.UserName != "bob" {
		t.Errorf("session: got %v %v, want bob", me, err)
	}
	if _, err := bob.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{AccessKeyId: made.AccessKey.AccessKeyId, Status: types.StatusTypeInactive}); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.GetUser(ctx, &iam.GetUserInput{}); code(err) != "InvalidClientTokenId 403" {
		t.Errorf("inactive key: got %q", code(err))
	}
}

func TestServer_assumeRole(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	clock.Store(noon.Unix())
	s := server(t, sandbox.Options{Settings: sandbox.Settings{Clock: func() time.Time { return time.Unix(clock.Load(), 0) }}}, company(), tenant())
	_, tokens := clients(s, home)
	ctx := t.Context()
	provider := stscreds.NewAssumeRoleProvider(tokens, "arn:aws:iam::444455556666:role/x/audit", func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "probe" })
	credentials, err := provider.Retrieve(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c := config(s.URL(), credentials.AccessKeyID, credentials.SecretAccessKey, credentials.SessionToken)
	who, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != "arn:aws:sts::444455556666:assumed-role/audit/probe" {
		t.Errorf("got %v %v", who, err)
	}
	bare := iam.NewFromConfig(config(s.URL(), credentials.AccessKeyID, credentials.SecretAccessKey, ""))
	if _, err := bare.ListUsers(ctx, &iam.ListUsersInput{}); code(err) != "InvalidClientTokenId 403" {
		t.Errorf("without its token: got %q", code(err))
	}
	clock.Add(3601)
	if _, err := iam.NewFromConfig(c).ListUsers(ctx, &iam.ListUsersInput{}); code(err) != "ExpiredToken 403" {
		t.Errorf("after an hour: got %q", code(err))
	}
	assume := func(role string, seconds int32) string {
		_, err := tokens.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: new("probe"), DurationSeconds: &seconds})
		return code(err)
	}
	for _, test := range []struct {
		role    string
		seconds int32
		want    string
	}{
		{"arn:aws:iam::444455556666:role/audit", 900, "AccessDenied 403"}, // without its path
		{"arn:aws:iam::999988887777:role/audit", 900, "AccessDenied 403"},
		{"arn:aws:iam::444455556666:role/x/audit", 3601, "ValidationError 400"},
		{"arn:aws:iam::444455556666:role/x/audit", 899, "ValidationError 400"},
		{"arn:aws:iam::111122223333:role/visitor", 7200, ""},
	} {
		if got := assume(test.role, test.seconds); got != test.want {
			t.Errorf("%s for %d: got %q, want %q", test.role, test.seconds, got, test.want)
		}
	}
}

// TestServer_signatures sends requests that no SDK would.
func TestServer_signatures(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	key, _ := s.Key(home)
	const form = "Action=ListUsers&Version=2010-05-08"
	signed := "AWS4-HMAC-SHA256 Credential=" + key + "/20260601/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
	for _, test := range []struct{ name, form, header, want string }{
		{"good", form, signed, "<ListUsersResult>"},
		{"unsigned", form, "", "<Code>MissingAuthenticationToken</Code>"},
		{"another scheme", form, "Basic eDp5", "<Code>IncompleteSignature</Code>"},
		{"without a signature", form, strings.TrimSuffix(signed, ", Signature=0"), "<Code>IncompleteSignature</Code>"},
		{"short scope", form, strings.Replace(signed, "/us-east-1", "", 1), "<Code>IncompleteSignature</Code>"},
		{"another service", form, strings.Replace(signed, "/iam/", "/s3/", 1), "<Code>SignatureDoesNotMatch</Code>"},
		{"no action", "Version=2010-05-08", signed, "<Code>MissingAction</Code>"},
		{"no version", "Action=ListUsers", signed, "<Code>InvalidAction</Code>"},
		{"no operation", "Action=DropTables&Version=2010-05-08", signed, "operation iam:DropTables is not in the sandbox"},
		{"hostile operation", "Action=%3Cscript%3E&Version=2010-05-08", signed, "operation iam:&lt;script&gt; is not"},
		{"no number", form + "&MaxItems=many", signed, "<Code>ValidationError</Code>"},
		{"no form", "%zz", signed, "<Code>MalformedQueryString</Code>"},
		{"5 MB", form + "&X=" + strings.Repeat("x", 5<<20), signed, "<Code>RequestEntityTooLarge</Code>"},
		{"9,000 values", form + strings.Repeat("&Filter.member.999999999=x", 9_000), signed, "<ListUsersResult>"},
	} {
		if got := post(t.Context(), t, s.URL(), test.form, test.header); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %.300s, want %s", test.name, got, test.want)
		}
	}
}

func post(ctx context.Context, tb testing.TB, url, form, authorization string) string {
	tb.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(form))
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Authorization", authorization)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return string(body)
}
