package access

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// NodeID is a place in the graph: a principal, or a principal without some of its guardrails.
type NodeID int32

// Admin is the place of whoever may do everything, or grant itself that.
const Admin NodeID = -1

// Variant says which guardrails of a principal are gone: several may be.
type Variant uint8

// The guardrails.
const (
	Unbounded Variant = 1 << iota // without its permissions boundary
	Undenied                      // without policies that deny

	Plain Variant = 0
)

// Graph is what leads to what in an account. An edge stands where authz allows, or may allow, every request
// that its escalation makes: boundaries, control policies, trust and conditions have their say on each.
// Keys that the request decides are given (iam:PassedToService, iam:PolicyARN, iam:PermissionsBoundary);
// other keys are free. Policies that could not be read grant nothing here and limit nothing: see Unread.
type Graph struct {
	world   *World
	nodes   []node
	byARN   map[string]NodeID
	classes map[string]*class

	byService map[string][]NodeID // host to the roles that a service may assume
	trusting  authz.Mask          // roles that trust the account as a whole, whoever of it asks
	asking    authz.Mask          // roles that trust the account, and tell its callers apart
	open      []NodeID            // roles that may trust a caller whom no policy of its own allows it
	namedBy   map[string][]NodeID // principalKey to the roles whose trust names it
	policies  map[string]*account.Policy
	holders   *holders
	forms     map[string][]string // of resources, by action
	probes    probes
	joinable  *authz.Universe // groups
	giving    []string        // managed policies that make an administrator, the plainest first
	strong    []string        // groups that make administrators of those who have nothing else
	trust     *authz.Policy   // that leaves it to the account's own policies

	users, roles *field                     // those that somebody can change: not the service-linked roles
	rewritables  *authz.Universe            // customer policies
	groups       map[string][]*authz.Policy // by name
	undeniers    map[undenier]byMask[[]NodeID]
	assumed      map[*NodeID]authz.Mask // of lists of roles that a place may assume, by their first
	losses       map[string]int         // places of a principal beside its own, by its ARN
	held         [][]int                // customer policies of each principal's place, by their number
	targets      map[string]authz.Mask
	marks        map[markKey]marks
	lists        byMask[[]NodeID]
	rewritten    byMask[authz.Mask] // holders of policies that may be rewritten
	ofGroups     map[string]byMask[authz.Mask]
	reserved     map[reservedKey]authz.Mask
	profiles     profiles
}

type node struct {
	*Principal
	lost  loss
	class *class
	admin authz.Decision // Allowed or Depends: may do everything
	fans  []fan          // beside those of its class
	near  int            // steps to Admin, 0 for an administrator, -1 for never
}

// fan is one escalation from one place to many.
type fan struct {
	by  *Escalation
	to  []NodeID
	top bool // leads to Admin: by way of to, or directly where to is empty
}

// leads reports whether the fan of a place leads to another place that it lists. A role's own places are none of those
// that it reaches by assuming a role.
func (g *Graph) leads(f *fan, from, to NodeID) bool {
	return f.by.Effect != UndenyRole || g.nodes[from].ARN != g.nodes[to].ARN
}

// NewGraph builds the graph of the world's account.
func NewGraph(w *World) *Graph {
	g := &Graph{
		world: w, byARN: map[string]NodeID{}, classes: map[string]*class{},
		holders: newHolders(w.snap), groups: map[string][]*authz.Policy{}, targets: map[string]authz.Mask{}, marks: map[markKey]marks{}, lists: byMask[[]NodeID]{}, rewritten: byMask[authz.Mask]{}, ofGroups: map[string]byMask[authz.Mask]{}, reserved: map[reservedKey]authz.Mask{}, profiles: newProfiles(w), losses: map[string]int{}, undeniers: map[undenier]byMask[[]NodeID]{}, assumed: map[*NodeID]authz.Mask{},
		forms: map[string][]string{}, trust: accountTrust(string(w.snap.Account)),
		byService: map[string][]NodeID{}, namedBy: map[string][]NodeID{}, policies: map[string]*account.Policy{},
	}
	g.probes = g.makeProbes()
	for i := range w.snap.Policies {
		g.policies[w.snap.Policies[i].ARN] = &w.snap.Policies[i]
	}
	for i := range w.principals {
		id := g.add(w.principals[i])
		g.byARN[w.principals[i].ARN] = id
	}
	g.number()
	g.giving, g.strong = g.givingPolicies(), g.strongGroups()
	for id := range g.nodes {
		g.readTrust(NodeID(id))
	}
	for done := 0; done < len(g.nodes); { // expanding adds variants
		g.expand(NodeID(done))
		done++
	}
	g.lists, g.rewritten, g.targets, g.ofGroups, g.undeniers, g.assumed = nil, nil, nil, nil, nil, nil
	g.marks = map[markKey]marks{} // questions about witnesses make some again
	for _, c := range g.classes {
		c.reaches = nil
	}
	g.measure()
	return g
}

// number makes the fields of what questions are asked about, of the world's own resources.
func (g *Graph) number() {
	var users, roles []NodeID
	for i := range g.nodes {
		switch n := &g.nodes[i]; {
		case n.User != nil:
			users = append(users, NodeID(i))
		case !n.Linked:
			roles = append(roles, NodeID(i))
		}
	}
	g.users, g.roles = &field{g.world.ownUsers, users}, &field{g.world.ownRoles, roles}
	g.trusting, g.asking = g.roles.None(), g.roles.None()
	g.rewritables, g.joinable = g.world.ownPolicies, g.world.ownGroups
	g.held = make([][]int, len(g.nodes))
	for i := range g.nodes {
		for _, arn := range g.ownPolicies(&g.nodes[i]) {
			if number, ok := g.rewritables.Number(arn); ok {
				g.held[i] = append(g.held[i], number)
			}
		}
	}
}

// add makes a place; policies that could not be read are left out of its stack.
func (g *Graph) add(p Principal) NodeID {
	p.Stack.Identity = readOnly(p.Stack.Identity)
	if p.Stack.Boundary != nil && len(readOnly(p.Stack.Boundary)) == 0 {
		p.Stack.Boundary = nil
	}
	n := node{Principal: &p}
	n.class = g.classOf(&p)
	n.admin = n.class.admin
	g.nodes = append(g.nodes, n)
	return NodeID(len(g.nodes) - 1)
}

func readOnly(policies []*authz.Policy) []*authz.Policy {
	if !slices.ContainsFunc(policies, func(p *authz.Policy) bool { return !p.Read() }) {
		return policies
	}
	var out []*authz.Policy
	for _, p := range policies {
		if p.Read() {
			out = append(out, p)
		}
	}
	return out
}

// Unread lists the principals with a policy that could not be read: of them the graph may miss edges.
func (g *Graph) Unread() []string {
	var out []string
	for i := range g.world.principals {
		p := &g.world.principals[i]
		if len(readOnly(p.Stack.Identity)) < len(p.Stack.Identity) {
			out = append(out, p.ARN)
		}
	}
	return out
}
