package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// factors are what a value of an open variable can be told apart by, through the texts in which it stands: where
// a pattern is α ${key} β, the pieces of the other patterns of its place that a text of α can lead to and a text
// of β go on from. Two values that fit the same factors lead to the same answers.
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

// entangled reports whether two patterns with open variables may fit one text in ways that hang on more than the
// factors of each variable: unless both begin alike and go on with the same variable. Patterns with the same
// owners are one to whoever asks.
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
				return all, "the documents are too large to compare further"
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
	by, _ := c.located(g)
	found := candidatesOf(by[key], fixed, c.factors(c.places(g, fixed), key), c.Budget)
	found.tries = append([]string{exampleName + "-" + key[strings.LastIndexAny(key, ":/")+1:]}, found.tries...)
	texts := found.singles(true)
	values, complete := c.valuesOf(key, texts, by[key], fixed, found.complete)
	at := slices.IndexFunc(values, func(v value) bool { return v.absent })
	return append(slices.Delete(values, at, at+1), value{absent: true}), complete && !c.Spent()
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
