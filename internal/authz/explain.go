package authz

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/policy"
)

// Match is a statement that took part in a decision.
type Match struct {
	Layer     Layer
	Level     int // of a control policy: 0 is the organization's root
	Policy    *Policy
	Statement *policy.Statement
	Effect    policy.Effect
	Holds     Truth
	Unknown   []*policy.Condition // conditions on keys that nobody gave: what Holds depends on
	Session   bool                // it holds for some sessions of the role that asks, and not for others

	some bool // as statement.claims says
}

// Explanation is a decision with its reasons.
type Explanation struct {
	Decision Decision
	Matches  []Match
	// Missing lists, for an implicit denial, the layers that would have to allow and do not.
	Missing []Layer
	// Levels lists, where ServiceControl is missing, its levels without an Allow; 0 is the organization's root.
	Levels []int
	// Reserved says that AWS refuses the action to everybody on a resource of its own. Whoever asks for more than what
	// policies say sets it.
	Reserved bool
}

// notes gathers matches; a nil *notes ignores them.
type notes struct{ matches []Match }

// add notes a statement, and gives what it noted.
func (n *notes) add(l Layer, level int, s *statement, holds Truth, q *query) *Match {
	if n == nil {
		return nil
	}
	m := Match{Layer: l, Level: level, Policy: s.policy, Statement: s.source, Effect: s.effect, Holds: holds}
	if holds == Maybe {
		for i := range s.conditions {
			if s.conditions[i].holds(q.Context) == Maybe {
				m.Unknown = append(m.Unknown, s.conditions[i].source)
			}
		}
	}
	n.matches = append(n.matches, m)
	return &n.matches[len(n.matches)-1]
}

// Explain answers a request as Decide does, and says why.
func (s *Stack) Explain(r *Request) Explanation {
	t := tally{notes: &notes{}}
	s.tally(&t, r)
	e := Explanation{Decision: s.conclude(&t, r), Matches: t.notes.matches}
	if e.Decision == Depends && t.claims[direct] == Maybe {
		s.markSessions(&t, r)
	}
	if e.Decision == ImplicitlyDenied {
		e.Missing = s.missing(&t, r)
		if slices.Contains(e.Missing, ServiceControl) {
			e.Levels = s.closed(t.notes.matches)
		}
	}
	return e
}

// missing names the layers without an Allow.
func (s *Stack) missing(t *tally, r *Request) []Layer {
	var out []Layer
	for l, consulted := range s.consulted(r) {
		if consulted && t.allow[l] == False {
			out = append(out, Layer(l))
		}
	}
	return out
}

// markSessions is for statements that name a role or its account and one of the role's sessions too. Where nothing else
// grants the request, it notes on them that the session is what counts.
func (s *Stack) markSessions(t *tally, r *Request) {
	rest := *t
	rest.claims[direct] = False
	if s.conclude(&rest, r) != ImplicitlyDenied {
		return
	}
	for i := range t.notes.matches {
		if m := &t.notes.matches[i]; m.some && m.Effect == policy.Allow {
			m.Session, m.Holds = true, m.Holds.And(Maybe)
		}
	}
}

// closed are the levels of service control policies of which none allows.
func (s *Stack) closed(matches []Match) []int {
	var out []int
	for level := range s.SCPs {
		if !slices.ContainsFunc(matches, func(m Match) bool {
			return m.Layer == ServiceControl && m.Level == level && m.Effect == policy.Allow
		}) {
			out = append(out, level)
		}
	}
	return out
}

func (s *Stack) consulted(r *Request) [layers]bool {
	own := hasIdentity(r.Principal.Kind)
	scps, _ := s.Controls(r)
	return [layers]bool{
		Identity:       own,
		Boundary:       own && s.Boundary != nil,
		Session:        own && s.Session != nil,
		ServiceControl: scps != nil,
		Resource:       !own && r.Principal.Kind != Root || !r.sameAccount() || needsResource(r),
	}
}

// Deciding are the statements that made the decision: the Denies of an explicit denial, the Allows of a grant,
// and for Depends every statement that may yet hold.
func (e *Explanation) Deciding() []Match {
	var out []Match
	for _, m := range e.Matches {
		switch {
		case e.Decision == Depends,
			e.Decision == ExplicitlyDenied && m.Effect == policy.Deny && m.Holds == True,
			e.Decision == Allowed && m.Effect == policy.Allow && m.Holds == True:
			out = append(out, m)
		}
	}
	return out
}
