package text

import "strings"

// Markdown writes the plain Markdown of rules: paragraphs are wrapped, list items hang, fenced or indented code
// keeps its lines, and `code` loses nothing.
func (p *Page) Markdown(margin, markdown string) {
	var paragraph []string
	mark := "" // of the list item that the paragraph is
	flush := func() {
		if len(paragraph) > 0 {
			p.Prose(margin+mark, Inline(Safe(strings.Join(paragraph, " "))), Plain)
		}
		paragraph, mark = nil, ""
	}
	fenced := false
	for line := range strings.SplitSeq(markdown, "\n") {
		trimmed := strings.TrimSpace(line)
		head, item := bullet(trimmed)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			flush()
			fenced = !fenced
		case fenced && trimmed == "":
			p.Line()
		case fenced:
			p.Line(margin, "  ", Pointer.Render(Safe(strings.ReplaceAll(line, "\t", "    "))))
		case trimmed == "":
			flush()
			p.Line()
		case strings.HasPrefix(line, "    ") && len(paragraph) == 0:
			p.Line(margin, "  ", Pointer.Render(Safe(trimmed)))
		case strings.HasPrefix(trimmed, "#"):
			flush()
			p.Line(margin, Strong.Render(Safe(strings.TrimLeft(trimmed, "# "))))
		case head != "":
			flush()
			paragraph, mark = []string{item}, head
		default:
			paragraph = append(paragraph, trimmed)
		}
	}
	flush()
}

// bullet parts the head of a list item from its text.
func bullet(line string) (head, item string) {
	if rest, ok := strings.CutPrefix(line, "- "); ok {
		return "• ", rest
	}
	number, rest, ok := strings.Cut(line, ". ")
	if !ok || number == "" || len(number) > 2 || strings.Trim(number, "0123456789") != "" {
		return "", ""
	}
	return number + ". ", rest
}
