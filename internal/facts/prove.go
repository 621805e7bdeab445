package facts

import (
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// maxProofs bounds the requests that evidence is gathered of.
const maxProofs = 16

// prove names the Allows that make the answer, and a request that shows it.
func (q *question) prove(c *gsl.Call, r *Run, p *party) {
	if q.all != nil {
		for _, each := range q.all {
			each.prove(c, r, p)
		}
		return
	}
	seen := 0
	p = q.ruled(p)
	q.search(r, p, func(request *authz.Request) bool {
		e := p.stack.Explain(request)
		if seen == 0 {
			c.Prove(gsl.PointerOf(witnessOf(request, &e)))
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
	seen := 0
	q.search(r, p, func(request *authz.Request) bool {
		if seen == 0 {
			e := p.stack.Explain(request)
			c.Prove(gsl.PointerOf(witnessOf(request, &e)))
		}
		Prove(c, gsl.RecordOf(st), st.doc.parsed.MemberOrValue(authz.ActionElement(st.parsed, request.Action)))
		seen++
		return seen < maxProofs
	})
}
