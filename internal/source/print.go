package source

import (
	"io"
	"strconv"
	"strings"
	"unicode"
)

// window is how many runes of a long line a snippet shows.
const window = 100

// Print writes the remarks on f, one after the other, as Append does.
func Print(w io.Writer, f File, list []Diagnostic) error {
	var text []byte
	for _, d := range list {
		text = d.Append(text, f)
	}
	_, err := w.Write(text)
	return err
}

// Append writes the remark as people read it, ending in a line break:
//
//	name:line:column: error: message
//	  the line of the text
//	      ^^^^
//	  hint: the cure
//
// A remark that has no position, or lies outside f, has no snippet.
func (d Diagnostic) Append(to []byte, f File) []byte {
	if f.Name != "" {
		to = append(append(to, Safe(f.Name)...), ':')
	}
	start := d.Span.Start
	if start.Line > 0 {
		to = append(strconv.AppendInt(to, int64(start.Line), 10), ':')
		to = append(strconv.AppendInt(to, int64(start.Column), 10), ':')
	}
	if len(to) > 0 && to[len(to)-1] == ':' {
		to = append(to, ' ')
	}
	to = append(append(to, d.Severity.String()...), ": "...)
	to = append(append(to, Safe(d.Message)...), '\n')
	if start.Line > 0 && start.Offset <= len(f.Text) {
		to = appendSnippet(to, f.Text, d.Span)
	}
	if d.Hint != "" {
		to = append(append(to, "  hint: "...), Safe(d.Hint)...)
		to = append(to, '\n')
	}
	return to
}

func appendSnippet(to []byte, text string, span Span) []byte {
	begin := strings.LastIndexByte(text[:span.Start.Offset], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[span.Start.Offset:], '\n'); n >= 0 {
		end = span.Start.Offset + n
	}
	line := []rune(Safe(strings.TrimSuffix(text[begin:end], "\r")))
	if len(line) == 0 {
		return to
	}
	first := min(max(span.Start.Column-1, 0), len(line))
	last := len(line)
	if span.End.Line == span.Start.Line {
		last = min(span.End.Column-1, len(line))
	}
	last = max(last, first+1)

	// A long line is cut to a window that keeps a third of itself before the caret.
	from, upTo := 0, len(line)
	if len(line) > window {
		from = min(max(first-window/3, 0), len(line)-window)
		upTo = from + window
	}
	pad := first - from
	to = append(to, "  "...)
	if from > 0 {
		to = append(to, "…"...)
		pad++
	}
	to = append(to, string(line[from:upTo])...)
	if upTo < len(line) {
		to = append(to, "…"...)
	}
	to = append(to, "\n  "...)
	to = append(to, strings.Repeat(" ", pad)...)
	to = append(to, strings.Repeat("^", max(min(last, upTo)-first, 1))...)
	return append(to, '\n')
}

// Safe makes hostile text harmless to a terminal, rune for rune: a tab becomes a space, and what cannot be
// seen (control characters, direction marks, line separators, broken UTF-8) the replacement character.
func Safe(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Z, r):
			return r
		case unicode.Is(unicode.Zs, r):
			return ' '
		}
		return unicode.ReplacementChar
	}, text)
}
