package engine_test

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
	"github.com/ambit-iam/ambit/internal/capture"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/rules"
)

func TestMain(m *testing.M) {
	conntest.Offline()
	m.Run()
}

// compiled are all rules, with the settings that the ones without defaults need.
func compiled(tb testing.TB, names ...string) []*rule.Compiled {
	tb.Helper()
	catalogue, err := rule.Load(assess.Schema(), rules.FS)
	must(tb, err)
	var all []*rule.Compiled
	for _, r := range catalogue.All() {
		if len(names) > 0 && !slices.Contains(names, r.ID) {
			continue
		}
		given := map[string]any{}
		if r.ID == "unapproved-managed-policy" {
			given["denied"] = []string{"AdministratorAccess"}
		}
		c, err := r.Compile(assess.Schema(), given)
		must(tb, err)
		all = append(all, c)
	}
	if len(all) == 0 {
		tb.Fatal("no rules")
	}
	return all
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func managed(arn string) (version, document string, ok bool) {
	m, ok := iamref.ManagedPolicy(arn)
	return m.Version, m.Document, ok && m.Exact
}

// live serves an account and connects to it. The clock stands at the account's time.
func live(tb testing.TB, s *account.Snapshot, o sandbox.Settings) (*engine.Live, *sandbox.Server) {
	tb.Helper()
	clock := func() time.Time { return s.TakenAt }
	o.Clock = clock
	server, err := sandbox.New(sandbox.Options{Settings: o}, s)
	must(tb, err)
	tb.Cleanup(func() { _ = server.Close() })
	key, secret := server.Key(s.Account)
	client, err := conn.Open(tb.Context(), conn.Settings{Rate: -1, Local: &conn.Local{Endpoint: server.URL(), KeyID: key, Secret: secret}})
	must(tb, err)
	return &engine.Live{Client: client, Options: read.Options{MaxSession: true, Managed: managed, Now: clock}}, server
}

// encoded is an account as a capture that can be read often.
func encoded(tb testing.TB, s *account.Snapshot) *engine.Saved {
	tb.Helper()
	var b bytes.Buffer
	must(tb, s.Encode(&b))
	return &engine.Saved{Managed: managed, Inputs: []capture.Input{{
		Name: "capture", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil },
	}}}
}

// folder is an account as what the AWS CLI would have saved of it.
func folder(s *account.Snapshot) *engine.Saved {
	files := accounttest.Saved(s)
	saved := &engine.Saved{Managed: managed}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		saved.Inputs = append(saved.Inputs, capture.Input{
			Name: name, Dir: "saved", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[name])), nil },
		})
	}
	return saved
}

// verdicts is what rules say, by rule and subject. What is not applicable is left out: a managed policy of AWS's that
// nobody holds stands in a capture and is not listed by AWS.
func verdicts(judged []engine.Judged) map[string]finding.Verdict {
	all := map[string]finding.Verdict{}
	for i := range judged {
		for _, f := range judged[i].Findings {
			if f.Verdict == finding.NotApplicable {
				continue
			}
			all[f.Rule+" "+f.Subject.Type+" "+f.Subject.Name+" "+f.Subject.ID] = f.Verdict
		}
	}
	return all
}

// TestJudge_sameEverywhere judges one account through the SDK, from a capture and from AWS CLI output: how it came
// makes no difference.
func TestJudge_sameEverywhere(t *testing.T) {
	t.Parallel()
	s := accounttest.Quota(7, accounttest.SmallSize)
	source, _ := live(t, s, sandbox.Settings{PageSize: 3})
	o := engine.Options{Rules: compiled(t)}
	saved := folder(s)
	saved.At = s.TakenAt
	want, err := engine.Judge(t.Context(), []engine.Source{encoded(t, s)}, o)
	must(t, err)
	if len(verdicts(want)) < 200 {
		t.Fatalf("only %d judgements", len(verdicts(want)))
	}
	for name, other := range map[string]engine.Source{"live": source, "AWS CLI": saved} {
		got, err := engine.Judge(t.Context(), []engine.Source{other}, o)
		must(t, err)
		if diff := gocmp.Diff(verdicts(want), verdicts(got)); diff != "" {
			t.Errorf("%s differs from the capture:\n%s", name, diff)
		}
	}
	t.Logf("%d judgements compared twice", len(verdicts(want)))
}

