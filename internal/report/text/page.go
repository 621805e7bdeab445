package text

import (
	"bytes"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Screen is what is known of the place that a page is written to.
type Screen struct {
	Width   int                  // columns; 0: 80
	Profile colorprofile.Profile // NoTTY and below: no escape sequence is written at all
}

// The measures of a page. Prose wider than maxWidth is hard to read, however wide the screen.
const (
	defaultWidth = 80
	minWidth     = 40
	maxWidth     = 120
	minRoom      = 10 // for text behind a margin
	pairRoom     = 24 // for a value behind its name
	entryRoom    = 26 // for text beside what stands at the end of its line
)

// What stands for a hyphen, and for a space, while a text is wrapped, which else would break there: ids and ARNs,
// and a property and its value. They are private characters, which Safe lets nothing keep.
const (
	joiner = "\ue000"
	glue   = "\ue001"
)

var unjoin = strings.NewReplacer(joiner, "-", glue, " ")

// Page writes lines of at most a width. The first error is kept for Flush, and ends the writing.
type Page struct {
	Width int
	w     *colorprofile.Writer
	buf   bytes.Buffer
	err   error
}

// NewPage makes a page for a screen.
func NewPage(w io.Writer, s Screen) *Page {
	width := s.Width
	if width <= 0 {
		width = defaultWidth
	}
	profile := s.Profile
	if profile == colorprofile.Unknown {
		profile = colorprofile.NoTTY
	}
	return &Page{Width: min(max(width, minWidth), maxWidth), w: &colorprofile.Writer{Forward: w, Profile: profile}}
}

// Line writes one line as it is, but for spaces at its end.
func (p *Page) Line(parts ...string) {
	line := strings.TrimRight(strings.Join(parts, ""), " ")
	p.buf.WriteString(line)
	p.buf.WriteByte('\n')
	if p.buf.Len() > 32<<10 {
		p.write()
	}
}

// Prose writes text wrapped behind a margin: head stands before the first line, and the lines after it begin
// where the text of the first began.
func (p *Page) Prose(head, text string, style lipgloss.Style) {
	for _, line := range wrapped(head, text, style, p.Width) {
		p.Line(line)
	}
}

// ProseEnds is Prose with something at the right end of the first line, of which the text keeps clear. Where that is
// empty it is Prose.
func (p *Page) ProseEnds(head, text string, style lipgloss.Style, right string) {
	width := lipgloss.Width(right)
	if width == 0 {
		p.Prose(head, text, style)
		return
	}
	for i, line := range wrapped(head, text, style, p.Width-width-2) {
		if i == 0 {
			line += strings.Repeat(" ", max(2, p.Width-lipgloss.Width(line)-width)) + right
		}
		p.Line(line)
	}
}

// Entry is a line of a list: ProseEnds where text has room beside what is at the right end, else that stands below the
// text, behind the same margin. It is never broken, so that an id can be copied.
func (p *Page) Entry(head, text string, style lipgloss.Style, right string) {
	margin, width := lipgloss.Width(head), lipgloss.Width(right)
	if room := p.Width - margin - width - 2; room >= min(entryRoom, lipgloss.Width(text)) {
		p.ProseEnds(head, text, style, right)
		return
	}
	p.Prose(head, text, style)
	p.Line(strings.Repeat(" ", max(0, min(margin, p.Width-width))), right)
}

// Pair writes a name and its value: Prose where the value has room behind the name, else the value stands below it, a
// little further in.
func (p *Page) Pair(name, value string, style lipgloss.Style) {
	if room := p.Width - lipgloss.Width(name); room >= min(pairRoom, lipgloss.Width(value)) {
		p.Prose(name, value, style)
		return
	}
	plain := strings.TrimRight(ansi.Strip(name), " ")
	p.Line(ansi.Truncate(name, lipgloss.Width(plain), "")) // blanks may stand within a style
	margin := len(plain) - len(strings.TrimLeft(plain, " "))
	p.Prose(strings.Repeat(" ", margin+2), value, style)
}

// wrapped is text in lines of a width, head before the first and a margin before the others.
func wrapped(head, text string, style lipgloss.Style, width int) []string {
	indent := lipgloss.Width(head)
	text = ansi.Wrap(strings.ReplaceAll(text, "-", joiner), max(width-indent, minRoom), "")
	lines := strings.Split(unjoin.Replace(text), "\n")
	for i, line := range lines {
		lines[i] = head + style.Render(strings.TrimRight(line, " "))
		head = strings.Repeat(" ", indent)
	}
	return lines
}

// Ends writes left and right at the two ends of one line, or on lines of their own where one has no room for both.
func (p *Page) Ends(left, right string) {
	gap := p.Width - lipgloss.Width(left) - lipgloss.Width(right)
	if gap < 2 {
		p.Prose("", left, Plain)
		p.Line(strings.Repeat(" ", max(0, p.Width-lipgloss.Width(right))), right)
		return
	}
	p.Line(left, strings.Repeat(" ", gap), right)
}

// Rule writes a thin line across the page.
func (p *Page) Rule() { p.Line(Dim.Render(strings.Repeat("─", p.Width))) }

// Flush writes what is left and gives the first error.
func (p *Page) Flush() error {
	p.write()
	return p.err
}

func (p *Page) write() {
	if p.err == nil {
		_, p.err = p.w.Write(p.buf.Bytes())
	}
	p.buf.Reset()
}

// Clip cuts a line of text to a width, with an ellipsis where something is cut.
func Clip(s string, width int) string { return ansi.Truncate(s, width, "…") }
