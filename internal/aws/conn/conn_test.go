package conn

import (
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
)

// trap takes what would leave this machine. Tests that change the environment are not parallel.
var trap *conntest.Trap

func TestMain(m *testing.M) {
	trap = conntest.Offline()
	code := m.Run()
	trap.Close()
	os.Exit(code)
}

const (
	testAccount = "123456789012"
	testUser    = "arn:aws:iam::123456789012:user/test"
	testRole    = "arn:aws:iam::123456789012:role/auditor"
)

// aws answers the calls of these tests.
func answer(r conntest.Request) conntest.Answer {
	switch r.Action {
	case "GetCallerIdentity":
		return conntest.Identity(r, testAccount, testUser)
	case "AssumeRole":
		return conntest.Session(r, "ASIAROLE")
	case "AssumeRoleWithWebIdentity":
		return conntest.Session(r, "ASIAWEB")
	case "ListUsers":
		return conntest.OK(r, "<IsTruncated>false</IsTruncated><Users/>")
	default:
		return conntest.Fail(400, "InvalidAction", "unknown")
	}
}

// local connects to a server of the test without looking at the environment.
func local(t *testing.T, s Settings, handle func(conntest.Request) conntest.Answer) (*Client, *conntest.Server) {
	t.Helper()
	server := conntest.Serve(t, handle)
	s.Local = &Local{Endpoint: server.URL, KeyID: "AKIALOCAL", Secret: "local-secret"}
	c, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c, server
}

// files writes the shared config and credentials files.
func files(t *testing.T, config, credentials string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": credentials} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, path)
	}
}

func environmentKeys(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "env-secret")
}

const baseKeys = "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base-secret\n"

