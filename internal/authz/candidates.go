package authz

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
)

// maxCandidates bounds how many resources Candidates proposes.
const maxCandidates = 64

// Candidates proposes resources on which the stack may allow an action: the resources that Allow statements of
// every layer name, with wildcards and variables filled in. Each is a concrete text; none is a promise.
func (s *Stack) Candidates(action string, c *Context) []string {
	service, name, _ := strings.Cut(action, ":")
	service = strings.ToLower(service)
	var out []string
	for _, group := range slices.Concat([][]*Policy{s.Identity, s.Boundary, s.Session}, s.SCPs) {
		for _, p := range group {
			for _, st := range slices.Concat(p.byService[service], p.everywhere) {
				if st.effect == policy.Allow && !st.unread && !st.notResource && st.matchesAction(service, name) {
					out = st.appendCandidates(out, c)
				}
			}
			if len(out) > maxCandidates {
				return out[:maxCandidates]
			}
		}
	}
	return out
}

func (s *statement) appendCandidates(to []string, c *Context) []string {
	for i := range s.resources {
		if len(to) > maxCandidates {
			break
		}
		if text := s.resources[i].example(c); text != "" && !slices.Contains(to, text) {
			to = append(to, text)
		}
	}
	return to
}

// example is a text that fits the pattern: stars stand for "any", question marks for "x".
func (p *pattern) example(c *Context) string {
	if p.all {
		return "*"
	}
	if p.elements == nil {
		return p.exact
	}
	var b strings.Builder
	for i := range p.elements {
		switch e := &p.elements[i]; e.kind {
		case star, bound:
			b.WriteString("any")
		case one:
			b.WriteByte('x')
		case literal, variable:
			text, t := e.value(c)
			if t != True {
				return ""
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

// Personal reports whether an answer of the policy may change with who asks, beside what its Principal
// elements say: it uses a variable, or a condition key that the principal decides.
func (p *Policy) Personal() bool {
	for i := range p.statements {
		if p.statements[i].personal() {
			return true
		}
	}
	return false
}

func (s *statement) personal() bool {
	for i := range s.resources {
		if s.resources[i].dynamic {
			return true
		}
	}
	for i := range s.conditions {
		if s.conditions[i].personal() {
			return true
		}
	}
	return false
}

func (cd *condition) personal() bool {
	if strings.HasPrefix(cd.key, "aws:principal") || cd.key == "aws:username" || cd.key == "aws:userid" {
		return true
	}
	for i := range cd.values {
		o := &cd.values[i]
		if o.pattern.dynamic || slices.ContainsFunc(o.parts, func(p pattern) bool { return p.dynamic }) {
			return true
		}
	}
	return false
}

// Names are the principals that the Allow statements of a resource policy name one by one; wide reports
// whether any names an account, everyone, or all but some.
func (p *Policy) Names() (arns []string, wide bool) {
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect != policy.Allow {
			continue
		}
		wide = wide || s.notPrincipal || s.unread
		for j := range s.principals {
			switch n := &s.principals[j]; n.kind {
			case namedAll, namedAccount:
				wide = true
			case namedARN:
				arns = append(arns, n.text)
			case namedNobody, namedService, namedFederated:
			}
		}
	}
	return arns, wide
}

// Without is the stack with one statement struck out of its policy, wherever the stack has that. Another policy may say the
// same, and stays.
func (s *Stack) Without(m *Match) *Stack {
	out := *s
	out.Identity, out.Boundary, out.Session = m.without(s.Identity), m.without(s.Boundary), m.without(s.Session)
	out.SCPs, out.RCPs = slices.Clone(s.SCPs), slices.Clone(s.RCPs)
	for _, levels := range [][][]*Policy{out.SCPs, out.RCPs} {
		for i := range levels {
			levels[i] = m.without(levels[i])
		}
	}
	if s.Resource != nil {
		out.Resource = m.struck(s.Resource)
	}
	return &out
}

func (m *Match) without(policies []*Policy) []*Policy {
	out := slices.Clone(policies)
	for i, p := range out {
		out[i] = m.struck(p)
	}
	return out
}

// struck is a policy without the statement, if it is that policy: by its name, since it may have lost another one before.
func (m *Match) struck(p *Policy) *Policy {
	if p.Name != m.Policy.Name || m.Statement == nil {
		return p
	}
	at := slices.IndexFunc(p.statements, func(s statement) bool { return s.source == m.Statement })
	if at < 0 {
		return p
	}
	rest := &Policy{Name: p.Name, Document: p.Document, byService: map[string][]*statement{}}
	rest.statements = slices.Delete(slices.Clone(p.statements), at, at+1)
	rest.index()
	return rest
}

// Mentions reports whether an Allow of the identity policies names the action: without one, it is denied.
func (s *Stack) Mentions(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	service = strings.ToLower(service)
	for _, p := range s.Identity {
		if p.mentions(service, name) {
			return true
		}
	}
	return false
}

// Mentions reports whether an Allow of the policy names the action.
func (p *Policy) Mentions(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	return p.mentions(strings.ToLower(service), name)
}

// mentions takes the service in lower case and the name as given.
func (p *Policy) mentions(service, name string) bool {
	for _, list := range [2][]*statement{p.byService[service], p.everywhere} {
		for _, st := range list {
			if st.effect == policy.Allow && (st.unread || st.matchesAction(service, name)) {
				return true
			}
		}
	}
	return false
}

// On reports whether a statement of the policy, an Allow or a Deny, names the action, and the keys that such statements look
// at, in conditions and variables, in lower case.
func (p *Policy) On(action string) (some bool, keys []string) {
	service, name, _ := strings.Cut(action, ":")
	service = strings.ToLower(service)
	for _, list := range [2][]*statement{p.byService[service], p.everywhere} {
		for _, st := range list {
			if st.unread || st.matchesAction(service, name) {
				some = true
				st.keys(func(key string) { keys = append(keys, key) })
			}
		}
	}
	return some, keys
}

func (s *statement) anyResource() bool {
	if s.notResource {
		return false
	}
	for i := range s.resources {
		if s.resources[i].all {
			return true
		}
	}
	return len(s.resources) == 0
}
