package text_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/report/text"
)

// TestWriter_Gap: one call that brings several parts is told once, with all that is unknown for it.
func TestWriter_Gap(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := text.New(&out, text.Options{Screen: text.Screen{Width: 100}})
	if err := w.Start(report.Run{}); err != nil {
		t.Fatal(err)
	}
	for part, field := range map[account.Part]string{account.PartUsers: "IamUser.arn", account.PartRoles: "IamRole.arn"} {
		g := report.Gap{Gap: account.Gap{Call: "iam:GetAccountAuthorizationDetails", Error: "AccessDenied", Part: part}, Fields: []string{field}}
		if err := w.Gap(&g); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(report.Summary{}); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if n := strings.Count(got, "iam:GetAccountAuthorizationDetails"); n != 1 {
		t.Errorf("the call stands %d times in\n%s", n, got)
	}
	for _, field := range []string{"IamUser.arn", "IamRole.arn"} {
		if !strings.Contains(got, field) {
			t.Errorf("%s is not named in\n%s", field, got)
		}
	}
}
