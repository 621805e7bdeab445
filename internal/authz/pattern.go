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

// canonical rewrites each run of wildcards that holds a free star: first its question marks, then one free star. That
// fits the same texts, since a free star takes whatever the other stars would. Of bound stars side by side one is kept.
// It writes over es.
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
