package access

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// NodeID is a place in the graph: a principal, or a principal without some of its guardrails.
type NodeID int32

// Admin is the place of whoever may do everything, or grant itself that.
const Admin NodeID = -1

// Variant says which guardrails of a principal are gone.
type Variant uint8

// The variants.
const (
	Plain     Variant = iota
	Unbounded         // without its permissions boundary
	Undenied          // without the policies of its own that deny, as far as it can remove them
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
	held         [][]int                    // customer policies of each principal's place, by their number
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
	variant Variant
	class   *class
	admin   authz.Decision // Allowed or Depends: may do everything
	fans    []fan          // beside those of its class
	near    int            // steps to Admin, 0 for an administrator, -1 for never
}

// fan is one escalation from one place to many.
type fan struct {
	by  *Escalation
	to  []NodeID
	top bool // leads to Admin: by way of to, or directly where to is empty
}

// NewGraph builds the graph of the world's account.
func NewGraph(w *World) *Graph {
	g := &Graph{
		world: w, byARN: map[string]NodeID{}, classes: map[string]*class{},
		holders: newHolders(w.snap), groups: map[string][]*authz.Policy{}, targets: map[string]authz.Mask{}, marks: map[markKey]marks{}, lists: byMask[[]NodeID]{}, rewritten: byMask[authz.Mask]{}, ofGroups: map[string]byMask[authz.Mask]{}, reserved: map[reservedKey]authz.Mask{}, profiles: newProfiles(w),
		forms: map[string][]string{}, trust: accountTrust(string(w.snap.Account)),
		byService: map[string][]NodeID{}, namedBy: map[string][]NodeID{}, policies: map[string]*account.Policy{},
	}
	g.probes = g.makeProbes()
	for i := range w.snap.Policies {
		g.policies[w.snap.Policies[i].ARN] = &w.snap.Policies[i]
	}
	for i := range w.principals {
		id := g.add(w.principals[i], Plain)
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
	g.lists, g.rewritten, g.targets, g.ofGroups = nil, nil, nil, nil
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
		for _, arn := range g.ownPolicies(g.nodes[i].Principal) {
			if number, ok := g.rewritables.Number(arn); ok {
				g.held[i] = append(g.held[i], number)
			}
		}
	}
}

// add makes a place; policies that could not be read are left out of its stack.
func (g *Graph) add(p Principal, v Variant) NodeID {
	p.Stack.Identity = readOnly(p.Stack.Identity)
	if p.Stack.Boundary != nil && len(readOnly(p.Stack.Boundary)) == 0 {
		p.Stack.Boundary = nil
	}
	n := node{Principal: &p, variant: v}
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

// readTrust files a role by who may assume it.
func (g *Graph) readTrust(id NodeID) {
	n := &g.nodes[id]
	trust, ok := g.world.trust[n.ARN]
	if n.Role == nil || !ok || !trust.Read() || n.Linked {
		return
	}
	arns, wide := trust.Names()
	at, _ := slices.BinarySearch(g.roles.ids, id)
	switch {
	case wide && (tellsApart(trust.Document) || g.trusts(n, authz.Stack{})):
		g.open = append(g.open, id)
	case wide && trust.Personal():
		g.asking.Set(at)
	case wide && g.trusts(n, authz.Stack{Identity: []*authz.Policy{everything}}):
		g.trusting.Set(at)
	}
	for _, arn := range arns {
		g.namedBy[principalKey(arn)] = append(g.namedBy[principalKey(arn)], id)
	}
	for _, service := range g.hosts(services()...) {
		if !wide && !namesService(trust, service) {
			continue
		}
		stack := authz.Stack{Resource: trust, RCPs: n.Stack.RCPs}
		request := authz.Request{
			Principal: authz.Principal{Kind: authz.Service, ARN: service}, Action: "sts:AssumeRole",
			Resource: n.ARN, ResourceAccount: n.Account, Context: authz.NewContext(true),
		}
		if may(stack.Decide(&request)) {
			g.byService[service] = append(g.byService[service], id)
		}
	}
}

// trusts reports whether a caller of the account with the given policies may assume the role.
func (g *Graph) trusts(n *node, s authz.Stack) bool {
	s.Resource = g.world.trust[n.ARN]
	caller := authz.Principal{Kind: authz.User, ARN: g.inAccount("arn:PARTITION:iam::ACCOUNT:user/" + authz.Probe), Account: n.Account, Name: authz.Probe}
	c := authz.NewContext(true)
	g.world.setTarget(c, &Question{Action: "sts:AssumeRole", Resource: n.ARN})
	return may(s.Decide(&authz.Request{Principal: caller, Action: "sts:AssumeRole", Resource: n.ARN, ResourceAccount: n.Account, Context: c}))
}

// may reports whether a decision leaves the request possible.
func may(d authz.Decision) bool { return d == authz.Allowed || d == authz.Depends }

// classKey names all principals that the same policies speak on. One with a personal policy, of its own or of the
// organization, is alone.
func (g *Graph) classKey(p *Principal) (key string, personal bool) {
	personal = p.some((*authz.Policy).Personal)
	var b strings.Builder
	for _, list := range [][]*authz.Policy{p.Stack.Identity, p.Stack.Boundary} {
		ids := make([]string, 0, len(list))
		for _, policy := range list {
			ids = append(ids, g.content(policy))
		}
		slices.Sort(ids)
		b.WriteString(strings.Join(ids, ","))
		b.WriteByte('|')
	}
	b.WriteString(strconv.FormatBool(p.Stack.Boundary == nil))
	b.WriteString(strconv.FormatBool(p.Linked))
	if personal {
		b.WriteString(p.ARN)
	}
	return b.String(), personal
}

// content is a name for what a policy says, whatever it is called.
func (g *Graph) content(p *authz.Policy) string {
	return strconv.FormatInt(int64(g.world.number(p.Document)), 36)
}

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
		near, ok := known[&f.to[0]]
		if !ok {
			near = slices.ContainsFunc(f.to, func(to NodeID) bool { return g.nodes[to].near >= 0 })
			known[&f.to[0]] = near
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
