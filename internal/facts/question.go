package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// question is what a function asks of documents and of those who hold them: whether requests are allowed.
// Conditions on keys that nobody knows are free (the mode "may"), unless it is plain.
type question struct {
	asks       []ask       // one of them is enough
	resources  []string    // templates of the resources to ask on; nil: some resource that an action can name
	beyondSelf bool        // the caller's own user and devices do not count
	nameless   bool        // what is the caller's by its name or tags does not count
	unruled    bool        // whatever service control policies say
	onSelf     bool        // on the caller's own user, and on nothing else
	given      []key       // what requests carry or lack
	partition  string      // of the accounts that it is asked in; empty: all
	others     *others     // not nil: any action but some, by requests without MFA; asks is empty
	plain      bool        // only what a request gets that carries no more than every request does
	all        []*question // not nil: each of these, and nothing of the above
	any        []*question // not nil: one of these, and nothing of the above
}

// ask is one argument: an action, or a pattern with the actions that fit it.
type ask struct {
	action
	names []string // one of them is enough
	whole bool     // one statement must name all that the pattern fits
}

// maxProofs bounds the requests that evidence is gathered of.
const maxProofs = 16

// ask answers for a document, a statement, a policy, or all policies of a user, group or role.
func (q *question) ask(c *gsl.Call) gsl.Value {
	r := RunOf(c)
	if r == nil {
		return gsl.UnknownOf("account")
	}
	switch self := c.Self.Ref().(type) {
	case *document:
		return gsl.BoolOf(q.document(c, r, self))
	case *statement:
		return gsl.BoolOf(q.statement(c, r, self))
	case *managedPolicy:
		return q.use(c, r, self.doc)
	case *inlinePolicy:
		return q.use(c, r, self.use)
	case *combinedPolicy:
		return q.use(c, r, self.use)
	case *user:
		return q.identity(c, r, &self.identity, authz.User)
	case *group:
		return q.identity(c, r, &self.identity, authz.Anonymous)
	case *role:
		return q.identity(c, r, &self.identity, authz.Role)
	}
	if c.Self.Kind() == gsl.Unknown {
		return c.Self
	}
	return gsl.BoolOf(false)
}

func (q *question) use(c *gsl.Call, r *Run, u use) gsl.Value {
	if u.doc == nil {
		return u.value()
	}
	return gsl.BoolOf(q.document(c, r, u.doc))
}

func (q *question) document(c *gsl.Call, r *Run, d *document) bool {
	if !r.answer(q, d) {
		return false
	}
	switch {
	case c.Env.Trace == nil:
	case q.others != nil:
		Prove(c, gsl.RecordOf(q.openOf(r, d).statement))
	default:
		q.prove(c, r, r.onPaper(d))
	}
	return true
}

// statement asks what one Allow grants beside all that its document denies.
func (q *question) statement(c *gsl.Call, r *Run, st *statement) bool {
	if !r.statementAnswer(q, st) {
		return false
	}
	if c.Env.Trace != nil {
		q.proveStatement(c, r, st)
	}
	return true
}

// identity asks all that an identity holds, together and within its boundary. What could not be read may deny as
// well as allow: a yes is unknown then, and so is a no.
func (q *question) identity(c *gsl.Call, r *Run, i *identity, kind authz.PrincipalKind) gsl.Value {
	hole := cmp.Or(i.unheard, i.hole)
	for _, p := range i.combined {
		if p.doc == nil && p.relation != relationTrust {
			hole = cmp.Or(hole, p.hole)
		}
	}
	allowed := q.identityMay(r, i, kind)
	if allowed && i.boundary != nil && i.boundary.doc.doc == nil {
		hole = cmp.Or(hole, i.boundary.doc.hole)
	}
	switch {
	case hole != "" && (allowed || !q.bounded(r, i)):
		return gsl.UnknownOf(hole)
	case allowed && c.Env.Trace != nil && q.others != nil:
		q.proveOthers(c, r, i, kind)
	case allowed && c.Env.Trace != nil:
		q.prove(c, r, r.partyOf(i, kind))
	}
	return gsl.BoolOf(allowed)
}

// bounded reports whether the boundary alone rules it out, whatever else is unknown.
func (q *question) bounded(r *Run, i *identity) bool {
	if i.boundary == nil || i.boundary.doc.doc == nil {
		return false
	}
	if q.all != nil {
		return slices.ContainsFunc(q.all, func(each *question) bool { return each.bounded(r, i) })
	}
	if q.any != nil {
		return !slices.ContainsFunc(q.any, func(each *question) bool { return !each.bounded(r, i) })
	}
	may := *q
	may.plain, may.asks = false, slices.Clone(q.asks)
	for k := range may.asks {
		may.asks[k].whole = false
	}
	return !may.holds(r, r.onPaper(i.boundary.doc.doc))
}

