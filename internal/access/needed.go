package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// removalStops lists sets of Allows of which each stops the way of a hop that takes policies away: the first of a path, whose
// goal is given. What the rest does not need to be taken away stops nothing. Where any of several is enough for the rest, all
// must be stopped together.
func (g *Graph) removalStops(path Path, removals []removal, goal Goal) [][]authz.Match {
	var out [][]authz.Match
	var together []authz.Match
	for i := range removals {
		ways := g.questionStops(path[0], removals[i].Question)
		if len(removals) == 1 || !g.leadsWithout(path, &removals[i], goal) {
			out = append(out, ways...)
		}
		if len(ways) > 0 {
			together = append(together, ways[0]...)
		}
	}
	if len(out) == 0 && len(together) > 0 {
		out = append(out, together)
	}
	return out
}

// leadsWithout reports whether a path reaches its goal although its first hop does not make a removal.
func (g *Graph) leadsWithout(path Path, r *removal, goal Goal) bool {
	places := len(g.nodes)
	defer func() { g.nodes = g.nodes[:places] }()
	first := path[0]
	before := loss{}
	if g.nodes[first.From].ARN == g.nodes[first.To].ARN {
		before = g.nodes[first.From].lost
	}
	at := g.keeping(first.To, r, before)
	for _, h := range path[1:] {
		own := h.To != Admin && g.nodes[h.To].ARN == g.nodes[at].ARN
		want := len(g.questions(h))
		h.From = at
		if own {
			h.To = g.keeping(h.To, r, before)
			h.Via = h.To
		}
		questions := g.questions(h)
		if len(questions) < want || slices.ContainsFunc(questions, func(q *Question) bool { return !may(g.world.Can(g.nodes[at].Principal, q)) }) {
			return false
		}
		if !own { // whatever follows does not depend on what the principal has lost
			return true
		}
		at = h.To
	}
	return goal(at)
}

// keeping adds the place of a principal that keeps what a removal would take away, unless it was lost before.
func (g *Graph) keeping(id NodeID, r *removal, before loss) NodeID {
	n := &g.nodes[id]
	lost := n.lost
	lost.policies = slices.DeleteFunc(slices.Clone(lost.policies), func(i int) bool {
		return slices.Contains(r.policies, i) && !slices.Contains(before.policies, i)
	})
	lost.groups = slices.DeleteFunc(slices.Clone(lost.groups), func(name string) bool { return name == r.group })
	at := g.add(g.lacking(g.world.byARN[n.ARN], lost))
	g.nodes[at].lost = lost
	return at
}
