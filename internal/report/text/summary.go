package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
)

// Of gaps, where not all is asked for.
const (
	gapsShown   = 10
	fieldsShown = 4 // of one gap
)

// header says what was scanned.
func (w *Writer) header(s *report.Summary) {
	p := w.page
	p.Ends(Strong.Render("Ambit"), Dim.Render(count(s.Accounts, "account")+", "+count(len(w.run.Rules), "rule")+", "+count(s.Subjects, "subject")))
	for i := range w.run.Accounts {
		a := &w.run.Accounts[i]
		words := []string{string(a.ID)}
		if len(a.Aliases) > 0 {
			words = append(words, Safe(a.Aliases[0]))
		}
		words = append(words, a.Partition, sourceWords(a.Source), "as of "+a.TakenAt.UTC().Format(time.DateOnly+" 15:04")+" UTC")
		p.Prose("", strings.Join(words, " · "), Dim)
	}
	for _, note := range w.run.Notes {
		p.Prose(Pointer.Render("note")+"  ", Safe(note), Plain)
	}
}

// sourceWords says where an account was read.
func sourceWords(source string) string {
	switch source {
	case "aws":
		return "read live"
	case "files":
		return "from saved files"
	case "capture":
		return "from a capture"
	}
	return Safe(source)
}

// unread writes what could not be read and what to grant.
func (w *Writer) unread() {
	if len(w.gaps) == 0 {
		return
	}
	p := w.page
	p.Line()
	p.Prose(Doubt.Bold(true).Render("NOT READ")+"  ", "What could not be read makes the rules that need it unknown", Strong)
	for i := range w.gaps {
		if i == gapsShown && !w.opt.All {
			p.Line()
			p.Prose(margin+"  ", "and "+count(len(w.gaps)-i, "more gap")+"; --all or -o json shows them", Dim)
			break
		}
		g := &w.gaps[i]
		p.Line()
		p.Prose(margin+Doubt.Render("?")+" ", Safe(g.Call)+w.account(string(g.Account)), Strong)
		p.Prose(margin+"  ", Safe(g.Error), Plain)
		if g.Subject != "" {
			p.Prose(margin+"  concerns  ", Safe(g.Subject), Dim)
		}
		if g.Permission != "" {
			p.Prose(margin+"  grant     ", g.Permission+" (ambit scan --permissions prints the whole policy)", Plain)
		}
		if len(g.Fields) > 0 {
			p.Prose(margin+"  unknown   ", fieldWords(g.Fields, w.opt.All), Dim)
		}
	}
}

func fieldWords(fields []string, all bool) string {
	if all || len(fields) <= fieldsShown+1 {
		return strings.Join(fields, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(fields[:fieldsShown], ", "), len(fields)-fieldsShown)
}

// summary writes the lines that add up.
func (w *Writer) summary(s *report.Summary) {
	p := w.page
	p.Line()
	p.Rule()
	v := s.Verdicts
	if v.Fail == 0 {
		p.Line(Good.Bold(true).Render("Nothing fails."))
	} else {
		p.Prose("", Strong.Render(count(v.Fail, "failure"))+": "+severityWords(s.Failing), Plain)
	}
	p.Prose("", count(v.Total(), "judgement")+" = "+verdictWords(v), Plain)
	p.Prose("", count(s.Rules.Total(), "rule")+" = "+verdictWords(s.Rules), Plain)
	if v.Fail > 0 {
		w.hint(s)
	}
	if hidden := v.Total() - s.Shown; hidden > 0 {
		p.Prose("", count(hidden, "judgement")+" not listed above; --show all lists them", Dim)
	}
	if s.Gaps > 0 {
		p.Prose("", Doubt.Render(count(s.Gaps, "gap"))+": this run is incomplete", Plain)
	}
}

// hint says where there is more to read, by the id of the first finding of this page.
func (w *Writer) hint(s *report.Summary) {
	id := "ID"
	if all := w.sorted(s); len(all) > 0 && all[0].rows[0].ID != "" {
		id = all[0].rows[0].ShortID()
	}
	w.page.Prose("", "ambit explain "+id+" tells a finding whole, with proof and remedies; ambit rules show ID tells all of a rule", Dim)
}

// severityWords splits failures by severity, worst first.
func severityWords(failing map[finding.Severity]int) string {
	var parts []string
	for s := finding.Critical; s >= finding.Informational; s-- {
		if n := failing[s]; n > 0 {
			parts = append(parts, severityStyle(s).UnsetBackground().Render(strconv.Itoa(n)+" "+s.String()))
		}
	}
	return strings.Join(parts, ", ")
}

// verdictWords splits a number by verdict.
func verdictWords(v report.Verdicts) string {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{
		{v.Fail, "fail"}, {v.Unknown, "unknown"}, {v.Accepted, "accepted"}, {v.Pass, "pass"}, {v.NotApplicable, "not applicable"},
	} {
		if part.n > 0 || part.word == "fail" {
			parts = append(parts, strconv.Itoa(part.n)+" "+part.word)
		}
	}
	return strings.Join(parts, " + ")
}
