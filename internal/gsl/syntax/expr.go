package syntax

import (
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/source"
)

// enter counts a level of nesting; it fails on too many.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.cur().Span, fmt.Sprintf("the expression is nested deeper than %d levels", maxDepth), "")
	}
}

// expr = and { "or" and }
func (p *parser) expr() Expr {
	p.enter()
	defer func() { p.depth-- }()
	start := p.cur().Start
	first := p.and()
	if !p.cur().is(wordOr) {
		return first
	}
	x := &Or{Operands: []Expr{first}}
	for p.accept(wordOr) {
		x.Operands = append(x.Operands, p.and())
	}
	x.Span = p.from(start)
	return x
}

// and = not { "and" not }
func (p *parser) and() Expr {
	start := p.cur().Start
	first := p.not()
	if !p.cur().is(wordAnd) {
		return first
	}
	x := &And{Operands: []Expr{first}}
	for p.accept(wordAnd) {
		x.Operands = append(x.Operands, p.not())
	}
	x.Span = p.from(start)
	return x
}

// not = "not" not | postfix
func (p *parser) not() Expr {
	start := p.cur().Start
	if !p.accept(wordNot) {
		return p.postfix()
	}
	p.enter()
	defer func() { p.depth-- }()
	x := p.not()
	return &Not{Span: p.from(start), X: x}
}

// postfix = primary { suffix }
func (p *parser) postfix() Expr {
	start := p.cur().Start
	x := p.primary()
	for n := 0; ; n++ {
		y := p.suffix(start, x)
		if y == nil {
			return x
		}
		if n == maxDepth {
			p.fail(y.Range(), fmt.Sprintf("more than %d operators in a row on one value", maxDepth), "")
		}
		x = y
	}
}

// suffix reads what stands behind x, or gives nil where nothing of x's does.
func (p *parser) suffix(start source.Pos, x Expr) Expr {
	t := p.cur()
	switch {
	case t.kind == comparison:
		p.next()
		y := p.value()
		return &Compare{Span: p.from(start), X: x, Op: Comparison(t.text), Y: y}
	case t.is(wordLike), t.is(wordUnlike):
		p.next()
		pattern := p.likePattern()
		return &Like{Span: p.from(start), X: x, Not: t.is(wordUnlike), Pattern: pattern}
	case t.is(wordMatch):
		p.next()
		return p.match(start, x)
	case t.is(wordIn):
		p.next()
		return p.in(start, x)
	case t.is(wordGroupBy):
		p.next()
		return p.groupBy(start, x)
	case t.command() != "":
		p.next()
		return p.block(start, x, t.command())
	case p.atCall():
		return p.call(start, x, false)
	}
	return nil
}

// value = primary { function }: what may stand on the right of an operator.
func (p *parser) value() Expr {
	start := p.cur().Start
	x := p.primary()
	for n := 0; p.atCall(); n++ {
		if n == maxDepth {
			p.fail(p.cur().Span, fmt.Sprintf("more than %d functions in a row on one value", maxDepth), "")
			break
		}
		x = p.call(start, x, false)
	}
	return x
}

// atCall reports whether a function begins here.
func (p *parser) atCall() bool {
	return p.cur().kind == word && p.cur().keyword() == "" && p.ahead(1).kind == openParen
}

func (p *parser) primary() Expr {
	t := p.cur()
	switch {
	case t.literal():
		return p.literal()
	case t.kind == openParen:
		p.next()
		x := p.expr()
		p.expect(closeParen, `")"`)
		return x
	case t.kind == dollar:
		p.next()
		return &Self{Span: t.Span}
	case t.kind == tilde:
		p.next()
		if p.atCall() {
			return p.call(t.Start, nil, true)
		}
		name := p.expect(word, "a property behind ~")
		return &Path{Span: p.from(t.Start), Root: true, Text: name.text}
	case p.atCall():
		return p.call(t.Start, nil, false)
	case t.kind == word && t.keyword() == "":
		p.next()
		return &Path{Span: t.Span, Text: t.text}
	}
	p.unexpected("want a property, a value or a bracket", "")
	return &Self{Span: t.Span}
}

func (p *parser) literal() *Literal {
	t := p.next()
	switch t.kind {
	case text:
		return &Literal{Span: t.Span, Kind: String, Text: t.text}
	case number:
		return &Literal{Span: t.Span, Kind: Number, Number: t.num}
	default:
		return &Literal{Span: t.Span, Kind: Bool, Bool: t.is(wordTrue)}
	}
}

// call = IDENT "(" [ expr { "," expr } ] ")"
func (p *parser) call(start source.Pos, x Expr, root bool) Expr {
	name := p.next()
	if before, after, dotted := strings.Cut(name.text, "."); dotted {
		p.fail(name.Span, "a function stands behind its value, with a space",
			fmt.Sprintf("write: %s %s(…)", before, after[strings.LastIndexByte(after, '.')+1:]))
	}
	c := &Call{X: x, Root: root, Name: Name{Span: name.Span, Text: name.text}}
	p.expect(openParen, `"("`)
	for p.fault == nil && p.cur().kind != closeParen {
		if len(c.Args) > 0 {
			p.expect(comma, `"," or ")"`)
		}
		c.Args = append(c.Args, p.expr())
	}
	p.expect(closeParen, `")"`)
	c.Span = p.from(start)
	return c
}
