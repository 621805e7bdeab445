package access

// Assumes lists the roles that a place may assume in one step, with the trust and boundaries that there are. Of an
// administrator it lists none: what it may do is no matter of roles.
func (g *Graph) Assumes(from NodeID) []Hop {
	var hops []Hop
	for f := range g.fansOf(from) {
		if f.by.Effect != Assume {
			continue
		}
		for _, to := range f.to {
			hops = append(hops, Hop{By: f.by, From: from, To: to, Via: to})
		}
	}
	return hops
}
