package sarif

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
)

var rules = []*rule.Rule{
	{
		ID: "a-low", Title: "A", Severity: finding.Low, Why: "Because.", References: []string{"https://example.com/a"},
		Aliases: map[string][]string{"prowler": {"x", "y"}, "securityhub": {"IAM.5"}},
	},
	{ID: "b-critical", Title: "B", Severity: finding.Critical, Aliases: map[string][]string{"p": strings.Split(strings.Repeat("i,", 30), ",")}},
}

func subject(name string) *finding.Subject {
	return &finding.Subject{Type: "IamUser", Name: name, ARN: "arn:aws:iam::111111111111:user/" + name, Account: "111111111111"}
}

// written plays a run with hostile names and gives the document.
func written(t *testing.T, w *Writer, out *bytes.Buffer) []byte {
	t.Helper()
	must(t, w.Start(report.Run{Tool: "0.1.0", Rules: rules, Accounts: []report.Account{{ID: "111111111111"}}, Notes: []string{"a note"}}))
	for i, name := range []string{"=1+1", "<script>", "../../etc/passwd", "a b%2F\xff", "x"} {
		f := finding.Finding{ID: fmt.Sprint(i), Rule: "a-low", Verdict: finding.Fail, Severity: finding.Low, Subject: subject(name)}
		f.Proof = &finding.Proof{Why: name + " fails", Evidence: []finding.Evidence{{Document: "trust policy", Pointer: "/Statement/0", Line: 2, Column: 3, Text: "{}"}}}
		must(t, w.Finding(&f))
	}
	for _, f := range []finding.Finding{
		{ID: "worst", Rule: "b-critical", Verdict: finding.Fail, Severity: finding.Critical, Subject: &finding.Subject{Type: "Iam", Name: "acme", Account: "111111111111"}},
		{ID: "muted", Rule: "b-critical", Verdict: finding.Accepted, Severity: finding.Critical, Subject: subject("ok"), Proof: &finding.Proof{Why: "accepted by sec until 2027"}},
		{ID: "pass", Rule: "b-critical", Verdict: finding.Pass, Severity: finding.Critical, Subject: subject("fine")},
		{ID: "unknown", Rule: "b-critical", Verdict: finding.Unknown, Severity: finding.Critical, Subject: subject("who")},
	} {
		must(t, w.Finding(&f))
	}
	must(t, w.Gap(&report.Gap{Gap: account.Gap{Account: "111111111111", Call: "iam:GetCredentialReport", Error: "AccessDenied", Permission: "iam:GetCredentialReport"}}))
	must(t, w.Finish(report.Summary{}))
	return out.Bytes()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriter(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var got log
	if err := json.Unmarshal(written(t, New(&out), &out), &got); err != nil {
		t.Fatal(err)
	}
	r := got.Runs[0]
	if len(r.Results) != 7 {
		t.Fatalf("got %d results, want the 6 that fail and the accepted one", len(r.Results))
	}
	if first := r.Results[0]; first.RuleID != "b-critical" || first.Level != levelError || first.RuleIndex != 1 {
		t.Errorf("the worst result does not come first: %+v", first)
	}
	if muted := r.Results[1]; len(muted.Suppressions) != 1 || muted.Suppressions[0].Justification == "" {
		t.Errorf("the accepted finding is not suppressed: %+v", muted)
	}
	for _, one := range r.Results {
		uri := one.Locations[0].PhysicalLocation.ArtifactLocation.URI
		if strings.ContainsAny(uri, " <>\\") || !utf8.ValidString(uri) || strings.Contains(uri, "..") || !strings.HasPrefix(uri, "aws/111111111111/") {
			t.Errorf("%q is not a safe relative path", uri)
		}
		if one.PartialFingerprints[fingerprint] == "" {
			t.Error("a result without a fingerprint")
		}
	}
	if tags := r.Tool.Driver.Rules[1].Properties.Tags; len(tags) > maxTags {
		t.Errorf("%d tags, more than %d", len(tags), maxTags)
	}
	if inv := r.Invocations[0]; inv.ExecutionSuccessful || len(inv.Notifications) != 3 {
		t.Errorf("a gap, the unknowns and the note must be told: %+v", inv)
	}
	if r.AutomationDetails.ID != "ambit/scan/111111111111/" {
		t.Errorf("category %q", r.AutomationDetails.ID)
	}
}

func TestWriter_cut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := New(&out)
	w.max = 3
	var got log
	if err := json.Unmarshal(written(t, w, &out), &got); err != nil {
		t.Fatal(err)
	}
	r := got.Runs[0]
	if len(r.Results) != 3 || w.Cut() != 4 || r.Results[0].Properties.Severity != "critical" {
		t.Errorf("kept %d, cut %d, first %s", len(r.Results), w.Cut(), r.Results[0].Properties.Severity)
	}
	said := false
	for _, n := range r.Invocations[0].Notifications {
		said = said || strings.HasPrefix(n.Message.Text, "4 results")
	}
	if !said {
		t.Error("the cut is not said in the document")
	}
}

// schemaFile is the standard's schema, which is not ours to carry: in the folder beside the repository, or $AMBIT_SCHEMAS.
func schemaFile() string {
	dir := os.Getenv("AMBIT_SCHEMAS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "schemas")
	}
	return filepath.Join(dir, "sarif-schema-2.1.0.json")
}

func TestWriter_schema(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(schemaFile())
	if err != nil {
		t.Skipf("no SARIF schema to validate against, set AMBIT_SCHEMAS: %v", err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	must(t, compiler.AddResource("sarif.json", parsed))
	schema, err := compiler.Compile("sarif.json")
	must(t, err)

	documents := 0
	check := func(document []byte) error {
		documents++
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		must(t, err)
		return schema.Validate(value)
	}
	var full, empty bytes.Buffer
	if err := check(written(t, New(&full), &full)); err != nil {
		t.Errorf("a full run: %v", err)
	}
	w := New(&empty)
	must(t, w.Start(report.Run{}))
	must(t, w.Finish(report.Summary{}))
	if err := check(empty.Bytes()); err != nil {
		t.Errorf("an empty run: %v", err)
	}
	if check(bytes.ReplaceAll(full.Bytes(), []byte(`"level": "error"`), []byte(`"level": "dreadful"`))) == nil {
		t.Error("the schema lets a wrong level through: the test proves nothing")
	}
	t.Logf("%d documents validated", documents)
}
