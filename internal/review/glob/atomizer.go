package glob

import (
	"slices"
	"strings"
)

// Atomizer finds the atoms of some patterns: it walks all of them at once, byte by byte, each as the set of
// places where it can be. What has been found is exact: each atom is there, unless the budget ends first.
type Atomizer struct {
	except   []*automaton // texts that fit one of these do not count
	patterns []*automaton
	owners   [][]int // of each pattern
	budget   *Budget
	found    *Atoms
}

// NewAtomizer is for texts that fit none of except. What it finds it adds to found.
func NewAtomizer(except []Glob, patterns []Owned, found *Atoms, b *Budget) *Atomizer {
	z := &Atomizer{budget: b, found: found}
	for _, g := range except {
		z.except = append(z.except, b.automaton(g))
	}
	for _, p := range patterns {
		z.patterns = append(z.patterns, b.automaton(p.Glob))
		z.owners = append(z.owners, p.Owners)
	}
	return z
}

// run is the automata of one walk: the domains', then those of the exceptions and patterns.
func (z *Atomizer) run(domains []Glob) []*automaton {
	var all []*automaton
	for _, g := range domains {
		all = append(all, z.budget.automaton(g))
	}
	return slices.Concat(all, z.except, z.patterns)
}

// Try gives a text to its atom, and reports whether it fits the domain; where the budget ends, it does not.
func (z *Atomizer) Try(domain Glob, text string) bool {
	all := z.run([]Glob{domain})
	s := make(state, len(all))
	for i := range len(text) {
		if !z.budget.Spend(len(all)) {
			return false
		}
		for j, a := range all {
			s[j] = a.step(s[j], text[i])
		}
	}
	fits, ok := z.fits(all, s)
	if ok {
		z.found.add(fits, text)
	}
	return ok
}

// Walk finds the texts of all atoms that fit every domain; false: the budget ended first.
func (z *Atomizer) Walk(domains ...Glob) bool {
	type visit struct {
		state  state
		before int // index of the visit that led here
		byte   byte
	}
	if z.found.full() || len(z.patterns) > maxAtomizing {
		return z.found.full() && len(z.found.All) < maxAtoms
	}
	all := z.run(domains)
	alphabet := alphabetOf(all)
	visits := []visit{{state: make(state, len(all)), before: -1}}
	seen := map[string]bool{string(visits[0].state.appendKey(nil)): true}
	var key []byte
	next := make(state, len(all))
	for i := 0; i < len(visits); i++ {
		here := visits[i]
		if fits, ok := z.fits(all, here.state); ok && z.found.By[fits] == nil {
			var text []byte
			for j := i; visits[j].before >= 0; j = visits[j].before {
				text = append(text, visits[j].byte)
			}
			slices.Reverse(text)
			z.found.add(fits, string(text))
		}
		if z.found.full() {
			return len(z.found.All) < maxAtoms
		}
		told := toldApart(all, here.state)
		for n, b := range alphabet {
			if n > 0 && !told.has(b) {
				continue // as the first, which stands for all others
			}
			if !z.budget.Spend(8 + len(all)) {
				return false
			}
			if !alive(all[:len(domains)], here.state, next, b) {
				continue
			}
			for j := len(domains); j < len(all); j++ {
				next[j] = all[j].step(here.state[j], b)
			}
			if key = next.appendKey(key[:0]); !seen[string(key)] {
				z.budget.Spend(40 + len(all))
				seen[string(key)] = true
				visits = append(visits, visit{slices.Clone(next), i, b})
			}
		}
	}
	return true
}

// toldApart are the bytes that some automaton in its state tells from others.
func toldApart(all []*automaton, s state) (told byteSet) {
	for i, a := range all {
		for j, w := range a.told[s[i]] {
			told[j] |= w
		}
	}
	return told
}

// alive moves the domains by a byte, and reports whether something that fits all of them may come.
func alive(domains []*automaton, from, to state, b byte) bool {
	for i, d := range domains {
		if to[i] = d.step(from[i], b); d.dead(to[i]) {
			return false
		}
	}
	return true
}

// fits is the atom of a state; false: no text of the domains ends in it.
func (z *Atomizer) fits(all []*automaton, s state) (string, bool) {
	n := len(all) - len(z.except) - len(z.patterns)
	for i := range n {
		if !all[i].accepts(s[i]) {
			return "", false
		}
	}
	fits := []byte(strings.Repeat("0", z.found.owners))
	for i := n; i < len(all); i++ {
		if !all[i].accepts(s[i]) {
			continue
		}
		if i < n+len(z.except) {
			return "", false
		}
		for _, owner := range z.owners[i-n-len(z.except)] {
			fits[owner] = '1'
		}
	}
	return string(fits), true
}

// alphabetOf is the bytes that some automaton tells apart, and one that stands for all others: that first.
func alphabetOf(all []*automaton) []byte {
	const others = "xyzwvuqjkXYZWVUQJKabcdefghilmnoprst0123456789_~"
	literal := map[byte]bool{'/': true, ':': true}
	digits := false
	for _, a := range all {
		digits = digits || a.digits
		for _, b := range a.literals {
			literal[b] = true
		}
	}
	if i := strings.IndexFunc("1234567890", func(r rune) bool { return !literal[byte(r)] }); digits && i >= 0 {
		literal["1234567890"[i]] = true
	}
	out := make([]byte, 0, len(literal)+1)
	for b := range literal {
		out = append(out, b)
	}
	slices.Sort(out)
	if i := strings.IndexFunc(others, func(r rune) bool { return !literal[byte(r)] }); i >= 0 {
		out = slices.Insert(out, 0, others[i])
	}
	return out
}

// FreshByte is a letter that none of the patterns tells from others.
func (z *Atomizer) FreshByte() byte { return alphabetOf(z.patterns)[0] }
