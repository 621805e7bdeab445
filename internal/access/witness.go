package access

import "github.com/ambit-iam/ambit/internal/authz"

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
		if h.To != Admin {
			return []*Question{g.rewriteBoundary(p)}
		}
		q, ok := g.empowerSelf(h.From, h.By)
		if !ok {
			return nil
		}
		return []*Question{q}
	case CreateRole, CreateUser:
		qs, _ := g.newOne(p, h.By)
		return qs
	case UnboundSelf:
		out := g.targetQuestions(Hop{By: h.By, From: h.From, Via: h.To})
		if by := g.credentialFor(h); by != nil {
			out = append(out, g.targetQuestions(Hop{By: by, From: h.From, Via: h.To})...)
		}
		return out
	case UndenySelf, UndenyRole:
		return g.undenyQuestions(h)
	case Retrust, Credential, EmpowerOther, Assume, UnboundRole:
		return g.targetQuestions(h)
	case PassRole, UseRole, Elsewhere:
	}
	return g.serviceQuestions(h)
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
			q = g.passing(p, h.By.Service, h.Via)
		} else {
			_, q.Resource = g.somewhere(p, a, nil)
		}
		out = append(out, q)
	}
	return out
}
