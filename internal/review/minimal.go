package review

import (
	"slices"
	"strings"
)

// minimal leaves out changes that others wholly cover; of two that say the same, the later.
func minimal(all []*Change) []*Change {
	gone := make([]bool, len(all))
	for i, change := range all {
		covers := func(j int) bool {
			return i != j && !gone[j] && all[j].covers(change) && (j < i || !change.covers(all[j]))
		}
		gone[i] = slices.ContainsFunc(indexes(len(all)), covers)
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
func (c *Change) covers(o *Change) bool {
	return c.Turn == o.Turn && c.coversActions(o) && c.coversResources(o) && c.coversPrincipals(o) && c.coversConditions(o)
}

func (c *Change) coversActions(o *Change) bool {
	return o.actions.minus(c.actions).count() == 0 &&
		!slices.ContainsFunc(o.extra, func(name string) bool { return !slices.Contains(c.extra, name) })
}

func (c *Change) coversResources(o *Change) bool {
	covers := func(wide, narrow string) bool {
		return (c.modern == o.modern || !strings.Contains(wide, "${")) && coversResource(wide, narrow)
	}
	within := func(wide []string, narrow string) bool {
		return slices.ContainsFunc(wide, func(w string) bool { return covers(w, narrow) })
	}
	for _, r := range o.Resources {
		if !within(c.Resources, r) {
			return false
		}
	}
	return len(c.Resources) == 0 == (len(o.Resources) == 0) && !slices.ContainsFunc(c.Except, func(e string) bool {
		apart := !slices.ContainsFunc(o.Resources, func(r string) bool { return overlapResource(r, e) })
		return !apart && !within(o.Except, e)
	})
}

func (c *Change) coversPrincipals(o *Change) bool {
	if len(c.Principals) == 0 || slices.Contains(c.Principals, anybody) {
		return true
	}
	return !slices.ContainsFunc(o.Principals, func(p string) bool { return !slices.Contains(c.Principals, p) })
}

// coversConditions reports whether all that a change hangs on, the other does.
func (c *Change) coversConditions(o *Change) bool {
	return !slices.ContainsFunc(c.clauses, func(clause string) bool { return !slices.Contains(o.clauses, clause) })
}
