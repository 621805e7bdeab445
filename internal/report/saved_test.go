package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
)

// TestReadSaved: what was written is read back, but for bytes that are not UTF-8.
func TestReadSaved(t *testing.T) {
	t.Parallel()
	findings, gaps := sampleFindings(), sampleGaps()
	findings[0].Proof.Why = "bad \x1b[31m"
	findings[0].Proof.Evidence[0].Marks = []finding.Mark{{Pointer: "/Statement/0/Action", Start: 1, End: 2}}
	findings[0].Proof.Witness.Absent = []string{"aws:MultiFactorAuthPresent"}
	findings[2].Proof = &finding.Proof{Missing: []finding.Missing{{Field: "mfaActive", Call: "iam:GetCredentialReport", Error: "denied", Permission: "iam:GetCredentialReport"}, {Error: "no row"}}}
	for _, ids := range [][]account.ID{nil, {"111111111111"}, {"111111111111", "222222222222"}} {
		var out bytes.Buffer
		run := sampleRun(ids...)
		play(t, &report.Filter{Show: []finding.Verdict{finding.Fail, finding.Unknown}, Next: report.NewJSON(&out)}, run, findings, gaps)
		got, err := report.ReadSaved(&out)
		if err != nil {
			t.Fatal(err)
		}
		want := &report.Saved{Accounts: run.Accounts, Findings: []finding.Finding{findings[0], findings[2]}, Gaps: gaps, Judged: 3}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%d accounts (-want +got)\n%s", len(ids), diff)
		}
	}
}

func TestReadSaved_errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``: "line 1: ",
		"{\"schema\": \"ambit.run/1\",\n \"findings\": [\n{]}":                       "line 3: ",
		"{\"schema\": \"ambit.run/1\",\n \"findings\": [{\"severity\": \"grave\"}]}": "line 2: ",
		`{"schema": "ambit.account/1", "account": "111111111111"}`:                   "this is an account (ambit.account/1), not a run: give it to --from",
		`{"schema": "ambit.run/9", "findings": {}}`:                                  `this is "ambit.run/9", and not ambit.run/1`,
		`{"findings": []}`: "this is no run",
		`[]`:               "line 1: ",
	} {
		_, err := report.ReadSaved(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// FuzzReadSaved: no text makes it panic, and what it takes can be written again.
func FuzzReadSaved(f *testing.F) {
	f.Add(`{"schema":"ambit.run/1","run":{"account":"1"},"findings":[{"id":"a","severity":"low","witness":null}],"gaps":[{"call":"x"}],"summary":{"findings":1}}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := report.ReadSaved(strings.NewReader(text))
		if err != nil {
			return
		}
		for i := range s.Findings {
			if err := report.NewJSON(new(bytes.Buffer)).Finding(&s.Findings[i]); err != nil {
				t.Fatal(err)
			}
		}
	})
}
