package assess

import (
	"strconv"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// reach is an account's graph, and what may be missing from it.
type reach struct {
	*access.Graph
	lost   string          // why a part of the account is missing; empty: none is
	hole   string          // why some policy is missing
	unread map[string]bool // ARNs of principals with a policy that could not be read
	hops   map[access.NodeID]access.Hop
}

// graphParts are the parts of an account that the graph is made of.
var graphParts = []account.Part{
	account.PartUsers, account.PartGroups, account.PartRoles, account.PartPolicies, account.PartManagedDocuments,
}

// reachOf builds the graph, when a rule first asks for it.
func reachOf(run *facts.Run) *reach {
	type key struct{}
	g, _ := run.Once(key{}, func() any {
		set := run.Set()
		world := access.New(set.Snapshot(), set.Parsed)
		r := &reach{Graph: access.NewGraph(world), unread: map[string]bool{}, hops: map[access.NodeID]access.Hop{}}
		for _, arn := range r.Unread() {
			r.unread[arn] = true
		}
		r.lost, r.hole = set.Hole(false, graphParts...), set.Hole(true, graphParts...)
		return r
	}).(*reach)
	return g
}

// askGraph gives the graph and the principal that a function is asked about; without a graph it gives the answer.
func askGraph(c *gsl.Call) (g *reach, arn string, answer gsl.Value) {
	if c.Self.Kind() == gsl.Unknown {
		return nil, "", c.Self
	}
	arn, ok := facts.PrincipalOf(c.Self)
	if !ok {
		return nil, "", gsl.BoolOf(false)
	}
	run := facts.RunOf(c)
	if run == nil {
		return nil, "", gsl.UnknownOf("account")
	}
	if g = reachOf(run); g.lost != "" {
		return nil, "", gsl.UnknownOf(g.lost)
	}
	return g, arn, gsl.Value{}
}

// reaches answers whether a principal that is no administrator can become one. Where a policy could not be read,
// a no is unknown, and so is a yes whose path leads over a principal that has it.
func reaches(c *gsl.Call) gsl.Value {
	g, arn, answer := askGraph(c)
	if g == nil {
		return answer
	}
	id, known := g.Node(arn)
	switch {
	case !known || g.Steps(id) <= 0:
		if g.hole != "" {
			return gsl.UnknownOf(g.hole)
		}
		return gsl.BoolOf(false)
	case len(g.unread) > 0 && g.overUnread(id):
		return gsl.UnknownOf(g.hole)
	}
	if c.Env.Trace != nil {
		g.prove(c, id)
	}
	return gsl.BoolOf(true)
}

// overUnread reports whether the path of a principal leads over one of whom not all was read.
func (r *reach) overUnread(from access.NodeID) bool {
	for from != access.Admin {
		if p, _ := r.At(from); r.unread[p.ARN] {
			return true
		}
		h, ok := r.next(from)
		if !ok {
			return false
		}
		from = h.To
	}
	return false
}

// prove tells one shortest path: each step with its requests and the statements that allow them.
func (r *reach) prove(c *gsl.Call, from access.NodeID) {
	for step := 1; ; step++ {
		h, ok := r.next(from)
		if !ok {
			return
		}
		first := step == 1
		for _, w := range r.Witnesses(h) {
			if first {
				c.Prove(gsl.PointerOf(witnessOf(&w)))
				first = false
			}
			r.proveRequest(c, h, step, &w)
		}
		if from = h.To; from == access.Admin {
			return
		}
	}
}

// next is a hop that comes nearer to Admin.
func (r *reach) next(from access.NodeID) (access.Hop, bool) {
	if h, ok := r.hops[from]; ok {
		return h, true
	}
	left := r.Steps(from)
	if left <= 0 {
		return access.Hop{}, false
	}
	found := false
	paths, _ := r.Paths(from, func(id access.NodeID) bool {
		found = found || id == access.Admin && left == 1 || id != access.Admin && r.Steps(id) == left-1
		return found // once there is one, whatever ends the search
	})
	if len(paths) == 0 {
		return access.Hop{}, false
	}
	r.hops[from] = paths[0][0]
	return paths[0][0], true
}

func (r *reach) proveRequest(c *gsl.Call, h access.Hop, step int, w *access.Witness) {
	text := "step " + strconv.Itoa(step) + ": " + w.Principal + " may do " + w.Action + " on " + w.Resource
	if h.By.Assume != "" {
		text += " (if there is " + h.By.Assume + ")"
	}
	evidence := &finding.Evidence{Pointer: "/path/" + strconv.Itoa(step) + "/" + w.Action, Text: facts.Safe(text)}
	c.Prove(gsl.PointerOf(evidence))
	for i := range w.Deciding {
		m := &w.Deciding[i]
		d := m.Policy.Document
		if m.Statement == nil || m.Effect != policy.Allow || d == nil || m.Statement.Node == nil {
			continue
		}
		found := facts.EvidenceAt(m.Policy.Name, d, m.Statement.Node, d.MemberOrValue(authz.ActionElement(m.Statement, w.Action)))
		c.Prove(gsl.PointerOf(&found))
	}
}

func witnessOf(w *access.Witness) *finding.Witness {
	out := &finding.Witness{Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: w.Keys, Decision: w.Decision.String()}
	if w.Decision == authz.Depends {
		out.Depends = facts.DependsOn(w.Deciding)
	}
	return out
}
