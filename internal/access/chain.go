package access

import "iter"

// Assumes yields the roles that a place may assume in one step, with the trust and boundaries that there are. Of an
// administrator it yields none: what it may do is no matter of roles.
func (g *Graph) Assumes(from NodeID) iter.Seq[Hop] {
	return func(yield func(Hop) bool) {
		for f := range g.fansOf(from) {
			if f.by.Effect != Assume {
				continue
			}
			for _, to := range f.to {
				if !yield(Hop{By: f.by, From: from, To: to, Via: to}) {
					return
				}
			}
		}
	}
}
