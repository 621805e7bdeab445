package text

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/ambit-iam/ambit/internal/finding"
)

// stepPrefix begins the pointer of evidence that is a step of a path, and no property.
const stepPrefix = "/path/"

// Evidence writes one piece of proof whole: a property and its value, or where a text stands, the text, and carets
// under the guilty elements.
func (p *Page) Evidence(margin string, e *finding.Evidence) {
	if e.Document == "" {
		p.Prose(margin, propertyWords(e), Plain)
		return
	}
	p.Prose(margin, Safe(where(e)), Pointer)
	for _, line := range layOut(cellsOf(e), max(p.Width-ansi.StringWidth(margin)-2, minRoom)) {
		shown, carets := line.rows()
		p.Line(margin, "  ", shown)
		if carets != "" {
			p.Line(margin, "  ", Bad.Render(carets))
		}
	}
}

// where is the place of a piece of a document.
func where(e *finding.Evidence) string {
	if e.Line > 0 {
		return e.Document + ":" + strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column)
	}
	return e.Document + e.Pointer
}

// cell is what is shown of one rune: it may be an escape of several.
type cell struct {
	text   string
	width  int
	marked bool
}

type cells []cell

// cellsOf is the text of evidence on one line, made safe.
func cellsOf(e *finding.Evidence) cells {
	var out cells
	at := 0
	for _, r := range e.Text {
		marked := false
		for _, m := range e.Marks {
			marked = marked || m.Start <= at && at < m.End
		}
		at++
		if r == '\n' || r == '\t' || r == '\r' {
			r = ' '
		}
		if shown := Safe(string(r)); r != ' ' || len(out) > 0 && out[len(out)-1].text != " " || marked {
			out = append(out, cell{shown, ansi.StringWidth(shown), marked})
		}
	}
	return out
}

// layOut breaks a line at blanks, or anywhere where a word is longer than the width.
func layOut(all cells, width int) []cells {
	var lines []cells
	for len(all) > 0 {
		n, used, blank := 0, 0, 0
		for n < len(all) && used+all[n].width <= width {
			if used += all[n].width; all[n].text == " " {
				blank = n + 1
			}
			n++
		}
		switch {
		case n == len(all):
		case blank > width/2:
			n = blank
		case n == 0:
			n = 1
		}
		lines = append(lines, all[:n])
		all = all[n:]
	}
	return lines
}

// rows are a line and the carets below it, "" where nothing is marked.
func (c cells) rows() (shown, carets string) {
	var text, below strings.Builder
	for _, one := range c {
		text.WriteString(one.text)
		mark := " "
		if one.marked {
			mark = "^"
		}
		below.WriteString(strings.Repeat(mark, one.width))
	}
	return text.String(), strings.TrimRight(below.String(), " ")
}

// window is the text of evidence in at most so many columns, with the guiltiest element in it.
func window(e *finding.Evidence, width int) string {
	all := cellsOf(e)
	total, end := 0, 0
	for _, one := range all {
		if total += one.width; one.marked && end == 0 {
			end = -1
		} else if !one.marked && end < 0 {
			end = total
		}
	}
	if end < 0 {
		end = total
	}
	line, _ := all.rows()
	if total <= width || end < width {
		return Clip(line, width)
	}
	begin := 0 // of the first mark
	for begin < len(all) && !all[begin].marked {
		begin++
	}
	from := max(0, begin-width/3)
	rest, _ := all[from:].rows()
	return Clip("…"+rest, width)
}
