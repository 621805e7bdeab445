package policy

import (
	"bytes"
	"encoding/binary"
	"strings"
	"sync"

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
