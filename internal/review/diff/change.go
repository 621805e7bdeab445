package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// add notes a change of a group, or widens one that has the same turn, causes and conditions.
func (t *trial) add(turn Turn, s situation, hangsOn []int) {
	r := t.request(s)
	a, b := t.sides[0].stack.Explain(r), t.sides[1].stack.Explain(r)
	causes := t.causes(turn, a, b)
	clauses, words := t.clauses(s, hangsOn)
	focus := t.named(causes)
	name := fmt.Appendf(nil, "%s %p %q", turn, focus, words)
	for _, cause := range causes {
		name = fmt.Appendf(name, " %p", cause.Statement)
	}
	key := string(name)
	change := t.group.changes[key]
	if change == nil {
		change = &Change{
			Turn: turn, Causes: causes, Conditions: clauses, Witness: t.witness(s, a.Decision, b.Decision),
			focus: focus, modern: t.group.termOf(focus).modern, clauses: words, hits: make([]bool, len(t.site.patterns)),
		}
		if t.group.changes == nil {
			t.group.changes = map[string]*Change{}
		}
		t.group.changes[key] = change
		t.group.order = append(t.group.order, key)
	}
	for i := range change.hits {
		change.hits[i] = change.hits[i] || t.meets(t.atom, i)
	}
	if t.caller.label != "" {
		change.Principals = joined(change.Principals, t.caller.label)
	}
}

// clauses are what a turn hangs on in a situation, each condition once, and the same in words.
func (t *trial) clauses(s situation, hangsOn []int) (clauses []Clause, words []string) {
	for _, i := range hangsOn {
		term := t.group.terms[i]
		clause := Clause{InB(term.side == 1), term.Statement, term.modern, s.fails[i] == '0'}
		word := conditionsKey(term.Statement) + fmt.Sprint(clause.Hold)
		if strings.Contains(word, "${") {
			word += fmt.Sprint(term.modern)
		}
		if !slices.Contains(words, word) {
			clauses, words = append(clauses, clause), append(words, word)
		}
	}
	return clauses, words
}

func joined(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
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

// causes are the statements that make the difference: what allows, and what denies on the other side.
func (t *trial) causes(turn Turn, a, b authz.Explanation) []Cause {
	var out []Cause
	find := func(side int, e authz.Explanation, effect policy.Effect) {
		var best *term
		for _, m := range e.Matches {
			if m.Policy != t.sides[side].policy || m.Effect != effect {
				continue
			}
			if term := t.group.termOf(m.Statement); best == nil || t.group.tellsMore(term, best) {
				best = term
			}
		}
		if best != nil {
			out = append(out, Cause{InB(side == 1), best.Statement})
		}
	}
	switch turn {
	case Gained:
		find(1, b, policy.Allow)
		find(0, a, policy.Deny)
	case Lost:
		find(0, a, policy.Allow)
		find(1, b, policy.Deny)
	case Denied:
		find(1, b, policy.Deny)
	case Undenied:
		find(0, a, policy.Deny)
	}
	return out
}

func (g *group) termOf(s *policy.Statement) *term {
	if g.byStatement == nil {
		g.byStatement = make(map[*policy.Statement]*term, len(g.terms))
		for _, t := range g.terms {
			g.byStatement[t.Statement] = t
		}
	}
	return g.byStatement[s]
}

// tellsMore reports whether a is a better cause than b: one that the other document does not have, or one that
// reaches further, so that few changes tell all.
func (g *group) tellsMore(a, b *term) bool {
	first, second := g.rank(a), g.rank(b)
	return slices.Compare(first[:], second[:]) > 0
}

func (g *group) rank(t *term) [3]int {
	if g.ranks == nil {
		said := [2]map[string]bool{{}, {}}
		for _, o := range g.terms {
			said[o.side][o.same] = true
		}
		g.ranks = make(map[*term][3]int, len(g.terms))
		for _, o := range g.terms {
			g.ranks[o] = [3]int{number(!said[1-o.side][o.same]), number(o.everywhere()), o.actions.Count()}
		}
	}
	return g.ranks[t]
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// named is the deciding statement, of two the one with the narrower resources.
func (t *trial) named(causes []Cause) (focus *policy.Statement) {
	var resources []string
	for _, cause := range causes {
		own := t.fitting(cause.Statement)
		if focus == nil || len(own) > 0 && narrower(own, resources) {
			focus, resources = cause.Statement, own
		}
	}
	return focus
}

// narrower reports whether each of a is covered by one of b, and not the reverse.
func narrower(a, b []string) bool { return covered(a, b) && !covered(b, a) }

// covered reports whether each of some resource patterns surely is covered by one of others.
func covered(narrow, wide []string) bool {
	return !slices.ContainsFunc(narrow, func(n string) bool {
		return !slices.ContainsFunc(wide, func(w string) bool { return element.CoversResource(w, n) })
	})
}

// fitting are those of a statement's resources that the trial's atom meets, as it writes them.
func (t *trial) fitting(s *policy.Statement) []string {
	if s.NotRes {
		return []string{"*"}
	}
	var out []string
	for i, p := range t.site.patterns {
		if slices.Contains(p.statements, s) && t.meets(t.atom, i) {
			out = append(out, p.text)
		}
	}
	return out
}

func (t *trial) witness(s situation, a, b authz.Decision) Witness {
	w := Witness{
		Principal: t.caller.principal.ARN, Action: t.group.name, Resource: t.atom.Texts[0],
		ResourceAccount: t.resourceAccount(), A: a, B: b,
	}
	s.settings.each(func(key string, v value) {
		if !v.absent && t.mentions(key) {
			w.Context = append(w.Context, Setting{cmp.Or(t.spelled(key), key), v.texts, v.many})
		}
	})
	slices.SortFunc(w.Context, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return w
}

// mentions reports whether a statement of the group depends on the key.
func (t *trial) mentions(key string) bool {
	keys, _ := variableKeys(t.group.terms)
	return slices.Contains(keys, key) || t.spelled(key) != ""
}

// spelled is a key as a condition of the group writes it.
func (t *trial) spelled(key string) string {
	for _, term := range t.group.terms {
		for i := range term.Conditions {
			if c := &term.Conditions[i]; strings.EqualFold(c.Key, key) {
				return c.Key
			}
		}
	}
	return ""
}

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
			change.actions = element.NewActionSet()
			c.changes[key] = change
			known = change
		}
		known.actions.Join(g.actions)
		known.extra = append(known.extra, g.extra...)
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
	return pattern == "*" || slices.ContainsFunc(g.types, func(t resourceType) bool {
		return slices.ContainsFunc(t.patterns, func(p element.TypePattern) bool { return c.mayFit(p)(pattern) })
	})
}
