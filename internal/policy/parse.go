package policy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/source"
)

// The limits of a document. AWS's own largest policy is 32 KiB (a KMS key policy; white space apart), so that none
// holds more wildcards; these only keep hostile text cheap.
// Source: KMS Developer Guide, "Quotas".
const (
	maxText      = 1 << 20
	maxDepth     = 64
	maxValues    = 1 << 17
	maxWildcards = 1 << 15
	maxFaults    = 50
)

// Parse reads one policy document. The result is never nil; what is wrong with the text stands in Faults.
// Source of the grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
func Parse(text string) *Document {
	d := &Document{Text: text, Version: version2008}
	if len(text) > maxText {
		d.fault(0, 0, "document is longer than 1 MiB", "AWS takes no policy beyond 32 KiB; is this the right file?")
		return d
	}
	if wildcards(text) > maxWildcards {
		d.fault(0, 0, "document holds more than 32768 wildcards", "AWS takes no policy beyond 32 KiB; is this the right file?")
		return d
	}
	p := parsers.Get().(*parser)
	defer p.release()
	p.open(d)
	if root, ok := p.document(); ok {
		d.Root = root
		p.interpret()
	}
	sortFaults(d.Faults)
	return d
}

// wildcards is at least how many stars, question marks and variables a document holds; escapes may be such.
func wildcards(text string) int {
	n := 0
	for _, mark := range [...]string{"*", "?", "$", `\u`} {
		n += strings.Count(text, mark)
	}
	return n
}

// parser reads one document at a time, first the raw tree, then the statements. Children of open
// containers wait on two stacks and are copied to a slice of their exact size when the container closes.
type parser struct {
	progress

	// Kept from one document to the next.
	buf     bytes.Buffer
	dec     *jsontext.Decoder
	items   []*Node
	members []Member
	found   []Value // of the element that is being read
}

// progress is what a parser knows of its present document.
type progress struct {
	doc   *Document
	text  string
	at    source.Pos // of the last token: moves forward only
	ascii bool       // columns are bytes
	end   int        // offset behind the last token
	count int        // of values so far

	nodeSlab   slab[Node]
	itemSlab   slab[*Node]
	memberSlab slab[Member]
	valueSlab  slab[Value]
}

// parsers keeps the buffers of parsers: a decoder and its stacks cost as much as a small document.
var parsers = sync.Pool{New: func() any {
	p := new(parser)
	p.dec = jsontext.NewDecoder(&p.buf)
	return p
}}

// open takes up a document.
func (p *parser) open(d *Document) {
	p.doc, p.text, p.at = d, d.Text, source.Pos{Line: 1, Column: 1}
	p.buf.WriteString(d.Text)
	p.dec.Reset(&p.buf, jsontext.AllowDuplicateNames(true))
	p.ascii = isASCII(p.buf.Bytes())
	p.expect()
}

func isASCII(b []byte) bool {
	var bits uint64
	for ; len(b) >= 8; b = b[8:] {
		bits |= binary.LittleEndian.Uint64(b)
	}
	for _, c := range b {
		bits |= uint64(c)
	}
	return bits&0x8080808080808080 == 0
}

// expect guesses how many values there are: each but the root follows an opener or a comma, and a string
// that is no value is a name. Only punctuation inside strings, and literals, make the guess wrong.
func (p *parser) expect() {
	openers := strings.Count(p.text, "{") + strings.Count(p.text, "[")
	nodes := 1 + openers + strings.Count(p.text, ",")
	names := max(0, strings.Count(p.text, `"`)/2-nodes+openers)
	p.nodeSlab.size = nodes
	p.memberSlab.size = names
	p.itemSlab.size = nodes - 1 - names
	p.valueSlab.size = nodes / 2
}

// release gives the buffers back, without hold on the document; those of a huge one are dropped.
func (p *parser) release() {
	const keep = 64 << 10
	if len(p.text) > keep {
		return
	}
	p.progress = progress{}
	p.buf.Reset()
	p.items = popped(p.items, 0)
	p.members = popped(p.members, 0)
	parsers.Put(p)
}

// popped is a stack without what stands at and above base.
func popped[T any](stack []T, base int) []T {
	clear(stack[base:])
	return stack[:base]
}

// document reads the root and the end of the text behind it.
func (p *parser) document() (*Node, bool) {
	root, ok := p.value(0)
	if !ok {
		return nil, false
	}
	if _, err := p.dec.ReadToken(); !errors.Is(err, io.EOF) {
		p.place()
		p.doc.fault(p.at.Offset, p.at.Offset+1, "document goes on after its closing brace", "keep one JSON object, and delete what follows it")
		return nil, false
	}
	return root, true
}