// TestOpen_endpoints shows where every call goes, the credential chain's own calls to STS included.
func TestOpen_endpoints(t *testing.T) {
	role := "role_arn = " + testRole + "\n"
	tests := []struct {
		name       string
		config     string
		env        map[string]string // A, S stand for the URLs of the two servers
		settings   Settings
		wantA      []string
		wantS      []string
		wantSigner string // of the last call
	}{
		{
			name:  "keys of the environment and AWS_ENDPOINT_URL",
			env:   map[string]string{"AWS_ENDPOINT_URL": "A", "AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "x"},
			wantA: []string{"GetCallerIdentity", "ListUsers"}, wantSigner: "AKIAENV",
		},
		{
			name:  "one endpoint for each service",
			env:   map[string]string{"AWS_ENDPOINT_URL_IAM": "A", "AWS_ENDPOINT_URL_STS": "S", "AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "x"},
			wantA: []string{"ListUsers"}, wantS: []string{"GetCallerIdentity"}, wantSigner: "AKIAENV",
		},
		{
			name:     "role of a profile and AWS_ENDPOINT_URL only",
			config:   "[profile p]\n" + role + "source_profile = base\n",
			env:      map[string]string{"AWS_ENDPOINT_URL": "A"},
			settings: Settings{Profile: "p"},
			wantA:    []string{"AssumeRole", "GetCallerIdentity", "ListUsers"}, wantSigner: "ASIAROLE",
		},
		{
			name:     "role of a profile, and the service's own variable wins",
			config:   "[profile p]\n" + role + "source_profile = base\n",
			env:      map[string]string{"AWS_ENDPOINT_URL": "A", "AWS_ENDPOINT_URL_STS": "S"},
			settings: Settings{Profile: "p"},
			wantA:    []string{"ListUsers"}, wantS: []string{"AssumeRole", "GetCallerIdentity"}, wantSigner: "ASIAROLE",
		},
		{
			name:     "role of a profile and the profile's endpoint_url",
			config:   "[profile p]\n" + role + "source_profile = base\nendpoint_url = A\n",
			settings: Settings{Profile: "p"},
			wantA:    []string{"AssumeRole", "GetCallerIdentity", "ListUsers"}, wantSigner: "ASIAROLE",
		},
		{
			name:     "role of a profile and the profile's services section",
			config:   "[profile p]\n" + role + "source_profile = base\nservices = mine\n[services mine]\niam =\n  endpoint_url = A\nsts =\n  endpoint_url = S\n",
			settings: Settings{Profile: "p"},
			wantA:    []string{"ListUsers"}, wantS: []string{"AssumeRole", "GetCallerIdentity"}, wantSigner: "ASIAROLE",
		},
		{
			name:     "role upon role",
			config:   "[profile p]\n" + role + "source_profile = q\n[profile q]\n" + role + "source_profile = base\n",
			env:      map[string]string{"AWS_ENDPOINT_URL": "A"},
			settings: Settings{Profile: "p"},
			wantA:    []string{"AssumeRole", "AssumeRole", "GetCallerIdentity", "ListUsers"}, wantSigner: "ASIAROLE",
		},
		{
			name:  "web identity of the environment",
			env:   map[string]string{"AWS_ENDPOINT_URL": "A", "AWS_ROLE_ARN": testRole, "AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN"},
			wantA: []string{"AssumeRoleWithWebIdentity", "GetCallerIdentity", "ListUsers"}, wantSigner: "ASIAWEB",
		},
		{
			name:     "web identity of a profile",
			config:   "[profile p]\n" + role + "web_identity_token_file = TOKEN\nendpoint_url = A\n",
			settings: Settings{Profile: "p"},
			wantA:    []string{"AssumeRoleWithWebIdentity", "GetCallerIdentity", "ListUsers"}, wantSigner: "ASIAWEB",
		},
		{
			name:     "our own hop",
			env:      map[string]string{"AWS_ENDPOINT_URL": "A", "AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "x"},
			settings: Settings{RoleARN: testRole},
			wantA:    []string{"AssumeRole", "GetCallerIdentity", "ListUsers"}, wantSigner: "ASIAROLE",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, s := conntest.Serve(t, answer), conntest.Serve(t, answer)
			token := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(token, []byte("a.b.c"), 0o600); err != nil {
				t.Fatal(err)
			}
			fill := strings.NewReplacer("= A\n", "= "+a.URL+"\n", "= S\n", "= "+s.URL+"\n", "= TOKEN\n", "= "+token+"\n")
			files(t, fill.Replace(test.config), baseKeys)
			for name, value := range test.env {
				t.Setenv(name, strings.TrimSuffix(strings.TrimPrefix(fill.Replace("= "+value+"\n"), "= "), "\n"))
			}
			trap.Hosts()
			test.settings.Attempts = 1
			c, err := Open(t.Context(), test.settings)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
				t.Error(err)
			}
			if _, err := c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.wantA, a.Actions()); diff != "" {
				t.Errorf("first server (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.wantS, s.Actions()); diff != "" {
				t.Errorf("second server (-want +got):\n%s", diff)
			}
			if got := a.Requests()[len(a.Requests())-1].KeyID; got != test.wantSigner {
				t.Errorf("signed by %s, want %s", got, test.wantSigner)
			}
			if hosts := trap.Hosts(); hosts != nil {
				t.Errorf("left the machine for %v", hosts)
			}
			calls := 0
			for _, n := range c.Calls() {
				calls += n
			}
			if want := len(test.wantA) + len(test.wantS); calls != want {
				t.Errorf("counted %d calls, want %d: %v", calls, want, c.Calls())
			}
		})
	}
}

// TestOpen_regions shows which of AWS's own hosts a connection is for, without reaching them.
func TestOpen_regions(t *testing.T) {
	environmentKeys(t)
	tests := []struct {
		name     string
		env      map[string]string
		settings Settings
		iam      string
		sts      string
		region   string
	}{
		{"nothing said", nil, Settings{}, "iam.amazonaws.com:443", "sts.us-east-1.amazonaws.com:443", "us-east-1"},
		{"AWS_REGION", map[string]string{"AWS_REGION": "eu-west-1"}, Settings{}, "iam.amazonaws.com:443", "sts.eu-west-1.amazonaws.com:443", "eu-west-1"},
		{"given", map[string]string{"AWS_REGION": "eu-west-1"}, Settings{Region: "us-west-2"}, "iam.amazonaws.com:443", "sts.us-west-2.amazonaws.com:443", "us-west-2"},
		{"China", nil, Settings{Region: "cn-northwest-1"}, "iam.cn-north-1.amazonaws.com.cn:443", "sts.cn-northwest-1.amazonaws.com.cn:443", "cn-northwest-1"},
		{"GovCloud", nil, Settings{Region: "us-gov-east-1"}, "iam.us-gov.amazonaws.com:443", "sts.us-gov-east-1.amazonaws.com:443", "us-gov-east-1"},
		{
			"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
			map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
			Settings{},
			"iam.amazonaws.com:443", "sts.us-east-1.amazonaws.com:443", "us-east-1",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			test.settings.Attempts = 1
			c, err := Open(t.Context(), test.settings)
			if err != nil {
				t.Fatal(err)
			}
			trap.Hosts()
			_, err = c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{})
			if Diagnose(err).Kind != Network {
				t.Errorf("got %v, want no network", err)
			}
			_, _ = c.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
			if diff := cmp.Diff([]string{test.iam, test.sts}, trap.Hosts()); diff != "" {
				t.Errorf("hosts (-want +got):\n%s", diff)
			}
			if c.Region() != test.region {
				t.Errorf("got region %s, want %s", c.Region(), test.region)
			}
		})
	}
}

