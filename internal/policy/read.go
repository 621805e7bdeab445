package policy

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

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
