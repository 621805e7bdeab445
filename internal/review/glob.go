package review

import (
	"slices"
	"strings"
)

// glob is a pattern taken apart as package authz reads it, or the template of a resource type.
type glob []symbol

// symbol is one piece of a glob: a byte, or what stands for others.
type symbol struct {
	kind symbolKind
	byte byte   // of an exact or fold symbol
	key  string // of an open symbol
}

type symbolKind uint8

const (
	exact   symbolKind = iota
	fold               // a letter in either case; the byte is the lower
	one                // ?
	star               // *
	onePart            // any byte but a colon
	part               // a star that stops at a colon
	digit              // any digit
	open               // a policy variable that has no value yet: it may stand for anything
)

func (s symbol) many() bool { return s.kind == star || s.kind == part || s.kind == open }

// takes reports whether the symbol may stand for b, or b be among what it stands for.
func (s symbol) takes(b byte) bool {
	switch s.kind {
	case exact:
		return s.byte == b
	case fold:
		return s.byte == lower(b)
	case part, onePart:
		return b != ':'
	case digit:
		return b >= '0' && b <= '9'
	}
	return true
}

// literals are the bytes that the symbol tells from others.
func (s symbol) literals() []byte {
	switch s.kind {
	case exact:
		return []byte{s.byte}
	case fold:
		return []byte{s.byte, s.byte - 'a' + 'A'}
	case part, onePart:
		return []byte{':'}
	}
	return nil
}

// tellsApart are bytes such that the symbol answers all others alike.
func (s symbol) tellsApart() []byte {
	if s.kind == digit {
		return []byte("0123456789")
	}
	return s.literals()
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b - 'A' + 'a'
	}
	return b
}

// anything is the glob that fits every text.
func anything() glob { return glob{{kind: star}} }

// reading says which characters of a text are special, as package authz sees it.
type reading struct {
	wild      bool      // * and ? are wildcards
	variables bool      // ${…} is a variable: the document is of 2012
	from      int       // colons before the first variable
	bound     int       // colons before which a wildcard stops at a colon
	ends      bool      // a star at the end of its part does not stop, for all that
	settings  *settings // values of variables; one that is not there is open
}

// resourceReading is how a Resource value is read. A star inside one of the first five parts of an ARN stops at
// a colon, one at the end of its part does not; a variable stands in the last part only.
// Source: IAM User Guide, "IAM JSON policy elements: Resource", "Variables and tags".
func resourceReading(variables bool, s *settings) reading {
	return reading{wild: true, variables: variables, from: 5, bound: 5, ends: true, settings: s}
}

// resourceGlob reads a Resource value without variables.
func resourceGlob(text string) glob {
	g, _ := resourceReading(false, nil).glob(padded(text))
	return g
}

// glob reads a text; false: one of its variables has no value, so nothing fits it.
func (r reading) glob(text string) (g glob, ok bool) {
	g = make(glob, 0, len(text))
	colons := 0
	last := strings.LastIndexByte(text, '}')
	for i := 0; i < len(text); i++ {
		if text[i] == '$' && r.variables && colons >= r.from && i < last && text[i+1] == '{' {
			end := i + strings.IndexByte(text[i:], '}')
			if g, ok = r.variable(g, text[i:end+1]); !ok {
				return nil, false
			}
			i = end
			continue
		}
		if text[i] == ':' {
			colons++
		}
		g = append(g, r.symbol(text, i, colons))
	}
	return g, true
}

// variable adds what a variable stands for; ${*} and its like are the characters themselves.
func (r reading) variable(g glob, name string) (glob, bool) {
	if isEscape(name) {
		return append(g, symbol{byte: name[2]}), true
	}
	key, _, _ := variableKey(name)
	if _, found := r.settings.get(key); !found {
		return append(g, symbol{kind: open, key: key}), true
	}
	text, ok := r.settings.variable(name)
	return append(g, plainGlob(text)...), ok
}

func (r reading) symbol(text string, i, colons int) symbol {
	switch {
	case !r.wild || text[i] != '*' && text[i] != '?':
		return symbol{byte: text[i]}
	case text[i] == '*' && colons < r.bound && (!r.ends || i+1 < len(text) && text[i+1] != ':'):
		return symbol{kind: part}
	case text[i] == '*':
		return symbol{kind: star}
	case colons < r.bound && !r.ends:
		return symbol{kind: onePart}
	}
	return symbol{kind: one}
}

// plainGlob fits one text only.
func plainGlob(text string) glob {
	g := make(glob, len(text))
	for i := range len(text) {
		g[i] = symbol{byte: text[i]}
	}
	return g
}