// TestOpen_roleRegion shows that the partition of the role chooses the STS endpoint where no region is given.
func TestOpen_roleRegion(t *testing.T) {
	environmentKeys(t)
	for role, host := range map[string]string{
		"arn:aws-cn:iam::123456789012:role/r":     "sts.cn-north-1.amazonaws.com.cn:443",
		"arn:aws-us-gov:iam::123456789012:role/r": "sts.us-gov-west-1.amazonaws.com:443",
	} {
		trap.Hosts()
		if _, err := Open(t.Context(), Settings{RoleARN: role, Attempts: 1}); err == nil {
			t.Errorf("%s: no error without a network", role)
		}
		if hosts := trap.Hosts(); !slices.Equal(hosts, []string{host}) {
			t.Errorf("%s: went to %v, want %s", role, hosts, host)
		}
	}
}

func TestOpen_hop(t *testing.T) {
	t.Parallel()
	asked := 0
	_, server := local(t, Settings{
		RoleARN: testRole, ExternalID: "ours", MFASerial: "arn:aws:iam::123456789012:mfa/me",
		MFAToken: func() (string, error) { asked++; return " 123456\n", nil },
	}, answer)
	got := server.Requests()[0].Form
	want := map[string]string{
		"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": testRole, "RoleSessionName": "ambit", "ExternalId": "ours",
		"DurationSeconds": "3600", "SerialNumber": "arn:aws:iam::123456789012:mfa/me", "TokenCode": "123456",
	}
	for name, value := range want {
		if got.Get(name) != value {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), value)
		}
	}
	if len(got) != len(want) || asked != 1 {
		t.Errorf("sent %v and asked %d times for a code", got, asked)
	}
}

// TestOpen_profileRole shows that the flags complete a role that the profile names.
func TestOpen_profileRole(t *testing.T) {
	server := conntest.Serve(t, answer)
	files(t, "[profile p]\nrole_arn = "+testRole+"\nsource_profile = base\nmfa_serial = GAHT1\nendpoint_url = "+server.URL+"\n", baseKeys)
	_, err := Open(t.Context(), Settings{Profile: "p", ExternalID: "ours", MFAToken: func() (string, error) { return "654321", nil }})
	if err != nil {
		t.Fatal(err)
	}
	form := server.Requests()[0].Form
	if form.Get("ExternalId") != "ours" || form.Get("SerialNumber") != "GAHT1" || form.Get("TokenCode") != "654321" {
		t.Errorf("sent %v", form)
	}
}

