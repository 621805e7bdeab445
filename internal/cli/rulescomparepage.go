package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/rule"
)

// differences is what a rule and another text say of the accounts of an input.
type differences struct {
	Rule       string        `json:"rule"`
	With       []string      `json:"with"`   // ids of the published texts, or the name of a file
	Ours       []string      `json:"ours"`   // the texts, as GSL writes them
	Theirs     []string      `json:"theirs"` //
	Agree      int           `json:"agree"`  // subjects that one of both judges
	Differ     int           `json:"differ"`
	OnlyOurs   int           `json:"onlyOurs"`   // of those that differ: fail by ours alone
	OnlyTheirs int           `json:"onlyTheirs"` // and by theirs alone
	Pairs      []assess.Pair `json:"differences"`

	rule    *rule.Rule
	same    []assess.Pair
	aliases map[string]string // of accounts
}

func newDifferences(r *rule.Compiled, o *assess.Other, with []string) *differences {
	return &differences{
		Rule: r.Rule.ID, With: with, Ours: textsOf(r.Programs), Theirs: textsOf(o.Programs), Pairs: []assess.Pair{},
		rule: r.Rule, aliases: map[string]string{},
	}
}

func textsOf(programs []*gsl.Program) []string {
	out := make([]string, len(programs))
	for i, p := range programs {
		out[i] = p.Text()
	}
	return out
}

// add takes what was found in one account.
func (d *differences) add(s *account.Snapshot, c assess.Comparison) {
	if len(s.Aliases) > 0 {
		d.aliases[string(s.Account)] = s.Aliases[0]
	}
	d.Agree += len(c.Agree)
	d.Differ += len(c.Differ)
	for i := range c.Differ {
		switch p := &c.Differ[i]; finding.Fail {
		case p.Ours.Verdict:
			d.OnlyOurs++
		case p.Theirs.Verdict:
			d.OnlyTheirs++
		}
	}
	d.Pairs = append(d.Pairs, c.Differ...)
	d.same = append(d.same, c.Agree...)
}

// pairsShown is how many differences a page shows where not all are asked for.
const pairsShown = 20

func (a *app) tellDifferences(d *differences, all bool) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	p.Prose(text.SeverityWord(d.rule.Severity)+"  ", d.rule.Title, text.Strong)
	p.Line()
	p.Line(label("ours"), text.Pointer.Render(d.Rule))
	p.Prose(label("theirs"), text.Safe(strings.Join(d.With, ", ")), text.Pointer)
	for _, program := range d.Theirs {
		p.Prose(label(""), text.Safe(program), text.Dim)
	}
	// Where one alone fails comes first.
	shown := slices.Clone(d.Pairs)
	slices.SortStableFunc(shown, func(a, b assess.Pair) int { return alarm(&b) - alarm(&a) })
	for i := range shown {
		if i == pairsShown && !all {
			p.Line()
			p.Line(text.Dim.Render(fmt.Sprintf("and %d more differences; --all or -o json shows them", len(shown)-i)))
			break
		}
		d.pair(p, &shown[i], all)
	}
	if all && len(d.same) > 0 {
		p.Line()
		p.Line(text.Strong.Render("Agreed"))
		for i := range d.same {
			s := &d.same[i]
			p.Prose("  "+text.Mark(s.Ours.Verdict)+" ", text.Safe(s.Subject.Name)+text.Dim.Render("  "+text.Safe(s.Subject.Type)+d.account(&s.Subject)), text.Plain)
		}
	}
	p.Line()
	p.Rule()
	p.Prose("", d.summary(), text.Plain)
	return p.Flush()
}

// alarm tells apart the differences in what fails from the others.
func alarm(p *assess.Pair) int {
	if p.Ours.Verdict == finding.Fail || p.Theirs.Verdict == finding.Fail {
		return 1
	}
	return 0
}

