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
	exact symbolKind = iota
	one              // ?
	star             // *
	part             // a star that stops at a colon
)

func (s symbol) many() bool { return s.kind == star || s.kind == part }

// takes reports whether the symbol may stand for b, or b be among what it stands for.
func (s symbol) takes(b byte) bool {
	switch s.kind {
	case exact:
		return s.byte == b
	case part:
		return b != ':'
	}
	return true
}

// resourceGlob reads a Resource value. A star inside one of the first five parts of an ARN stops at a colon, one
// at the end of its part does not. Source: IAM User Guide, "IAM JSON policy elements: Resource".
func resourceGlob(text string) glob {
	text = padded(text)
	g := make(glob, 0, len(text))
	colons := 0
	for i := range len(text) {
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

// templateGlob reads the template of a resource type: variables in its first five parts hold no colon.
func templateGlob(template string) glob {
	g := make(glob, 0, len(template))
	colons := 0
	for text := template; text != ""; {
		if end := strings.IndexByte(text, '}'); strings.HasPrefix(text, "${") && end > 0 {
			kind := star
			if colons < 5 {
				kind = part
			}
			g = append(g, symbol{kind: kind})
			text = text[end+1:]
			continue
		}
		s := symbol{byte: text[0]}
		switch text[0] {
		case '*':
			s.kind = star
		case ':':
			colons++
		}
		g = append(g, s)
		text = text[1:]
	}
	return g
}

// overlaps reports whether some text fits both. Time is len(a) × len(b), and far less where they part early.
func overlaps(a, b glob) bool {
	// reach[j] says that a[:i] and b[:j] can stand for the same text; none does below low.
	reach, next := make([]bool, len(b)+1), make([]bool, len(b)+1)
	reach[0] = true
	for i, low := 0, 0; ; i++ {
		for j := low; j < len(b); j++ {
			skips := b[j].many() || i < len(a) && a[i].many() && meet(a[i], b[j])
			reach[j+1] = reach[j+1] || reach[j] && skips
		}
		if i == len(a) {
			return reach[len(b)]
		}
		if low = after(a[i], b, reach, next, low); low < 0 {
			return false
		}
		reach, next = next, reach
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
	switch {
	case a.kind == exact:
		return b.takes(a.byte)
	case b.kind == exact:
		return a.takes(b.byte)
	}
	return true
}
