package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Grant is a statement that a path rests on.
type Grant struct {
	Policy    string // its name
	Pointer   string // of the statement in the policy's document
	Line      int
	Text      string // of the statement, on one line, cut at 1,000 characters
	Statement *policy.Statement
}

// Cut finds a smallest set of grants that breaks every path to the goal: with them taken away, nobody can walk any of
// them. Only the grants that a path's steps need count, not those that give the end of the path its power. Up to four
// grants no set is smaller; a larger set is a good one, and exact is false.
func (g *Graph) Cut(paths []Path, goal Goal) (grants []Grant, exact bool) {
	var all []Grant
	type said struct { // policies of the same text share their statements
		policy    string
		statement *policy.Statement
	}
	index := map[said]int{}
	stops := make([][][]int, 0, len(paths)) // of each path, the sets of grants whose removal stops it
	for _, p := range paths {
		var ways [][]int
		for _, set := range g.stops(p, goal) {
			var way []int
			for _, m := range set {
				key := said{m.Policy.Name, m.Statement}
				at, ok := index[key]
				if !ok {
					at = len(all)
					index[key] = at
					all = append(all, grantOf(&m))
				}
				way = append(way, at)
			}
			ways = append(ways, way)
		}
		if len(ways) > 0 {
			stops = append(stops, ways)
		}
	}
	chosen, exact := smallest(stops)
	for _, at := range chosen {
		grants = append(grants, all[at])
	}
	return grants, exact
}

func grantOf(m *authz.Match) Grant {
	const longest = 1000
	at := m.Statement.Node
	return Grant{
		Policy: m.Policy.Name, Pointer: m.Statement.Pointer, Line: at.Pos.Line,
		Text: m.Policy.Document.Snippet(at, longest), Statement: m.Statement,
	}
}

// stops lists sets of Allows: with one set taken away, the path is broken. For each request of the path these are the
// single Allows that it needs or, where several allow it and any one is enough, all of them together. Of a step that takes
// several policies away, those requests count that the rest of the path needs.
func (g *Graph) stops(p Path, goal Goal) [][]authz.Match {
	var out [][]authz.Match
	for i, h := range p {
		questions := g.questions(h)
		if h.By.Effect == UndenySelf || h.By.Effect == UndenyRole {
			removals := g.removalsOf(h)
			out = append(out, g.removalStops(p[i:], removals, goal)...)
			questions = questions[len(removals):]
		}
		for _, q := range questions {
			out = append(out, g.questionStops(h, q)...)
		}
	}
	return out
}

func (g *Graph) questionStops(h Hop, q *Question) [][]authz.Match {
	stack, request := g.world.Request(g.nodes[h.From].Principal, q)
	return stopsOf(stack, request)
}

func stopsOf(stack *authz.Stack, request *authz.Request) (out [][]authz.Match) {
	var together []authz.Match
	rest := stack
	e := stack.Explain(request)
	for _, m := range e.Deciding() {
		if m.Effect != policy.Allow || m.Statement == nil || m.Layer == authz.ServiceControl {
			continue
		}
		if !may(stack.Without(&m).Decide(request)) {
			out = append(out, []authz.Match{m})
		}
		rest = rest.Without(&m)
		together = append(together, m)
	}
	if len(out) == 0 && len(together) > 0 && !may(rest.Decide(request)) {
		out = append(out, together)
	}
	return out
}

// smallest is a smallest set of numbers that stops every list: it holds one of the list's ways as a whole. All sets of up
// to four numbers are tried. Then the way is added, again and again, that stops the most lists for each number it adds.
func smallest(lists [][][]int) (chosen []int, exact bool) {
	for size := range 5 {
		if got, ok := within(lists, nil, size); ok {
			return got, true
		}
	}
	for {
		var best []int
		bestCount := 0
		for _, ways := range lists {
			for _, way := range ways {
				with := union(chosen, way)
				count := 0
				for _, other := range lists {
					if !stopped(other, chosen) && stopped(other, with) {
						count++
					}
				}
				if count*max(1, len(best)-len(chosen)) > bestCount*(len(with)-len(chosen)) {
					best, bestCount = with, count
				}
			}
		}
		if bestCount == 0 {
			return chosen, false
		}
		chosen = best
	}
}

// within finds a set of at most size numbers: it tries each way of the first list that is not stopped yet.
func within(lists [][][]int, chosen []int, size int) ([]int, bool) {
	at := slices.IndexFunc(lists, func(ways [][]int) bool { return !stopped(ways, chosen) })
	if at < 0 {
		return chosen, true
	}
	for _, way := range lists[at] {
		if with := union(chosen, way); len(with) <= size {
			if got, ok := within(lists[at+1:], with, size); ok {
				return got, true
			}
		}
	}
	return nil, false
}

// stopped reports whether one of the ways is chosen as a whole.
func stopped(ways [][]int, chosen []int) bool {
	return slices.ContainsFunc(ways, func(way []int) bool {
		return !slices.ContainsFunc(way, func(x int) bool { return !slices.Contains(chosen, x) })
	})
}

func union(a, b []int) []int {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
