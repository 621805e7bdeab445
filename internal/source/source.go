// Package source holds what every language of Ambit says about text: files, positions and diagnostics.
//
// Contract: a Diagnostic is a value with a position; printing it gives a snippet with a caret.
// Limits: columns count runes, and a tab counts one. Text that is printed is made safe for a terminal.
// Floor: 1.
package source

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

// Severity tells an error, which stops, from a warning and a note, which do not.
type Severity uint8

// The severities of a diagnostic.
const (
	Error Severity = iota + 1
	Warning
	Note
)

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
