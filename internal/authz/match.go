package authz

import "strings"

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
