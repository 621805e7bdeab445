package diff

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// groupPattern is a pattern of resources as statements of a group write it.
type groupPattern struct {
	text       string
	modern     bool
	terms      []int
	statements []*policy.Statement
}

// patternsOf are the patterns of some statements, each once.
func patternsOf(terms []*term) []groupPattern {
	var out []groupPattern
	at := map[string]int{}
	for i, t := range terms {
		for _, v := range t.Resource {
			key := v.Text
			if t.modern {
				key += " modern"
			}
			n, known := at[key]
			if !known {
				n = len(out)
				at[key] = n
				out = append(out, groupPattern{text: v.Text, modern: t.modern})
			}
			out[n].terms = append(out[n].terms, i)
			out[n].statements = append(out[n].statements, t.Statement)
		}
	}
	return out
}

// meets reports whether some text of an atom fits a pattern of the group. Where the budget ends first, it may.
func (t *trial) meets(a *glob.Atom, pattern int) bool {
	p, g := t.site.patterns[pattern], t.site.globs[pattern]
	if g == nil || slices.ContainsFunc(p.terms, func(i int) bool { return a.Fits[i] == '0' }) {
		return false
	}
	fits := func(text string) bool { return t.Spend(len(text)) && glob.Overlaps(glob.Plain(text), g) }
	if p.text == "*" || slices.ContainsFunc(a.Texts, fits) {
		return true
	}
	if t.site.inside[pattern] == nil {
		t.site.inside[pattern] = t.inside(g)
	}
	return t.site.inside[pattern][a.Fits] || t.site.inside[pattern][unknownAtoms]
}

// unknownAtoms stands for all atoms in a set that the budget did not suffice to find.
const unknownAtoms = ""

// inside finds the atoms of the trial's resources that a pattern meets.
func (t *trial) inside(g glob.Glob) map[string]bool {
	found := glob.NewAtoms(len(t.group.terms), len(t.group.terms))
	complete := true
	for _, r := range t.group.types {
		for _, p := range r.Patterns {
			z, domain := t.atomizer(p, t.site.written, found)
			complete = z.Walk(domain, g) && complete
		}
	}
	out := map[string]bool{}
	for _, a := range found.All {
		out[a.Fits] = true
	}
	if !complete {
		out[unknownAtoms] = true
	}
	return out
}
