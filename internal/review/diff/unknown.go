package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// groupUnknown puts names of actions that are not known into groups.
func (c *comparison) groupUnknown() {
	for _, name := range c.unknownNames() {
		if c.kind == policy.ResourceControl && !authz.ResourceControlled(name) {
			continue
		}
		row := make([]byte, (len(c.terms)+7)/8)
		for i, t := range c.terms {
			if c.isAbout(t, name) {
				row[i/8] |= 1 << (i % 8)
			}
		}
		if s := c.signature(row); !s.settled {
			g := c.group(s, iamref.Action{}, true)
			g.unknown = append(g.unknown, name)
			g.name = name
		}
	}
}

// unknownNames are actions that the documents name and the tables do not know: the first of them, for each is a
// group of its own.
func (c *comparison) unknownNames() []string {
	const most = 64
	names := map[string]bool{}
	for _, t := range c.terms {
		for _, v := range t.Action {
			service, name, ok := strings.Cut(v.Text, ":")
			if !ok || strings.ContainsAny(service, "*?") || !c.Spend(element.ExpandPrice(v.Text)) || element.FitsAction(v.Text) {
				continue
			}
			name = strings.ToLower(service) + ":" + strings.NewReplacer("*", "", "?", "x").Replace(name)
			if names[name] = true; len(names) > most || len(name) > 4*most {
				delete(names, name)
				c.leave(scope{unknown: []string{v.Text}}, "too many actions that are not known")
				return slices.Sorted(maps.Keys(names))
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// isAbout is for actions that are not known.
func (c *comparison) isAbout(t *term, name string) bool {
	name = strings.ToLower(name)
	named := slices.ContainsFunc(t.Action, func(v policy.Value) bool {
		return c.Spend(1+len(v.Text)) && element.CoversAction(strings.ToLower(v.Text), name)
	})
	return named != t.NotAction
}

// unknownOperator is a condition operator of the group's statements that is not known, "" where all are.
func (g *group) unknownOperator() string {
	for _, t := range g.terms {
		for _, cd := range t.Conditions {
			if !authz.IsOperator(cd.Operator) {
				return cd.Operator
			}
		}
	}
	return ""
}
