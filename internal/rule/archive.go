package rule

import (
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/ambit-iam/ambit/internal/source"
)

// section is one file of a txtar, with the place of its first byte and of its name.
type section struct {
	text string
	at   source.Pos
	name source.Span
}

// sections splits a txtar. A section that stands twice, and text before the first one, are faults.
func sections(file source.File, faults *faults) map[string]section {
	archive := txtar.Parse([]byte(file.Text))
	if len(archive.Files) == 0 {
		faults.add(file.Span(0, 0), "no section in this file", `a rule begins with "-- rule.yaml --"`)
		return nil
	}
	if text := strings.TrimSpace(string(archive.Comment)); text != "" {
		faults.add(file.Span(0, 1), "text before the first section", `a rule begins with "-- rule.yaml --"`)
	}
	all := make(map[string]section, len(archive.Files))
	offset := len(archive.Comment)
	for _, f := range archive.Files {
		end := len(file.Text)
		if n := strings.IndexByte(file.Text[offset:], '\n'); n >= 0 {
			end = offset + n
		}
		name := file.Span(offset, end)
		if _, twice := all[f.Name]; twice {
			faults.add(name, "section "+f.Name+" stands twice", "keep one of them")
		}
		offset = min(end+1, len(file.Text))
		text := file.Text[offset:min(offset+len(f.Data), len(file.Text))]
		all[f.Name] = section{text: text, at: file.Pos(offset), name: name}
		offset += len(text)
	}
	return all
}

// expressions splits GSL at blank lines.
func (s section) expressions() []expression {
	var all []expression
	at, text := s.at, ""
	flush := func() {
		if strings.TrimSpace(text) != "" {
			all = append(all, expression{text: strings.TrimRight(text, "\n"), at: at})
		}
		text = ""
	}
	next := s.at
	for line := range strings.Lines(s.text) {
		if strings.TrimSpace(line) == "" {
			flush()
		} else if text == "" {
			at = next
		}
		if strings.TrimSpace(line) != "" {
			text += line
		}
		next = source.Pos{Offset: next.Offset + len(line), Line: next.Line + 1, Column: 1}
	}
	flush()
	return all
}