// TestOpen_local shows that a local endpoint wins over all that the environment says.
func TestOpen_local(t *testing.T) {
	environmentKeys(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:1")
	t.Setenv("AWS_PROFILE", "absent")
	c, server := local(t, Settings{}, answer)
	if _, err := c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
		t.Fatal(err)
	}
	if key := server.Requests()[0].KeyID; key != "AKIALOCAL" {
		t.Errorf("signed by %s", key)
	}
}

func TestOpen_caBundle(t *testing.T) {
	server := httptest.NewTLSServer(conntest.NewHandler(answer))
	t.Cleanup(server.Close)
	environmentKeys(t)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	connect := func() error {
		c, err := Open(t.Context(), Settings{Attempts: 1})
		if err == nil {
			_, err = c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{})
		}
		return err
	}
	if err := connect(); Diagnose(err).Kind != Network {
		t.Errorf("without the bundle: got %v, want an unknown authority", err)
	}
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(bundle, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if err := connect(); err != nil {
		t.Errorf("with the bundle: %v", err)
	}
}

// TestTransport_loopback is the race of a fast server with the SDK's request body. Without the cure about
// a quarter of these calls fails.
func TestTransport_loopback(t *testing.T) {
	t.Parallel()
	long := "<IsTruncated>false</IsTruncated><Users>" + strings.Repeat("<member><UserName>somebody</UserName></member>", 3_000) + "</Users>"
	c, _ := local(t, Settings{Attempts: 1, Rate: -1}, func(r conntest.Request) conntest.Answer { return conntest.OK(r, long) })
	for i := range 100 {
		if _, err := c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
}

// TestGate_bucket: a bucket of 20 lets 30 calls through no sooner than in half a second. None is throttled, since the
// SDK's own limit would slow the others down and hide a bucket without a bottom.
func TestGate_bucket(t *testing.T) {
	t.Parallel()
	c, _ := local(t, Settings{Rate: 20}, answer)
	start := time.Now()
	for range 30 {
		if _, err := c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took < 450*time.Millisecond {
		t.Errorf("30 calls took %v", took)
	}
}

// TestGate_counts: a call that is repeated counts once, and each of its attempts.
func TestGate_counts(t *testing.T) {
	t.Parallel()
	var attempts atomic.Int32
	c, _ := local(t, Settings{}, func(r conntest.Request) conntest.Answer {
		if attempts.Add(1) == 1 {
			return conntest.Fail(400, "Throttling", "Rate exceeded")
		}
		return answer(r)
	})
	for range 2 {
		if _, err := c.IAM.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]Count{"iam:ListUsers": {Calls: 2, Attempts: 3, Throttled: 1}}
	if diff := cmp.Diff(want, c.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"iam:ListUsers": 2}, c.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestClient_Restrict(t *testing.T) {
	t.Parallel()
	c, server := local(t, Settings{}, answer)
	narrow := c.Restrict([]string{"iam:ListUsers"})
	if _, err := narrow.IAM.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
		t.Errorf("what is allowed: %v", err)
	}
	_, err := narrow.IAM.DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("x")})
	if refused, ok := errors.AsType[*ForbiddenError](err); !ok || refused.Operation != "iam:DeleteUser" {
		t.Errorf("got %v, want a refusal", err)
	}
	if _, err := narrow.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err == nil {
		t.Error("STS is not restricted")
	}
	if diff := cmp.Diff([]string{"ListUsers"}, server.Actions()); diff != "" {
		t.Errorf("what was sent (-want +got):\n%s", diff)
	}
	if _, err := c.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Errorf("the wide connection is restricted too: %v", err)
	}
	if diff := cmp.Diff(map[string]int{"iam:ListUsers": 1, "sts:GetCallerIdentity": 1}, c.Calls()); diff != "" {
		t.Errorf("the count of what was let through (-want +got):\n%s", diff)
	}
	if agent := server.Requests()[0].Agent; !strings.Contains(agent, " app/ambit") {
		t.Errorf("the user agent is %q", agent)
	}
}
