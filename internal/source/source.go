// Package source holds what every language of Ambit says about text: files, positions and diagnostics.
//
// Contract: a Diagnostic is a value with a position; printing it gives a snippet with a caret.
// Limits: columns count runes, and a tab counts one. Text that is printed is made safe for a terminal.
// Floor: 1.
package source

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Pos is a place in a text. Line and Column begin at 1; the zero Pos is "nowhere".
type Pos struct {
	Offset int `json:"offset"` // bytes from the beginning
	Line   int `json:"line"`
	Column int `json:"column"` // runes
}

// Span is the half-open range of text from Start to End.
type Span struct {
	Start, End Pos
}

// Range is the span itself, so that a node which embeds a Span has a position.
func (s Span) Range() Span { return s }

// Severity tells an error, which stops, from a warning and a note, which do not.
type Severity uint8

// The severities of a diagnostic.
const (
	Error Severity = iota + 1
	Warning
	Note
)

// String is the lower-case name.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Note:
		return "note"
	}
	return "remark"
}

// Diagnostic is one remark on a text: where, what, and how to mend it.
type Diagnostic struct {
	Severity Severity
	Span     Span
	Message  string // one line, no capital, no full stop
	Hint     string // the cure, such as `did you mean "attachmentCount"?`; may be empty
}

// File is a named text. Name may be empty for text that came from a flag or from AWS.
type File struct {
	Name, Text string
}

// Pos is the position of a byte offset, which is brought into the text where it lies outside.
func (f File) Pos(offset int) Pos {
	offset = min(max(offset, 0), len(f.Text))
	before := f.Text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return Pos{
		Offset: offset,
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[start:]) + 1,
	}
}

// Span is the span between two byte offsets.
func (f File) Span(start, end int) Span {
	return Span{Start: f.Pos(start), End: f.Pos(max(start, end))}
}

// HasErrors reports whether any of the remarks is an Error.
func HasErrors(list []Diagnostic) bool {
	for _, d := range list {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// maxRemarks bounds what one text can make us say.
const maxRemarks = 100

// List gathers remarks on one text, and keeps no more than a hundred. The zero List is ready.
type List struct {
	all     []Diagnostic
	dropped int
}

// Add adds a remark. A full list keeps its errors: it drops what is added, unless that is its first error.
func (l *List) Add(d Diagnostic) {
	switch {
	case len(l.all) < maxRemarks:
		l.all = append(l.all, d)
	case d.Severity == Error && !HasErrors(l.all):
		l.all[maxRemarks-1] = d
		l.dropped++
	default:
		l.dropped++
	}
}

// Sorted gives the remarks in the order of the text, and a note where some were dropped.
func (l *List) Sorted() []Diagnostic {
	sort.SliceStable(l.all, func(i, j int) bool {
		return l.all[i].Span.Start.Offset < l.all[j].Span.Start.Offset
	})
	if l.dropped == 0 {
		return l.all
	}
	return append(l.all, Diagnostic{
		Severity: Note, Span: l.all[len(l.all)-1].Span,
		Message: "more remarks on this text are left out",
	})
}