// identityMay decides without the whole stack where one document grants, and nothing else has a say.
func (q *question) identityMay(r *Run, i *identity, kind authz.PrincipalKind) bool {
	if q.all != nil {
		return !slices.ContainsFunc(q.all, func(each *question) bool { return !each.identityMay(r, i, kind) })
	}
	if q.any != nil {
		return slices.ContainsFunc(q.any, func(each *question) bool { return each.identityMay(r, i, kind) })
	}
	granted, alone := q.grantedAlone(r, i)
	switch {
	case !granted || alone:
		return granted
	case q.others != nil && len(q.openTo(r, i, kind)) > 0:
		return true
	}
	return q.holds(r, r.partyOf(i, kind))
}

// grantedAlone reports whether one document of an identity grants, and whether nothing else has a say.
func (q *question) grantedAlone(r *Run, i *identity) (granted, alone bool) {
	personal, denying, foreign := false, 0, false
	for _, p := range i.combined {
		if p.relation == relationTrust || p.doc == nil {
			continue
		}
		grants, denies := r.answer(q, p.doc), p.doc.compiled().Denies()
		granted = granted || grants
		personal = personal || grants && p.doc.personal
		foreign = foreign || denies && !grants
		if denies {
			denying++
		}
	}
	bounded := i.boundary != nil && i.boundary.doc.doc != nil || r.set.snap.Controls != nil
	return granted, !personal && !bounded && !foreign && denying <= 1
}

// holds reports whether a party gets what is asked for.
func (q *question) holds(r *Run, p *party) bool {
	if q.all != nil {
		return !slices.ContainsFunc(q.all, func(each *question) bool { return !each.holds(r, p) })
	}
	if q.any != nil {
		return q.oneOf(r, p) != nil
	}
	found := false
	q.search(r, q.ruled(p), func(*authz.Request) bool {
		found = true
		return false
	})
	return found
}

// oneOf is the first of some questions that a party gets; nil: none.
func (q *question) oneOf(r *Run, p *party) *question {
	i := slices.IndexFunc(q.any, func(each *question) bool { return each.holds(r, p) })
	if i < 0 {
		return nil
	}
	return q.any[i]
}

// holdsOnPaper reports whether whoever holds a document gets what is asked for.
func (q *question) holdsOnPaper(r *Run, d *document) bool {
	if q.others != nil {
		return q.openOf(r, d).statement != nil
	}
	return q.holds(r, r.onPaper(d))
}

// ruled is the party with the service control policies that the question takes.
func (q *question) ruled(p *party) *party {
	if !q.unruled || p.stack.SCPs == nil {
		return p
	}
	alone := *p
	alone.stack.SCPs = nil
	return &alone
}

// prove names the Allows that make the answer, and a request that shows it.
func (q *question) prove(c *gsl.Call, r *Run, p *party) {
	if q.all != nil {
		for _, each := range q.all {
			each.prove(c, r, p)
		}
		return
	}
	if q.any != nil {
		if one := q.oneOf(r, p); one != nil {
			one.prove(c, r, p)
		}
		return
	}
	seen := 0
	p = q.ruled(p)
	q.search(r, p, func(request *authz.Request) bool {
		e := p.stack.Explain(request)
		if seen == 0 {
			c.Prove(gsl.PointerOf(q.witness(request, &e)))
		}
		for i := range e.Matches {
			if m := &e.Matches[i]; m.Layer == authz.Identity && m.Effect == policy.Allow {
				p.proveStatement(c, m, request.Action)
			}
		}
		seen++
		return seen < maxProofs
	})
}

// proveStatement names the elements of a statement that make the answer, and a request that shows it.
func (q *question) proveStatement(c *gsl.Call, r *Run, st *statement) {
	if q.all != nil {
		for _, each := range q.all {
			each.proveStatement(c, r, st)
		}
		return
	}
	p := r.onPaper(r.onlyStatement(st))
	if q.any != nil {
		if one := q.oneOf(r, p); one != nil {
			one.proveStatement(c, r, st)
		}
		return
	}
	seen := 0
	q.search(r, p, func(request *authz.Request) bool {
		if seen == 0 {
			e := p.stack.Explain(request)
			c.Prove(gsl.PointerOf(q.witness(request, &e)))
		}
		Prove(c, gsl.RecordOf(st), st.doc.parsed.MemberOrValue(authz.ActionElement(st.parsed, request.Action)))
		seen++
		return seen < maxProofs
	})
}

// witness is a request as a finding tells it, with what the question says that it carries or lacks.
func (q *question) witness(r *authz.Request, e *authz.Explanation) *finding.Witness {
	w := witnessOf(r, e)
	for _, k := range q.given {
		if k.absent {
			w.Absent = append(w.Absent, k.name)
			continue
		}
		if w.Context == nil {
			w.Context = map[string][]string{}
		}
		w.Context[k.name] = []string{k.value}
	}
	return w
}

