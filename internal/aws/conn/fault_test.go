package conn

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
)

func TestDiagnose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		answer   conntest.Answer
		attempts int
		want     Fault
	}{
		{
			"denied", conntest.Fail(403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: iam:ListUsers"), 3,
			Fault{Denied, "AccessDenied", "AccessDenied: User: arn:aws:iam::1:user/x is not authorized to perform: iam:ListUsers"},
		},
		{"denied without a code", conntest.Answer{Status: 403, Body: "<Response><Errors/></Response>"}, 3, Fault{Denied, "", "HTTP 403 without an error code"}},
		{"refused without a code", conntest.Answer{Status: 400, Body: "<Response><Errors/></Response>"}, 3, Fault{Other, "", "HTTP 400 without an error code"}},
		{"expired", conntest.Fail(403, "ExpiredToken", "The security token is expired"), 3, Fault{Credentials, "ExpiredToken", "ExpiredToken: The security token is expired"}},
		{"throttled to the end", conntest.Fail(400, "Throttling", "Rate exceeded"), 2, Fault{Throttled, "Throttling", "Throttling: Rate exceeded (after 2 attempts)"}},
		{"broken server", conntest.Fail(500, "ServiceFailure", "try again"), 2, Fault{Other, "ServiceFailure", "ServiceFailure: try again (after 2 attempts)"}},
		{
			"unknown operation",
			conntest.Answer{Status: 500, Type: "text/html; charset=utf-8", Body: "<!doctype html><title>500</title>"},
			9,
			Fault{Unsupported, "", "the endpoint does not know this operation: it answered with a web page in place of XML"},
		},
		{
			"cut off",
			conntest.Answer{Body: "<ListUsersResponse><ListUsersResult><Users><member><UserName>a"},
			3,
			Fault{Other, "", "the answer (HTTP 200) cannot be read: failed to decode response body, XML syntax error on line 1: unexpected EOF"},
		},
		{"hostile text", conntest.Fail(400, "Odd", "a\u202eb\n\tc\u0085d"), 1, Fault{Other, "Odd", "Odd: a b c d"}},
		{"error cut off", conntest.Answer{Status: 400, Body: "<ErrorResponse><Err"}, 1, Fault{Other, "", "the answer (HTTP 400) cannot be read: error while deserializing xml error response: XML syntax error on line 1: unexpected EOF"}},
		{"endless text", conntest.Fail(400, "Odd", strings.Repeat("é", 9_000)), 1, Fault{Other, "Odd", "Odd: " + strings.Repeat("é", maxText-5) + "…"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := local(t, Settings{Attempts: test.attempts}, func(conntest.Request) conntest.Answer { return test.answer })
			_, err := c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{})
			if diff := cmp.Diff(test.want, Diagnose(err)); diff != "" {
				t.Errorf("fault of %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestDiagnose_noAnswer shows that a closed port is not tried for a minute.
func TestDiagnose_noAnswer(t *testing.T) {
	t.Parallel()
	c, err := Open(t.Context(), Settings{Local: &Local{Endpoint: "http://" + closedPort(t), KeyID: "k", Secret: "s"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{})
	fault := Diagnose(err)
	if fault.Kind != Network || !strings.HasPrefix(fault.Text, "no answer from 127.0.0.1:") || !strings.Contains(fault.Text, "refused") {
		t.Errorf("got %+v", fault)
	}
	if count := c.Counts()["iam:ListUsers"]; count.Attempts != 1 {
		t.Errorf("made %d attempts", count.Attempts)
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// TestDiagnose_canceled ends the context while a call waits for its token, for its retry, and for its answer.
func TestDiagnose_canceled(t *testing.T) {
	t.Parallel()
	answers := map[string]func(stop context.CancelFunc) func(conntest.Request) conntest.Answer{
		"retry": func(stop context.CancelFunc) func(conntest.Request) conntest.Answer {
			return func(conntest.Request) conntest.Answer {
				time.AfterFunc(20*time.Millisecond, stop)
				return conntest.Fail(500, "ServiceFailure", "x")
			}
		},
		"answer": func(stop context.CancelFunc) func(conntest.Request) conntest.Answer {
			return func(r conntest.Request) conntest.Answer {
				stop()
				time.Sleep(50 * time.Millisecond)
				return answer(r)
			}
		},
	}
	for name, begin := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			c, _ := local(t, Settings{}, begin(stop))
			_, err := c.IAM.ListUsers(ctx, &iam.ListUsersInput{})
			if Diagnose(err).Kind != Canceled || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("token", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		c, _ := local(t, Settings{Rate: 0.001}, answer)
		if _, err := c.IAM.ListUsers(ctx, &iam.ListUsersInput{}); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(20*time.Millisecond, stop)
		_, err := c.IAM.ListUsers(ctx, &iam.ListUsersInput{})
		if Diagnose(err).Kind != Canceled || !errors.Is(c.Explain(err), context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// TestOpen_errors shows what a person reads who cannot connect. No message may hold a secret.
func TestOpen_errors(t *testing.T) {
	refuse := func(code, message string) func(conntest.Request) conntest.Answer {
		return func(conntest.Request) conntest.Answer { return conntest.Fail(403, code, message) }
	}
	role := "role_arn = " + testRole + "\nsource_profile = base\n"
	tests := []struct {
		name     string
		config   string
		env      map[string]string
		settings Settings
		answer   func(conntest.Request) conntest.Answer
		want     []string
	}{
		{name: "nothing", want: []string{
			`conn: no AWS credentials found: AWS_ACCESS_KEY_ID is not set, profile "default" holds none, the instance metadata service is switched off`, "--profile NAME",
		}},
		{name: "empty profile", config: "[profile empty]\nregion = eu-west-1\n", settings: Settings{Profile: "empty"}, want: []string{
			`conn: no AWS credentials found: profile "empty" holds none`,
		}},
		{name: "no such profile", settings: Settings{Profile: "prod"}, want: []string{`conn: there is no profile "prod"`, "aws configure list-profiles"}},
		{name: "no such profile in the environment", env: map[string]string{"AWS_PROFILE": "prod"}, want: []string{`there is no profile "prod"`}},
		{name: "broken file", config: "[profile p\nregion = x\n", settings: Settings{Profile: "p"}, want: []string{"profile"}},
		{
			name: "SSO, old form", config: "[profile sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = Audit\n",
			settings: Settings{Profile: "sso"}, want: []string{`conn: the session of profile "sso" has expired or was never started; run ` + "`aws sso login --profile sso`"},
		},
		{
			name: "SSO, session", config: "[profile sso]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Audit\n[sso-session s]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n",
			settings: Settings{Profile: "sso"}, want: []string{"`aws sso login --profile sso`"},
		},
		{
			name: "SSO below a role", config: "[profile p]\nrole_arn = " + testRole + "\nsource_profile = sso\n[profile sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = Audit\n",
			settings: Settings{Profile: "p"}, want: []string{`profile "sso" has expired`, "`aws sso login --profile sso`"},
		},
		{name: "MFA and nobody to ask", config: "[profile p]\n" + role + "mfa_serial = x\n", settings: Settings{Profile: "p"}, want: []string{"conn: an MFA code is needed"}},
		{name: "MFA of a hop and nobody to ask", env: map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "env-secret"}, settings: Settings{RoleARN: testRole, MFASerial: "x"}, want: []string{"conn: an MFA code is needed"}},
		{name: "not a role", settings: Settings{RoleARN: "auditor"}, want: []string{`conn: "auditor" is not the ARN of a role`}},
		{
			name: "not a region", env: map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "env-secret", "AWS_REGION": "eu west"},
			want: []string{`conn: "eu west" is not a region`},
		},
		{
			name: "role with wrong keys", config: "[profile p]\n" + role, settings: Settings{Profile: "p"},
			answer: refuse("SignatureDoesNotMatch", "no"), want: []string{`conn: AWS does not accept the credentials of profile "p": SignatureDoesNotMatch: no`},
		},
		{
			name: "role refused", env: map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "env-secret"}, settings: Settings{RoleARN: testRole},
			answer: refuse("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole"),
			want:   []string{`conn: the role "` + testRole + `" cannot be assumed: AccessDenied: User: x is not authorized`, "--external-id", "--mfa-serial"},
		},
		{
			name: "role of a profile refused", config: "[profile p]\n" + role, settings: Settings{Profile: "p"},
			answer: refuse("AccessDenied", "no"), want: []string{"conn: the role of the profile cannot be assumed: AccessDenied: no"},
		},
		{
			name: "no web identity", env: map[string]string{"AWS_ROLE_ARN": testRole, "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token"},
			want: []string{"conn: ", "/nonexistent/token"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HOME", t.TempDir())
			files(t, test.config, baseKeys)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			if test.answer != nil {
				t.Setenv("AWS_ENDPOINT_URL", conntest.Serve(t, test.answer).URL)
			}
			trap.Hosts()
			_, err := Open(t.Context(), test.settings)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("not fit to print: %q", err)
			}
			if hosts := trap.Hosts(); hosts != nil {
				t.Errorf("left the machine for %v", hosts)
			}
		})
	}
}

// TestClient_Explain is about calls that fail although the connection could be opened.
func TestClient_Explain(t *testing.T) {
	tests := []struct {
		name   string
		config string
		env    map[string]string
		answer conntest.Answer
		want   string
	}{
		{
			"expired session of the environment", "",
			map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "env-secret", "AWS_SESSION_TOKEN": "t"},
			conntest.Fail(403, "ExpiredToken", "The security token included in the request is expired"),
			"conn: AWS does not accept the credentials of the environment (AWS_ACCESS_KEY_ID): ExpiredToken: The security token included in the request is expired; get new ones, or choose others with --profile NAME",
		},
		{
			"wrong key of a profile", "",
			map[string]string{"AWS_PROFILE": "base"},
			conntest.Fail(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
			`conn: AWS does not accept the credentials of profile "base": InvalidClientTokenId: The security token included in the request is invalid.; get new ones, or choose others with --profile NAME`,
		},
		{
			"something else", "", map[string]string{"AWS_PROFILE": "base"}, conntest.Fail(400, "ValidationError", "no"), "conn: ValidationError: no",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files(t, test.config, baseKeys)
			t.Setenv("AWS_ENDPOINT_URL", conntest.Serve(t, func(conntest.Request) conntest.Answer { return test.answer }).URL)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			c, err := Open(t.Context(), Settings{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{})
			if got := c.Explain(err); got == nil || got.Error() != test.want || !errors.Is(got, err) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if err := new(Client).Explain(nil); err != nil {
		t.Errorf("no failure is explained as %v", err)
	}
}

// TestClient_Explain_network names the host and the region, the two things that are usually wrong.
func TestClient_Explain_network(t *testing.T) {
	environmentKeys(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://"+closedPort(t))
	c, err := Open(t.Context(), Settings{Region: "us-esat-1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{})
	got := c.Explain(err).Error()
	if !strings.HasPrefix(got, "conn: no answer from 127.0.0.1:") || !strings.HasSuffix(got, "check the network, the proxy and the region (us-esat-1)") {
		t.Errorf("got %q", got)
	}
}

// TestOpen_expiredSSOToken has a token in the cache that is over.
func TestOpen_expiredSSOToken(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	files(t, "[profile sso]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Audit\n[sso-session s]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n", "")
	cache := filepath.Join(home, ".aws", "sso", "cache")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	const sha1OfS = "a0f1490a20d0211c997b44bc357e1972deab8ae3"
	if err := os.WriteFile(filepath.Join(cache, sha1OfS+".json"), []byte(`{"accessToken":"top-secret","expiresAt":"2020-01-01T00:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), Settings{Profile: "sso"})
	if err == nil || !strings.Contains(err.Error(), "`aws sso login --profile sso`") || strings.Contains(err.Error(), "top-secret") {
		t.Errorf("got %v", err)
	}
}

// TestOneLine holds any text to what may be printed on one line.
func TestOneLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		got := oneLine(rapid.String().Draw(t, "text"))
		if n := utf8.RuneCountInString(got); n > maxText+1 || !utf8.ValidString(got) {
			t.Fatalf("%d runes: %q", n, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
	})
}
