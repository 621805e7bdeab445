package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// measure finds for each place how near Admin is: the fewest steps.
func (g *Graph) measure() {
	for i := range g.nodes {
		g.nodes[i].near = -1
		if g.nodes[i].admin != authz.ImplicitlyDenied {
			g.nodes[i].near = 0
		}
	}
	for round := 1; ; round++ {
		nearest := map[*NodeID]bool{} // fans share their lists
		var reached []NodeID
		for i := range g.nodes {
			if g.nodes[i].near < 0 && g.nears(NodeID(i), nearest) {
				reached = append(reached, NodeID(i))
			}
		}
		if len(reached) == 0 {
			return
		}
		for _, id := range reached {
			g.nodes[id].near = round
		}
	}
}

// nears reports whether one step from id leads to Admin or to a place that is near it.
func (g *Graph) nears(id NodeID, known map[*NodeID]bool) bool {
	for f := range g.fansOf(id) {
		if f.top && (len(f.to) != 1 || f.to[0] != id) {
			return true
		}
		if f.top || len(f.to) == 0 {
			continue
		}
		isNear := func(to NodeID) bool { return g.nodes[to].near >= 0 }
		near, ok := known[&f.to[0]]
		if !ok {
			near = slices.ContainsFunc(f.to, isNear)
			known[&f.to[0]] = near
		}
		if near && f.by.Effect == UndenyRole && g.nodes[id].lost.variant() != Plain { // what other places share holds its own too
			near = slices.ContainsFunc(f.to, func(to NodeID) bool { return isNear(to) && g.leads(f, id, to) })
		}
		if near {
			return true
		}
	}
	return false
}

// fansOf lists the escalations from a place. An administrator needs none.
func (g *Graph) fansOf(id NodeID) func(func(*fan) bool) {
	return func(yield func(*fan) bool) {
		n := &g.nodes[id]
		if n.admin != authz.ImplicitlyDenied {
			return
		}
		for i := range n.fans {
			if !yield(&n.fans[i]) {
				return
			}
		}
		for i := range n.class.fans {
			if !yield(&n.class.fans[i]) {
				return
			}
		}
	}
}
