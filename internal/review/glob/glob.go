// Package glob reads the patterns of policies as package authz does, and finds which texts they fit and tell apart.
//
// A Glob is a pattern taken apart. Overlaps says whether two globs have a text in common. An Atomizer finds, for a list
// of globs, texts that stand for all others: one for each way in which a text can fit some of the globs and not the
// rest. Package diff builds the requests that it tries from these texts.
//
// Contract: pure; equal input gives equal output. The atoms that are found are exact, and complete unless the budget
// ends first, which is said.
// Limits: letter case is folded in ASCII only. Globs compare bytes, not characters. Nothing here knows actions,
// resource types or condition operators: that is package element.
// Floor: 2.
package glob

import (
	"encoding/binary"
	"slices"
)

// Glob is a pattern taken apart as package authz reads it, or the template of a resource type.
type Glob []Symbol

// Symbol is one piece of a glob: a byte, or what stands for others.
type Symbol struct {
	Kind Kind
	Byte byte   // of an exact or fold symbol
	Key  string // of an open symbol
}

// Kind is what a symbol stands for.
type Kind uint8

// The kinds of symbols.
const (
	Exact   Kind = iota // one byte
	fold                // a letter in either case; the byte is the lower
	One                 // ?
	Star                // *
	OnePart             // any byte but a colon
	Part                // a star that stops at a colon
	Digit               // any digit
	Open                // a policy variable that has no value yet: it may stand for anything
)

// Many reports whether the symbol may stand for more than one byte, or for none.
func (s Symbol) Many() bool { return s.Kind == Star || s.Kind == Part || s.Kind == Open }

// takes reports whether the symbol may stand for b, or b be among what it stands for.
func (s Symbol) takes(b byte) bool {
	switch s.Kind {
	case Exact:
		return s.Byte == b
	case fold:
		return s.Byte == lower(b)
	case Part, OnePart:
		return b != ':'
	case Digit:
		return b >= '0' && b <= '9'
	}
	return true
}

// literals are the bytes that the symbol tells from others.
func (s Symbol) literals() []byte {
	switch s.Kind {
	case Exact:
		return []byte{s.Byte}
	case fold:
		return []byte{s.Byte, s.Byte - 'a' + 'A'}
	case Part, OnePart:
		return []byte{':'}
	}
	return nil
}

// tellsApart are bytes such that the symbol answers all others alike.
func (s Symbol) tellsApart() []byte {
	if s.Kind == Digit {
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

// Anything is the glob that fits every text.
func Anything() Glob { return Glob{{Kind: Star}} }

// Plain is the glob that fits one text only.
func Plain(text string) Glob {
	g := make(Glob, len(text))
	for i := range len(text) {
		g[i] = Symbol{Byte: text[i]}
	}
	return g
}

// FoldCase is the glob that fits what g fits in any letter case, of ASCII letters.
func FoldCase(g Glob) Glob {
	out := slices.Clone(g)
	for i := range out {
		if b := lower(out[i].Byte); out[i].Kind == Exact && b >= 'a' && b <= 'z' {
			out[i] = Symbol{Kind: fold, Byte: b}
		}
	}
	return out
}

// Colons counts the colons that a glob has for certain.
func (g Glob) Colons() int {
	n := 0
	for _, s := range g {
		if s.Kind == Exact && s.Byte == ':' {
			n++
		}
	}
	return n
}

// InParts is the glob of an ARN for texts without a colon in their last part. Such texts have five colons, so where the
// glob names all five, no wildcard before the last part can take one.
func (g Glob) InParts() Glob {
	out := slices.Clone(g)
	colons := 0
	for i, s := range g {
		if s.Kind == Exact && s.Byte == ':' {
			colons++
		}
		if colons == 5 {
			return out
		}
		switch s.Kind {
		case Star:
			out[i].Kind = Part
		case One:
			out[i].Kind = OnePart
		}
	}
	return g
}

// Open is where the first open variable of a glob stands, or -1.
func (g Glob) Open() int { return slices.IndexFunc(g, func(s Symbol) bool { return s.Kind == Open }) }

// Reversed is the glob that fits the same texts backwards.
func (g Glob) Reversed() Glob {
	out := slices.Clone(g)
	slices.Reverse(out)
	return out
}

// Key is a glob as a key of maps: equal globs have one key, others have another.
func (g Glob) Key() string {
	out := make([]byte, 0, 2*len(g))
	for _, s := range g {
		out = append(out, byte(s.Kind), s.Byte)
		if s.Kind == Open {
			out = binary.AppendUvarint(out, uint64(len(s.Key)))
			out = append(out, s.Key...)
		}
	}
	return string(out)
}
