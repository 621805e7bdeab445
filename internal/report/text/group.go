package text

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
)

// margin is where everything below a rule's title begins.
var margin = strings.Repeat(" ", SeverityWidth+2)

// Evidence of one subject, where not all is asked for.
const (
	placesShown = 2
	placeLines  = 2 // of each
)

// gluedWidth is how long a property and its value may be to be kept on one line.
const gluedWidth = 50

// group writes one rule: title and count, why it matters, its subjects, and what to do.
func (w *Writer) group(g *group) {
	p := w.page
	title, why := g.id, ""
	if g.rule != nil {
		title, why = g.rule.Title, w.why(g.rule)
	}
	p.Line()
	p.Prose(SeverityWord(g.severity)+"  ", title, Strong)
	p.Ends(margin+Dim.Render(g.id), tallyWords(g.of))
	if g.of.Fail > 0 && why != "" {
		p.Prose(margin, Inline(Safe(why)), Plain)
		p.Line()
	}
	for i := range g.rows {
		w.row(&g.rows[i])
	}
	if line := moreWords(g.more); line != "" {
		p.Prose(margin+"  ", line+"; --all or -o json shows them", Dim)
	}
	w.next(g)
}

// undecided writes the rules that fail nowhere and could not be judged somewhere: what is missing is all there is
// to say of them.
func (w *Writer) undecided(groups []*group) {
	if len(groups) == 0 {
		return
	}
	p := w.page
	p.Line()
	p.Prose(Doubt.Bold(true).Render("UNKNOWN")+"   ", "Rules that could not be judged on every subject, and fail on none", Strong)
	for _, g := range groups {
		title := g.id
		if g.rule != nil {
			title = g.rule.Title
		}
		p.Line()
		p.Prose(margin+Mark(finding.Unknown)+" ", title, Plain)
		p.Ends(margin+"  "+Dim.Render(g.id), tallyWords(g.of))
		more := maps.Clone(g.more)
		for i := range g.rows {
			switch f := &g.rows[i]; {
			case f.Verdict != finding.Unknown:
				w.row(f)
			case w.opt.All || i == 0 || f.Told().Why != g.rows[i-1].Told().Why:
				p.ProseEnds(margin+"  ", w.subjectLine(f), Dim, Dim.Render(f.ShortID()))
			default: // for the same reason as the one before it
				more[finding.Unknown]++
			}
		}
		if line := moreWords(more); line != "" {
			p.Prose(margin+"  ", line+"; --all or -o json shows them", Dim)
		}
	}
}

// row writes one subject.
func (w *Writer) row(f *finding.Finding) {
	head := margin + Mark(f.Verdict) + " "
	style := Plain
	if f.Verdict != finding.Fail {
		style = Dim
	}
	w.page.ProseEnds(head, w.subjectLine(f), style, Dim.Render(f.ShortID()))
	places, left, properties := w.proofs(f.Told().Evidence)
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
			if w.opt.All || !redundant(e, evidence) {
				values = append(values, propertyWords(e))
			}
		case w.opt.All || len(places) < placesShown:
			places = append(places, w.place(e))
		default:
			left++
		}
	}
	return places, left, strings.Join(values, " · ")
}

// subjectLine is the sentence about a subject, which names it in any case. The account as a subject is named
// where the accounts are told apart.
func (w *Writer) subjectLine(f *finding.Finding) string {
	name, why, in := Safe(f.Subject.Name), Safe(f.Told().Why), w.account(f.Subject.Account)
	switch {
	case why == "":
		return name + in
	case names(why, name) || in == " · "+name:
		return why + in
	}
	return name + ": " + why + in
}

// names reports whether a sentence holds a name as a word of its own: a role may be called "a".
func names(sentence, name string) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; ; {
		i := strings.Index(sentence[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(sentence[:start])
		after, _ := utf8.DecodeRuneInString(sentence[end:])
		if !letter(before) && !letter(after) || name == "" {
			return true
		}
		at = end
	}
}

// redundant reports whether a property says nothing that the rest does not: one that is not there, or an element
// of a list that is told whole.
func redundant(e *finding.Evidence, all []finding.Evidence) bool {
	if e.Text == "none" || strings.HasSuffix(e.Text, " = none") {
		return true
	}
	list := e.Pointer[:max(0, strings.LastIndexByte(e.Pointer, '/'))]
	return list != "" && slices.ContainsFunc(all, func(o finding.Evidence) bool { return o.Document == "" && o.Pointer == list })
}

// propertyWords is a property and its value. Most evidence says the name in its text already.
func propertyWords(e *finding.Evidence) string {
	name := strings.ReplaceAll(strings.TrimPrefix(e.Pointer, "/"), "/", ".")
	value := oneLine(e.Text)
	if strings.HasPrefix(e.Pointer, stepPrefix) || name == "" {
		return Safe(value)
	}
	if !strings.HasPrefix(value, name+" = ") {
		value = name + " = " + value
	}
	value = Safe(value)
	if len(value) < gluedWidth {
		return strings.ReplaceAll(value, " ", glue)
	}
	return value
}

// place is a piece of a document and where it stands.
func (w *Writer) place(e *finding.Evidence) string {
	head := Safe(where(e)) + "  "
	if w.opt.All {
		return head + Safe(oneLine(e.Text))
	}
	room := placeLines * (w.page.Width - lipgloss.Width(margin) - 4)
	return Clip(head+window(e, max(room-lipgloss.Width(head), room/2)), room)
}

// oneLine joins the lines of a statement.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// next writes what to do first.
func (w *Writer) next(g *group) {
	if g.of.Fail == 0 || g.rule == nil {
		return
	}
	if step := g.rule.NextStep(); step != "" {
		w.page.Prose(margin+Pointer.Render("→")+" ", Inline(Safe(step)), Plain)
	}
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

// why is the reason of a rule: its first sentence, or with everything the first paragraph.
func (w *Writer) why(r *rule.Rule) string {
	text := firstParagraph(r.Why)
	if w.opt.All {
		return text
	}
	return firstSentence(text)
}

// firstParagraph is the first paragraph of a Markdown text on one line, without headings.
func firstParagraph(markdown string) string {
	for paragraph := range strings.SplitSeq(markdown, "\n\n") {
		text := oneLine(paragraph)
		if text != "" && !strings.HasPrefix(text, "#") {
			return text
		}
	}
	return ""
}

// firstSentence ends at a full stop that a capital letter follows.
func firstSentence(text string) string {
	for at := 0; ; {
		i := strings.Index(text[at:], ". ")
		if i < 0 {
			return text
		}
		at += i + len(". ")
		if r, _ := utf8.DecodeRuneInString(text[at:]); unicode.IsUpper(r) {
			return text[:at-1]
		}
	}
}

// count is a number with its noun, in the plural where it needs it.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
