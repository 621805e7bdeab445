package syntax

import (
	"fmt"
	"slices"

	"github.com/ambit-iam/ambit/internal/source"
)

// The budgets of one rule.
const (
	maxText     = 64 << 10
	maxDepth    = 100
	maxLiterals = 10_000
)

// Parse reads one rule. The rule is nil where the diagnostics hold an error; without one they are warnings.
// The first error wins: what stands behind it is not looked at.
func Parse(f source.File) (*Rule, []source.Diagnostic) {
	if len(f.Text) > maxText {
		return nil, []source.Diagnostic{{
			Severity: source.Error, Span: f.Span(0, 0), Message: "the rule is longer than 64 KiB",
		}}
	}
	p := parser{tokens: lex(f.Text)}
	r := p.rule()
	if p.fault != nil {
		return nil, []source.Diagnostic{*p.fault}
	}
	return r, p.warnings
}

// parser is a recursive descent over the tokens. Its first fault moves it to the end of the text, so that
// the descent runs out without asking about errors at each step.
type parser struct {
	tokens   []token
	i        int
	depth    int
	fault    *source.Diagnostic
	warnings []source.Diagnostic
}

// cur is the token to be read.
func (p *parser) cur() *token { return &p.tokens[p.i] }

// ahead is the token n behind the current one, or the last.
func (p *parser) ahead(n int) *token { return &p.tokens[min(p.i+n, len(p.tokens)-1)] }

// next reads the current token.
func (p *parser) next() *token {
	t := p.cur()
	if p.i < len(p.tokens)-1 {
		p.i++
	}
	return t
}

// from is the span from start to the end of the token that was read last.
func (p *parser) from(start source.Pos) source.Span {
	if p.i == 0 {
		return source.Span{Start: start, End: start}
	}
	return source.Span{Start: start, End: p.tokens[p.i-1].End}
}

// accept reads the keyword if it is the current token.
func (p *parser) accept(keyword string) bool {
	if p.cur().is(keyword) {
		p.next()
		return true
	}
	return false
}

// expect reads a token of the kind, or fails.
func (p *parser) expect(k kind, what string) *token {
	if p.cur().kind == k {
		return p.next()
	}
	p.unexpected("want "+what, "")
	return p.cur()
}

// fail keeps the first fault and ends the text.
func (p *parser) fail(at source.Span, message, hint string) {
	if p.fault != nil {
		return
	}
	p.fault = &source.Diagnostic{Severity: source.Error, Span: at, Message: message, Hint: hint}
	p.tokens = append(p.tokens[:p.i:p.i], token{Span: at})
}

// unexpected fails at the current token; a fault of the lexer goes before what the parser would say.
func (p *parser) unexpected(want, hint string) {
	t := p.cur()
	switch t.kind {
	case bad:
		p.fail(t.Span, t.fault.Message, t.fault.Hint)
	case endOfText:
		p.fail(t.Span, "the rule ends too early: "+want, hint)
	default:
		p.fail(t.Span, fmt.Sprintf("unexpected %s: %s", describe(t), want), hint)
	}
}

// describe names a token in a message.
func describe(t *token) string {
	switch t.kind {
	case text:
		return "string"
	case pattern:
		return "regular expression"
	case number, word, comparison:
		return fmt.Sprintf("%.40q", t.text)
	default:
		return fmt.Sprintf("%q", t.text)
	}
}

// rule = "true" | target [ "should" … [ "exclude" expr ] ]
func (p *parser) rule() *Rule {
	r := &Rule{}
	start := p.cur().Start
	if p.accept(wordTrue) {
		p.finish("the rule true stands alone", nil)
		r.Span = p.from(start)
		return r
	}
	p.entity(r)
	r.Form = Query
	words := []string{wordWhere, wordShould}
	if p.accept(wordWhere) {
		r.Where = p.expr()
		words = operators
	}
	if p.accept(wordShould) {
		p.condition(r)
		words = operators
		if p.accept(wordExclude) {
			r.Exclude = p.expr()
		}
	}
	r.Span = p.from(start)
	p.finish("want where, should, an operator or the end", words)
	return r
}

// operators are the words that may stand behind an expression.
var operators = func() []string {
	var list []string
	for _, w := range reserved {
		list = append(list, w)
	}
	slices.Sort(list)
	return list
}()

func (p *parser) entity(r *Rule) {
	t := p.cur()
	if t.kind != word || t.keyword() != "" {
		p.unexpected("a rule begins with an entity type", "such as: IamUser where passwordEnabled = true should have mfaActive = true")
		return
	}
	p.next()
	if t.is(wordList) && p.cur().kind == comparison && p.cur().text == "<" {
		p.next()
		t = p.expect(word, "an entity type, as in List<IamUser>")
		if c := p.expect(comparison, `">", as in List<IamUser>`); c.text != ">" {
			p.fail(c.Span, `want ">", as in List<IamUser>`, "")
		}
		r.List = true
	}
	r.Entity = Name{Span: t.Span, Text: t.text}
}

// condition = "fail" | [ "not" ] "have" expr
func (p *parser) condition(r *Rule) {
	if p.accept(wordFail) {
		r.Form = ShouldFail
		return
	}
	r.Form = Should
	if p.accept(wordNot) {
		r.Form = ShouldNot
	}
	if !p.accept(wordHave) {
		p.unexpected("behind should stands have, not have or fail", p.near(wordHave, wordNot, wordFail))
		return
	}
	r.Condition = p.expr()
}

// near is the hint for a misspelt word. A keyword is spelt right and stands in the wrong place.
func (p *parser) near(words ...string) string {
	if p.cur().kind != word || p.cur().keyword() != "" {
		return ""
	}
	return source.DidYouMean(p.cur().text, words)
}

// finish reads the end of the text. Published rules have surplus closers there; they do no harm.
func (p *parser) finish(want string, words []string) {
	start := p.cur().Start
	for p.cur().kind == closeParen || p.cur().kind == closeBlock {
		p.next()
	}
	if p.cur().kind != endOfText {
		p.unexpected(want, p.near(words...))
		return
	}
	if span := p.from(start); p.fault == nil && span.End.Offset > start.Offset {
		p.warnings = append(p.warnings, source.Diagnostic{
			Severity: source.Warning, Span: span, Message: "surplus closing bracket", Hint: "leave it out",
		})
	}
}
