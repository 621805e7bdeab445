package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// assignments are the ways to give the policy variables of a group values, and why there may be more, or "".
func (c *comparison) assignments(g *group, pinned *settings) (all []*settings, why string) {
	all = []*settings{pinned}
	keys, cyclic := variableKeys(g.terms)
	if len(keys) == 0 {
		return all, ""
	}
	if cyclic || c.entangled(c.places(g, pinned)) {
		why = "policy variables hang together in too many ways to try each"
	}
	if len(keys) > maxVariables {
		keys, why = keys[:maxVariables], "too many policy variables to try each"
	}
	for _, key := range keys {
		if _, isPinned := pinned.get(key); isPinned {
			continue
		}
		var next []*settings
		for _, s := range all {
			if c.Spent() {
				return all, tooLarge
			}
			values, whole := c.variableValues(g, key, s)
			if len(next)+len(values) > maxAssignments {
				whole, values = false, values[:max(0, maxAssignments-len(next))]
			}
			if !whole && why == "" {
				why = "too many values of policy variables to try each"
			}
			for _, v := range values {
				next = append(next, s.with(key, v))
			}
		}
		all = next
	}
	return all, why
}

// variableValues are the values of a variable that its conditions tell apart, or other patterns that stand where
// the variable does.
func (c *comparison) variableValues(g *group, key string, fixed *settings) ([]value, bool) {
	on := testsOn(c.tests(g), key)
	found := candidatesOf(on.all, fixed, c.factors(c.places(g, fixed), key), c.Budget)
	found.tries = append([]string{exampleName + "-" + key[strings.LastIndexAny(key, ":/")+1:]}, found.tries...)
	texts := found.singles(true)
	values, complete := c.valuesOf(on, texts, fixed)
	at := slices.IndexFunc(values, func(v value) bool { return v.absent })
	return append(slices.Delete(values, at, at+1), value{absent: true}), complete && found.complete && !c.Spent()
}

// variableKeys are the keys of the policy variables of some statements, in lower case: a key whose conditions use
// another behind that one. Cyclic: there is no such order.
func variableKeys(terms []*term) (keys []string, cyclic bool) {
	uses := map[string][]string{} // by key of a condition
	found := map[string]bool{}
	add := func(at, text string) {
		for _, name := range element.VariablesOf(text) {
			key, _, _ := glob.VariableKey(name)
			found[key] = true
			uses[at] = append(uses[at], key)
		}
	}
	for _, t := range terms {
		if !t.modern {
			continue
		}
		for _, v := range t.Resource {
			add("", v.Text)
		}
		for i := range t.Conditions {
			for _, v := range t.Conditions[i].Values {
				add(strings.ToLower(t.Conditions[i].Key), v.Text)
			}
		}
	}
	left := slices.Sorted(maps.Keys(found))
	for len(left) > 0 {
		waits := func(key string) bool {
			return slices.ContainsFunc(uses[key], func(k string) bool { return slices.Contains(left, k) })
		}
		at := slices.IndexFunc(left, func(key string) bool { return !waits(key) })
		if at < 0 {
			at, cyclic = 0, true
		}
		keys = append(keys, left[at])
		left = slices.Delete(left, at, at+1)
	}
	return keys, cyclic
}

// factors are the globs that tell values of an open variable apart. Where a pattern is α ${key} β and q is another
// pattern of its place, a value of the variable stands where pieces of q may stand: those that a text of α leads to, and
// that a text of β goes on from. Two values that fit the same pieces lead to the same answers.
func (c *comparison) factors(places [][]placed, key string) []glob.Glob {
	var out []glob.Glob
	seen := map[string]bool{}
	add := func(g glob.Glob) {
		if text := g.Key(); !seen[text] {
			seen[text] = true
			out = append(out, g)
		}
	}
	for _, place := range places {
		for _, p := range place {
			for at, s := range p.glob {
				if s.Kind != glob.Open || s.Key != key {
					continue
				}
				for _, q := range place {
					if c.Spend(len(q.glob)) && !slices.Equal(p.glob, q.glob) {
						c.Pieces(p.glob[:at], q.glob, p.glob[at+1:], add)
					}
				}
			}
		}
	}
	return out
}

// entangled reports whether two patterns with open variables may fit the same text. Whether they do then hangs on both
// values at once, and the factors of each variable do not show it. Two patterns that begin alike and go on with the
// same variable are safe, and so are patterns with the same owners, which count as one.
func (c *comparison) entangled(places [][]placed) bool {
	for _, place := range places {
		for i, p := range place {
			for _, q := range place[:i] {
				if p.glob.Open() < 0 || q.glob.Open() < 0 || p.owners == q.owners {
					continue
				}
				if !c.Spend(len(p.glob) * len(q.glob)) {
					return true
				}
				if !alikeUpToVariable(p.glob, q.glob) && glob.Overlaps(p.glob, q.glob) {
					return true
				}
			}
		}
	}
	return false
}

// alikeUpToVariable reports whether two globs have one variable each, the same behind the same beginning, in
// which no star leaves open where the variable begins.
func alikeUpToVariable(a, b glob.Glob) bool {
	i, j := a.Open(), b.Open()
	if i != j || !slices.Equal(a[:i+1], b[:j+1]) || a[i+1:].Open() >= 0 || b[j+1:].Open() >= 0 {
		return false
	}
	last := slices.IndexFunc(a[:i].Reversed(), func(s glob.Symbol) bool { return s.Kind == glob.Exact && s.Byte == ':' })
	if last < 0 {
		last = i
	}
	return !slices.ContainsFunc(a[i-last:i], glob.Symbol.Many)
}
