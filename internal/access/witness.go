package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Witness is one request of a hop, with the decision that authz gives it and the statements that decide.
type Witness struct {
	Principal string
	Question
	Decision authz.Decision
	Deciding []authz.Match
}

// Witnesses are the requests of a hop, in the order in which somebody would make them.
func (g *Graph) Witnesses(h Hop) []Witness {
	p := g.nodes[h.From].Principal
	var out []Witness
	for _, q := range g.questions(h) {
		e := g.explain(p, q)
		out = append(out, Witness{Principal: p.ARN, Question: *q, Decision: e.Decision, Deciding: e.Deciding()})
	}
	return out
}

func (g *Graph) explain(p *Principal, q *Question) authz.Explanation { return g.world.Explain(p, q) }

func (g *Graph) questions(h Hop) []*Question {
	p := g.nodes[h.From].Principal
	switch h.By.Effect {
	case EmpowerSelf:
		q, ok := g.empowerSelf(h.From, h.By)
		if !ok {
			return nil
		}
		return []*Question{q}
	case CreateRole:
		qs, _ := g.newRole(p, h.By)
		return qs
	case UnboundSelf:
		q := &Question{Action: h.By.Actions[0], Resource: p.ARN}
		if h.By.needs("iam:PutUserPermissionsBoundary") {
			q.Keys = map[string][]string{"iam:PermissionsBoundary": {g.administratorAccess()}}
		}
		return []*Question{q}
	case UndenySelf:
		return g.undenyQuestions(h)
	case Retrust, Credential, EmpowerOther, Assume, UnboundRole:
		return g.targetQuestions(h)
	case PassRole, UseRole, Elsewhere:
	}
	return g.serviceQuestions(h)
}

func (g *Graph) undenyQuestions(h Hop) []*Question {
	n := &g.nodes[h.From]
	var out []*Question
	for _, name := range g.removable(n, h.By.Actions[0]) {
		q := &Question{Action: h.By.Actions[0], Resource: n.ARN}
		if h.By.needs("iam:DetachUserPolicy") {
			q.Keys = map[string][]string{"iam:PolicyARN": {name}}
		}
		out = append(out, q)
	}
	return out
}

func (g *Graph) targetQuestions(h Hop) []*Question {
	var out []*Question
	for _, a := range h.By.Actions {
		if q, ok := g.witnessOn(g.nodes[h.From].Principal, h.By, a, h.Via); ok {
			out = append(out, q)
		}
	}
	return out
}

// serviceQuestions: passing the role, and each action where it may be done.
func (g *Graph) serviceQuestions(h Hop) []*Question {
	p := g.nodes[h.From].Principal
	var out []*Question
	for _, a := range h.By.Actions {
		q := &Question{Action: a, Owner: p.Account}
		if a == "iam:PassRole" && h.Via != Admin {
			q.Resource = g.nodes[h.Via].ARN
			q.Keys = map[string][]string{"iam:PassedToService": {h.By.Service}}
		} else {
			_, q.Resource = g.somewhere(p, a, nil)
		}
		out = append(out, q)
	}
	return out
}

// Grant is a statement that a path rests on.
type Grant struct {
	Policy    string // its name
	Pointer   string // of the statement in the policy's document
	Line      int
	Statement *policy.Statement
}

// Cut finds a smallest set of grants such that each path rests on one of them: without these statements none of
// the paths stands. It is exact up to four grants; beyond that the set is a good one, and exact is false.
func (g *Graph) Cut(paths []Path) (grants []Grant, exact bool) {
	var all []Grant
	index := map[*policy.Statement]int{}
	rests := make([][]int, len(paths)) // grants without which a path does not stand
	for i, p := range paths {
		for _, m := range g.necessary(p) {
			at, ok := index[m.Statement]
			if !ok {
				at = len(all)
				index[m.Statement] = at
				all = append(all, Grant{Policy: m.Policy.Name, Pointer: m.Statement.Pointer, Line: m.Statement.Node.Pos.Line, Statement: m.Statement})
			}
			rests[i] = append(rests[i], at)
		}
	}
	rests = slices.DeleteFunc(rests, func(r []int) bool { return len(r) == 0 })
	chosen, exact := hit(rests)
	for _, at := range chosen {
		grants = append(grants, all[at])
	}
	return grants, exact
}

// necessary are the Allows of the path's requests without which a request is denied.
func (g *Graph) necessary(p Path) []authz.Match {
	var out []authz.Match
	for _, h := range p {
		by := g.nodes[h.From].Principal
		for _, q := range g.questions(h) {
			stack, request := g.world.Request(by, q)
			e := stack.Explain(request)
			for _, m := range e.Deciding() {
				if m.Effect == policy.Allow && m.Statement != nil && m.Layer != authz.ServiceControl &&
					!may(stack.Without(m.Statement).Decide(request)) {
					out = append(out, m)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b authz.Match) int {
		return cmp.Or(strings.Compare(a.Policy.Name, b.Policy.Name), strings.Compare(a.Statement.Pointer, b.Statement.Pointer))
	})
	return out
}

// hit is a smallest set of numbers that meets every list: tried exactly up to four, then greedily.
func hit(lists [][]int) (chosen []int, exact bool) {
	for size := 0; size <= 4; size++ {
		if got, ok := hitBy(lists, size); ok {
			return got, true
		}
	}
	for len(lists) > 0 {
		count := map[int]int{}
		best := lists[0][0]
		for _, l := range lists {
			for _, x := range l {
				if count[x]++; count[x] > count[best] || count[x] == count[best] && x < best {
					best = x
				}
			}
		}
		chosen = append(chosen, best)
		lists = slices.DeleteFunc(slices.Clone(lists), func(l []int) bool { return slices.Contains(l, best) })
	}
	return chosen, false
}

// hitBy branches on the first list that is not met yet.
func hitBy(lists [][]int, size int) ([]int, bool) {
	if len(lists) == 0 {
		return nil, true
	}
	if size == 0 {
		return nil, false
	}
	for _, x := range lists[0] {
		var rest [][]int
		for _, l := range lists[1:] {
			if !slices.Contains(l, x) {
				rest = append(rest, l)
			}
		}
		if got, ok := hitBy(rest, size-1); ok {
			return append([]int{x}, got...), true
		}
	}
	return nil, false
}
