package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
)

// merge puts the changes of a group to those of others with which they have all but the actions in common.
func (c *comparison) merge(g *group) {
	for _, key := range g.order {
		change := g.changes[key]
		whole := c.finish(g, change)
		if whole {
			key += " whole"
		} else {
			key += fmt.Sprintf(" %q %q", change.Resources, change.Except)
		}
		key += fmt.Sprintf(" %q", change.Principals)
		known := c.changes[key]
		if known == nil {
			change.scope = newScope()
			c.changes[key] = change
			known = change
		}
		known.join(g.scope)
		if known != change {
			known.Resources = joinedAll(known.Resources, change.Resources)
		}
	}
}

// finish finds a change's resources and exceptions, in order. It reports whether the change reaches all resources
// of the deciding statement that the group's actions can name.
func (c *comparison) finish(g *group, change *Change) (whole bool) {
	if slices.Contains(change.Principals, anybody) {
		change.Principals = []string{anybody}
	}
	slices.Sort(change.Principals)
	var missed []string // patterns on which nothing changes
	whole = true
	for i, p := range g.patterns {
		if p.modern != change.modern && strings.Contains(p.text, "${") {
			continue // it would read as another pattern among the change's
		}
		focused := slices.Contains(p.statements, change.focus)
		switch {
		case change.hits[i] && focused && !change.focus.NotRes:
			change.Resources = append(change.Resources, p.text)
		case !change.hits[i] && c.relevant(g, p.text):
			missed = append(missed, p.text)
			whole = whole && (!focused || change.focus.NotRes)
		}
	}
	if change.focus.NotRes {
		change.Resources = []string{"*"}
	}
	slices.Sort(change.Resources)
	change.Resources = slices.Compact(change.Resources)
	for _, text := range c.widest(missed) {
		inside := func(r string) bool { return r != text && element.CoversResource(r, text) }
		if slices.ContainsFunc(change.Resources, inside) && !slices.Contains(change.Resources, text) {
			change.Except = joined(change.Except, text)
		}
	}
	slices.Sort(change.Except)
	return whole && len(change.Except) == 0
}

// relevant reports whether a resource of the group's types may fit a pattern.
func (c *comparison) relevant(g *group, pattern string) bool {
	return pattern == "*" || slices.ContainsFunc(g.types, func(t *element.Type) bool {
		return slices.ContainsFunc(t.Patterns, func(p element.TypePattern) bool { return c.mayFit(p)(pattern) })
	})
}

// joinedAll adds each of more that is not there.
func joinedAll(list, more []string) []string {
	there := make(map[string]bool, len(list)+len(more))
	for _, text := range list {
		there[text] = true
	}
	for _, text := range more {
		if !there[text] {
			there[text] = true
			list = append(list, text)
		}
	}
	return list
}
