package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

const (
	home  account.ID = "111122223333"
	other account.ID = "444455556666"
)

// noon is when the tests' fixtures were taken, and where their clocks stand.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// server starts a sandbox that the test's end closes. Accounts without a clock stand at noon.
func server(tb testing.TB, o sandbox.Options, accounts ...*account.Snapshot) *sandbox.Server {
	tb.Helper()
	if o.Clock == nil {
		o.Clock = func() time.Time { return noon }
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

func TestServer_smoke(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, &account.Snapshot{Account: home, TakenAt: noon, Users: []account.User{{Name: "ada"}, {Name: "=1+1"}}})
	client, _ := clients(s, home)
	users, err := client.ListUsers(t.Context(), &iam.ListUsersInput{})
	if err != nil {
		t.Fatal(err)
	}
	if len(users.Users) != 2 || *users.Users[0].UserName != "=1+1" {
		t.Errorf("got %+v", users.Users)
	}
}
