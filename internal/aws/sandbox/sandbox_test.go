package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

const (
	home  account.ID = "111122223333"
	other account.ID = "444455556666"
)

// noon is when the tests' fixtures were taken, and where their clocks stand.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// server starts a sandbox that the test's end closes. Accounts without a clock stand at noon.
func server(tb testing.TB, o sandbox.Options, accounts ...*account.Snapshot) *sandbox.Server {
	tb.Helper()
	if o.Clock == nil {
		o.Clock = atNoon
	}
	s, err := sandbox.New(o, accounts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// plainBody gives the transport a body that the SDK cannot close under its hands: see the test-bed notes in
// breath. It also keeps the tests from anything but loopback.
type plainBody struct{ inner http.RoundTripper }

func (p plainBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Host, "127.0.0.1:") {
		panic("the test would talk to " + r.URL.Host)
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return p.inner.RoundTrip(r)
}

func config(url, key, secret, token string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &url, RetryMaxAttempts: 1,
		HTTPClient:  &http.Client{Transport: plainBody{http.DefaultTransport}},
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token),
	}
}

// clients are the operator's clients of one account.
func clients(s *sandbox.Server, id account.ID) (*iam.Client, *sts.Client) {
	key, secret := s.Key(id)
	c := config(s.URL(), key, secret, "")
	return iam.NewFromConfig(c), sts.NewFromConfig(c)
}

// documents of the tests.
const (
	readS3    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","ec2:DescribeInstances"],"Resource":"*"}]}`
	denyAll   = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}\n}"
	trustEC2  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	trustRoot = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"sts:AssumeRole"}]}`

	adminARN = "arn:aws:iam::aws:policy/AdministratorAccess"
	auditARN = "arn:aws:iam::111122223333:policy/team/audit"
	limitARN = "arn:aws:iam::111122223333:policy/limit"
	adaMFA   = "arn:aws:iam::111122223333:mfa/ada"
)

func day(n int) time.Time { return noon.AddDate(0, 0, -n) }

// company is an account with something of everything.
func company() *account.Snapshot {
	return &account.Snapshot{
		Account: home, TakenAt: noon, Source: "test", Aliases: []string{"our-company"},
		Users: []account.User{
			{
				Name: "Ada", Path: "/eng/", Created: day(900), Groups: []string{"admins", "readers"}, Attached: []string{auditARN},
				Inline: []account.InlinePolicy{{Name: "own", Document: readS3}}, Boundary: limitARN, Tags: []account.Tag{{Key: "team", Value: "<script>alert(1)</script>"}},
			},
			{Name: "bob", Created: day(800), Groups: []string{"readers"}},
			{Name: "=1+1", Created: day(700)},
			{Name: "new-hire", Created: day(1)},
		},
		Groups: []account.Group{
			{Name: "admins", Created: day(1000), Attached: []string{adminARN}},
			{Name: "readers", Created: day(1000), Inline: []account.InlinePolicy{{Name: "read", Document: denyAll}}},
			{Name: "empty", Created: day(1000)},
		},
		Roles: []account.Role{
			{Name: "App", Path: "/svc/", Created: day(500), Trust: trustEC2, Attached: []string{auditARN}, LastUsed: day(3), LastUsedRegion: "eu-west-1", Description: "runs the app"},
			{Name: "visitor", Created: day(400), Trust: trustRoot, Boundary: limitARN, MaxSession: 7200, Inline: []account.InlinePolicy{{Name: "x", Document: readS3}}},
			{Name: "AWSServiceRoleForSupport", Path: "/aws-service-role/support.amazonaws.com/", Created: day(1000), Trust: trustEC2},
		},
		Policies: []account.Policy{
			{Name: "audit", Path: "/team/", Created: day(600), Updated: day(100), Version: "v3", Document: readS3, Versions: []account.Version{
				{ID: "v1", Created: day(600), Document: denyAll}, {ID: "v3", Created: day(100), Document: readS3},
			}},
			{Name: "limit", Created: day(600), Updated: day(600), Version: "v1", Document: readS3},
			{Name: "spare", Created: day(600), Updated: day(600), Version: "v1", Document: readS3},
		},
		InstanceProfiles: []account.InstanceProfile{{Name: "App", Created: day(500), Roles: []string{"App"}}},
		PasswordPolicy:   &account.PasswordPolicy{MinLength: 14, Symbols: true, MaxAge: 90, Reuse: 24},
		VirtualMFADevices: []account.VirtualMFA{
			{Serial: adaMFA, User: "arn:aws:iam::111122223333:user/eng/Ada", Enabled: day(300)},
			{Serial: "arn:aws:iam::111122223333:mfa/spare"},
		},
		ServerCerts:   []account.ServerCert{{Name: "www", Uploaded: day(400), Expiration: day(-20)}},
		SAMLProviders: []account.SAMLProvider{{ARN: "arn:aws:iam::111122223333:saml-provider/corp", Created: day(400), ValidUntil: day(-4000)}},
		OIDCProviders: []account.OIDCProvider{{ARN: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", URL: "token.actions.githubusercontent.com", ClientIDs: []string{"sts.amazonaws.com"}}},
		Report: &account.CredentialReport{Generated: noon.Add(-time.Hour), Rows: []account.Credential{
			{User: account.RootUser, Created: day(1500), PasswordUsed: day(40), MFA: true},
			{
				User: "Ada", Created: day(900), PasswordEnabled: new(true), PasswordUsed: day(2), PasswordChanged: day(60), PasswordNext: day(-30), MFA: true,
				Keys: [2]account.KeyRow{{Active: true, Rotated: day(200), Used: day(1), UsedRegion: "us-east-1", UsedService: "s3"}, {Rotated: day(500)}},
			},
			{User: "bob", Created: day(800), PasswordEnabled: new(true), PasswordChanged: day(800), MFA: true, Certs: [2]account.Cert{{Active: true, Rotated: day(700)}}},
			{User: "=1+1", Created: day(700), PasswordEnabled: new(false)},
		}},
	}
}

// tenant is a second account, with a role that the first may assume.
func tenant() *account.Snapshot {
	return &account.Snapshot{Account: other, TakenAt: noon, Roles: []account.Role{{Name: "audit", Path: "/x/", Trust: trustEC2}}}
}

// code is the API's code and HTTP status of an error, such as "NoSuchEntity 404"; "" without one.
func code(err error) string {
	if err == nil {
		return ""
	}
	api, isAPI := errors.AsType[smithy.APIError](err)
	response, answered := errors.AsType[*awshttp.ResponseError](err)
	if !isAPI || !answered {
		return err.Error()
	}
	return fmt.Sprintf("%s %d", api.ErrorCode(), response.HTTPStatusCode())
}

// encode is a snapshot as text, for comparing and for showing.
func encode(tb interface{ Fatal(...any) }, s *account.Snapshot) string {
	var b strings.Builder
	if err := s.Encode(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// ignoreSDK leaves out what of the SDK's shapes is not data.
var ignoreSDK = []cmp.Option{cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && (strings.HasPrefix(f.Name(), "noSmithy") || f.Name() == "ResultMetadata")
}, cmp.Ignore()), cmpopts.EquateEmpty()}
