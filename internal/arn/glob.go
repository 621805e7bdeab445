package arn

import "slices"

// Overlaps reports whether some text fits both patterns. Time is len(a) × len(b).
func Overlaps(a, b string) bool { return overlaps([]rune(a), []rune(b)) }

func overlaps(a, b []rune) bool {
	// reach[j] says that a[:i] and b[:j] can stand for the same text.
	reach := make([]bool, len(b)+1)
	reach[0] = true
	for j := 0; j < len(b) && b[j] == '*'; j++ {
		reach[j+1] = true
	}
	for i := range a {
		diagonal := reach[0]
		reach[0] = reach[0] && a[i] == '*'
		for j := range b {
			above := reach[j+1]
			switch {
			case a[i] == '*' || b[j] == '*':
				// A star stands for nothing, or takes one symbol of the other side.
				reach[j+1] = above || reach[j]
			default:
				reach[j+1] = diagonal && (a[i] == b[j] || a[i] == '?' || b[j] == '?')
			}
			diagonal = above
		}
	}
	return reach[len(b)]
}

// Covers reports whether every text that fits narrow fits wide. It is exact: the runs of wildcards are put
// in one order, and then a star of narrow is a symbol that only a star of wide can take.
func Covers(wide, narrow string) bool {
	w, n := ordered(wide), ordered(narrow)
	reach := make([]bool, len(n)+1) // reach[j]: w[:i] takes n[:j]
	reach[0] = true
	for i := range w {
		if w[i] == '?' && openGap(w[i:]) {
			takeStars(reach, n)
		}
		diagonal := reach[0]
		reach[0] = reach[0] && w[i] == '*'
		for j := range n {
			above := reach[j+1]
			if w[i] == '*' {
				reach[j+1] = above || reach[j]
			} else {
				reach[j+1] = diagonal && (w[i] == n[j] || w[i] == '?' && n[j] != '*')
			}
			diagonal = above
		}
	}
	return reach[len(n)]
}

// openGap reports whether the run of wildcards that begins w ends in a star.
func openGap(w []rune) bool {
	i := slices.IndexFunc(w, func(r rune) bool { return r != '?' })
	return i >= 0 && w[i] == '*'
}

// takeStars lets a gap that is open anyway take stars of narrow before its question marks are used up.
func takeStars(reach []bool, narrow []rune) {
	for j := range narrow {
		if reach[j] && narrow[j] == '*' {
			reach[j+1] = true
		}
	}
}

// ordered rewrites each run of wildcards as its question marks and then one star, which means the same.
func ordered(pattern string) []rune {
	out := make([]rune, 0, len(pattern))
	star := false // of the run that is being read
	for _, r := range pattern {
		if r == '*' {
			star = true
			continue
		}
		if r != '?' && star {
			out = append(out, '*')
			star = false
		}
		out = append(out, r)
	}
	if star {
		out = append(out, '*')
	}
	return out
}
