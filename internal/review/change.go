package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// add notes a change of a group, or widens one that has the same turn, causes and conditions.
func (t *trial) add(turn Turn, s situation, hangsOn []int) {
	r := t.request(s)
	a, b := t.sides[0].stack.Explain(r), t.sides[1].stack.Explain(r)
	causes := t.causes(turn, a, b)
	var clauses []Clause
	for _, i := range hangsOn {
		term := t.group.terms[i]
		clauses = append(clauses, Clause{InB(term.side == 1), term.Statement, s.fails[i] == '0'})
	}
	focus, resources := t.named(causes)
	key := fmt.Sprintf("%s %p", turn, focus)
	for _, cause := range causes {
		key += fmt.Sprintf(" %s%p", cause.InB, cause.Statement)
	}
	for _, clause := range clauses {
		key += fmt.Sprintf(" %s%p%t", clause.InB, clause.Statement, clause.Hold)
	}
	change := t.group.changes[key]
	if change == nil {
		change = &Change{Turn: turn, Causes: causes, Conditions: clauses, Witness: t.witness(s, a.Decision, b.Decision), focus: focus}
		if t.group.changes == nil {
			t.group.changes = map[string]*Change{}
		}
		t.group.changes[key] = change
		t.group.order = append(t.group.order, key)
	}
	for _, v := range resources {
		change.Resources = joined(change.Resources, v)
	}
	if t.caller.label != "" {
		change.Principals = joined(change.Principals, t.caller.label)
	}
}