// search tries requests until yield has had enough of those that are granted. A request is the caller's until yield returns.
func (q *question) search(r *Run, p *party, yield func(*authz.Request) bool) {
	switch {
	case q.partition != "" && q.partition != r.Partition():
		return
	case q.others != nil:
		q.searchOthers(r, p, yield)
		return
	}
	for i := range q.asks {
		a := &q.asks[i]
		if a.whole && !p.names(&a.action) {
			continue
		}
		for _, name := range a.names {
			if !q.searchAction(r, p, name, yield) {
				return
			}
		}
		if a.wild && !q.searchUnlisted(r, p, a, yield) {
			return
		}
	}
}

// searchUnlisted tries the actions that the party's documents name, that fit a pattern, and that AWS does not list.
func (q *question) searchUnlisted(r *Run, p *party, a *ask, yield func(*authz.Request) bool) bool {
	for _, d := range p.documents {
		for i := range d.parsed.Statements {
			for _, v := range d.parsed.Statements[i].Action {
				if !strings.Contains(v.Text, ":") || strings.ContainsAny(v.Text, "*?") || !arn.MatchFold(a.text, v.Text) {
					continue
				}
				if _, listed := iamref.ActionOf(v.Text); !listed && !q.searchAction(r, p, v.Text, yield) {
					return false
				}
			}
		}
	}
	return true
}

// searchAction tries one action; it returns false when the search is over.
func (q *question) searchAction(r *Run, p *party, name string, yield func(*authz.Request) bool) bool {
	if !p.stack.Mentions(name) {
		return true
	}
	personas := p.personas
	if q.beyondSelf {
		personas = p.named
	}
	if q.nameless {
		personas = p.nobody()
	}
	if q.plain {
		personas = p.plain(r)
	}
	personas = q.carrying(personas)
	if q.onSelf {
		return q.searchSelf(r, p, name, yield)
	}
	on := q.tries(r, p, &authz.Request{Principal: p.principal, Action: name}, personas, yield)
	if q.resources == nil {
		return r.resources(p, name, on)
	}
	return !slices.ContainsFunc(r.fill(q.resources, name, p), func(resource string) bool { return !on(resource) })
}

// tries makes what tries a request on one resource, by some personas; it returns false when the search is over.
func (q *question) tries(
	r *Run, p *party, request *authz.Request, personas []persona, yield func(*authz.Request) bool,
) func(resource string) bool {
	return func(resource string) bool {
		for i := range personas {
			if q.beyondSelf && personas[i].owns(resource) {
				continue
			}
			request.Resource, request.Context = resource, personas[i].context
			if q.granted(r, p, request) && !yield(request) {
				return false
			}
		}
		return true
	}
}

// carrying are the personas with requests that carry what the question says.
func (q *question) carrying(personas []persona) []persona {
	if len(q.given) == 0 {
		return personas
	}
	out := make([]persona, len(personas))
	for i, one := range personas {
		out[i] = persona{one.context.Clone(), one.name}
		for _, k := range q.given {
			if k.absent {
				out[i].context.SetAbsent(k.name)
			} else {
				out[i].context.Set(k.name, k.value)
			}
		}
	}
	return out
}

// searchSelf tries one action on the user of each persona.
func (q *question) searchSelf(r *Run, p *party, name string, yield func(*authz.Request) bool) bool {
	for i := range p.named {
		one := &p.named[i]
		if one.name == "" {
			continue
		}
		own := p.principal.ARN
		if own == "" {
			own = "arn:" + r.Partition() + ":iam::" + string(r.set.snap.Account) + ":user/" + one.name
		}
		request := authz.Request{Principal: p.principal, Action: name, Resource: own, Context: one.context}
		if q.granted(r, p, &request) && !yield(&request) {
			return false
		}
	}
	return true
}

// vacuous reports whether all conditions that a match is left to hold for every ordinary request.
func (r *Run) vacuous(m *authz.Match) bool {
	d := m.Policy.Document
	for _, c := range m.Unknown {
		if d == nil || !r.home(len(m.Statement.Principal) > 0).Vacuous(c, d.Version == "2012-10-17") {
			return false
		}
	}
	return len(m.Unknown) > 0
}

// granted decides one request.
func (q *question) granted(r *Run, p *party, request *authz.Request) bool {
	if authz.Reserved(request.Action, request.Resource) {
		return false
	}
	d := p.stack.Decide(request)
	if !q.plain || d == authz.Allowed {
		return d == authz.Allowed || d == authz.Depends
	}
	if d != authz.Depends {
		return false
	}
	// It depends. What allows must hold for sure; a Deny that only may hold leaves requests that are allowed.
	e := p.stack.Explain(request)
	var sure [authz.Resource + 1]bool
	levels := 0 // of control policies, that are sure
	for i := range e.Matches {
		m := &e.Matches[i]
		if m.Holds != authz.True && (m.Session || !r.vacuous(m)) {
			continue
		}
		if m.Effect == policy.Deny {
			return false
		}
		if sure[m.Layer] = true; m.Layer == authz.ServiceControl && m.Level == levels {
			levels++
		}
	}
	return sure[authz.Identity] && (p.stack.Boundary == nil || sure[authz.Boundary]) && levels == len(p.stack.SCPs)
}
