package text

import (
	"fmt"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
)

// margin is where everything below a rule's title begins.
var margin = strings.Repeat(" ", severityWidth+2)

// Evidence of one subject, where not all is asked for.
const (
	placesShown = 2
	placeLines  = 2 // of each
)

// group writes one rule: title and count, why it matters, its subjects, and what to do.
func (w *Writer) group(g *group) {
	p := w.page
	title, why := g.id, ""
	if g.rule != nil {
		title, why = g.rule.Title, FirstParagraph(g.rule.Why)
	}
	p.Line()
	p.Prose(SeverityWord(g.severity)+"  ", title, Strong)
	p.Ends(margin+Dim.Render(g.id), tallyWords(g.of))
	if why != "" {
		p.Prose(margin, Safe(why), Plain)
	}
	p.Line()
	for i := range g.rows {
		w.row(&g.rows[i])
	}
	if line := moreWords(g.more); line != "" {
		p.Prose(margin+"  ", line+"; --all or -o json shows them", Dim)
	}
	w.next(g)
}

// row writes one subject.
func (w *Writer) row(f *finding.Finding) {
	head := margin + Mark(f.Verdict) + " "
	style := Plain
	if f.Verdict != finding.Fail {
		style = Dim
	}
	w.page.Prose(head, subjectLine(f)+w.account(f.Subject.Account), style)
	places, left, properties := w.proofs(f.Evidence)
	for _, line := range places {
		w.page.Prose(margin+"    ", line, Dim)
	}
	if properties != "" {
		w.page.Prose(margin+"    ", properties, Dim)
	}
	if left > 0 {
		w.page.Line(margin, "    ", Dim.Render("and "+count(left, "more place")))
	}
}

// proofs is the evidence of a subject: a line for each place in a document, as many as are wanted, and its
// properties together on one. left is how many places are not among them.
func (w *Writer) proofs(evidence []finding.Evidence) (places []string, left int, properties string) {
	var values []string
	for i := range evidence {
		e := &evidence[i]
		switch {
		case e.Document == "":
			values = append(values, Safe(strings.TrimPrefix(e.Pointer, "/")+" = "+oneLine(e.Text)))
		case w.opt.All || len(places) < placesShown:
			places = append(places, w.place(e))
		default:
			left++
		}
	}
	return places, left, strings.Join(values, " · ")
}

// subjectLine is the sentence about a subject, which names it in any case.
func subjectLine(f *finding.Finding) string {
	name := Safe(f.Subject.Name)
	why := Safe(f.Why)
	switch {
	case why == "":
		return name
	case strings.Contains(why, name):
		return why
	}
	return name + ": " + why
}

// place is a piece of a document and where it stands.
func (w *Writer) place(e *finding.Evidence) string {
	where := e.Document + e.Pointer
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", e.Document, e.Line, e.Column)
	}
	line := Safe(where + "  " + oneLine(e.Text))
	if w.opt.All {
		return line
	}
	return Clip(line, placeLines*(w.page.Width-lipgloss.Width(margin)-4))
}

// oneLine joins the lines of a statement.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// next writes what to do.
func (w *Writer) next(g *group) {
	if g.of.Fail > 0 && g.rule != nil {
		if step := g.rule.NextStep(); step != "" {
			w.page.Prose(margin+Pointer.Render("→")+" ", step, Plain)
		}
	}
	w.page.Prose(margin+"  ", "ambit rules show "+g.id, Dim)
}

// tallyWords is how many of a rule's subjects fail or are unknown.
func tallyWords(v report.Verdicts) string {
	judged := v.Total() - v.NotApplicable
	switch {
	case v.Fail > 0:
		return Bad.Render(fmt.Sprintf("%d of %d fail", v.Fail, judged))
	case v.Unknown > 0:
		return Doubt.Render(fmt.Sprintf("%d of %d unknown", v.Unknown, judged))
	case judged > 0:
		return Good.Render(fmt.Sprintf("%d of %d pass", v.Pass, judged))
	}
	return Dim.Render("not applicable")
}

// moreWords counts what a cap left out.
func moreWords(more map[finding.Verdict]int) string {
	var parts []string
	for _, v := range []struct {
		verdict finding.Verdict
		word    string
	}{
		{finding.Fail, "failing"},
		{finding.Unknown, "unknown"},
		{finding.Accepted, "accepted"},
		{finding.Pass, "passing"},
		{finding.NotApplicable, "not applicable"},
	} {
		if n := more[v.verdict]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" more "+v.word)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "and " + strings.Join(parts, ", ")
}

// FirstParagraph is the first paragraph of a Markdown text on one line, without headings.
func FirstParagraph(markdown string) string {
	for paragraph := range strings.SplitSeq(markdown, "\n\n") {
		text := strings.Join(strings.Fields(paragraph), " ")
		if text != "" && !strings.HasPrefix(text, "#") {
			return text
		}
	}
	return ""
}

// count is a number with its noun, in the plural where it needs it.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