// next reads a token; it begins at p.at and ends at p.end.
func (p *parser) next() (tok jsontext.Token, ok bool) {
	tok, err := p.dec.ReadToken()
	if err != nil {
		p.syntaxFault(err)
		return tok, false
	}
	p.place()
	p.end = int(p.dec.InputOffset())
	return tok, true
}

// place moves p.at behind the last token and what divides it from the next. No token holds a line break.
func (p *parser) place() {
	token := p.text[p.at.Offset:p.end]
	if p.ascii {
		p.at.Column += len(token)
	} else {
		p.at.Column += utf8.RuneCountInString(token)
	}
	i := p.end
	for ; i < len(p.text); i++ {
		switch p.text[i] {
		case ' ', '\t', '\r', ',', ':':
			p.at.Column++
		case '\n':
			p.at.Line++
			p.at.Column = 1
		default:
			p.at.Offset = i
			return
		}
	}
	p.at.Offset = i
}

func (p *parser) value(depth int) (*Node, bool) {
	tok, ok := p.next()
	if !ok {
		return nil, false
	}
	return p.build(tok, depth)
}

// build makes the node of the value that tok begins.
func (p *parser) build(tok jsontext.Token, depth int) (*Node, bool) {
	start := p.at.Offset
	if p.count++; p.count > maxValues {
		p.doc.fault(start, start+1, "document holds more than 131072 values", "no AWS policy is that large; is this the right file?")
		return nil, false
	}
	if depth >= maxDepth {
		p.doc.fault(start, start+1, "document is nested deeper than 64 levels", "a policy needs 6; is this the right file?")
		return nil, false
	}
	n := p.nodeSlab.one()
	n.Pos = p.at
	ok := true
	switch tok.Kind() {
	case '{':
		n.Kind = Object
		n.Members, ok = p.object(depth)
	case '[':
		n.Kind = List
		n.Items, ok = p.array(depth)
	case '"':
		n.Kind, n.Text = String, p.str(tok)
	case '0':
		n.Kind, n.Text = Number, p.text[start:p.end]
	case 't', 'f':
		n.Kind, n.Text = Bool, p.text[start:p.end]
	}
	n.End = p.end
	return n, ok
}

func (p *parser) array(depth int) ([]*Node, bool) {
	base := len(p.items)
	for {
		tok, ok := p.next()
		if !ok {
			return nil, false
		}
		if tok.Kind() == ']' {
			break
		}
		n, ok := p.build(tok, depth+1)
		if !ok {
			return nil, false
		}
		p.items = append(p.items, n)
	}
	out := p.itemSlab.copy(p.items[base:])
	p.items = popped(p.items, base)
	return out, true
}

func (p *parser) object(depth int) ([]Member, bool) {
	base := len(p.members)
	for {
		tok, ok := p.next()
		if !ok {
			return nil, false
		}
		if tok.Kind() == '}' {
			break
		}
		name, start := p.str(tok), p.at.Offset
		n, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		p.members = append(p.members, Member{Name: name, Value: n, Offset: start})
	}
	out := p.memberSlab.copy(p.members[base:])
	p.members = popped(p.members, base)
	p.duplicates(out)
	return out, true
}

// duplicates reports names that stand twice in one object: AWS refuses them, and JSON readers disagree
// on which one counts.
func (p *parser) duplicates(members []Member) {
	for _, i := range repeated(members, func(m *Member) string { return m.Name }) {
		if p.doc.full() {
			return
		}
		p.doc.fault(members[i].Offset, members[i].Offset+1, "element "+quote(members[i].Name)+" stands twice in one object",
			"AWS refuses duplicate elements; merge their values into one list")
	}
}

// repeated lists the indexes of elements whose name an earlier one has.
func repeated[T any](all []T, name func(*T) string) []int {
	const few = 12
	var out []int
	var seen map[string]struct{}
	if len(all) > few {
		seen = make(map[string]struct{}, len(all))
	}
	for i := range all {
		n, twice := name(&all[i]), false
		if seen != nil {
			_, twice = seen[n]
			seen[n] = struct{}{}
		} else {
			for j := 0; j < i && !twice; j++ {
				twice = name(&all[j]) == n
			}
		}
		if twice {
			out = append(out, i)
		}
	}
	return out
}

// str is the value of a string token, without a copy where nothing is escaped.
func (p *parser) str(tok jsontext.Token) string {
	raw := p.text[p.at.Offset+1 : p.end-1]
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return tok.String()
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
