package access

import (
	"testing"

	"pgregory.net/rapid"
)

// TestGraph_witnesses: every request of every path's hop is possible, over odd accounts.
func TestGraph_witnesses(t *testing.T) {
	t.Parallel()
	hops := 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := NewGraph(w)
		for id := range w.principals {
			paths, _ := g.Paths(NodeID(id), g.ToAdmin())
			if got := g.Steps(NodeID(id)); got > 0 && (len(paths) == 0 || len(paths[0]) != got) && got <= MaxSteps {
				t.Fatalf("%s: %d steps and %d paths", w.principals[id].ARN, got, len(paths))
			}
			for _, path := range paths[:min(20, len(paths))] {
				for _, h := range path {
					for _, one := range g.Witnesses(h) {
						hops++
						if !may(one.Decision) {
							t.Fatalf("%s from %s: %s on %s with %v is %v", h.By.ID, one.Principal, one.Action, one.Resource, one.Keys, one.Decision)
						}
					}
					if len(g.Witnesses(h)) == 0 {
						t.Fatalf("%s has no witness", h.By.ID)
					}
				}
			}
		}
	})
	if hops == 0 {
		t.Error("no hops")
	}
}