func (d *differences) account(s *finding.Subject) string {
	if alias := d.aliases[s.Account]; alias != "" {
		return " · " + text.Safe(alias)
	}
	return " · " + text.Safe(s.Account)
}

func (d *differences) summary() string {
	line := fmt.Sprintf("%d agree, %d differ", d.Agree, d.Differ)
	if d.Differ == 0 {
		return text.Good.Bold(true).Render(line)
	}
	line = text.Strong.Render(line)
	other := d.Differ - d.OnlyOurs - d.OnlyTheirs
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{d.OnlyOurs, "fail by ours alone"}, {d.OnlyTheirs, "fail by theirs alone"}, {other, "fail by neither"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	return line + ": " + strings.Join(parts, ", ")
}

// pair writes one difference: both verdicts, and why. Where neither alarms, the reasons are left for --all.
func (d *differences) pair(p *text.Page, pair *assess.Pair, all bool) {
	p.Line()
	p.Ends(text.Strong.Render(text.Safe(pair.Subject.Name)), text.Dim.Render(text.Safe(pair.Subject.Type)+d.account(&pair.Subject)))
	quiet := func(v finding.Verdict) bool { return v == finding.Pass || v == finding.NotApplicable }
	brief := !all && quiet(pair.Ours.Verdict) && quiet(pair.Theirs.Verdict)
	sideLines(p, "ours", &pair.Ours, brief)
	sideLines(p, "theirs", &pair.Theirs, brief)
}

func sideLines(p *text.Page, name string, s *assess.Side, brief bool) {
	words := string(s.Verdict)
	if s.Why != "" {
		words += text.Dim.Render("  " + text.Safe(s.Why))
	}
	p.Prose("  "+text.Dim.Render(fmt.Sprintf("%-8s", name))+text.Mark(s.Verdict)+" ", words, text.Plain)
	if brief {
		return
	}
	const margin = "            "
	if len(s.Reasons) == 0 {
		for i := range s.Evidence {
			p.Evidence(margin, &s.Evidence[i])
		}
	}
	for i := 0; i < len(s.Reasons); {
		n := 1
		for i+n < len(s.Reasons) && samePlace(&s.Reasons[i], &s.Reasons[i+n]) {
			n++
		}
		reasonLines(p, margin, s.Reasons[i:i+n])
		i += n
	}
}

// samePlace reports whether two tests were asked of one statement, of which the same is shown.
func samePlace(a, b *assess.Reason) bool {
	return a.At != nil && b.At != nil && a.At.Document == b.At.Document && a.At.Text == b.At.Text
}

// reasonLines write tests on one place: how they came out, what they read and where, and what may surprise.
func reasonLines(p *text.Page, margin string, tests []assess.Reason) {
	for i := range tests {
		r := &tests[i]
		outcome := text.Doubt
		switch r.Truth {
		case gsl.True.String():
			outcome = text.Good
		case gsl.False.String():
			outcome = text.Bad
		}
		part := ""
		if r.Part != assess.PartShould {
			part = text.Dim.Render(r.Part + " ")
		}
		p.Prose(margin, part+text.Pointer.Render(text.Safe(r.Test))+" is "+outcome.Render(r.Truth), text.Plain)
		if r.At == nil && r.Read != "" {
			p.Prose(margin+"  ", "it reads "+text.Safe(r.Read), text.Dim)
		}
		if r.Note != "" {
			p.Prose(margin+"  "+text.Doubt.Render("→")+" ", text.Safe(r.Note), text.Plain)
		}
	}
	if tests[0].At == nil {
		return
	}
	at := *tests[0].At
	if at.Pointer == "" { // the document as a whole
		p.Prose(margin+"  ", text.Safe(at.Document), text.Pointer)
		return
	}
	for i := range tests[1:] {
		at.Marks = append(slices.Clip(at.Marks), tests[i+1].At.Marks...)
	}
	p.Evidence(margin+"  ", &at)
}
