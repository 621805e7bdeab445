package access

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// Places finds where principals may do one action: what does not change with who asks is worked out once. It is not
// safe for concurrent use.
type Places struct {
	world    *World
	question Question
	action   iamref.Action
	own      []*authz.Universe // the account's own resources of the action's types
	forms    []string          // those that AWS lists, filled in, the plainest first
	patterns []string          // the same forms, with stars
	known    map[markKey]levels
	reserved map[*authz.Universe]authz.Mask
	profiles profiles
	trust    *trustLevels // nil: trust policies have no say
}

// levels are masks of where something is possible, and where it is sure.
type levels struct {
	may, sure           authz.Mask // allowed
	denied, maybeDenied authz.Mask
}

// Places prepares a question that names no resource. Tried are the account's own users, groups, roles and policies
// where the action is on such, the forms that AWS lists for it, and what the policies of a principal name.
func (w *World) Places(q Question) *Places {
	l := &Places{world: w, question: q, known: map[markKey]levels{}, reserved: map[*authz.Universe]authz.Mask{}, profiles: newProfiles(w)}
	l.action, _ = iamref.ActionOf(q.Action)
	free := true // a request may name no resource
	for _, t := range l.action.Resources {
		free = free && !t.Required
		for _, template := range t.ARNs {
			if u := w.ownOf(template); u != nil && !slices.Contains(l.own, u) {
				l.own = append(l.own, u)
			}
			l.forms = append(l.forms, w.fill(template, "any"))
			l.patterns = append(l.patterns, strings.ReplaceAll(w.fill(template, "*"), ":"+string(w.snap.Account)+":", ":*:"))
		}
	}
	slices.SortStableFunc(l.forms, func(a, b string) int { return len(a) - len(b) })
	if free {
		l.forms = append(l.forms, "*")
	}
	if l.action.Service == "sts" && slices.Contains(l.own, w.ownRoles) {
		l.trust = w.trustLevels(&l.question)
	}
	return l
}

// best is the strongest answer so far, and the resource that gave it first.
type best struct {
	decision authz.Decision
	resource string
	some     bool
}

func (b *best) take(d authz.Decision, resource string) {
	if !b.some || d > b.decision {
		b.decision, b.resource, b.some = d, resource, true
	}
}

// Best is the strongest answer for a principal, and a resource that gives it. Of an action that takes several
// resources at once, one is enough.
func (l *Places) Best(p *Principal) (authz.Decision, string) {
	b := best{resource: "*"}
	steps := []func(*Principal, *best){l.onOwn, l.onNamed, l.onForms}
	if l.creates() {
		steps = []func(*Principal, *best){l.onNamed, l.onForms, l.onOwn}
	}
	for _, step := range steps {
		if step(p, &b); b.decision == authz.Allowed {
			break
		}
	}
	return b.decision, b.resource
}

// creates reports whether the action makes what it names, which is not there yet.
func (l *Places) creates() bool { return strings.HasPrefix(l.action.Name, "Create") }

// try asks on each of some resources until one is allowed.
func (l *Places) try(p *Principal, b *best, resources ...string) {
	q := l.question
	for _, r := range resources {
		if b.decision == authz.Allowed {
			return
		}
		q.Resource = r
		b.take(l.world.Can(p, &q), r)
	}
}

// lacks reports whether a resource is a role that the account does not have: nobody can assume that.
func (l *Places) lacks(resource string) bool {
	if l.action.Service != "sts" || !strings.HasPrefix(resource, l.world.fill("arn:${Partition}:iam::${Account}:role/", "")) {
		return false
	}
	_, known := l.world.trust[resource]
	return !known && l.world.snap.Gap(account.PartRoles) == nil
}

func (l *Places) onForms(p *Principal, b *best) {
	l.try(p, b, slices.DeleteFunc(slices.Clone(l.forms), l.lacks)...)
}

// onNamed tries what the policies of p name for the action, as far as it has a form that the action takes.
func (l *Places) onNamed(p *Principal, b *best) {
	l.try(p, b, slices.DeleteFunc(l.named(p), l.lacks)...)
}

