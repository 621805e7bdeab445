package review

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// placed is a pattern and who uses it; patterns of one place are compared with the same text.
type placed struct {
	glob   glob
	owners string // of the pattern; "" is a domain, which every text of the place fits
}

// places are the patterns of a group by what they are compared with: the resource, or a condition key. Variables
// that are not fixed are open.
func (c *comparison) places(g *group, fixed *settings) [][]placed {
	all := [][]placed{c.placesOfResources(g, fixed)}
	conditions, keys := c.located(g)
	for _, key := range keys {
		c.spend(conditionPrice * len(conditions[key]))
		all = append(all, c.compared(key, conditions[key], fixed))
	}
	return all
}

// placesOfResources are the patterns of resources, and where a variable is among them the templates of their types.
func (c *comparison) placesOfResources(g *group, fixed *settings) []placed {
	var out placeList
	colons := false
	for i, t := range g.terms {
		for _, v := range t.Resource {
			if p, ok := resourceReading(t.modern, fixed).glob(padded(v.Text)); ok && c.spend(len(p)) {
				colons = colons || colonsOf(p) > 5
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
		for _, p := range t.patterns {
			for _, domain := range append(p.except(), templateGlob(p.template, colons)) {
				out.add(domain, "")
			}
		}
	}
	return out.all
}

// inParts is the glob of an ARN for texts whose last part has no colon: wildcards before it take none either.
func (g glob) inParts() glob {
	out := slices.Clone(g)
	colons := 0
	for i, s := range g {
		if s.kind == exact && s.byte == ':' {
			colons++
		}
		if colons == 5 {
			return out
		}
		switch s.kind {
		case star:
			out[i].kind = part
		case one:
			out[i].kind = onePart
		}
	}
	return g
}

// compared are the patterns of conditions on one key.
func (c *comparison) compared(key string, conditions []located, fixed *settings) []placed {
	var here placeList
	if v, isFixed := fixed.get(key); isFixed {
		for _, text := range v.texts {
			here.add(plainGlob(text), "")
		}
	}
	for i, l := range conditions {
		for _, v := range l.Values {
			if p, ok := operandGlob(parseOperator(l.Operator), v.Text, l.modern, fixed); ok && c.spend(len(p)) {
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
func (l *placeList) add(g glob, owners string) {
	key := g.key()
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
		l.all[i].glob = l.all[i].glob.inParts()
		key := l.all[i].glob.key()
		if _, known := l.at[key]; !known {
			l.at[key] = i
		}
	}
}

func hasOpen(all []placed) bool {
	return slices.ContainsFunc(all, func(p placed) bool { return p.glob.open() >= 0 })
}

// open is where the first open variable of a glob stands, or -1.
func (g glob) open() int { return slices.IndexFunc(g, func(s symbol) bool { return s.kind == open }) }

// factors are what a value of an open variable can be told apart by, through the texts in which it stands: where
// a pattern is α ${key} β, the pieces of the other patterns of its place that a text of α can lead to and a text
// of β go on from. Two values that fit the same factors lead to the same answers.
func (c *comparison) factors(places [][]placed, key string) []glob {
	var out []glob
	seen := map[string]bool{}
	add := func(g glob) {
		if text := g.key(); !seen[text] {
			seen[text] = true
			out = append(out, g)
		}
	}
	for _, place := range places {
		for _, p := range place {
			for at, s := range p.glob {
				if s.kind != open || s.key != key {
					continue
				}
				for _, q := range place {
					if c.spend(len(q.glob)) && !slices.Equal(p.glob, q.glob) {
						c.factorsOf(p.glob[:at], q.glob, p.glob[at+1:], add)
					}
				}
			}
		}
	}
	return out
}

// factorsOf calls for the pieces of q between α and β that do not fit every text, as far as the budget goes.
func (b *budget) factorsOf(before, q, behind glob, add func(glob)) {
	if !b.spend((len(before) + len(behind) + 2) * len(q)) {
		return
	}
	from, _ := reached(before, q)
	to, _ := reached(behind.reversed(), q.reversed())
	for i := range from {
		for j := i; from[i] && j <= len(q); j++ {
			if !to[len(q)-j] {
				continue
			}
			if !b.spend(20 + 2*(j-i)) {
				return
			}
			piece := slices.Clone(q[i:min(j+1, len(q))])
			if j < len(q) && !q[j].many() {
				piece = piece[:j-i]
			}
			for k := range piece {
				if piece[k].kind == open {
					piece[k] = symbol{kind: star}
				}
			}
			if slices.ContainsFunc(piece, func(s symbol) bool { return s.kind != star }) || len(piece) == 0 {
				add(piece)
			}
		}
	}
}

func (g glob) reversed() glob {
	out := slices.Clone(g)
	slices.Reverse(out)
	return out
}

// key is a glob as a key of maps: equal globs have one key, others have another.
func (g glob) key() string {
	out := make([]byte, 0, 2*len(g))
	for _, s := range g {
		out = append(out, byte(s.kind), s.byte)
		if s.kind == open {
			out = binary.AppendUvarint(out, uint64(len(s.key)))
			out = append(out, s.key...)
		}
	}
	return string(out)
}

// entangled reports whether two patterns with open variables may fit one text in ways that hang on more than the
// factors of each variable: unless both begin alike and go on with the same variable. Patterns with the same
// owners are one to whoever asks.
func (c *comparison) entangled(places [][]placed) bool {
	for _, place := range places {
		for i, p := range place {
			for _, q := range place[:i] {
				if p.glob.open() < 0 || q.glob.open() < 0 || p.owners == q.owners {
					continue
				}
				if !c.spend(len(p.glob) * len(q.glob)) {
					return true
				}
				if !alikeUpToVariable(p.glob, q.glob) && overlaps(p.glob, q.glob) {
					return true
				}
			}
		}
	}
	return false
}

// alikeUpToVariable reports whether two globs have one variable each, the same behind the same beginning, in
// which no star leaves open where the variable begins.
func alikeUpToVariable(a, b glob) bool {
	i, j := a.open(), b.open()
	if i != j || !slices.Equal(a[:i+1], b[:j+1]) || a[i+1:].open() >= 0 || b[j+1:].open() >= 0 {
		return false
	}
	last := slices.IndexFunc(a[:i].reversed(), func(s symbol) bool { return s.kind == exact && s.byte == ':' })
	if last < 0 {
		last = i
	}
	return !slices.ContainsFunc(a[i-last:i], symbol.many)
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
			if c.steps <= 0 {
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
	found := candidatesOf(by[key], fixed, c.factors(c.places(g, fixed), key), c.budget)
	found.tries = append([]string{exampleName + "-" + key[strings.LastIndexAny(key, ":/")+1:]}, found.tries...)
	texts := found.singles(true)
	values, complete := c.valuesOf(key, texts, by[key], fixed, found.complete)
	at := slices.IndexFunc(values, func(v value) bool { return v.absent })
	return append(slices.Delete(values, at, at+1), value{absent: true}), complete && c.steps > 0
}

// variableKeys are the keys of the policy variables of some statements, in lower case: a key whose conditions use
// another behind that one. Cyclic: there is no such order.
func variableKeys(terms []*term) (keys []string, cyclic bool) {
	uses := map[string][]string{} // by key of a condition
	found := map[string]bool{}
	add := func(at, text string) {
		for _, name := range variablesOf(text) {
			key, _, _ := variableKey(name)
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
