package facts

import (
	"iter"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

func withoutMFAFunction() *gsl.Function {
	return &gsl.Function{
		Name: "allowsWithoutMFA", Min: 1, Max: -1,
		Doc: "Whether an action that is none of these, self-service mostly, may be allowed on some resource to a request without MFA: one signed with " +
			"long-term access keys, which lacks aws:MultiFactorAuthPresent, or one of a session in which it is false (the mode may). On what, and with " +
			"what, as allows.",
		Example: "IamUser where passwordEnabled=true should not have allowsWithoutMFA('iam:EnableMFADevice', 'iam:List*')",
		Check:   prepareWithoutMFA,
		Cost:    1,
		Call:    func(c *gsl.Call) gsl.Value { return askAbout(c, "allowsWithoutMFA", prepareWithoutMFA) },
	}
}

func prepareWithoutMFA(args []gsl.Value) (any, error) {
	names, known, err := literals(args)
	if err != nil || !known {
		return nil, err
	}
	o := &others{}
	for _, n := range names {
		a, err := parseAction(n)
		if err != nil {
			return nil, err
		}
		o.but = append(o.but, a)
	}
	return &question{others: o}, nil
}

// others are all actions but some.
type others struct{ but []action }

// free need no permission. Source: STS API Reference, "GetCallerIdentity"; IAM User Guide, "Permissions for GetSessionToken".
var free = [...]string{"sts:GetCallerIdentity", "sts:GetSessionToken"}

// has reports whether an action is one of them. What AWS refuses to no user is none.
func (o *others) has(name string) bool {
	return !slices.ContainsFunc(free[:], func(text string) bool { return strings.EqualFold(text, name) }) &&
		!slices.ContainsFunc(o.but, func(a action) bool { return arn.MatchFold(a.text, name) })
}

// named reports whether a statement may name one of them: it lists more than actions that are left out, and patterns of those.
func (o *others) named(st *policy.Statement) bool {
	return st.NotAction || slices.ContainsFunc(st.Action, func(v policy.Value) bool {
		return !slices.ContainsFunc(o.but, func(a action) bool { return covers(a.text, v.Text) })
	})
}

// searchOthers tries the actions that the Allows of a party name.
func (q *question) searchOthers(r *Run, p *party, yield func(*authz.Request) bool) {
	q.searchAllows(r, p, func(_ *statement, request *authz.Request) bool { return yield(request) })
}

// searchAllows tries them, each with its Allow.
func (q *question) searchAllows(r *Run, p *party, yield func(*statement, *authz.Request) bool) {
	var st *statement
	request := &authz.Request{Principal: p.principal}
	on := q.tries(r, p, request, p.withoutMFA(), func(request *authz.Request) bool { return yield(st, request) })
	for _, d := range p.documents[:len(p.stack.Identity)] { // without the boundary's
		for i := range d.statements {
			st = &d.statements[i]
			if st.parsed.Effect != policy.Allow || !q.others.named(st.parsed) || demanded(st.parsed, mfaPresent, "true") != nil {
				continue
			}
			for request.Action = range actionsOf(st.parsed) {
				if q.others.has(request.Action) && !r.resources(p, request.Action, on) {
					return
				}
			}
		}
	}
}

// opened is an Allow that grants, and a request that shows it.
type opened struct {
	*statement
	action, resource string
}

// openOf is the first Allow of a document that grants where nothing else has a say; none: its statement is nil.
func (q *question) openOf(r *Run, d *document) opened {
	type key struct {
		*question
		*document
	}
	out, _ := r.Once(key{q, d}, func() any { return q.first(r, r.onPaper(d)) }).(opened)
	return out
}

// first is the first Allow of a party that grants.
func (q *question) first(r *Run, p *party) opened {
	var found opened
	q.searchAllows(r, p, func(st *statement, request *authz.Request) bool {
		found = opened{p.granting(request, st), request.Action, request.Resource}
		return false
	})
	return found
}

// granting is the Allow that grants a request: mostly the one that it was made of, but another may name it too.
func (p *party) granting(request *authz.Request, st *statement) *statement {
	e := p.stack.Explain(request)
	for i := range e.Matches {
		m := &e.Matches[i]
		if m.Layer != authz.Identity || m.Effect != policy.Allow {
			continue
		}
		for _, d := range p.documents {
			for k := range d.statements {
				if d.policy == m.Policy && d.statements[k].parsed == m.Statement {
					return &d.statements[k]
				}
			}
		}
	}
	return st
}

// openTo are those of an identity's documents that grant it the same request.
func (q *question) openTo(r *Run, i *identity, kind authz.PrincipalKind) []*statement {
	p := r.partyOf(i, kind)
	var out []*statement
	request := &authz.Request{Principal: p.principal}
	for _, d := range p.documents[:len(p.stack.Identity)] {
		if !r.answer(q, d) {
			continue
		}
		o := q.openOf(r, d)
		request.Action, request.Resource = o.action, o.resource
		if slices.ContainsFunc(p.withoutMFA(), func(one persona) bool {
			request.Context = one.context
			return q.granted(r, p, request)
		}) {
			out = append(out, o.statement)
		}
	}
	return out
}

// proveOthers names Allows of an identity that grant. It makes no witness: many hold the same documents.
func (q *question) proveOthers(c *gsl.Call, r *Run, i *identity, kind authz.PrincipalKind) {
	proved := q.openTo(r, i, kind)
	if len(proved) == 0 { // it is some other request that is granted
		proved = append(proved, q.first(r, r.partyOf(i, kind)).statement)
	}
	for _, st := range proved {
		Prove(c, gsl.RecordOf(st))
	}
}

// actionsOf are the actions that a statement names, one of a service that does not exist yet among them where it names that.
// Those of the services whose resources it names come first, lest a search goes through all others.
func actionsOf(st *policy.Statement) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, text := range patternsOf(st) {
			a := action{text: text, wild: strings.ContainsAny(text, "*?")}
			for name := range a.each() {
				if names(st, &action{text: name}) && !yield(name) {
					return
				}
			}
		}
		if names(st, &action{text: authz.Anything}) {
			yield(authz.Anything)
		}
	}
}

// patternsOf are patterns that fit all that a statement names.
func patternsOf(st *policy.Statement) []string {
	var out []string
	every := st.NotAction
	for i := range st.Action {
		switch text := st.Action[i].Text; {
		case st.NotAction:
		case everything(text):
			every = true
		default:
			out = append(out, text)
		}
	}
	if !every {
		return out
	}
	for i := range st.Resource {
		if a, err := arn.Parse(st.Resource[i].Text); err == nil && !st.NotRes && !strings.ContainsAny(a.Service, "*?") {
			out = append(out, a.Service+":*")
		}
	}
	return append(out, everyAction)
}

const mfaPresent = "aws:MultiFactorAuthPresent"

// withoutMFA are the personas with requests without MFA: signed with long-term access keys, which say nothing of it, and by
// a session that says so. Source: IAM User Guide, "AWS global condition context keys".
func (p *party) withoutMFA() []persona {
	if p.unproven != nil {
		return p.unproven
	}
	for _, one := range p.personas {
		keys := one.context.Clone()
		keys.SetAbsent(mfaPresent)
		keys.SetAbsent("aws:MultiFactorAuthAge")
		session := keys.Clone()
		session.Set(mfaPresent, "false")
		p.unproven = append(p.unproven, persona{keys, one.name}, persona{session, one.name})
	}
	return p.unproven
}
