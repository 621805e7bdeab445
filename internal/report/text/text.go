// Package text writes a run for people: what fails, grouped by rule and worst first, why it matters, where it
// stands, what to do next, what could not be read, and a summary that adds up. Its Page is the pen of every
// other screen of the program.
//
// Contract: a line is never wider than the screen where words allow it; colour is never the only sign of a
// thing; what is left out is counted in words beside what is shown. Text of the account is made safe.
// Limits: keeps the shown findings of a run in memory, and of each rule no more than it shows.
// Floor: 6.
package text

import (
	"cmp"
	"io"
	"slices"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
)

// perRule is how many subjects of a rule are shown where not all are asked for.
const perRule = 8

// Options say how a run is shown.
type Options struct {
	Screen Screen
	All    bool // every subject of every rule, and all evidence
}

// Writer is the Handler. It writes when Finish is called.
type Writer struct {
	page   *Page
	opt    Options
	run    report.Run
	rules  map[string]*rule.Rule
	groups map[string]*group
	gaps   []report.Gap
}

// group is what is shown of one rule.
type group struct {
	id       string
	rule     *rule.Rule // nil: the run does not list it
	severity finding.Severity
	rows     []finding.Finding // worst verdict first
	more     map[finding.Verdict]int
	of       report.Verdicts // all that the rule judged, shown or not
}

// New makes the Handler.
func New(w io.Writer, o Options) *Writer {
	return &Writer{page: NewPage(w, o.Screen), opt: o, rules: map[string]*rule.Rule{}, groups: map[string]*group{}}
}

// Start implements report.Handler.
func (w *Writer) Start(run report.Run) error {
	w.run = run
	for _, r := range run.Rules {
		w.rules[r.ID] = r
	}
	return nil
}

// Finding implements report.Handler.
func (w *Writer) Finding(f *finding.Finding) error {
	g := w.groups[f.Rule]
	if g == nil {
		g = &group{id: f.Rule, rule: w.rules[f.Rule], severity: f.Severity, more: map[finding.Verdict]int{}}
		w.groups[f.Rule] = g
	}
	g.severity = max(g.severity, f.Severity)
	g.add(f, w.opt.All)
	return nil
}

// add keeps a finding among the rows, or counts it. A failure displaces a row that does not fail.
func (g *group) add(f *finding.Finding, all bool) {
	at, _ := slices.BinarySearchFunc(g.rows, *f, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Verdict), rank(b.Verdict)), -1) // behind its equals
	})
	g.rows = slices.Insert(g.rows, at, *f)
	if last := len(g.rows) - 1; !all && last >= perRule {
		g.more[g.rows[last].Verdict]++
		g.rows = g.rows[:last]
	}
}

// rank orders verdicts as a reader wants them.
func rank(v finding.Verdict) int {
	return slices.Index([]finding.Verdict{
		finding.Fail, finding.Unknown, finding.Accepted, finding.Pass, finding.NotApplicable,
	}, v)
}

// Gap implements report.Handler.
func (w *Writer) Gap(g *report.Gap) error {
	for i := range w.gaps {
		if known := &w.gaps[i]; g.Subject == "" && known.Account == g.Account && known.Subject == "" &&
			known.Call == g.Call && known.Error == g.Error && known.Permission == g.Permission {
			known.Fields = slices.Concat(known.Fields, g.Fields) // one call that brings several parts
			return nil
		}
	}
	w.gaps = append(w.gaps, *g)
	return nil
}

// Finish implements report.Handler.
func (w *Writer) Finish(s report.Summary) error {
	w.header(&s)
	var unknown []*group
	for _, g := range w.sorted(&s) {
		if g.rows[0].Verdict == finding.Unknown {
			unknown = append(unknown, g)
			continue
		}
		w.group(g)
	}
	w.undecided(unknown)
	w.unread()
	w.summary(&s)
	return w.page.Flush()
}

// sorted is the groups, those with failures first, then by severity, by number of failures, and by id.
func (w *Writer) sorted(s *report.Summary) []*group {
	var all []*group
	for id, g := range w.groups {
		g.of = s.ByRule[id]
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(
			cmp.Compare(rank(a.rows[0].Verdict), rank(b.rows[0].Verdict)),
			-cmp.Compare(a.severity, b.severity),
			-cmp.Compare(a.of.Fail, b.of.Fail),
			cmp.Compare(a.id, b.id),
		)
	})
	return all
}

// account is the words that tell a subject's account where a run has several.
func (w *Writer) account(id string) string {
	if len(w.run.Accounts) < 2 || id == "" {
		return ""
	}
	for i := range w.run.Accounts {
		if a := &w.run.Accounts[i]; string(a.ID) == id && len(a.Aliases) > 0 {
			return " · " + Safe(a.Aliases[0])
		}
	}
	return " · " + Safe(id)
}
