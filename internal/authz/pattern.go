package authz

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
)

// action is a compiled Action value. Source: IAM User Guide, "Action": letter case does not count, the
// service takes no wildcard but the bare star; * and ? stand anywhere in the name.
type action struct {
	service string // lower case; empty: every service
	name    string // pattern
	any     bool   // every name
}

func compileAction(text string) action {
	service, name, ok := strings.Cut(text, ":")
	switch {
	case allStars(service) && (!ok || allStars(name)):
		return action{any: true}
	case !ok:
		return action{service: "\x00"} // no colon: matches nothing
	}
	return action{service: strings.ToLower(service), name: name, any: allStars(name)}
}

// allStars reports whether a pattern is stars alone, which fit everything.
func allStars(s string) bool { return s != "" && strings.Trim(s, "*") == "" }

// match takes the request's service in lower case and the name as given.
func (a action) match(service, name string) bool {
	if a.service != "" && a.service != service {
		return false
	}
	return a.any || arn.MatchFold(a.name, name)
}

// element is one piece of a pattern.
type element struct {
	kind elementKind
	text string  // of a literal its text, of a variable its lower-case key
	or   *string // default of a variable; nil: none
}

type elementKind uint8

const (
	literal elementKind = iota
	star
	one      // ?
	bound    // * that stops at a colon: inside one of the first five parts of an ARN
	variable // ${key}
)

// pattern is a compiled resource, ARN or StringLike pattern.
type pattern struct {
	all      bool      // the bare star
	exact    string    // no wildcard, no variable
	elements []element // else
	dynamic  bool      // has a variable
	bound    bool      // has a bound star, so that matching must try every split
	ends     bool      // is a star behind or before one literal: what fits its ends fits
}

// patternMode says which characters of a text are special.
type patternMode struct {
	wildcards bool // * and ? are wildcards
	variables bool // ${…} is a variable (2012-10-17)
	arn       bool // resource ARN: stars inside a part do not cross colons
}

func compilePattern(text string, m patternMode) pattern {
	if m.wildcards && allStars(text) {
		return pattern{all: true}
	}
	p := pattern{elements: scan(text, m)}
	if m.arn {
		p.bindStars()
	}
	p.elements = canonical(p.elements)
	p.ends = starAndLiteral(p.elements)
	for _, e := range p.elements {
		p.dynamic = p.dynamic || e.kind == variable
		p.bound = p.bound || e.kind == bound
	}
	if len(p.elements) == 0 || len(p.elements) == 1 && p.elements[0].kind == literal {
		p.exact = text
		if len(p.elements) == 1 {
			p.exact = p.elements[0].text
		}
		p.elements = nil
	}
	return p
}

// scanner splits a text into elements.
type scanner struct {
	mode     patternMode
	text     string
	from     int // where the literal begins that is being read
	elements []element
}

// scan takes time in proportion to the text, whatever it holds: it may be hostile.
func scan(text string, m patternMode) []element {
	s := scanner{mode: m, text: text}
	if special := m.specials(text); special > 0 { // each with a literal before it, and one behind
		s.elements = make([]element, 0, 2*special+1)
	}
	colons := 0 // variables stand only behind the fifth colon of an ARN
	last := strings.LastIndexByte(text, '}')
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '$' && m.variables && (!m.arn || colons >= 5) && i < last && text[i+1] == '{':
			s.literal(i)
			i += strings.IndexByte(text[i:], '}') + 1
			s.variable(text[s.from+len("${") : i-1])
			s.from = i
			continue
		case c == '*' && m.wildcards:
			s.wildcard(i, star)
		case c == '?' && m.wildcards:
			s.wildcard(i, one)
		case c == ':':
			colons++
		}
		i++
	}
	s.literal(len(text))
	return s.elements
}

// specials is at least how many wildcards and variables a text has.
func (m patternMode) specials(text string) int {
	n := 0
	if m.wildcards {
		n += strings.Count(text, "*") + strings.Count(text, "?")
	}
	if m.variables {
		n += strings.Count(text, "${")
	}
	return n
}

// wildcard ends the literal before place i, where a wildcard stands.
func (s *scanner) wildcard(i int, k elementKind) {
	s.literal(i)
	s.elements = append(s.elements, element{kind: k})
	s.from = i + 1
}

// literal ends the literal that is being read at place to.
func (s *scanner) literal(to int) {
	if s.from < to {
		s.elements = append(s.elements, element{text: s.text[s.from:to]})
	}
	s.from = to
}

// variable reads the inside of ${…}: an escaped character, or a key with an optional default.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func (s *scanner) variable(inside string) {
	if inside == "*" || inside == "?" || inside == "$" {
		s.elements = append(s.elements, element{text: inside})
		return
	}
	key, def, has := strings.Cut(inside, ",")
	e := element{kind: variable, text: strings.ToLower(strings.TrimSpace(key))}
	if has {
		def = strings.Trim(strings.TrimSpace(def), "'")
		e.or = &def
	}
	s.elements = append(s.elements, e)
}

// bindStars marks the stars that may not cross a colon: those inside one of the first five parts of an ARN.
// A star that ends its part may. Source: IAM User Guide, "Resource".
func (p *pattern) bindStars() {
	colons := 0
	for i := range p.elements {
		e := &p.elements[i]
		last := i == len(p.elements)-1
		endsPart := last || p.elements[i+1].kind == literal && p.elements[i+1].text[0] == ':'
		if e.kind == star && colons < 5 && !endsPart {
			e.kind = bound
		}
		if e.kind == literal {
			colons += strings.Count(e.text, ":")
		}
	}
}

