package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
)

// Bounds on what Paths enumerates.
const (
	MaxSteps = 6
	MaxPaths = 100
)

// Hop is one escalation of a path, from a place to the next.
type Hop struct {
	By       *Escalation
	From, To NodeID
	Via      NodeID // of a hop to Admin: the principal that is made an administrator; else To
}

// Path is a chain of hops.
type Path []Hop

// Goal says where paths lead: a place, or any place that fits.
type Goal func(NodeID) bool

// ToAdmin is the goal of an administrator's place.
func (g *Graph) ToAdmin() Goal { return func(id NodeID) bool { return id == Admin || g.IsAdmin(id) } }

// ToPrincipal is the goal of a principal, with or without its guardrails.
func (g *Graph) ToPrincipal(arn string) Goal {
	return func(id NodeID) bool { return id != Admin && g.nodes[id].ARN == arn }
}

// ToAction is the goal of whoever may do an action on a resource.
func (g *Graph) ToAction(q *Question) Goal {
	return func(id NodeID) bool {
		return id == Admin || may(g.world.Can(g.nodes[id].Principal, q))
	}
}

// Node finds the place of a principal.
func (g *Graph) Node(arn string) (NodeID, bool) {
	id, ok := g.byARN[arn]
	return id, ok
}

// At is the principal of a place, and which of its guardrails are gone. Admin has none.
func (g *Graph) At(id NodeID) (*Principal, Variant) {
	if id == Admin {
		return nil, Plain
	}
	return g.nodes[id].Principal, g.nodes[id].lost.variant()
}

// IsAdmin reports whether the place may do everything as it stands.
func (g *Graph) IsAdmin(id NodeID) bool { return g.nodes[id].admin != authz.ImplicitlyDenied }

// Steps is how many hops lead from the place to Admin at the least: 0 for an administrator, -1 for never.
func (g *Graph) Steps(id NodeID) int { return g.nodes[id].near }

// Admins are the places of principals that may do everything as they stand.
func (g *Graph) Admins() []NodeID { return g.where(func(n *node) bool { return n.near == 0 }) }

// Reachers are the places of principals that are no administrators and can become one.
func (g *Graph) Reachers() []NodeID { return g.where(func(n *node) bool { return n.near > 0 }) }

func (g *Graph) where(fits func(*node) bool) []NodeID {
	var out []NodeID
	for i := range g.world.principals {
		if fits(&g.nodes[i]) {
			out = append(out, NodeID(i))
		}
	}
	return out
}

// Paths lists the simple paths from a place to a goal, shortest first, of at most MaxSteps hops; more says
// that there are others beyond MaxPaths. A path ends where it first reaches the goal.
func (g *Graph) Paths(from NodeID, goal Goal) (paths []Path, more bool) {
	s := &search{graph: g, goal: goal, visited: map[NodeID]bool{from: true}}
	if goal(from) {
		return nil, false
	}
	for depth := 1; depth <= MaxSteps && !s.more; depth++ {
		s.depth = depth
		s.walk(from, nil)
	}
	return s.found, s.more
}

type search struct {
	graph   *Graph
	goal    Goal
	visited map[NodeID]bool
	depth   int // length of the paths that this round looks for
	found   []Path
	more    bool
	tried   int
}

// maxTries bounds the work of one search in a graph where much leads to much.
const maxTries = 1 << 20

func (s *search) walk(at NodeID, path Path) {
	for f := range s.graph.fansOf(at) {
		if s.more = s.more || s.tried > maxTries; s.more {
			return
		}
		if f.top {
			s.top(at, f, path)
			continue
		}
		for _, to := range f.to {
			if s.tried++; !s.visited[to] && s.graph.leads(f, at, to) {
				s.step(Hop{By: f.by, From: at, To: to, Via: to}, path)
			}
		}
	}
}

// top takes a hop to Admin, by way of each principal that it makes an administrator.
func (s *search) top(at NodeID, f *fan, path Path) {
	via := f.to
	if len(via) == 0 {
		via = []NodeID{Admin}
	}
	for _, id := range via {
		if s.tried++; id == at {
			continue // giving oneself permissions is an escalation of its own
		}
		s.step(Hop{By: f.by, From: at, To: Admin, Via: id}, path)
	}
}

func (s *search) step(h Hop, path Path) {
	path = append(path, h)
	reached := s.goal(h.To) || h.To == Admin && h.Via != Admin && s.goal(h.Via)
	switch {
	case reached && len(path) == s.depth:
		if len(s.found) == MaxPaths {
			s.more = true
			return
		}
		s.found = append(s.found, slices.Clone(path))
	case !reached && len(path) < s.depth && h.To != Admin:
		s.visited[h.To] = true
		s.walk(h.To, path)
		delete(s.visited, h.To)
	}
}
