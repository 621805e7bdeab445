package diff

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// site is the resources of a group, given the values of variables.
type site struct {
	fixed    *settings
	patterns []groupPattern
	globs    []glob.Glob // of the patterns; nil: a variable has no value
	*resources
}

// resources are resources that patterns tell apart.
type resources struct {
	written  []written
	found    *glob.Atoms
	complete bool              // there are no more
	inside   []map[string]bool // by pattern, the atoms that it meets; nil: not known yet
}

// site finds the resources of a group's actions that its statements tell apart.
func (c *comparison) site(g *group, fixed *settings) *site {
	all := c.resolved(g, fixed)
	s := &site{fixed: fixed, patterns: g.patterns}
	var key strings.Builder
	for _, p := range g.patterns {
		var own glob.Glob
		if text, ok := resolved(p.text, p.modern, fixed); ok {
			own = resolvedGlob(text)
		}
		s.globs = append(s.globs, own)
		key.WriteString(own.Key() + " ")
	}
	if g.sites == nil {
		g.sites = map[string]*resources{}
	}
	if s.resources = g.sites[key.String()]; s.resources == nil {
		s.resources = c.resources(g, all)
		g.sites[key.String()] = s.resources
	}
	return s
}

// resources finds those of a group's actions that some patterns tell apart.
func (c *comparison) resources(g *group, all []written) *resources {
	r := &resources{
		written: all, found: glob.NewAtoms(len(g.terms), freeOwners(all, len(g.terms))), complete: true,
		inside: make([]map[string]bool, len(g.patterns)),
	}
	if len(g.plain) > 0 {
		z := glob.NewAtomizer(nil, owning(all, func(w written) (glob.Glob, bool) { return w.glob, true }), r.found, c.Budget)
		for _, text := range g.plain {
			z.Try(glob.Anything(), text)
		}
	}
	for _, t := range g.types {
		for _, p := range t.Patterns {
			r.complete = c.instances(p, all, r.found) && r.complete
		}
	}
	r.complete = r.complete && !c.Spent()
	return r
}

// freeOwners counts the statements that name some resources and not others.
func freeOwners(patterns []written, owners int) int {
	named, all := make([]bool, owners), make([]bool, owners)
	for _, w := range patterns {
		for _, i := range w.terms {
			named[i] = true
			all[i] = all[i] || w.text == "*"
		}
	}
	n := 0
	for i := range named {
		if named[i] && !all[i] {
			n++
		}
	}
	return n
}

// owning are the patterns that a function chooses a glob for.
func owning(patterns []written, choose func(written) (glob.Glob, bool)) []glob.Owned {
	var out []glob.Owned
	for _, w := range patterns {
		if g, ok := choose(w); ok {
			out = append(out, glob.Owned{Glob: g, Owners: w.terms})
		}
	}
	return out
}

// written is a specific pattern of resources, and the statements of a group that name it.
type written struct {
	text  string
	glob  glob.Glob
	terms []int
}

// resolved are the specific patterns of a group's statements with values for their variables. What another pattern
// of the same statement covers is left out.
func (c *comparison) resolved(g *group, fixed *settings) []written {
	var out []written
	for i, t := range g.terms {
		var texts []string
		for _, v := range t.Resource {
			if text, ok := resolved(v.Text, t.modern, fixed); ok {
				texts = append(texts, text)
			}
		}
		for _, text := range c.widest(texts) {
			at := slices.IndexFunc(out, func(w written) bool { return w.text == text })
			if at < 0 {
				at = len(out)
				out = append(out, written{text: text, glob: resolvedGlob(text)})
			}
			out[at].terms = append(out[at].terms, i)
		}
	}
	return out
}

// resolved is a Resource value with values for its variables, as a document of 2012 would have it; false: a
// variable has none.
func resolved(text string, modern bool, fixed *settings) (string, bool) {
	if !strings.Contains(text, "${") {
		return text, true
	}
	g, ok := glob.ReadResource(text, modern, fixed)
	return g.Text(), ok
}

// resolvedGlob reads what resolved gives.
func resolvedGlob(text string) glob.Glob {
	g, _ := glob.ReadResource(text, true, nil)
	return g
}

// widest leaves out the patterns that others cover.
func (c *comparison) widest(texts []string) []string {
	var out []string
	for i, text := range texts {
		covered := func(j int) bool {
			other := texts[j]
			return i != j && c.Spend(4+len(text)*len(other)/4) && element.CoversResource(other, text) && (j < i || !element.CoversResource(text, other))
		}
		j := 0
		for j < len(texts) && !covered(j) {
			j++
		}
		if j == len(texts) {
			out = append(out, text)
		}
	}
	return out
}
