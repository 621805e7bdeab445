package syntax

import (
	"fmt"

	"github.com/ambit-iam/ambit/internal/source"
)

func (p *parser) likePattern() *Literal {
	if p.cur().kind != text {
		p.unexpected("like takes a pattern in single quotes", "such as: name like 'admin%'")
		return &Literal{}
	}
	return p.literal()
}

func (p *parser) match(start source.Pos, x Expr) Expr {
	t := p.cur()
	if t.kind != pattern {
		p.unexpected("regexMatch takes a regular expression between slashes", "such as: name regexMatch /^admin/i")
		return x
	}
	p.next()
	return &Match{Span: p.from(start), X: x, Pattern: Name{Span: t.Span, Text: t.text}, Flags: t.flags}
}

// in = "in" ( "(" literal { "," literal } ")" | value )
func (p *parser) in(start source.Pos, x Expr) Expr {
	open := p.cur()
	if open.kind == openParen && p.ahead(1).kind == closeParen {
		p.fail(source.Span{Start: open.Start, End: p.ahead(1).End}, "the list of in is empty", "nothing is in an empty list; write the values: in ('a', 'b')")
		return x
	}
	if open.kind == openParen && p.listAhead(closeParen) {
		p.next()
		list := p.literals(closeParen, `"," or ")"`)
		return &In{Span: p.from(start), X: x, List: list}
	}
	of := p.value()
	in := &In{Span: p.from(start), X: x, Of: of}
	if l, ok := of.(*Literal); ok {
		in.List, in.Of = []*Literal{l}, nil
	}
	return in
}

// listAhead reports whether a literal list begins behind the current opener: a literal and then a comma or
// the closer.
func (p *parser) listAhead(closer kind) bool {
	behind := p.ahead(2).kind
	return p.ahead(1).literal() && (behind == comma || behind == closer)
}

// literals reads literals up to the closer, which it reads too.
func (p *parser) literals(closer kind, want string) []*Literal {
	var list []*Literal
	for p.fault == nil {
		if !p.cur().literal() {
			p.unexpected("a list holds strings, numbers, true and false", "")
			break
		}
		if len(list) == maxLiterals {
			p.fail(p.cur().Span, fmt.Sprintf("the list has more than %d values", maxLiterals), "")
			break
		}
		list = append(list, p.literal())
		if p.cur().kind != comma {
			break
		}
		p.next()
	}
	p.expect(closer, want)
	return list
}

// block = command "[" ( expr | literal { "," literal } ) "]"
func (p *parser) block(start source.Pos, x Expr, op Command) Expr {
	b := &Block{X: x, Op: op}
	if p.cur().kind != openBlock {
		p.unexpected(fmt.Sprintf("%s takes a block in square brackets", op), fmt.Sprintf("such as: tags %s [key = 'owner']", op))
		return b
	}
	if p.ahead(1).kind == closeBlock {
		p.fail(source.Span{Start: p.cur().Start, End: p.ahead(1).End}, fmt.Sprintf("the block of %s is empty", op), "write what an element must be")
		return b
	}
	if p.listAhead(closeBlock) {
		p.next()
		b.List = p.literals(closeBlock, `"," or "]"`)
	} else {
		p.next()
		b.Where = p.expr()
		p.expect(closeBlock, `an operator or "]"`)
		if l, ok := b.Where.(*Literal); ok {
			b.Where, b.List = nil, []*Literal{l}
		}
	}
	b.Span = p.from(start)
	return b
}

// groupBy = "groupBy" "[" path { "," path } "]"
func (p *parser) groupBy(start source.Pos, x Expr) Expr {
	g := &GroupBy{X: x}
	p.expect(openBlock, `"[", as in groupBy [name]`)
	for p.fault == nil {
		t := p.cur()
		if t.kind != word || t.keyword() != "" {
			p.unexpected("groupBy takes properties", "such as: items groupBy [name]")
			break
		}
		p.next()
		g.Keys = append(g.Keys, &Path{Span: t.Span, Text: t.text})
		if p.cur().kind != comma {
			break
		}
		p.next()
	}
	p.expect(closeBlock, `"," or "]"`)
	g.Span = p.from(start)
	return g
}
