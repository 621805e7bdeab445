package arn

import "unicode/utf8"

// Match reports whether s fits pattern, in which * stands for any run of characters, the empty one
// included and over : and / too, and ? for exactly one. Letter case counts.
// Source: IAM User Guide, "IAM JSON policy elements: Resource".
func Match(pattern, s string) bool { return match(pattern, s, false) }

// MatchFold is Match with ASCII letter case ignored, as AWS compares action names.
// Source: IAM User Guide, "IAM JSON policy elements: Action".
func MatchFold(pattern, s string) bool { return match(pattern, s, true) }

// match walks both strings once and backs up to the last star only: time is at most
// len(pattern) × len(s), without allocation.
func match(pattern, s string, fold bool) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += width(s[i:])
		case p < len(pattern) && same(pattern[p], s[i], fold):
			p++
			i++
		case star >= 0:
			mark += width(s[mark:])
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// width is the number of bytes of the first character of s.
func width(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

func same(a, b byte, fold bool) bool {
	return a == b || fold && lower(a) == lower(b)
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
