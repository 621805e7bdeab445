package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
)

// Policy is a compiled policy document.
type Policy struct {
	Name       string // what reasons call it: an ARN, or "inline policy x"
	Document   *policy.Document
	statements []statement
	byService  map[string][]*statement // by lower-case service, in the document's order
	everywhere []*statement            // those that any service may match
	target     []string                // see TargetKeys
}

// Unread stands for a policy that is there and could not be read: it may allow and may deny everything.
func Unread(name string) *Policy {
	p := &Policy{Name: name}
	p.statements = []statement{
		{effect: policy.Allow, unread: true, policy: p},
		{effect: policy.Deny, unread: true, policy: p},
	}
	p.everywhere = []*statement{&p.statements[0], &p.statements[1]}
	return p
}

// Refused stands for a document that AWS would not have stored. It grants nothing; what its author meant it to
// deny nobody knows, so an answer that would be Allowed depends on it.
func Refused(name string) *Policy {
	p := Unread(name)
	p.everywhere = p.everywhere[1:]
	return p
}

// Read reports whether the policy holds what its author wrote: false for Unread and Refused.
func (p *Policy) Read() bool { return p.Document != nil }

// Denies reports whether the policy has a Deny.
func (p *Policy) Denies() bool { return p.has(policy.Deny) }

// Allows reports whether the policy has an Allow.
func (p *Policy) Allows() bool { return p.has(policy.Allow) }

func (p *Policy) has(effect policy.Effect) bool {
	return slices.ContainsFunc(p.statements, func(s statement) bool { return s.effect == effect })
}

// statement is a compiled statement.
type statement struct {
	unread       bool
	effect       policy.Effect
	actions      []action
	notAction    bool
	resources    []pattern // empty: a trust policy, every resource
	notResource  bool
	principals   []named
	notPrincipal bool
	conditions   []condition
	policy       *Policy
	source       *policy.Statement
}

// Compile prepares a document for decisions. A document with faults is refused with its first fault: AWS
// would not have stored it, and half a document decides nothing.
func Compile(name string, doc *policy.Document) (*Policy, error) {
	if len(doc.Faults) > 0 {
		return nil, fmt.Errorf("policy %s: line %d: %s", name, doc.Faults[0].Span.Start.Line, doc.Faults[0].Message)
	}
	p := &Policy{Name: name, Document: doc, byService: map[string][]*statement{}}
	p.statements = make([]statement, len(doc.Statements))
	variables := doc.Version == "2012-10-17"
	for i := range doc.Statements {
		p.statements[i] = compileStatement(p, &doc.Statements[i], variables)
	}
	p.index()
	p.target = p.findTargetKeys()
	return p, nil
}

func compileStatement(p *Policy, src *policy.Statement, variables bool) statement {
	s := statement{
		effect: src.Effect, notAction: src.NotAction, notResource: src.NotRes, notPrincipal: src.NotPrinc,
		policy: p, source: src,
	}
	for _, v := range src.Action {
		s.actions = append(s.actions, compileAction(v.Text))
	}
	mode := patternMode{wildcards: true, variables: variables, arn: true}
	for _, v := range src.Resource {
		s.resources = append(s.resources, compilePattern(padARN(v.Text), mode))
	}
	for i := range src.Principal {
		s.principals = append(s.principals, compilePrincipal(&src.Principal[i]))
	}
	for i := range src.Conditions {
		s.conditions = append(s.conditions, compileCondition(&src.Conditions[i], variables))
	}
	return s
}

// padARN completes an ARN of fewer than six parts with stars (contested: AWS documents it nowhere).
func padARN(s string) string {
	if !strings.HasPrefix(s, "arn:") {
		return s
	}
	if missing := 5 - strings.Count(s, ":"); missing > 0 {
		return s + strings.Repeat(":*", missing)
	}
	return s
}

// index files each statement under the services it may match.
func (p *Policy) index() {
	for i := range p.statements {
		s := &p.statements[i]
		if s.notAction || s.anyService() {
			p.everywhere = append(p.everywhere, s)
			continue
		}
		for _, a := range s.actions {
			list := p.byService[a.service]
			if len(list) == 0 || list[len(list)-1] != s {
				p.byService[a.service] = append(list, s)
			}
		}
	}
}

func (s *statement) anyService() bool {
	for _, a := range s.actions {
		if a.service == "" {
			return true
		}
	}
	return false
}

// matchesAction takes the service in lower case and the name as given.
func (s *statement) matchesAction(service, name string) bool {
	for i := range s.actions {
		if s.actions[i].match(service, name) {
			return !s.notAction
		}
	}
	return s.notAction
}

func (s *statement) matchesResource(resource string, c *Context) Truth {
	if len(s.resources) == 0 {
		return True
	}
	if c != nil && c.Nameless {
		c = nil
	}
	some := False
	for i := range s.resources {
		if some = some.Or(s.resources[i].match(resource, c)); some == True {
			break
		}
	}
	if s.notResource {
		return some.Not()
	}
	return some
}

// holds evaluates everything but the principal.
func (s *statement) holds(q *query) Truth {
	if s.unread {
		return Maybe
	}
	if !s.matchesAction(q.service, q.name) {
		return False
	}
	t := s.matchesResource(q.Resource, q.Context)
	for i := 0; i < len(s.conditions) && t != False; i++ {
		t = t.And(s.conditions[i].holds(q.Context))
	}
	return t
}