// canonical rewrites each run of wildcards in which a star is free as its question marks and then that star, which
// fits the same: a star takes what the others may. Bound stars are one where they stand side by side. It writes over es.
func canonical(es []element) []element {
	out := es[:0]
	for i := 0; i < len(es); {
		run := i
		free := false
		for i < len(es) && es[i].wild() {
			free = free || es[i].kind == star
			i++
		}
		for _, e := range es[run:i] {
			twice := e.kind == bound && len(out) > 0 && out[len(out)-1].kind == bound
			if e.kind == one || !free && !twice {
				out = append(out, e)
			}
		}
		if free {
			out = append(out, element{kind: star})
		}
		if i < len(es) {
			out = append(out, es[i])
			i++
		}
	}
	return out
}

// wild reports whether the element is a wildcard.
func (e *element) wild() bool { return e.kind == star || e.kind == one || e.kind == bound }

func starAndLiteral(es []element) bool {
	return len(es) == 2 && (es[0].kind == star && es[1].kind == literal || es[0].kind == literal && es[1].kind == star)
}

// match reports whether s fits. A variable without a value makes it False, one of unknown value Maybe.
// Source: IAM User Guide, "Policy variables with no value".
func (p *pattern) match(s string, c *Context) Truth {
	switch {
	case p.all:
		return True
	case p.elements == nil:
		return TruthOf(p.exact == s)
	case !p.fitsEnds(s):
		return False
	case p.ends:
		return True
	case len(p.elements)*len(s) > matchWork || len(s) > maxMatched:
		return Maybe
	}
	valued := True
	if p.dynamic {
		valued = p.resolvable(c)
	}
	switch {
	case valued == False:
		return False
	case valued == True && !p.bound:
		if fits := matchLinear(p.elements, s, c); fits != Maybe {
			return fits
		}
	}
	return valued.And(TruthOf(matchAll(p.elements, s, c)))
}

// The bounds of one match: beyond them the answer is unknown, rather than late. No ARN is longer than 2,048
// characters, and no pattern that somebody means has 2,000 wildcards.
const (
	matchWork  = 1 << 22 // elements × length
	maxMatched = 1 << 14 // of a text, for patterns whose ends do not tell
)

// fitsEnds reports whether s begins and ends as the pattern does.
func (p *pattern) fitsEnds(s string) bool {
	first, last := &p.elements[0], &p.elements[len(p.elements)-1]
	return (first.kind != literal || strings.HasPrefix(s, first.text)) &&
		(last.kind != literal || strings.HasSuffix(s, last.text))
}

// resolvable reports whether every variable has a value.
func (p *pattern) resolvable(c *Context) Truth {
	all := True
	for i := range p.elements {
		if p.elements[i].kind != variable {
			continue
		}
		_, t := p.elements[i].value(c)
		all = all.And(t)
	}
	return all
}

// value is the text of a literal, or of a variable in c. Values are literal text: a star in a tag is a star.
func (e *element) value(c *Context) (string, Truth) {
	if e.kind == literal {
		return e.text, True
	}
	v, p := c.look(e.text)
	switch {
	case p == unknown:
		return "", Maybe
	case p == present && !v.many && len(v.values) == 1:
		return v.values[0], True
	case p == absent && e.or != nil:
		return *e.or, True
	}
	return "", False
}

// matchLinear backs up to the last star only, which is enough where every star may cross everything. Nearly every
// match ends soon; where it does not, in steps, matchLinear gives up and says Maybe.
func matchLinear(es []element, s string, c *Context) Truth {
	p, i, back, mark := 0, 0, -1, 0
	for range patience + 4*len(es) {
		if p == len(es) {
			if i == len(s) {
				return True
			}
		} else if e := &es[p]; e.kind == star {
			if p == len(es)-1 {
				return True
			}
			back, mark = p, i-1
		} else if e.kind == literal && len(s)-i >= len(e.text) && s[i:i+len(e.text)] == e.text {
			p++
			i += len(e.text)
			continue
		} else if n := e.length(s[i:], c); e.kind != literal && n >= 0 {
			p++
			i += n
			continue
		}
		if back < 0 {
			return False
		}
		if mark = es[back+1].next(s, mark+1); mark < 0 {
			return False
		}
		p, i = back+1, mark
	}
	return Maybe
}

// patience is how many steps more than four for each element matchLinear takes.
const patience = 128

// next is the first place at or behind from where the element may begin, -1 where there is none.
func (e *element) next(s string, from int) int {
	if from > len(s) {
		return -1
	}
	if e.kind != literal {
		return from
	}
	n := strings.Index(s[from:], e.text)
	if n < 0 {
		return -1
	}
	return from + n
}

// length is how much of s the element takes at its beginning, -1 where it does not fit.
func (e *element) length(s string, c *Context) int {
	text := e.text
	switch e.kind {
	case one:
		if s == "" {
			return -1
		}
		return 1
	case variable:
		text, _ = e.value(c)
	}
	if strings.HasPrefix(s, text) {
		return len(text)
	}
	return -1
}
