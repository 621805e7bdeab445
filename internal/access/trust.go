package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// trustLevels is what the roles' trust policies say of callers of the account whom they do not tell apart.
type trustLevels struct {
	levels
	open authz.Mask // roles whose trust tells all callers apart, or lets them in by itself
}

// trustLevels asks every trust policy on behalf of a caller with every permission.
func (w *World) trustLevels(q *Question) *trustLevels {
	u := w.ownRoles
	t := &trustLevels{levels{u.None(), u.None(), u.None(), u.None()}, u.None()}
	caller := Principal{Principal: authz.Principal{
		Kind: authz.User, Account: string(w.snap.Account), Name: authz.Probe, ARN: w.fill("arn:${Partition}:iam::${Account}:user/"+authz.Probe, ""),
	}, Context: authz.NewContext(true)}
	caller.Stack.Identity = []*authz.Policy{everything}
	asked := *q
	for at, role := range u.Resources() {
		trust := w.trust[role]
		if !trust.Read() || trust.Personal() || opensItself(trust.Document) {
			t.open.Set(at)
			continue
		}
		asked.Resource = role
		switch w.Can(&caller, &asked) {
		case authz.Allowed:
			t.may.Set(at)
			t.sure.Set(at)
		case authz.Depends:
			t.may.Set(at)
		case authz.ExplicitlyDenied:
			t.denied.Set(at)
		case authz.ImplicitlyDenied:
		}
	}
	return t
}

// opensItself reports whether a trust policy lets in everybody, or all but some, whatever their own policies say.
func opensItself(trust *policy.Document) bool {
	return slices.ContainsFunc(trust.Statements, func(s policy.Statement) bool {
		return s.NotPrinc || slices.ContainsFunc(s.Principal, func(p policy.Principal) bool { return p.Text == "*" && s.Effect == policy.Allow })
	})
}

// onRoles joins what the policies of p say with the trust of every role, which AWS asks too. Roles whose trust names
// p, or tells callers apart, are asked one by one.
func (l *Places) onRoles(p *Principal, b *best, mentioned bool) {
	u, apart := l.world.ownRoles, slices.Clone(l.trust.open)
	for _, at := range l.world.namedBy[principalKey(p.ARN)] {
		apart.Set(at)
	}
	if mentioned {
		_, r := l.world.Request(p, &l.question)
		m := l.levelsOf(p, r, u)
		m.may.And(l.trust.may)
		m.sure.And(l.trust.sure)
		m.denied.Or(l.trust.denied)
		for _, mask := range []authz.Mask{m.may, m.sure, m.denied} {
			mask.Minus(apart)
		}
		l.pick(b, u, m)
	}
	for at, role := range u.Resources() {
		if apart.Has(at) {
			l.try(p, b, role)
		}
	}
}

// tellsApart reports whether a trust policy denies some callers, or all but some, by their names.
func tellsApart(trust *policy.Document) bool {
	return slices.ContainsFunc(trust.Statements, func(s policy.Statement) bool {
		return s.NotPrinc || s.Effect == policy.Deny && slices.ContainsFunc(s.Principal, func(p policy.Principal) bool {
			return p.Text != "*" && !arn.IsAccountID(p.Text)
		})
	})
}

// principalKey is what a Principal element and a principal's ARN have in common: names of roles are unique in an
// account whatever their path, and a session is one of its role.
func principalKey(text string) string {
	a, err := arn.Parse(text)
	if err != nil {
		return text
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch {
	case a.Service == "iam" && kind == "role":
		return a.Account + " role " + a.Name()
	case a.Service == "sts" && kind == "assumed-role":
		name, _, _ := strings.Cut(rest, "/")
		return a.Account + " role " + name
	}
	return text
}

// noteNamed files the role of a number under the principals that its trust names one by one.
func (w *World) noteNamed(role string, number int) {
	trust := w.trust[role]
	if !trust.Read() {
		return
	}
	for i := range trust.Document.Statements {
		for _, p := range trust.Document.Statements[i].Principal {
			key := principalKey(p.Text)
			if list := w.namedBy[key]; p.Type == "AWS" && (len(list) == 0 || list[len(list)-1] != number) {
				w.namedBy[key] = append(list, number)
			}
		}
	}
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
	caller := authz.Principal{Kind: authz.User, ARN: g.world.fill("arn:${Partition}:iam::${Account}:user/"+authz.Probe, "any"), Account: n.Account, Name: authz.Probe}
	c := authz.NewContext(true)
	g.world.setTarget(c, &Question{Action: "sts:AssumeRole", Resource: n.ARN})
	return may(s.Decide(&authz.Request{Principal: caller, Action: "sts:AssumeRole", Resource: n.ARN, ResourceAccount: n.Account, Context: c}))
}
