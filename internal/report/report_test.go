package report_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
)

// play tells a handler a run, and gives the summary that the whole run has.
func play(tb testing.TB, h report.Handler, run report.Run, findings []finding.Finding, gaps []report.Gap) report.Summary {
	tb.Helper()
	tally := report.NewTally(run)
	must(tb, h.Start(run))
	for i := range findings {
		tally.Finding(&findings[i])
		must(tb, h.Finding(&findings[i]))
	}
	for i := range gaps {
		tally.Gap()
		must(tb, h.Gap(&gaps[i]))
	}
	s := tally.Summary()
	must(tb, h.Finish(s))
	return s
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func sampleRun(accounts ...account.ID) report.Run {
	run := report.Run{Tool: "test", Rules: []*rule.Rule{{ID: "a"}, {ID: "b"}, {ID: "idle"}}}
	for _, id := range accounts {
		run.Accounts = append(run.Accounts, report.Account{
			ID: id, Partition: "aws", TakenAt: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Source: "demo",
		})
	}
	return run
}

func sampleFindings() []finding.Finding {
	user := &finding.Subject{Type: "IamUser", Name: `=1+1"<script>`, ARN: "arn:aws:iam::111111111111:user/x", Account: "111111111111"}
	key := &finding.Subject{Type: "IamAccessKey", Name: "x", ARN: "arn:aws:iam::111111111111:user/x", Account: "111111111111", ID: "2026-01-01"}
	return []finding.Finding{
		{
			ID: finding.NewID("a", user), Rule: "a", Verdict: finding.Fail, Severity: finding.High, Subject: user,
			Aliases: map[string][]string{"z": {"2"}, "y": {"1", "3"}},
			Proof: &finding.Proof{
				Why:      "bad \x1b[31m \xff bytes",
				Evidence: []finding.Evidence{{Document: "d", Pointer: "/Statement/0", Line: 3, Column: 9, Text: "{\n}"}, {Pointer: "/mfaActive", Text: "false"}},
				Witness:  &finding.Witness{Action: "iam:PassRole", Resource: "*", Decision: "Allowed", Context: map[string][]string{"b": {"2"}, "a": {"1"}}},
			},
		},
		{ID: finding.NewID("a", key), Rule: "a", Verdict: finding.Pass, Severity: finding.High, Subject: key},
		{ID: finding.NewID("b", user), Rule: "b", Verdict: finding.Unknown, Severity: finding.Low, Subject: user},
	}
}

func sampleGaps() []report.Gap {
	return []report.Gap{{
		Gap: account.Gap{
			Account: "111111111111", Call: "iam:GetCredentialReport", Error: "AccessDenied",
			Permission: "iam:GetCredentialReport", Part: account.PartCredentials,
		},
		Fields: []string{"IamUser.mfaActive"},
	}}
}

const wantDocument = `{"schema":"ambit.run/1",
"run":{"account":"111111111111","partition":"aws","takenAt":"2026-11-20T09:00:00Z","source":"demo"},
"findings":[
{"id":"ID0","rule":"a","aliases":{"y":["1","3"],"z":["2"]},"verdict":"fail","severity":"high","subject":{"type":"IamUser","name":"=1+1\"<script>","arn":"arn:aws:iam::111111111111:user/x","account":"111111111111"},"why":"bad \u001b[31m � bytes","evidence":[{"document":"d","pointer":"/Statement/0","line":3,"column":9,"text":"{\n}"},{"pointer":"/mfaActive","text":"false"}],"witness":{"action":"iam:PassRole","resource":"*","context":{"a":["1"],"b":["2"]},"decision":"Allowed"},"fixes":[]},
{"id":"ID1","rule":"a","aliases":{},"verdict":"pass","severity":"high","subject":{"type":"IamAccessKey","name":"x","arn":"arn:aws:iam::111111111111:user/x","account":"111111111111","id":"2026-01-01"},"why":"","evidence":[],"witness":null,"fixes":[]},
{"id":"ID2","rule":"b","aliases":{},"verdict":"unknown","severity":"low","subject":{"type":"IamUser","name":"=1+1\"<script>","arn":"arn:aws:iam::111111111111:user/x","account":"111111111111"},"why":"","evidence":[],"witness":null,"fixes":[]}],
"gaps":[
{"account":"111111111111","call":"iam:GetCredentialReport","error":"AccessDenied","permission":"iam:GetCredentialReport","part":"credentialReport","subject":"","fields":["IamUser.mfaActive"]}],
"summary":{"accounts":1,"subjects":2,"findings":3,"shown":3,"verdicts":{"fail":1,"pass":1,"unknown":1,"not-applicable":0,"accepted":0},"failing":{"critical":0,"high":1,"medium":0,"low":0,"informational":0},"rules":{"fail":1,"pass":0,"unknown":1,"not-applicable":1,"accepted":0},"gaps":1}}
`

func TestJSON(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	findings := sampleFindings()
	play(t, report.NewJSON(&got), sampleRun("111111111111"), findings, sampleGaps())
	want := wantDocument
	for i, f := range findings {
		want = strings.ReplaceAll(want, "ID"+string(rune('0'+i)), f.ID)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
	if !jsontext.Value(got.Bytes()).IsValid() {
		t.Error("not one JSON document without duplicate names")
	}
}

func TestJSON_accounts(t *testing.T) {
	t.Parallel()
	for _, ids := range [][]account.ID{nil, {"111111111111"}, {"111111111111", "222222222222"}} {
		var out bytes.Buffer
		play(t, report.NewJSON(&out), sampleRun(ids...), nil, nil)
		var got struct {
			Run struct {
				Account  string `json:"account"`
				Accounts []any  `json:"accounts"`
			} `json:"run"`
			Findings []any `json:"findings"`
			Gaps     []any `json:"gaps"`
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%d accounts: %v in %s", len(ids), err, out.String())
		}
		if len(ids) > 1 && len(got.Run.Accounts) != len(ids) {
			t.Errorf("got %d accounts, want %d", len(got.Run.Accounts), len(ids))
		}
		if len(ids) > 0 && got.Run.Account != string(ids[0]) {
			t.Errorf("got account %q, want %q", got.Run.Account, ids[0])
		}
		if got.Findings == nil || got.Gaps == nil {
			t.Errorf("findings and gaps must be lists even when empty: %s", out.String())
		}
	}
}

func TestParseShow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []finding.Verdict
		bad  bool
	}{
		{"fail", []finding.Verdict{finding.Fail}, false},
		{"Fail, unknown", []finding.Verdict{finding.Fail, finding.Unknown}, false},
		{"all", nil, false},
		{"fail,all", nil, false},
		{"", nil, true},
		{"failed", nil, true},
	} {
		got, err := report.ParseShow(c.text)
		if (err != nil) != c.bad || !cmp.Equal(got, c.want) {
			t.Errorf("ParseShow(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

// counter counts what reaches it.
type counter struct {
	findings, gaps int
	summary        report.Summary
}

func (c *counter) Start(report.Run) error         { return nil }
func (c *counter) Finding(*finding.Finding) error { c.findings++; return nil }
func (c *counter) Gap(*report.Gap) error          { c.gaps++; return nil }
func (c *counter) Finish(s report.Summary) error  { c.summary = s; return nil }

func TestFilter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		show  []finding.Verdict
		least finding.Severity
		want  int
	}{
		{nil, 0, 3},
		{[]finding.Verdict{finding.Fail}, 0, 1},
		{[]finding.Verdict{finding.Fail, finding.Unknown}, 0, 2},
		{[]finding.Verdict{finding.Unknown}, finding.High, 0},
		{nil, finding.High, 2},
	} {
		var got counter
		all := play(t, &report.Filter{Show: c.show, Least: c.least, Next: &got}, sampleRun("1"), sampleFindings(), sampleGaps())
		if got.findings != c.want || got.summary.Shown != c.want {
			t.Errorf("show %v, %v: got %d, said %d, want %d", c.show, c.least, got.findings, got.summary.Shown, c.want)
		}
		if got.gaps != 1 || got.summary.Verdicts != all.Verdicts {
			t.Errorf("show %v: a filter must hide neither gaps nor the count of what it hides", c.show)
		}
	}
}

// TestSummary_addsUp holds the sums of any run.
func TestSummary_addsUp(t *testing.T) {
	t.Parallel()
	verdicts := []finding.Verdict{finding.Fail, finding.Pass, finding.Unknown, finding.NotApplicable, finding.Accepted}
	rapid.Check(t, func(t *rapid.T) {
		run := report.Run{Rules: make([]*rule.Rule, 5)}
		tally := report.NewTally(run)
		n := rapid.IntRange(0, 60).Draw(t, "findings")
		for range n {
			tally.Finding(&finding.Finding{
				Rule:     rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "rule"),
				Verdict:  rapid.SampledFrom(verdicts).Draw(t, "verdict"),
				Severity: rapid.SampledFrom([]finding.Severity{finding.Low, finding.High, finding.Critical}).Draw(t, "severity"),
				Subject:  &finding.Subject{Name: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "subject")},
			})
		}
		s := tally.Summary()
		failing, byRule := 0, report.Verdicts{}
		for _, count := range s.Failing {
			failing += count
		}
		for _, v := range s.ByRule {
			byRule.Fail += v.Fail
			byRule.Pass += v.Pass
		}
		switch {
		case s.Verdicts.Total() != n:
			t.Fatalf("%d verdicts of %d findings", s.Verdicts.Total(), n)
		case failing != s.Verdicts.Fail || byRule.Fail != s.Verdicts.Fail || byRule.Pass != s.Verdicts.Pass:
			t.Fatalf("%d by severity, %d by rule, %d failing", failing, byRule.Fail, s.Verdicts.Fail)
		case s.Rules.Total() != len(run.Rules):
			t.Fatalf("%d rules of %d", s.Rules.Total(), len(run.Rules))
		case s.AtLeast(finding.Informational) != failing || s.AtLeast(finding.Critical) != s.Failing[finding.Critical]:
			t.Fatal("AtLeast does not add up")
		}
	})
}

// failingWriter fails from the first write on.
type failingWriter struct{}

var errDisk = errors.New("disk full")

func (failingWriter) Write([]byte) (int, error) { return 0, errDisk }

func TestJSON_writeError(t *testing.T) {
	t.Parallel()
	h := report.Handlers{report.NewJSON(failingWriter{})}
	if err := h.Start(sampleRun("1")); !errors.Is(err, errDisk) {
		t.Errorf("got %v, want the writer's error", err)
	}
}

// BenchmarkJSON writes the findings of a quota-size account.
func BenchmarkJSON(b *testing.B) {
	const n = 100_000
	findings := sampleFindings()
	run := sampleRun("111111111111")
	b.ReportAllocs()
	for b.Loop() {
		h := report.NewJSON(io.Discard)
		must(b, h.Start(run))
		for i := range n {
			must(b, h.Finding(&findings[1+i%2]))
		}
		must(b, h.Finish(report.Summary{}))
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "findings/s")
}