func joined(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// causes are the statements that make the difference: what allows, and what denies on the other side.
func (t *trial) causes(turn Turn, a, b authz.Explanation) []Cause {
	var out []Cause
	find := func(side int, e authz.Explanation, effect policy.Effect) {
		other := map[string]bool{}
		for _, term := range t.group.terms {
			other[term.same] = other[term.same] || term.side != side
		}
		var first *policy.Statement
		for _, m := range e.Matches {
			if m.Policy != t.sides[side].policy || m.Effect != effect {
				continue
			}
			if first == nil || !other[t.fingerprint(m.Statement)] && other[t.fingerprint(first)] {
				first = m.Statement
			}
		}
		if first != nil {
			out = append(out, Cause{InB(side == 1), first})
		}
	}
	switch turn {
	case Gained:
		find(1, b, policy.Allow)
		find(0, a, policy.Deny)
	case Lost:
		find(0, a, policy.Allow)
		find(1, b, policy.Deny)
	case Denied:
		find(1, b, policy.Deny)
	case Undenied:
		find(0, a, policy.Deny)
	}
	return out
}

func (t *trial) fingerprint(s *policy.Statement) string {
	for _, term := range t.group.terms {
		if term.Statement == s {
			return term.same
		}
	}
	return ""
}

// named is the deciding statement, of two the one with the narrower resources, and those of its resources that
// the trial's resource fits, as it writes them.
func (t *trial) named(causes []Cause) (focus *policy.Statement, resources []string) {
	for _, cause := range causes {
		own := t.fitting(cause.Statement)
		if focus == nil || len(own) > 0 && narrower(own, resources) {
			focus, resources = cause.Statement, own
		}
	}
	return focus, resources
}

// narrower reports whether each of a is covered by one of b, and not the reverse.
func narrower(a, b []string) bool {
	under := func(x, y []string) bool {
		return !slices.ContainsFunc(x, func(n string) bool {
			return !slices.ContainsFunc(y, func(w string) bool { return coversResource(w, n) })
		})
	}
	return under(a, b) && !under(b, a)
}

func (t *trial) fitting(s *policy.Statement) []string {
	if s.NotRes {
		return []string{"*"}
	}
	modern := slices.ContainsFunc(t.group.terms, func(term *term) bool { return term.Statement == s && term.modern })
	var out []string
	for _, v := range s.Resource {
		text := v.Text
		if modern {
			text = t.fixed.resolve(text)
		}
		g := resourceGlob(text)
		if text == "*" || slices.ContainsFunc(t.resources, func(r string) bool { return t.spend(len(r)) && overlaps(plainGlob(r), g) }) {
			out = append(out, v.Text)
		}
	}
	return out
}

func (t *trial) witness(s situation, a, b authz.Decision) Witness {
	w := Witness{
		Principal: t.caller.principal.ARN, Action: t.group.name, Resource: t.resources[0],
		ResourceAccount: t.resourceAccount(), A: a, B: b,
	}
	s.settings.each(func(key string, v value) {
		if !v.absent && t.mentions(key) {
			w.Context = append(w.Context, Setting{cmp.Or(t.spelled(key), key), v.texts, v.many})
		}
	})
	slices.SortFunc(w.Context, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return w
}

// mentions reports whether a statement of the group depends on the key.
func (t *trial) mentions(key string) bool {
	return slices.Contains(variableKeys(t.group.terms), key) || t.spelled(key) != ""
}

// spelled is a key as a condition of the group writes it.
func (t *trial) spelled(key string) string {
	for _, term := range t.group.terms {
		for i := range term.Conditions {
			if c := &term.Conditions[i]; strings.EqualFold(c.Key, key) {
				return c.Key
			}
		}
	}
	return ""
}

// Request is the witness as package authz takes it.
func (w Witness) Request() *authz.Request {
	p, _ := authz.ParsePrincipal(w.Principal) // it was parsed before; "" is an anonymous caller
	c := authz.NewContext(false)
	for _, s := range w.Context {
		if s.Many {
			c.SetMany(s.Key, s.Values)
		} else {
			c.Set(s.Key, s.Values[0])
		}
	}
	return &authz.Request{Principal: p, Action: w.Action, Resource: w.Resource, ResourceAccount: w.ResourceAccount, Context: c}
}

// merge puts the changes of a group to those of others with which they have all but the actions in common.
func (c *comparison) merge(g *group) {
	for _, key := range g.order {
		change := g.changes[key]
		whole := c.finish(g, change)
		if whole {
			key += " whole"
		} else {
			key += fmt.Sprintf(" %q %q", change.Resources, change.Except)
		}
		key += fmt.Sprintf(" %q", change.Principals)
		known := c.changes[key]
		if known == nil {
			change.actions = newSet()
			c.changes[key] = change
			known = change
		}
		known.actions.join(g.actions)
		known.extra = append(known.extra, g.extra...)
		for _, v := range change.Resources {
			known.Resources = joined(known.Resources, v)
		}
	}
}

// finish orders a change's lists as the documents do, and finds the exceptions. It reports whether the change
// reaches all resources of the deciding statement that the group's actions can name.
func (c *comparison) finish(g *group, change *Change) (whole bool) {
	if slices.Contains(change.Principals, "*") {
		change.Principals = []string{"*"}
	}
	slices.Sort(change.Principals)
	slices.Sort(change.Resources)
	for _, t := range g.terms {
		for _, v := range t.Resource {
			inside := slices.ContainsFunc(change.Resources, func(r string) bool { return r != v.Text && coversResource(r, v.Text) })
			if inside && !slices.Contains(change.Resources, v.Text) && c.relevant(g, v.Text) {
				change.Except = joined(change.Except, v.Text)
			}
		}
	}
	slices.Sort(change.Except)
	if len(change.Except) > 0 {
		return false
	}
	return change.focus.NotRes || !slices.ContainsFunc(change.focus.Resource, func(v policy.Value) bool {
		return !slices.Contains(change.Resources, v.Text) && c.relevant(g, v.Text)
	})
}

// relevant reports whether a resource of the group's types may fit a pattern.
func (c *comparison) relevant(g *group, pattern string) bool {
	return pattern == "*" || slices.ContainsFunc(g.types, func(t resourceType) bool {
		return slices.ContainsFunc(t.patterns, func(p typePattern) bool { return c.mayFit(p)(pattern) })
	})
}

// String is the change in one line.
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(c.Turn.String() + ": " + strings.Join(c.Actions, ", "))
	if len(c.NotActions) > 0 {
		b.WriteString(" but not " + strings.Join(c.NotActions, ", "))
	}
	if len(c.Resources) > 0 {
		b.WriteString(" on " + strings.Join(c.Resources, ", "))
	}
	if len(c.Except) > 0 {
		b.WriteString(" except " + strings.Join(c.Except, ", "))
	}
	switch {
	case len(c.Principals) == 1 && c.Principals[0] == "*":
		b.WriteString(" by anybody")
	case len(c.Principals) > 0:
		b.WriteString(" by " + strings.Join(c.Principals, ", "))
	}
	for i, clause := range c.Conditions {
		b.WriteString([]string{" if ", " and "}[min(i, 1)] + clause.String())
	}
	return b.String()
}

// String is the clause in words.
func (c Clause) String() string {
	var conditions []string
	for _, cd := range c.Statement.Conditions {
		var values []string
		for _, v := range cd.Values {
			values = append(values, v.Text)
		}
		conditions = append(conditions, cd.Operator+" "+cd.Key+" "+quote(strings.Join(values, ", ")))
	}
	verb := "holds"
	if !c.Hold {
		verb = "does not hold"
	}
	return strings.Join(conditions, " and ") + " " + verb
}
