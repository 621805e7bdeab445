package policy

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/source"
)

// Member is the value of the member called name, letter case counting: nil where n is nil, is not an
// Object, or has no such member. Of duplicates, which are a fault, it is the first.
func (n *Node) Member(name string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Members {
		if n.Members[i].Name == name {
			return n.Members[i].Value
		}
	}
	return nil
}

// AppendJSON appends the compact JSON of n, names in the document's order, literals as written.
// A nil n is null.
func (n *Node) AppendJSON(to []byte) []byte {
	if n == nil {
		return append(to, "null"...)
	}
	switch n.Kind {
	case Null:
		return append(to, "null"...)
	case Bool, Number:
		return append(to, n.Text...)
	case String:
		return appendQuoted(to, n.Text)
	case List:
		return n.appendList(to)
	case Object:
		return n.appendObject(to)
	}
	return to
}

func (n *Node) appendList(to []byte) []byte {
	to = append(to, '[')
	for i, item := range n.Items {
		if i > 0 {
			to = append(to, ',')
		}
		to = item.AppendJSON(to)
	}
	return append(to, ']')
}

func (n *Node) appendObject(to []byte) []byte {
	to = append(to, '{')
	for i, m := range n.Members {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(appendQuoted(to, m.Name), ':')
		to = m.Value.AppendJSON(to)
	}
	return append(to, '}')
}

// appendQuoted cannot fail on the text of a tree: the parser takes valid UTF-8 only.
func appendQuoted(to []byte, s string) []byte {
	to, _ = jsontext.AppendQuote(to, s)
	return to
}

// Pointer is the JSON pointer (RFC 6901) of a node of this document: "/Statement/0/Action/2". The root's
// pointer is "", and so is that of a node from elsewhere.
func (d *Document) Pointer(n *Node) string {
	pointer, _, _ := d.find(n)
	return pointer
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// childAt is the index of the child that holds the byte at offset, or -1.
func (n *Node) childAt(offset int) int {
	count := len(n.Items) + len(n.Members) // one of them is empty
	i := sort.Search(count, func(i int) bool { return n.child(i).End > offset })
	if i == count || n.child(i).Pos.Offset > offset {
		return -1
	}
	return i
}

func (n *Node) child(i int) *Node {
	if n.Kind == List {
		return n.Items[i]
	}
	return n.Members[i].Value
}

// Span is where a node stands: a scalar's whole text, of a list or object its opening bracket. A nil n is
// nowhere.
func (d *Document) Span(n *Node) source.Span {
	if n == nil || n.End > len(d.Text) {
		return source.Span{}
	}
	return source.Span{Start: n.Pos, End: advance(n.Pos, d.Text[n.Pos.Offset:n.tip()])}
}

// Snippet is the text of a node of this document on one line: white space between tokens becomes one
// space, and what is longer than limit runes is cut and ends with "…". It is a document's own, hostile text.
func (d *Document) Snippet(n *Node, limit int) string {
	if n == nil || limit <= 0 || n.End > len(d.Text) {
		return ""
	}
	text := d.Text[n.Pos.Offset:n.End]
	out := clipped{limit: limit, text: make([]byte, 0, min(len(text), limit+len("…")))}
	var quoted, escaped, space bool
	for _, r := range text {
		if !quoted && (r == ' ' || r == '\t' || r == '\r' || r == '\n') {
			space = true
			continue
		}
		if space {
			out.add(' ')
			space = false
		}
		if !out.add(r) {
			break
		}
		quoted = quoted != (r == '"' && !escaped)
		escaped = quoted && r == '\\' && !escaped
	}
	return string(out.text)
}

// clipped is a text of at most limit runes; the last one is "…" where more was added.
type clipped struct {
	text         []byte
	runes, limit int
	last         int // offset of the rune that "…" would replace
}

// add reports whether r found room.
func (c *clipped) add(r rune) bool {
	if c.runes == c.limit {
		c.text = append(c.text[:c.last], "…"...)
		c.limit = 0
	}
	if c.limit == 0 {
		return false
	}
	if c.runes == c.limit-1 {
		c.last = len(c.text)
	}
	if c.runes++; r < utf8.RuneSelf {
		c.text = append(c.text, byte(r))
	} else {
		c.text = utf8.AppendRune(c.text, r)
	}
	return true
}
