package demo_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/aws/sandbox/directory"
	"github.com/ambit-iam/ambit/internal/demo"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/settings"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/rules"
)

func accounts(tb testing.TB) []*account.Snapshot {
	tb.Helper()
	all, err := demo.Accounts()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func compiled(tb testing.TB) []*rule.Compiled {
	tb.Helper()
	catalogue, err := rule.Load(assess.Schema(), rules.FS)
	if err != nil {
		tb.Fatal(err)
	}
	set, err := settings.Load(settings.Input{
		Defaults: settings.Scan{Rate: 10}, Files: []settings.File{{File: source.File{Name: "demo", Text: demo.Settings}, Layer: settings.ProjectFile}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	values, err := catalogue.Configure(set.Rules)
	if err != nil {
		tb.Fatal(err)
	}
	var all []*rule.Compiled
	for _, r := range catalogue.All() {
		c, err := r.Compile(assess.Schema(), values[r.ID])
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func judge(all []*rule.Compiled, accounts []*account.Snapshot) []finding.Finding {
	var found []finding.Finding
	for _, s := range accounts {
		found = append(found, assess.Run(facts.New(s), assess.Options{Rules: all})...)
	}
	return found
}

// TestEveryRule wants of every rule a failing and a passing subject, and no unknown: the company hides nothing.
func TestEveryRule(t *testing.T) {
	t.Parallel()
	all := compiled(t)
	count := map[string]map[finding.Verdict]int{}
	for _, f := range judge(all, accounts(t)) {
		if count[f.Rule] == nil {
			count[f.Rule] = map[finding.Verdict]int{}
		}
		count[f.Rule][f.Verdict]++
		if f.Verdict == finding.Fail {
			t.Logf("%-8s %-34s %-30s %s", f.Severity, f.Rule, f.Subject.Name, f.Told().Why)
		}
		if f.Verdict == finding.Unknown {
			t.Errorf("%s is unknown on %s %s: %s", f.Rule, f.Subject.Type, f.Subject.Name, f.Told().Why)
		}
	}
	for _, c := range all {
		if n := count[c.Rule.ID]; n[finding.Fail] == 0 || n[finding.Pass] == 0 {
			t.Errorf("%s: %d failing and %d passing subjects", c.Rule.ID, n[finding.Fail], n[finding.Pass])
		}
	}
	t.Logf("%d rules", len(all))
}

// TestSize keeps the company as large as the documents say.
func TestSize(t *testing.T) {
	t.Parallel()
	total := 0
	for _, s := range accounts(t) {
		set := facts.New(s)
		for _, typ := range assess.Schema().Entities {
			for range set.Entities(typ.Name) {
				total++
			}
		}
		if gaps := s.Gaps; len(gaps) > 0 {
			t.Errorf("account %s has gaps: %v", s.Account, gaps)
		}
	}
	if total < 55 || total > 100 {
		t.Errorf("%d entities", total)
	}
	t.Logf("%d entities", total)
}

// TestThroughSandbox wants the sandbox to give back what it was loaded with, as far as the rules can see.
func TestThroughSandbox(t *testing.T) {
	t.Parallel()
	all := compiled(t)
	var back []*account.Snapshot
	for _, s := range accounts(t) {
		d, err := directory.New(s)
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, d.Snapshot())
	}
	tell := func(found []finding.Finding) []string {
		var lines []string
		for _, f := range found {
			lines = append(lines, fmt.Sprintf("%s %s %s %s", f.Rule, f.Subject.ARN, f.Subject.ID, f.Verdict))
		}
		return lines
	}
	if diff := cmp.Diff(tell(judge(all, accounts(t))), tell(judge(all, back))); diff != "" {
		t.Error(diff)
	}
}
