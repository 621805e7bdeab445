package diff

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
)

// minimal leaves out changes that others wholly cover; of two that say the same, the later.
func minimal(all []*Change) []*Change {
	gone := make([]bool, len(all))
	for i, change := range all {
		for j, other := range all {
			if i != j && !gone[j] && covers(other, change) && (j < i || !covers(change, other)) {
				gone[i] = true
				break
			}
		}
	}
	var out []*Change
	for i, change := range all {
		if !gone[i] {
			out = append(out, change)
		}
	}
	return out
}

// covers reports whether a change surely says all that another says, and perhaps more.
func covers(c, o *Change) bool {
	return c.Turn == o.Turn && coversActions(c, o) && coversResources(c, o) && namesAllOf(c, o) && coversConditions(c, o)
}

func coversActions(c, o *Change) bool {
	return o.known.Minus(c.known).Count() == 0 &&
		!slices.ContainsFunc(o.unknown, func(name string) bool { return !slices.Contains(c.unknown, name) })
}

func coversResources(c, o *Change) bool {
	surely := func(wide, narrow string) bool {
		return (c.modern == o.modern || !strings.Contains(wide, "${")) && element.CoversResource(wide, narrow)
	}
	within := func(wide []string, narrow string) bool {
		return slices.ContainsFunc(wide, func(w string) bool { return surely(w, narrow) })
	}
	for _, r := range o.Resources {
		if !within(c.Resources, r) {
			return false
		}
	}
	return len(c.Resources) == 0 == (len(o.Resources) == 0) && !slices.ContainsFunc(c.Except, func(e string) bool {
		apart := !slices.ContainsFunc(o.Resources, func(r string) bool { return element.OverlapsResource(r, e) })
		return !apart && !within(o.Except, e)
	})
}

func namesAllOf(c, o *Change) bool {
	if len(c.Principals) == 0 || slices.Contains(c.Principals, anybody) {
		return true
	}
	return !slices.ContainsFunc(o.Principals, func(p string) bool { return !slices.Contains(c.Principals, p) })
}

// coversConditions reports whether all that a change hangs on, the other does.
func coversConditions(c, o *Change) bool {
	return !slices.ContainsFunc(c.clauses, func(clause string) bool { return !slices.Contains(o.clauses, clause) })
}