// foldGlob fits a text in any letter case; ASCII letters only.
func foldGlob(g glob) glob {
	out := slices.Clone(g)
	for i := range out {
		if b := lower(out[i].byte); out[i].kind == exact && b >= 'a' && b <= 'z' {
			out[i] = symbol{kind: fold, byte: b}
		}
	}
	return out
}

// isEscape reports whether text begins with a character in the guise of a variable.
func isEscape(text string) bool {
	return strings.HasPrefix(text, "${*}") || strings.HasPrefix(text, "${?}") || strings.HasPrefix(text, "${$}")
}

// text is a Resource value that reads as the glob does in a document of 2012.
func (g glob) text() string {
	var out strings.Builder
	colons := 0
	for _, s := range g {
		switch {
		case s.many():
			out.WriteByte('*')
		case s.kind == one || s.kind == onePart:
			out.WriteByte('?')
		case colons >= 5 && strings.IndexByte("*?$", s.byte) >= 0:
			out.WriteString("${" + string(rune(s.byte)) + "}")
		default:
			out.WriteByte(s.byte)
			if s.byte == ':' {
				colons++
			}
		}
	}
	return out.String()
}

// filled is a text that fits a glob; name stands for its stars, but for those that are a whole partition, region
// or account.
func (g glob) filled(name string) string {
	var out strings.Builder
	colons := 0
	isColon := func(i int) bool { return i < 0 || i >= len(g) || g[i].kind == exact && g[i].byte == ':' }
	for i, s := range g {
		switch {
		case s.many():
			out.WriteString(inPlace(colons, isColon(i-1) && isColon(i+1), name))
		case s.kind == one || s.kind == onePart:
			out.WriteByte('x')
		default:
			out.WriteByte(s.byte)
			if s.byte == ':' {
				colons++
			}
		}
	}
	return out.String()
}

// templateGlob reads the template of a resource type. Variables in its first five parts hold no colon; those in
// the last are not empty, and hold a colon where colons says so.
func templateGlob(template string, colons bool) glob {
	g := make(glob, 0, len(template))
	parts := 0
	for text := template; text != ""; {
		if end := strings.IndexByte(text, '}'); strings.HasPrefix(text, "${") && end > 0 {
			switch {
			case parts < 5: // some have no region, some no account
				g = append(g, symbol{kind: part})
			case !colons:
				g = append(g, symbol{kind: onePart}, symbol{kind: part})
			default:
				g = append(g, symbol{kind: one}, symbol{kind: star})
			}
			text = text[end+1:]
			continue
		}
		s := symbol{byte: text[0]}
		switch text[0] {
		case '*':
			s.kind = star
		case ':':
			parts++
		}
		g = append(g, s)
		text = text[1:]
	}
	return g
}

// overlaps reports whether some text fits both. Time is len(a) × len(b), and far less where they part early.
func overlaps(a, b glob) bool {
	reach, _ := reached(a, b)
	return reach[len(b)]
}

// reached says of each j whether some text fits both a and b[:j], where a star at j may go on. Work is what that took,
// in steps of some four nanoseconds.
func reached(a, b glob) (at []bool, work int) {
	// reach[j] says that a[:i] and b[:j] can stand for the same text; none does below low.
	reach, next := make([]bool, len(b)+1), make([]bool, len(b)+1)
	reach[0] = true
	for i, low := 0, 0; ; i++ {
		work += len(b) + 1 - low
		for j := low; j < len(b); j++ {
			skips := b[j].many() || i < len(a) && a[i].many() && meet(a[i], b[j])
			reach[j+1] = reach[j+1] || reach[j] && skips
		}
		if i == len(a) {
			return reach, work
		}
		low = after(a[i], b, reach, next, low)
		reach, next = next, reach
		if low < 0 {
			return reach, work
		}
	}
}

// after writes to next what can be reached behind the symbol s of the other side, and gives the first place of it;
// -1 where there is none.
func after(s symbol, b glob, reach, next []bool, low int) (first int) {
	clear(next)
	first = -1
	for j := low; j < len(reach); j++ {
		to := j
		switch {
		case !reach[j]:
			continue
		case s.many():
		case j == len(b) || !meet(s, b[j]):
			continue
		case !b[j].many():
			to = j + 1
		}
		next[to] = true
		if first < 0 {
			first = to
		}
	}
	return first
}

// meet reports whether some byte fits both symbols.
func meet(a, b symbol) bool {
	if a.kind == exact && b.kind == exact {
		return a.byte == b.byte
	}
	if a.kind == digit || b.kind == digit {
		return slices.ContainsFunc([]byte("0123456789"), func(c byte) bool { return a.takes(c) && b.takes(c) })
	}
	for _, s := range [2]symbol{a, b} {
		if s.kind == exact || s.kind == fold {
			return slices.ContainsFunc(s.literals(), func(c byte) bool { return a.takes(c) && b.takes(c) })
		}
	}
	return true
}
