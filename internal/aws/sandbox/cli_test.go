package sandbox_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

// TestServer_awsCLI drives the sandbox with the AWS CLI, an independent client (botocore): it lists, creates,
// attaches, detaches, and reads what it wrote.
func TestServer_awsCLI(t *testing.T) {
	t.Parallel()
	cli, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("aws: skipped, there is no AWS CLI")
	}
	s := server(t, sandbox.Options{}, company(), tenant())
	document := filepath.Join(t.TempDir(), "document.json")
	if err := os.WriteFile(document, []byte(denyAll), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := append(os.Environ(), s.Env(home)...)
	ran := 0
	aws := func(command string) string {
		t.Helper()
		ran++
		cmd := exec.CommandContext(t.Context(), cli, append(strings.Fields(command), "--output", "text")...)
		var out, errors bytes.Buffer
		cmd.Env, cmd.Stdout, cmd.Stderr = environment, &out, &errors
		if err := cmd.Run(); err != nil {
			return strings.TrimSpace(errors.String())
		}
		return strings.Join(strings.Fields(out.String()), " ")
	}
	for _, step := range []struct{ command, want string }{
		{"sts get-caller-identity --query Account", "111122223333"},
		{"iam list-users --query Users[].UserName", "=1+1 Ada bob new-hire"},
		{"iam list-users --page-size 1 --max-items 3 --query Users[].UserName", "=1+1 Ada bob None"}, // the next token
		{"iam create-user --user-name eve --path /cli/ --query User.Arn", "arn:aws:iam::111122223333:user/cli/eve"},
		{"iam create-policy --policy-name deny --policy-document file://" + document + " --query Policy.[Arn,AttachmentCount]", "arn:aws:iam::111122223333:policy/deny 0"},
		{"iam attach-user-policy --user-name eve --policy-arn arn:aws:iam::111122223333:policy/deny", ""},
		{"iam list-entities-for-policy --policy-arn arn:aws:iam::111122223333:policy/deny --query PolicyUsers[].UserName", "eve"},
		{"iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/deny --version-id v1 --query PolicyVersion.Document.Statement.Effect", "Deny"},
		{"iam get-account-authorization-details --filter User --query UserDetailList[?UserName=='eve'].AttachedManagedPolicies[].PolicyName", "deny"},
		{"iam detach-user-policy --user-name eve --policy-arn arn:aws:iam::111122223333:policy/deny", ""},
		{"iam detach-user-policy --user-name eve --policy-arn arn:aws:iam::111122223333:policy/deny", "An error occurred (NoSuchEntity) when calling the DetachUserPolicy operation: policy arn:aws:iam::111122223333:policy/deny attached to user eve cannot be found"},
		{"iam get-credential-report --query ReportFormat", "text/csv"},
		{"sts assume-role --role-arn arn:aws:iam::444455556666:role/x/audit --role-session-name cli --query AssumedRoleUser.Arn", "arn:aws:sts::444455556666:assumed-role/audit/cli"},
	} {
		got := aws(step.command)
		if at := strings.Index(got, "An error occurred"); at > 0 { // versions differ in what they put before
			got = got[at:]
		}
		if got != step.want {
			t.Errorf("aws %s\n got %q\nwant %q", step.command, got, step.want)
		}
	}
	t.Logf("%d commands", ran)
}

// TestServer_plainSDK calls with the SDK's own transport, which loses long answers to servers that are too fast.
func TestServer_plainSDK(t *testing.T) {
	t.Parallel()
	s := server(t, sandbox.Options{}, company())
	key, secret := s.Key(home)
	c := config(s.URL(), key, secret, "")
	c.HTTPClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	c.RetryMaxAttempts = 3 // the SDK's own default: on a loaded machine no pause is long enough for each call
	client := iam.NewFromConfig(c)
	const calls = 200
	failed := 0
	for range calls {
		if err := do(client.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{})(t.Context()); err != nil {
			failed++
		}
	}
	if failed > 0 {
		t.Errorf("%d of %d calls failed", failed, calls)
	}
}
