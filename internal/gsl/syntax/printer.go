package syntax

import "strconv"

// Format is the canonical form of a rule: one line, keywords in lower case, one blank around operators, and
// no bracket that the reading does not need. It parses to the same tree.
func Format(r *Rule) string {
	var p printer
	if r.Form == Always {
		return wordTrue
	}
	if r.List {
		p.put("List<", r.Entity.Text, ">")
	} else {
		p.put(r.Entity.Text)
	}
	if r.Where != nil {
		p.put(" where ")
		p.expr(r.Where, inOr)
	}
	switch r.Form {
	case Always, Query:
	case Should:
		p.put(" should have ")
	case ShouldNot:
		p.put(" should not have ")
	case ShouldFail:
		p.put(" should fail")
	}
	if r.Condition != nil {
		p.expr(r.Condition, inOr)
	}
	if r.Exclude != nil {
		p.put(" exclude ")
		p.expr(r.Exclude, inOr)
	}
	return string(p.out)
}

// FormatExpr is the canonical form of an expression.
func FormatExpr(x Expr) string {
	var p printer
	p.expr(x, inOr)
	return string(p.out)
}

// binding is how tightly a place binds: an expression that binds less stands there in brackets.
type binding uint8

const (
	inOr      binding = iota // anything
	inAnd                    // operand of or
	inNot                    // operand of and, and of not
	inPostfix                // to the left of an operator
	inValue                  // to the right of one, and to the left of a function
)

// bindingOf is the tightest place where x needs no brackets.
func bindingOf(x Expr) binding {
	switch x := x.(type) {
	case *Or:
		return inOr
	case *And:
		return inAnd
	case *Not:
		return inNot
	case *Compare, *Like, *Match, *In, *Block, *GroupBy:
		return inPostfix
	case *Call:
		if x.X != nil {
			return min(bindingOf(x.X), inValue)
		}
		return inValue
	case *Literal, *Path, *Self:
		return inValue
	}
	return inValue
}

type printer struct{ out []byte }

func (p *printer) put(texts ...string) {
	for _, t := range texts {
		p.out = append(p.out, t...)
	}
}

func (p *printer) expr(x Expr, at binding) {
	if bindingOf(x) < at {
		p.put("(")
		p.expr(x, inOr)
		p.put(")")
		return
	}
	switch x := x.(type) {
	case *Or:
		p.operands(x.Operands, " or ", inAnd)
	case *And:
		p.operands(x.Operands, " and ", inNot)
	case *Not:
		p.put("not ")
		p.expr(x.X, inNot)
	case *Literal:
		p.literal(x)
	case *Path:
		p.root(x.Root)
		p.put(x.Text)
	case *Self:
		p.put("$")
	case *Call:
		p.call(x)
	case *Compare:
		p.expr(x.X, inPostfix)
		p.put(" ", string(x.Op), " ")
		p.expr(x.Y, inValue)
	case *Like:
		p.expr(x.X, inPostfix)
		if x.Not {
			p.put(" unlike ")
		} else {
			p.put(" like ")
		}
		p.literal(x.Pattern)
	case *Match:
		p.expr(x.X, inPostfix)
		p.put(" regexMatch /", x.Pattern.Text, "/", x.Flags)
	case *In:
		p.in(x)
	case *Block:
		p.block(x)
	case *GroupBy:
		p.groupBy(x)
	}
}

func (p *printer) operands(list []Expr, between string, at binding) {
	for i, x := range list {
		if i > 0 {
			p.put(between)
		}
		p.expr(x, at)
	}
}

func (p *printer) root(root bool) {
	if root {
		p.put("~")
	}
}

func (p *printer) literal(l *Literal) {
	switch l.Kind {
	case String:
		p.put("'", l.Text, "'")
	case Number:
		p.out = strconv.AppendFloat(p.out, l.Number, 'f', -1, 64)
	case Bool:
		p.out = strconv.AppendBool(p.out, l.Bool)
	}
}

func (p *printer) literals(list []*Literal) {
	for i, l := range list {
		if i > 0 {
			p.put(", ")
		}
		p.literal(l)
	}
}

// call prints the value to the left as tightly as it must be read: an operator on it would else take the
// function for its own.
func (p *printer) call(c *Call) {
	if c.X != nil {
		at := inPostfix
		switch c.X.(type) {
		case *Compare, *In, *Like, *Match:
			at = inValue
		default:
		}
		p.expr(c.X, at)
		p.put(" ")
	}
	p.root(c.Root)
	p.put(c.Name.Text, "(")
	p.operands(c.Args, ", ", inOr)
	p.put(")")
}

func (p *printer) in(x *In) {
	p.expr(x.X, inPostfix)
	p.put(" in (")
	if x.Of != nil {
		p.expr(x.Of, inOr)
	} else {
		p.literals(x.List)
	}
	p.put(")")
}

func (p *printer) block(b *Block) {
	p.expr(b.X, inPostfix)
	p.put(" ", string(b.Op), " [")
	if b.Where != nil {
		p.expr(b.Where, inOr)
	} else {
		p.literals(b.List)
	}
	p.put("]")
}

func (p *printer) groupBy(g *GroupBy) {
	p.expr(g.X, inPostfix)
	p.put(" groupBy [")
	for i, k := range g.Keys {
		if i > 0 {
			p.put(", ")
		}
		p.put(k.Text)
	}
	p.put("]")
}
