package review

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// resources looks at a statement's Resource or NotResource.
func (l *linter) resources(s *policy.Statement) {
	if len(s.Resource) == 0 {
		return
	}
	for _, v := range s.Resource {
		if !isResource(v.Text) {
			l.note(MalformedResource, v.Node, "resource "+quote(v.Text)+" is neither an ARN nor \"*\"", "write arn:partition:service:region:account:resource")
		}
	}
	if l.wants(RedundantResource) {
		l.redundant(s)
	}
	if s.NotRes {
		if l.grants(s) {
			l.note(AllowNotResource, s.Resource[0].Node, "statement allows its actions on every resource but the named ones", "name the resources to allow, or deny the named ones in a statement of their own")
		}
		return
	}
	if l.wants(MismatchedAction, UnusedResource) {
		l.mismatches(s)
	}
}

// redundant looks for resources that others of the statement cover.
func (l *linter) redundant(s *policy.Statement) {
	l.redundantValues(RedundantResource, s.Resource, &ofResources)
}

// isResource: AWS wants six parts, and a partition and a service in them.
// Source: IAM User Guide, "IAM JSON policy elements: Resource".
func isResource(text string) bool {
	if text == "*" {
		return true
	}
	part := strings.SplitN(text, ":", 6)
	return len(part) == 6 && part[0] == "arn" && part[1] != "" && part[2] != ""
}

// mismatches compares the types of resource that the actions name with the resources of the statement.
func (l *linter) mismatches(s *policy.Statement) {
	if s.NotAction || slices.ContainsFunc(s.Resource, func(v policy.Value) bool { return v.Text == "*" || !isResource(v.Text) }) {
		return
	}
	m := matcher{linter: l, statement: s, types: l.by.noTypes()}
	if l.wants(UnusedResource) {
		m.used = make([]bool, len(s.Resource))
	}
	for _, v := range s.Resource {
		m.services = append(m.services, element.Service(v.Text))
	}
	certain := true // every action is known
	for _, v := range s.Action {
		known, fits := m.value(v)
		if certain = certain && known; known && !fits {
			l.mismatch(v)
		}
	}
	for i, used := range m.used {
		if certain && !used && l.steps > 0 {
			v := s.Resource[i]
			l.note(UnusedResource, v.Node, "no action of the statement names a resource like "+quote(v.Text), "delete it, or add the actions that it is for")
		}
	}
}

// matcher finds which resources of a statement can be of the types that an action names.
type matcher struct {
	*linter
	statement *policy.Statement
	services  []string               // of the resources
	types     map[*element.Type]bool // whether a resource fits
	used      []bool                 // the resources that fit a type that was looked at; nil: nobody asks
}

// value reports whether any action that v stands for is known, and whether one of them fits a resource.
func (m *matcher) value(v policy.Value) (known, fits bool) {
	if !m.spend(element.ExpandPrice(v.Text)) {
		return false, false
	}
	n := m.by.namedBy(v.Text)
	for _, t := range n.types {
		fits = m.resourceOf(t) || fits
		if fits && m.used == nil {
			break
		}
		if m.steps <= 0 {
			return n.known, true
		}
	}
	return n.known, fits
}

// resourceOf reports whether a resource can be of the type.
func (m *matcher) resourceOf(t *element.Type) bool {
	if fits, ok := m.types[t]; ok {
		return fits
	}
	fits := false
	for i, v := range m.statement.Resource {
		if !m.spend(len(v.Text)*(1+len(t.Patterns))) || !t.MayBeOf(m.services[i]) || !m.by.mayFit(t, v.Text) {
			continue
		}
		if fits = true; m.used == nil {
			break
		}
		m.used[i] = true
	}
	m.types[t] = fits
	return fits
}

func (l *linter) mismatch(v policy.Value) {
	if !l.full(MismatchedAction) {
		said := l.by.strays(v.Text)
		l.note(MismatchedAction, v.Node, said.message, said.cure)
	}
}

// strays says what a value of Action would want in place of the resources that it does not name.
func strays(action string) remark {
	var types []iamref.ResourceType
	for a := range iamref.Expand(action) {
		for _, r := range a.Resources {
			if !slices.ContainsFunc(types, func(t iamref.ResourceType) bool { return t.Name == r.Name }) {
				types = append(types, r)
			}
		}
	}
	if len(types) == 0 {
		return remark{quote(action) + " names no resource, and the statement wants one", "move it to a statement with \"Resource\": \"*\""}
	}
	const shown = 3
	var names []string
	for _, t := range types[:min(shown, len(types))] {
		names = append(names, t.Name)
	}
	what := strings.Join(names, " or ")
	if len(types) > shown {
		what += " or another type"
	}
	return remark{
		quote(action) + " names a resource of type " + what + ", and no resource of the statement can be one",
		"add a resource such as " + types[0].ARNs[0],
	}
}
