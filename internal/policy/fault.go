package policy

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/source"
)

// fault notes what AWS would refuse at the bytes from start to end. Beyond maxFaults nothing is noted, so
// that a hostile document costs no more than its size.
func (d *Document) fault(start, end int, message, hint string) {
	if !d.full() {
		d.Faults = append(d.Faults, d.diagnostic(start, end, message, hint))
	}
}

// full reports that no more faults are noted: the rest of the document need not be read.
func (d *Document) full() bool { return len(d.Faults) >= maxFaults }

func (d *Document) diagnostic(start, end int, message, hint string) source.Diagnostic {
	from := advance(source.Pos{Line: 1, Column: 1}, d.Text[:start])
	return source.Diagnostic{
		Severity: source.Error,
		Span:     source.Span{Start: from, End: advance(from, d.Text[start:min(end, len(d.Text))])},
		Message:  message,
		Hint:     hint,
	}
}

// faultAt notes a fault on a scalar's whole text, or on the opening bracket of a container.
func (d *Document) faultAt(n *Node, message, hint string) {
	d.fault(n.Pos.Offset, n.tip(), message, hint)
}

// tip is the end of what a caret underlines for n.
func (n *Node) tip() int {
	if n.Kind == Object || n.Kind == List {
		return n.Pos.Offset + 1
	}
	return n.End
}

func sortFaults(faults []source.Diagnostic) {
	slices.SortStableFunc(faults, func(a, b source.Diagnostic) int {
		return a.Span.Start.Offset - b.Span.Start.Offset
	})
}

// quote makes text of a document fit for a message: escaped, and no longer than a glance.
func quote(s string) string {
	const glance = 60
	if utf8.RuneCountInString(s) > glance {
		s = string([]rune(s)[:glance-1]) + "…"
	}
	return strconv.Quote(s)
}

// advance is the place behind text, which begins at pos.
func advance(pos source.Pos, text string) source.Pos {
	pos.Offset += len(text)
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		pos.Line += strings.Count(text, "\n")
		pos.Column = 1
		text = text[i+1:]
	}
	pos.Column += utf8.RuneCountInString(text)
	return pos
}

// syntaxFault says in our words where and why the text is not JSON.
func (p *parser) syntaxFault(err error) {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF):
		p.doc.fault(0, 0, "document is empty", "a policy is a JSON object with Version and Statement")
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.doc.fault(len(p.text), len(p.text), "document ends before it is complete", "the text was cut; fetch it again")
	case strings.HasPrefix(p.text, "\ufeff"):
		p.doc.fault(0, 0, "document begins with a byte order mark", "save it as UTF-8 without one")
	case strings.HasPrefix(p.text, "\xff\xfe"), strings.HasPrefix(p.text, "\xfe\xff"):
		p.doc.fault(0, 0, "document is UTF-16", "save it as UTF-8, without a byte order mark")
	case errors.As(err, &syntax):
		at := min(int(syntax.ByteOffset), len(p.text))
		p.doc.fault(at, at+1, "document is not JSON: "+syntax.Err.Error(), "")
	default:
		p.doc.fault(p.end, p.end, "document is not JSON: "+err.Error(), "")
	}
}
