package element

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// Free is a pattern with a star for each policy variable: it fits all that the pattern may fit.
func Free(text string) string {
	for {
		start := strings.Index(text, "${")
		if start < 0 {
			return text
		}
		end := strings.IndexByte(text[start:], '}')
		if end < 0 {
			return text
		}
		text = text[:start] + "*" + text[start+end+1:]
	}
}

// CoversResource reports whether every resource that fits narrow surely fits wide. Patterns with variables cover
// only themselves, and so do those with a star in the middle of an ARN's part, which stops at a colon.
func CoversResource(wide, narrow string) bool {
	wide, narrow = glob.Padded(wide), glob.Padded(narrow)
	if wide == "*" || wide == narrow {
		return true
	}
	literal := strings.IndexAny(wide, "*?")
	if literal < 0 || !strings.HasPrefix(narrow, wide[:literal]) || strings.Contains(wide, "${") || boundStar(wide) {
		return false
	}
	return arn.Covers(wide, Free(narrow))
}

// boundStar reports whether a star stands inside one of the first five parts of an ARN, not at its end.
func boundStar(text string) bool {
	for range 5 {
		part, rest, ok := strings.Cut(text, ":")
		if !ok {
			return false
		}
		if strings.Contains(strings.TrimRight(part, "*"), "*") {
			return true
		}
		text = rest
	}
	return false
}

// OverlapsResource reports whether some resource may fit both patterns.
func OverlapsResource(a, b string) bool {
	return a == "*" || b == "*" || glob.Overlaps(glob.Resource(Free(a)), glob.Resource(Free(b)))
}
