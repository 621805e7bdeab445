package source

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest are the candidates that are as near as Closest wants it, nearest first, at most so many.
func Nearest(name string, candidates []string, most int) []string {
	lower, limit := strings.ToLower(name), (len(name)+1)/3+1
	away := map[string]int{}
	var near []string
	for _, c := range candidates {
		if _, seen := away[c]; seen {
			continue
		}
		if away[c] = distance(lower, strings.ToLower(c), limit); away[c] < limit {
			near = append(near, c)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(away[a], away[b]) })
	return near[:min(len(near), most)]
}

// Closest is the candidate that name was most likely meant to be, or "" where none is near: at most one
// edit for each three letters. Letter case does not count; of two equally near, the first wins.
func Closest(name string, candidates []string) string {
	lower := strings.ToLower(name)
	best, least := "", (len(name)+1)/3+1
	for _, c := range candidates {
		if d := distance(lower, strings.ToLower(c), least); d < least {
			best, least = c, d
		}
	}
	return best
}

// DidYouMean is Closest as a hint: `did you mean "should"?`, or "".
func DidYouMean(name string, candidates []string) string {
	if c := Closest(name, candidates); c != "" {
		return `did you mean "` + c + `"?`
	}
	return ""
}

// distance counts insertions, deletions, replacements and swaps of neighbours, up to limit.
func distance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, prev[j+1]+1, prev[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return min(prev[len(b)], limit)
}
