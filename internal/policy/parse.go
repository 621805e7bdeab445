package policy

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/source"
)

// The limits of a document. AWS's own largest policy is 20 KiB (an S3 bucket policy); these only keep
// hostile text cheap.
const (
	maxText   = 1 << 20
	maxDepth  = 64
	maxValues = 1 << 17
	maxFaults = 50
)

// Parse reads one policy document. The result is never nil; what is wrong with the text stands in Faults.
// Source of the grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
func Parse(text string) *Document {
	d := &Document{Text: text, Version: version2008}
	if len(text) > maxText {
		d.fault(0, 0, "document is longer than 1 MiB", "AWS takes no policy beyond 20 KiB; is this the right file?")
		return d
	}
	p := newParser(d)
	root, ok := p.document()
	if !ok {
		return d
	}
	d.Root = root
	d.interpret()
	return d
}

// parser builds the raw tree. Children of open containers wait on two stacks and are copied to a slice of
// their exact size when the container closes.
type parser struct {
	doc     *Document
	dec     *jsontext.Decoder
	text    string
	at      source.Pos // cursor of place: moves forward only
	end     int        // offset behind the last token
	count   int
	items   []*Node
	members []Member

	nodes       slab[Node]
	itemSlab    slab[*Node]
	membersSlab slab[Member]
}

func newParser(d *Document) *parser {
	p := &parser{doc: d, text: d.Text, at: source.Pos{Line: 1, Column: 1}}
	p.dec = jsontext.NewDecoder(bytes.NewBufferString(d.Text), jsontext.AllowDuplicateNames(true))
	// Every value but the root follows an opener or a comma.
	openers := strings.Count(d.Text, "{") + strings.Count(d.Text, "[")
	p.nodes.size = 1 + openers + strings.Count(d.Text, ",")
	p.membersSlab.size = strings.Count(d.Text, ":")
	p.itemSlab.size = max(1, p.nodes.size-p.membersSlab.size)
	return p
}

// document reads the root and the end of the text behind it.
func (p *parser) document() (*Node, bool) {
	root, ok := p.value(0)
	if !ok {
		return nil, false
	}
	if _, err := p.dec.ReadToken(); !errors.Is(err, io.EOF) {
		at := skipSpace(p.text, p.end)
		p.doc.fault(at, at+1, "document goes on after its closing brace", "keep one JSON object, and delete what follows it")
		return nil, false
	}
	return root, true
}

// next reads a token and says where it begins; its end is p.end.
func (p *parser) next() (tok jsontext.Token, start int, ok bool) {
	start = skipSpace(p.text, p.end)
	tok, err := p.dec.ReadToken()
	if err != nil {
		p.syntaxFault(err)
		return tok, start, false
	}
	p.end = int(p.dec.InputOffset())
	return tok, start, true
}

func (p *parser) value(depth int) (*Node, bool) {
	tok, start, ok := p.next()
	if !ok {
		return nil, false
	}
	return p.build(tok, start, depth)
}

// build makes the node of the value that tok begins.
func (p *parser) build(tok jsontext.Token, start, depth int) (*Node, bool) {
	if p.count++; p.count > maxValues {
		p.doc.fault(start, start+1, "document holds more than 131072 values", "no AWS policy is that large; is this the right file?")
		return nil, false
	}
	if depth >= maxDepth {
		p.doc.fault(start, start+1, "document is nested deeper than 64 levels", "a policy needs 6; is this the right file?")
		return nil, false
	}
	n := p.nodes.one()
	n.Pos = p.place(start)
	ok := true
	switch tok.Kind() {
	case '{':
		n.Kind = Object
		n.Members, ok = p.object(depth)
	case '[':
		n.Kind = List
		n.Items, ok = p.list(depth)
	case '"':
		n.Kind, n.Text = String, p.str(tok, start)
	case '0':
		n.Kind, n.Text = Number, p.text[start:p.end]
	case 't', 'f':
		n.Kind, n.Text = Bool, p.text[start:p.end]
	}
	n.End = p.end
	return n, ok
}

func (p *parser) list(depth int) ([]*Node, bool) {
	base := len(p.items)
	for {
		tok, start, ok := p.next()
		if !ok {
			return nil, false
		}
		if tok.Kind() == ']' {
			break
		}
		n, ok := p.build(tok, start, depth+1)
		if !ok {
			return nil, false
		}
		p.items = append(p.items, n)
	}
	out := p.itemSlab.copy(p.items[base:])
	p.items = p.items[:base]
	return out, true
}

func (p *parser) object(depth int) ([]Member, bool) {
	base := len(p.members)
	for {
		tok, start, ok := p.next()
		if !ok {
			return nil, false
		}
		if tok.Kind() == '}' {
			break
		}
		name := p.str(tok, start)
		n, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		p.members = append(p.members, Member{Name: name, Value: n, Offset: start})
	}
	out := p.membersSlab.copy(p.members[base:])
	p.members = p.members[:base]
	p.duplicates(out)
	return out, true
}

// duplicates reports names that stand twice in one object: AWS refuses them, and JSON readers disagree
// on which one counts.
func (p *parser) duplicates(members []Member) {
	const few = 12
	if len(members) <= few {
		for i, m := range members {
			for _, earlier := range members[:i] {
				if earlier.Name == m.Name {
					p.duplicate(m)
					break
				}
			}
		}
		return
	}
	seen := make(map[string]struct{}, len(members))
	for _, m := range members {
		if _, twice := seen[m.Name]; twice {
			p.duplicate(m)
		}
		seen[m.Name] = struct{}{}
	}
}

func (p *parser) duplicate(m Member) {
	p.doc.fault(m.Offset, m.Offset+1, "element "+quote(m.Name)+" stands twice in one object",
		"AWS refuses duplicate elements; merge their values into one list")
}

// str is the value of a string token, without a copy where nothing is escaped.
func (p *parser) str(tok jsontext.Token, start int) string {
	raw := p.text[start+1 : p.end-1]
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return tok.String()
}

// place moves the cursor forward to offset and returns it.
func (p *parser) place(offset int) source.Pos {
	p.at = advance(p.at, p.text[p.at.Offset:offset])
	return p.at
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

// skipSpace is the offset of the first byte at or behind from that is no space, comma or colon.
func skipSpace(text string, from int) int {
	for from < len(text) && strings.IndexByte(" \t\r\n,:", text[from]) >= 0 {
		from++
	}
	return from
}

// syntaxFault says in our words where and why the text is not JSON.
func (p *parser) syntaxFault(err error) {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF):
		p.doc.fault(0, 0, "document is empty", "a policy is a JSON object with Version and Statement")
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.doc.fault(len(p.text), len(p.text), "document ends before it is complete", "the text was cut; fetch it again")
	case errors.As(err, &syntax):
		at := min(int(syntax.ByteOffset), len(p.text))
		p.doc.fault(at, at+1, "document is not JSON: "+syntax.Err.Error(), "")
	default:
		p.doc.fault(p.end, p.end, "document is not JSON: "+err.Error(), "")
	}
}

// slab hands out parts of large slices, so that a document costs a few allocations, not one a value.
// size is the expected total.
type slab[T any] struct {
	free []T
	size int
}

// most is the largest number of elements taken ahead: text may promise what it does not hold.
const most = 1024

func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, min(s.size, most)))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	s.size -= n
	return out
}

func (s *slab[T]) one() *T { return &s.take(1)[0] }

func (s *slab[T]) copy(from []T) []T {
	if len(from) == 0 {
		return nil
	}
	out := s.take(len(from))
	copy(out, from)
	return out
}
