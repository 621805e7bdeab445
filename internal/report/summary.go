package report

import (
	"github.com/ambit-iam/ambit/internal/finding"
)

// Verdicts counts findings by verdict.
type Verdicts struct {
	Fail, Pass, Unknown, NotApplicable, Accepted int
}

// Add counts one verdict.
func (v *Verdicts) Add(verdict finding.Verdict) {
	switch verdict {
	case finding.Fail:
		v.Fail++
	case finding.Pass:
		v.Pass++
	case finding.Unknown:
		v.Unknown++
	case finding.NotApplicable:
		v.NotApplicable++
	case finding.Accepted:
		v.Accepted++
	}
}

// Total is the number of findings counted.
func (v *Verdicts) Total() int { return v.Fail + v.Pass + v.Unknown + v.NotApplicable + v.Accepted }

// Worst is the verdict that a rule as a whole shows: fail before unknown before accepted before pass; a rule
// that found nothing it is about is not applicable.
func (v *Verdicts) Worst() finding.Verdict {
	switch {
	case v.Fail > 0:
		return finding.Fail
	case v.Unknown > 0:
		return finding.Unknown
	case v.Accepted > 0:
		return finding.Accepted
	case v.Pass > 0:
		return finding.Pass
	}
	return finding.NotApplicable
}

// Summary counts a whole run. It adds up: Verdicts is split over every finding, Failing over Verdicts.Fail,
// and Rules over every rule that was judged. What a filter hides is counted too; Shown says what is left.
type Summary struct {
	Accounts int
	Subjects int // distinct subjects that were judged
	Verdicts Verdicts
	Failing  map[finding.Severity]int // failing findings by severity
	Rules    Verdicts                 // rules by their worst verdict
	ByRule   map[string]Verdicts      // every finding of each rule; not in the JSON document
	Gaps     int
	Shown    int // findings that the reader of this output was given
}

// AtLeast counts the failing findings of a severity or worse.
func (s *Summary) AtLeast(least finding.Severity) int {
	n := 0
	for severity, count := range s.Failing {
		if severity >= least {
			n += count
		}
	}
	return n
}

// Tally counts a run as it streams by.
type Tally struct {
	run      Run
	subjects map[finding.Subject]struct{}
	seen     map[*finding.Subject]struct{} // findings share their subjects: most need no look by value
	rules    map[string]Verdicts
	failing  map[finding.Severity]int
	all      Verdicts
	gaps     int
}

// NewTally begins the count of a run.
func NewTally(run Run) *Tally {
	return &Tally{
		run:      run,
		subjects: map[finding.Subject]struct{}{},
		seen:     map[*finding.Subject]struct{}{},
		rules:    map[string]Verdicts{},
		failing:  map[finding.Severity]int{},
	}
}

// Finding counts a finding.
func (t *Tally) Finding(f *finding.Finding) {
	t.all.Add(f.Verdict)
	if _, ok := t.seen[f.Subject]; !ok {
		t.seen[f.Subject] = struct{}{}
		t.subjects[*f.Subject] = struct{}{}
	}
	of := t.rules[f.Rule]
	of.Add(f.Verdict)
	t.rules[f.Rule] = of
	if f.Verdict == finding.Fail {
		t.failing[f.Severity]++
	}
}

// Gap counts a gap.
func (t *Tally) Gap() { t.gaps++ }

// Summary is the count so far. A rule of the run without any finding counts as not applicable.
func (t *Tally) Summary() Summary {
	s := Summary{
		Accounts: len(t.run.Accounts), Subjects: len(t.subjects), Verdicts: t.all,
		Failing: t.failing, ByRule: t.rules, Gaps: t.gaps, Shown: t.all.Total(),
	}
	for _, of := range t.rules {
		s.Rules.Add(of.Worst())
	}
	s.Rules.NotApplicable += max(0, len(t.run.Rules)-len(t.rules))
	return s
}
