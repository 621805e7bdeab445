package review

import "strings"

// glob is a resource pattern taken apart as package authz reads it, or the template of a resource type.
type glob []symbol

// symbol is one piece of a glob: a byte, or what stands for others.
type symbol struct {
	kind symbolKind
	byte byte // of an exact symbol
}

type symbolKind uint8

const (
	exact   symbolKind = iota
	one                // ?
	star               // *
	onePart            // any byte but a colon
	part               // a star that stops at a colon
)

func (s symbol) many() bool { return s.kind == star || s.kind == part }

// takes reports whether the symbol may stand for b, or b be among what it stands for.
func (s symbol) takes(b byte) bool {
	switch s.kind {
	case exact:
		return s.byte == b
	case part, onePart:
		return b != ':'
	}
	return true
}

// resourceGlob reads a Resource value. A star inside one of the first five parts of an ARN stops at a colon, one
// at the end of its part does not; ${*} and its like are the characters themselves.
// Source: IAM User Guide, "IAM JSON policy elements: Resource", "Variables and tags".
func resourceGlob(text string) glob {
	text = padded(text)
	g := make(glob, 0, len(text))
	colons := 0
	for i := 0; i < len(text); i++ {
		if colons >= 5 && isEscape(text[i:]) {
			g = append(g, symbol{byte: text[i+2]})
			i += len("${*}") - 1
			continue
		}
		s := symbol{byte: text[i]}
		switch text[i] {
		case '?':
			s.kind = one
		case '*':
			s.kind = star
			if colons < 5 && i+1 < len(text) && text[i+1] != ':' {
				s.kind = part
			}
		case ':':
			colons++
		}
		g = append(g, s)
	}
	return g
}

// isEscape reports whether text begins with a character in the guise of a variable.
func isEscape(text string) bool {
	return strings.HasPrefix(text, "${*}") || strings.HasPrefix(text, "${?}") || strings.HasPrefix(text, "${$}")
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

// overlaps reports whether some text fits both. Time is len(a) × len(b).
func overlaps(a, b glob) bool {
	// reach[j] says that a[:i] and b[:j] can stand for the same text.
	reach := make([]bool, len(b)+1)
	reach[0] = true
	for i := 0; ; i++ {
		for j := range b {
			skips := b[j].many() || i < len(a) && a[i].many() && meet(a[i], b[j])
			reach[j+1] = reach[j+1] || reach[j] && skips
		}
		if i == len(a) {
			return reach[len(b)]
		}
		reach = after(a[i], b, reach)
	}
}

// after is what can be reached behind the symbol s of the other side.
func after(s symbol, b glob, reach []bool) []bool {
	next := make([]bool, len(b)+1)
	for j, here := range reach {
		if !here {
			continue
		}
		if s.many() {
			next[j] = true
			continue
		}
		if j < len(b) && meet(s, b[j]) {
			if b[j].many() {
				next[j] = true
			} else {
				next[j+1] = true
			}
		}
	}
	return next
}

// meet reports whether some byte fits both symbols.
func meet(a, b symbol) bool {
	switch {
	case a.kind == exact:
		return b.takes(a.byte)
	case b.kind == exact:
		return a.takes(b.byte)
	}
	return true
}
