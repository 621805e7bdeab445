package diff

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// atomizer is for the resources of one type, and their domain.
func (c *comparison) atomizer(p element.TypePattern, all []written, found *glob.Atoms) (z *glob.Atomizer, domain glob.Glob) {
	mayFit := c.mayFit(p)
	colons := slices.ContainsFunc(all, func(w written) bool { return element.HasColons(w.text) && mayFit(w.text) })
	patterns := owning(all, func(w written) (glob.Glob, bool) {
		return within(w.glob, p.Template, colons), w.text == "*" || mayFit(w.text)
	})
	return glob.NewAtomizer(p.Except(), patterns, found, c.Budget), p.Domain(colons)
}

// instances finds resources of one type: one for each set of statements that name some resource, and one for each
// pattern. Those that look familiar come first. False: there are more.
func (c *comparison) instances(p element.TypePattern, all []written, found *glob.Atoms) (complete bool) {
	z, domain := c.atomizer(p, all, found)
	mayFit := c.mayFit(p)
	z.Try(domain, exampleOf(p.Template))
	for _, w := range all {
		if w.text == "*" || !mayFit(w.text) {
			continue
		}
		if c.Spent() {
			return false
		}
		fits := false
		for _, name := range []string{exampleName, "", exampleName + "/" + exampleName} {
			fits = z.Try(domain, filled(w.glob, name)) || fits
		}
		if fits {
			continue
		}
		if text, ok := c.common(p, domain, w); ok {
			z.Try(domain, text)
		}
	}
	return z.Walk(domain, glob.Resource(element.Free(familiar(p.Template)))) && z.Walk(domain)
}

// common is some text of the domain that fits a pattern.
func (c *comparison) common(p element.TypePattern, domain glob.Glob, w written) (string, bool) {
	found := glob.NewAtoms(1, 1)
	glob.NewAtomizer(p.Except(), []glob.Owned{{Glob: w.glob, Owners: []int{0}}}, found, c.Budget).Walk(domain)
	if a := found.By["1"]; a != nil {
		return a.Texts[0], true
	}
	return "", false
}

// within is a glob for texts of a template only: where those have no more colons than the glob, none of its
// stars can take one. That makes for fewer places to be at.
func within(g glob.Glob, template string, colons bool) glob.Glob {
	if colons || g.Colons() != strings.Count(element.Free(template), ":") {
		return g
	}
	out := slices.Clone(g)
	for i := range out {
		switch {
		case out[i].Kind == glob.Star && i < len(out)-1:
			out[i].Kind = glob.Part
		case out[i].Kind == glob.One:
			out[i].Kind = glob.OnePart
		}
	}
	return out
}
