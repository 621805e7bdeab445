package diff

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

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

// tellsMore reports whether a is a better cause than b: one that the other document does not have comes first, then one
// that reaches further. So few changes tell all.
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

// named is the statement whose resources a change names: of two causes, the one with the narrower resources.
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