// staleAccount has two users without MFA in a report that is four hours old; one of them has a device since.
func staleAccount() *account.Snapshot {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	yes := true
	s := &account.Snapshot{
		Schema: account.SchemaV1, Account: "111122223333", Partition: "aws", TakenAt: at, Source: "demo",
		Summary: map[string]int{"Users": 2},
		Report: &account.CredentialReport{
			Generated: at.Add(-3 * time.Hour),
			Rows:      []account.Credential{{User: account.RootUser, ARN: "arn:aws:iam::111122223333:root", Created: at.AddDate(-3, 0, 0), MFA: true}},
		},
	}
	for _, name := range []string{"late", "bare"} {
		s.Users = append(s.Users, account.User{Name: name, Created: at.AddDate(-1, 0, 0)})
		s.Report.Rows = append(s.Report.Rows, account.Credential{
			User: name, ARN: "arn:aws:iam::111122223333:user/" + name, Created: at.AddDate(-1, 0, 0), PasswordEnabled: &yes, PasswordUsed: at.AddDate(0, 0, -1),
		})
	}
	s.VirtualMFADevices = []account.VirtualMFA{{
		Serial: "arn:aws:iam::111122223333:mfa/late", User: "arn:aws:iam::111122223333:user/late", Enabled: at.Add(-time.Hour),
	}}
	s.Normalize()
	return s
}

func TestJudge_confirm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		confirm        int
		asked, unasked int
		failing        []string
	}{
		{"the report decides", 0, 0, 0, []string{"bare", "late"}},
		{"all are asked about", 10, 2, 0, []string{"bare"}},
		{"the cap leaves one out", 1, 1, 1, []string{"bare", "late"}}, // "bare" is asked about, and "late" is not
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source, server := live(t, staleAccount(), sandbox.Settings{})
			judged, err := engine.Judge(t.Context(), []engine.Source{source}, engine.Options{
				Rules: compiled(t, "console-user-without-mfa"), Confirm: c.confirm,
			})
			must(t, err)
			var failing []string
			for _, f := range judged[0].Findings {
				if f.Verdict == finding.Fail {
					failing = append(failing, f.Subject.Name)
				}
			}
			slices.Sort(failing)
			if !slices.Equal(failing, c.failing) || judged[0].Asked != c.asked || judged[0].Unasked != c.unasked {
				t.Errorf("failing %v, asked %d, unasked %d; want %v, %d, %d", failing, judged[0].Asked, judged[0].Unasked, c.failing, c.asked, c.unasked)
			}
			if calls := server.Stats().Calls; calls["iam:ListMFADevices"] != c.asked || calls["iam:ListAccessKeys"] != 0 {
				t.Errorf("calls %v, want %d of ListMFADevices alone", calls, c.asked)
			}
		})
	}
}

// TestReport_order merges accounts: by rule, then account, then subject, and the same bytes each time.
func TestReport_order(t *testing.T) {
	t.Parallel()
	small, other := accounttest.Quota(1, accounttest.SmallSize), accounttest.Quota(2, accounttest.SmallSize)
	other.Account = "000011112222"
	o := engine.Options{Rules: compiled(t)}
	write := func(sources ...engine.Source) []byte {
		judged, err := engine.Judge(t.Context(), sources, o)
		must(t, err)
		var run report.Run
		for i := range judged {
			run.Accounts = append(run.Accounts, engine.Describe(judged[i].Set.Snapshot()))
		}
		for _, c := range o.Rules {
			run.Rules = append(run.Rules, c.Rule)
		}
		var out bytes.Buffer
		check := &orderCheck{t: t}
		s, err := engine.Report(run, judged, report.Handlers{report.NewJSON(&out), check})
		must(t, err)
		if s.Accounts != 2 || check.findings != s.Verdicts.Total() || check.findings < 600 {
			t.Errorf("%d accounts, %d findings told of %d", s.Accounts, check.findings, s.Verdicts.Total())
		}
		return out.Bytes()
	}
	a, b := encoded(t, small), encoded(t, other)
	if !bytes.Equal(write(a, b), write(b, a)) {
		t.Error("the order of the sources shows in the document")
	}
}

// orderCheck wants findings by rule, then account.
type orderCheck struct {
	t        *testing.T
	last     finding.Finding
	findings int
}

func (c *orderCheck) Start(report.Run) error      { return nil }
func (c *orderCheck) Gap(*report.Gap) error       { return nil }
func (c *orderCheck) Finish(report.Summary) error { return nil }

func (c *orderCheck) Finding(f *finding.Finding) error {
	c.findings++
	if c.findings > 1 && cmp.Or(cmp.Compare(c.last.Rule, f.Rule), cmp.Compare(c.last.Subject.Account, f.Subject.Account)) > 0 {
		c.t.Errorf("%s of %s comes before %s of %s", c.last.Rule, c.last.Subject.Account, f.Rule, f.Subject.Account)
	}
	c.last = *f
	return nil
}

