package gsl

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// anyRun is the wildcard of like.
const anyRun = '%'

func (k *compiler) like(x *syntax.Like) code {
	a := k.expr(x.X)
	k.scalarUse(x.X, a)
	truth := like(a.asValue(), x.Pattern.Text)
	if x.Not {
		positive := truth
		truth = func(e *Env) Truth { return positive(e).Not() }
	}
	return fold(truthCode(truth), a)
}

// like compares a whole scalar with a pattern, without letter case.
func like(value func(*Env) Value, pattern string) func(*Env) Truth {
	plain := !strings.ContainsRune(pattern, anyRun)
	return func(e *Env) Truth {
		v := value(e)
		switch v.kind {
		case Unknown:
			return Maybe
		case Null, List, Object:
			return False
		}
		if text := scalarText(v); plain {
			return TruthOf(strings.EqualFold(text, pattern))
		} else {
			return TruthOf(likeMatch(pattern, text))
		}
	}
}

// scalarText is a Bool, Number or String as text.
func scalarText(v Value) string {
	switch v.kind {
	case Bool:
		return strconv.FormatBool(v.num != 0)
	case Number:
		return strconv.FormatFloat(v.num, 'f', -1, 64)
	default:
		return v.str
	}
}

// likeMatch walks both texts once and backs up to the last % only: the time is at most the product of their
// lengths, and nothing is allocated.
func likeMatch(pattern, text string) bool {
	if endsOtherwise(pattern, text) {
		return false
	}
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == anyRun {
			star, mark = p, t
			p++
			continue
		}
		if n, m, same := sameRune(pattern[p:], text[t:]); same {
			p += n
			t += m
			continue
		}
		if star < 0 {
			return false
		}
		_, size := utf8.DecodeRuneInString(text[mark:])
		mark += size
		p, t = star+1, mark
	}
	return strings.Trim(pattern[p:], string(anyRun)) == ""
}

// endsOtherwise tells most texts that do not fit at a glance, by what stands behind the last %.
func endsOtherwise(pattern, text string) bool {
	p, t := len(pattern)-1, len(text)-1
	for ; p >= 0 && pattern[p] != anyRun; p, t = p-1, t-1 {
		if t < 0 {
			return true
		}
		if pattern[p] >= utf8.RuneSelf || text[t] >= utf8.RuneSelf {
			return false
		}
		if lowerASCII(pattern[p]) != lowerASCII(text[t]) {
			return true
		}
	}
	return false
}

// sameRune reports whether two texts begin with the same letter, and how many bytes it has in each.
func sameRune(a, b string) (n, m int, same bool) {
	if a == "" || b == "" {
		return 0, 0, false
	}
	if a[0] < utf8.RuneSelf && b[0] < utf8.RuneSelf {
		return 1, 1, a[0] == b[0] || lowerASCII(a[0]) == lowerASCII(b[0])
	}
	r, n := utf8.DecodeRuneInString(a)
	s, m := utf8.DecodeRuneInString(b)
	return n, m, r == s || foldRune(r) == foldRune(s)
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// foldRune is the least rune that differs from r in letter case only, as strings.EqualFold has it.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}
