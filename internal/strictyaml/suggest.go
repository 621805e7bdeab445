package strictyaml

import (
	"fmt"
	"strings"
)

// DidYouMean is the hint for a name that is not among the known ones: the nearest of them, where one is near
// enough, else all of them where they are few, else nothing.
func DidYouMean(name string, known []string) string {
	const few = 12
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 || len(known) > few {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

// Nearest is the known name that is the fewest typing errors away from name, letter case aside: at most a third
// of its length. The empty string says that none is near. Of equals the first wins.
func Nearest(name string, known []string) string {
	const longest = 100 // names of people's making; longer ones are no typing error
	name = strings.ToLower(name)
	if len(name) > longest {
		return ""
	}
	best, bestDistance := "", max(1, len(name)/3)+1
	for _, k := range known {
		if len(k) > longest {
			continue
		}
		if d := distance(name, strings.ToLower(k)); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts inserted, removed, changed and swapped neighbouring bytes (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