func (l *Places) named(p *Principal) []string {
	candidates := p.Stack.Candidates(l.question.Action, p.Context)
	switch {
	case l.action.Name == "":
		return candidates // AWS may know more actions than we do
	case len(l.action.Resources) == 0:
		return nil
	}
	var out []string
	for _, c := range candidates {
		// A pattern that ends in a star may go on into another part: bucket-* holds bucket-any/any too.
		for _, tail := range [...]string{"", "/any", ":any"} {
			if !slices.ContainsFunc(l.patterns, func(pattern string) bool { return arn.Match(pattern, c+tail) }) {
				continue
			}
			if r, err := arn.Parse(c + tail); err == nil && r.Account == "any" { // a pattern of every account: rather in this one
				r.Account = string(l.world.snap.Account)
				out = append(out, r.String())
			}
			out = append(out, c+tail)
			break
		}
	}
	return out
}

// onOwn answers for all of the account's own resources at once.
func (l *Places) onOwn(p *Principal, b *best) {
	mentioned := p.Stack.Mentions(l.question.Action)
	for _, u := range l.own {
		switch {
		case l.question.Policy != nil || l.question.Owner != "": // a policy of the resource's has its say
			if mentioned {
				l.try(p, b, u.Resources()...)
			}
		case l.trust != nil && u == l.world.ownRoles:
			l.onRoles(p, b, mentioned)
		case mentioned:
			_, r := l.world.Request(p, &l.question)
			l.pick(b, u, l.levelsOf(p, r, u))
		}
	}
}

// pick takes the strongest answer of the masks.
func (l *Places) pick(b *best, u *authz.Universe, m levels) {
	for _, each := range [...]struct {
		mask     authz.Mask
		decision authz.Decision
	}{{m.sure, authz.Allowed}, {m.may, authz.Depends}, {m.denied, authz.ExplicitlyDenied}, {u.All(), authz.ImplicitlyDenied}} {
		if at := each.mask.First(); at >= 0 {
			b.take(each.decision, u.Resources()[at])
			return
		}
	}
}

// levelsOf is where the policies of p allow and deny, for resources that need no policy of their own.
func (l *Places) levelsOf(p *Principal, r *authz.Request, u *authz.Universe) levels {
	out := levels{denied: u.None(), maybeDenied: u.None()}
	union := func(policies []*authz.Policy) (may, sure authz.Mask) {
		may, sure = u.None(), u.None()
		for _, policy := range policies {
			m := l.marksOf(policy, r, u)
			may.Or(m.may)
			sure.Or(m.sure)
			out.denied.Or(m.denied)
			out.maybeDenied.Or(m.maybeDenied)
		}
		return may, sure
	}
	out.may, out.sure = union(p.Stack.Identity)
	ceilings, denials := p.Stack.Controls(r)
	if p.Stack.Boundary != nil {
		ceilings = append(slices.Clip(ceilings), p.Stack.Boundary)
	}
	for _, policies := range ceilings {
		may, sure := union(policies)
		out.may.And(may)
		out.sure.And(sure)
	}
	for _, policies := range denials {
		union(policies)
	}
	out.settle()
	if reserved := l.reservedIn(u); reserved != nil {
		out.may.Minus(reserved)
		out.sure.Minus(reserved)
		out.denied.Minus(reserved)
	}
	return out
}

// reservedIn is where AWS refuses the action to everybody, worked out once.
func (l *Places) reservedIn(u *authz.Universe) authz.Mask {
	m, known := l.reserved[u]
	if !known {
		m = u.Reserved(l.question.Action)
		l.reserved[u] = m
	}
	return m
}

// settle takes what is denied from what is allowed.
func (m *levels) settle() {
	m.may.Minus(m.denied)
	m.sure.Minus(m.maybeDenied)
}

// marksOf evaluates one policy, once for all principals unless it looks at who asks.
func (l *Places) marksOf(p *authz.Policy, r *authz.Request, u *authz.Universe) levels {
	key := markKey{document: p.Document, universe: u}
	shared := p.Document != nil && !p.Personal()
	if m, ok := l.known[key]; ok && shared {
		return m
	}
	var m levels
	m.may, m.denied = l.profiles.marks(p, r, &l.question, u, authz.Possible)
	m.sure, m.maybeDenied = l.profiles.marks(p, r, &l.question, u, authz.Sure)
	if shared {
		l.known[key] = m
	}
	return m
}