// TestJudge_gaps tells what failed, and of what nobody asked for only what a rule needs.
func TestJudge_gaps(t *testing.T) {
	t.Parallel()
	s := staleAccount()
	s.OIDCProviders = []account.OIDCProvider{{ARN: "arn:aws:iam::111122223333:oidc-provider/example.com"}}
	source, _ := live(t, s, sandbox.Settings{Inject: map[string]sandbox.Fault{"ListServerCertificates": {Code: "AccessDenied", Status: 403}}})
	judged, err := engine.Judge(t.Context(), []engine.Source{source}, engine.Options{Rules: compiled(t, "console-user-without-mfa")})
	must(t, err)
	if gaps := judged[0].Gaps; len(gaps) != 1 || gaps[0].Permission != "iam:ListServerCertificates" {
		t.Errorf("gaps %+v, want the one call that was denied", gaps)
	}
}

// TestJudge_sessionGap leaves out that nobody saved aws iam list-roles, as long as no rule reads what it tells.
func TestJudge_sessionGap(t *testing.T) {
	t.Parallel()
	source := folder(accounttest.Quota(1, accounttest.SmallSize))
	source.Inputs = slices.DeleteFunc(source.Inputs, func(in capture.Input) bool { return in.Name == "list-roles.json" })
	judged, err := engine.Judge(t.Context(), []engine.Source{source}, engine.Options{Rules: compiled(t, "role-unused")})
	must(t, err)
	if judged[0].Set.Snapshot().Gap(account.PartMaxSession) == nil {
		t.Fatal("the files lack nothing")
	}
	for _, g := range judged[0].Gaps {
		if g.Part == account.PartMaxSession {
			t.Errorf("gap %+v, of what no rule reads", g)
		}
	}
}

// callBudget is what a scan of accounttest.MiddleSize may ask of AWS, confirmations apart.
const callBudget = 50

func TestJudge_calls(t *testing.T) {
	t.Parallel()
	source, server := live(t, accounttest.Quota(1, accounttest.MiddleSize), sandbox.Settings{})
	_, err := engine.Judge(t.Context(), []engine.Source{source}, engine.Options{Rules: compiled(t)})
	must(t, err)
	calls := 0
	for _, n := range server.Stats().Calls {
		calls += n
	}
	t.Logf("%d calls", calls)
	if calls == 0 || calls > callBudget {
		t.Errorf("%d calls, want at most %d", calls, callBudget)
	}
}

// BenchmarkScan_file is a scan of saved AWS CLI output at the quotas of IAM, all rules, JSON written: decode,
// facts, judgements, report.
func BenchmarkScan_file(b *testing.B) {
	source := folder(accounttest.Quota(1, accounttest.FullSize))
	b.Run("all rules", func(b *testing.B) { benchmarkScan(b, source, nil) })
	b.Run("without the path rules", func(b *testing.B) { benchmarkScan(b, source, pathRule) })
}

// BenchmarkScan_capture is the same from one capture.
func BenchmarkScan_capture(b *testing.B) {
	benchmarkScan(b, encoded(b, accounttest.Quota(1, accounttest.FullSize)), nil)
}

// BenchmarkScan_sandbox reads 500 users, 2,000 roles, 800 policies and 50 groups through the SDK; the server is in
// the same process, its time and memory are counted too.
func BenchmarkScan_sandbox(b *testing.B) {
	source, server := live(b, accounttest.Quota(1, accounttest.MiddleSize), sandbox.Settings{Latency: 2 * time.Millisecond})
	server.ResetStats()
	n := benchmarkScan(b, source, nil)
	calls := 0
	for _, c := range server.Stats().Calls {
		calls += c
	}
	b.ReportMetric(float64(calls)/float64(n), "calls/op")
}

// BenchmarkReport is the last part of BenchmarkScan_file alone: count and JSON.
func BenchmarkReport(b *testing.B) {
	source := folder(accounttest.Quota(1, accounttest.FullSize))
	rules := slices.DeleteFunc(compiled(b), func(c *rule.Compiled) bool { return pathRule(c.Rule.ID) })
	judged, err := engine.Judge(b.Context(), []engine.Source{source}, engine.Options{Rules: rules})
	must(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err := engine.Report(report.Run{}, judged, report.NewJSON(io.Discard))
		must(b, err)
	}
	b.ReportMetric(float64(len(judged[0].Findings))*float64(b.N)/b.Elapsed().Seconds(), "findings/s")
}

func pathRule(id string) bool { return id == "path-to-administration" || id == "role-begins-chain" }

func benchmarkScan(b *testing.B, source engine.Source, without func(id string) bool) (scans int) {
	b.Helper()
	o := engine.Options{Rules: slices.DeleteFunc(compiled(b), func(c *rule.Compiled) bool { return without != nil && without(c.Rule.ID) })}
	b.ReportAllocs()
	findings := 0
	for b.Loop() {
		judged, err := engine.Judge(b.Context(), []engine.Source{source}, o)
		must(b, err)
		s, err := engine.Report(report.Run{}, judged, report.NewJSON(io.Discard))
		must(b, err)
		findings = s.Verdicts.Total()
		scans++
	}
	b.ReportMetric(float64(findings), "findings")
	return scans
}
