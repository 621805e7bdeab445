package assess

import (
	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/gsl"
)

func chainsFunction() *gsl.Function {
	return &gsl.Function{
		Name: "chains",
		Doc: "Whether a role that is no administrator may assume a role of the account that may in turn assume another: permissions, " +
			"boundaries and trust allow both steps (the mode may). A role that comes back to itself is a chain too.",
		Example: "IamRole where isServiceLinked=false should not have chains()",
		Cost:    graphCost,
		Call:    chains,
	}
}

// chains answers whether a role begins a chain of roles. Where a policy of it or of the role in the middle
// could not be read, that chain proves nothing; where any could not be read, a no is unknown.
func chains(c *gsl.Call) gsl.Value {
	g, arn, answer := askGraph(c)
	if g == nil {
		return answer
	}
	if id, known := g.Node(arn); known && !g.unread[arn] {
		for first := range g.Assumes(id) {
			if p, _ := g.At(first.To); g.unread[p.ARN] {
				continue
			}
			for second := range g.Assumes(first.To) {
				g.proveChain(c, first, second)
				return gsl.BoolOf(true)
			}
		}
	}
	if g.hole != "" {
		return gsl.UnknownOf(g.hole)
	}
	return gsl.BoolOf(false)
}

// proveChain tells the two steps, each with its requests and the statements that allow them.
func (r *reach) proveChain(c *gsl.Call, hops ...access.Hop) {
	if c.Env.Trace == nil {
		return
	}
	for i, h := range hops {
		for k, w := range r.Witnesses(h) {
			if i == 0 && k == 0 {
				c.Prove(gsl.PointerOf(witnessOf(&w)))
			}
			r.proveRequest(c, h, i+1, &w)
		}
	}
}
