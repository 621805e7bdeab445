package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// placed is a pattern and who uses it; patterns of one place are compared with the same text.
type placed struct {
	glob   glob.Glob
	owners string // of the pattern; "" is a domain, which every text of the place fits
}

// places are the patterns of a group by what they are compared with: the resource, or a condition key. Variables
// that are not fixed are open.
func (c *comparison) places(g *group, fixed *settings) [][]placed {
	all := [][]placed{c.placesOfResources(g, fixed)}
	for _, t := range c.tests(g) {
		c.Spend(conditionPrice * len(t.all))
		all = append(all, c.placesOfTests(t, fixed))
	}
	return all
}

// placesOfResources are the patterns of resources, and where a variable is among them the templates of their types.
func (c *comparison) placesOfResources(g *group, fixed *settings) []placed {
	var out placeList
	colons := false
	for i, t := range g.terms {
		for _, v := range t.Resource {
			if p, ok := glob.ReadResource(v.Text, t.modern, fixed); ok && c.Spend(len(p)) {
				colons = colons || p.Colons() > 5
				out.add(p, fmt.Sprint(i, " "))
			}
		}
	}
	if !hasOpen(out.all) {
		return out.all
	}
	if !colons {
		out.inParts()
	}
	for _, t := range g.types {
		for _, p := range t.Patterns {
			for _, domain := range append(p.Except(), p.Domain(colons)) {
				out.add(domain, "")
			}
		}
	}
	return out.all
}

// placesOfTests are the patterns of the conditions on one key.
func (c *comparison) placesOfTests(t tests, fixed *settings) []placed {
	var here placeList
	if v, isFixed := fixed.get(t.key); isFixed {
		for _, text := range v.texts {
			here.add(glob.Plain(text), "")
		}
	}
	for i, l := range t.all {
		for _, v := range l.Values {
			if p, ok := operandGlob(element.ParseOperator(l.Operator), v.Text, l.modern, fixed); ok && c.Spend(len(p)) {
				here.add(p, fmt.Sprint(i, " "))
			}
		}
	}
	return here.all
}

// placeList gathers the patterns of one place, each once.
type placeList struct {
	all []placed
	at  map[string]int
}

// add adds a pattern, or its owners to one that is there.
func (l *placeList) add(g glob.Glob, owners string) {
	key := g.Key()
	i, known := l.at[key]
	if !known {
		if l.at == nil {
			l.at = map[string]int{}
		}
		l.at[key] = len(l.all)
		l.all = append(l.all, placed{g, owners})
		return
	}
	if !strings.Contains(" "+l.all[i].owners, " "+owners) {
		l.all[i].owners += owners
	}
}

// inParts makes each glob that of inParts.
func (l *placeList) inParts() {
	clear(l.at)
	for i := range l.all {
		l.all[i].glob = l.all[i].glob.InParts()
		key := l.all[i].glob.Key()
		if _, known := l.at[key]; !known {
			l.at[key] = i
		}
	}
}

func hasOpen(all []placed) bool {
	return slices.ContainsFunc(all, func(p placed) bool { return p.glob.Open() >= 0 })
}
