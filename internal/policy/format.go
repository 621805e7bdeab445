package policy

import (
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Format is the document as people should read it, ending in a line break: two spaces a level, the elements
// in AWS's own order, a list of plain values on one line where it fits into 80 columns. The shapes (one value
// or a list), the order of statements, values and conditions, and the literals stay as written, so the text
// means what the document means. Characters that cannot be seen are written as escapes. A text that is not
// JSON comes back as it is.
func (d *Document) Format() string {
	if d.Root == nil {
		return d.Text
	}
	p := printer{out: make([]byte, 0, len(d.Text)+len(d.Text)/4)}
	p.value(d.Root, rootOrder)
	return string(append(p.out, '\n'))
}

// AppendIndent appends the JSON of n as Format writes it, names in the document's order. A nil n is null.
func (n *Node) AppendIndent(to []byte) []byte {
	p := printer{out: to}
	p.value(n, nil)
	return p.out
}

// rootOrder and statementOrder are AWS's own. Elements that it does not know come behind them.
// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
var (
	rootOrder      = []string{"Version", "Id", "Statement"}
	statementOrder = []string{
		"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
	}
)

// printer writes indented JSON.
type printer struct {
	out   []byte
	line  int // offset of the present line
	depth int
}

func (p *printer) newline() {
	p.out = append(p.out, '\n')
	p.line = len(p.out)
	for range p.depth {
		p.out = append(p.out, "  "...)
	}
}

// value writes n; order is that of an object's members, and of the objects in a list.
func (p *printer) value(n *Node, order []string) {
	switch {
	case n != nil && n.Kind == List && len(n.Items) > 0:
		p.list(n, order)
	case n != nil && n.Kind == Object && len(n.Members) > 0:
		p.object(n, order)
	case n != nil && n.Kind == String:
		p.out = appendVisible(p.out, n.Text)
	default:
		p.out = n.AppendJSON(p.out)
	}
}

func (p *printer) object(n *Node, order []string) {
	p.out = append(p.out, '{')
	p.depth++
	for i, m := range ranked(n.Members, order) {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		p.newline()
		p.out = append(appendVisible(p.out, m.Name), ": "...)
		var below []string
		if m.Name == "Statement" && slices.Equal(order, rootOrder) {
			below = statementOrder
		}
		p.value(m.Value, below)
	}
	p.depth--
	p.newline()
	p.out = append(p.out, '}')
}

// ranked are the members in order; those that it does not name keep their places behind.
func ranked(members []Member, order []string) []Member {
	if order == nil {
		return members
	}
	rank := func(m Member) int {
		if i := slices.Index(order, m.Name); i >= 0 {
			return i
		}
		return len(order)
	}
	members = slices.Clone(members)
	slices.SortStableFunc(members, func(a, b Member) int { return rank(a) - rank(b) })
	return members
}

func (p *printer) list(n *Node, order []string) {
	if p.flat(n) {
		return
	}
	p.out = append(p.out, '[')
	p.depth++
	for i, item := range n.Items {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		p.newline()
		p.value(item, order)
	}
	p.depth--
	p.newline()
	p.out = append(p.out, ']')
}

// flat writes a list of plain values on the present line, where it fits with a comma behind, or has one value.
func (p *printer) flat(n *Node) bool {
	start := len(p.out)
	p.out = append(p.out, '[')
	for i, item := range n.Items {
		if i > 0 {
			p.out = append(p.out, ", "...)
		}
		if len(item.Items)+len(item.Members) > 0 || len(n.Items) > 1 && p.full() {
			p.out = p.out[:start]
			return false
		}
		p.value(item, nil)
	}
	if p.out = append(p.out, ']'); len(n.Items) > 1 && p.full() {
		p.out = p.out[:start]
		return false
	}
	return true
}

// full reports that the present line has no room for a comma.
func (p *printer) full() bool {
	const columns = 80
	return len(p.out)-p.line >= columns && utf8.RuneCount(p.out[p.line:]) >= columns
}

// appendVisible appends s in quotes. What cannot be seen, direction marks and strange spaces too, is escaped:
// a reader must see what the machine reads.
func appendVisible(to []byte, s string) []byte {
	start := len(to)
	to = appendQuoted(to, s)
	if isASCII(to[start:]) {
		return to
	}
	quoted := string(to[start:])
	to = to[:start]
	for _, r := range quoted {
		if unicode.IsPrint(r) {
			to = utf8.AppendRune(to, r)
			continue
		}
		if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			to = appendEscape(appendEscape(to, high), low)
		} else {
			to = appendEscape(to, r)
		}
	}
	return to
}

func appendEscape(to []byte, unit rune) []byte {
	const hex = "0123456789abcdef"
	return append(to, '\\', 'u', hex[unit>>12&15], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15])
}
