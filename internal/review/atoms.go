package review

import (
	"slices"
	"strings"
)

// pattern is a glob and who uses it: statements, or conditions, by number.
type pattern struct {
	glob   glob
	owners []int
}

// atom is a set of texts that the owners of some patterns do not tell apart, by some of its texts.
type atom struct {
	fits  string // one byte for each owner: 1 where the text fits one of its patterns
	texts []string
}

// atoms are those found so far, in the order in which they were found.
type atoms struct {
	all    []*atom
	by     map[string]*atom // by fits
	owners int
	most   int // there cannot be more
}

// newAtoms is for so many owners, of which so many have a say: the others fit always or never.
func newAtoms(owners, free int) *atoms {
	most := maxAtoms
	if free < 8 {
		most = 1 << free
	}
	return &atoms{by: map[string]*atom{}, owners: owners, most: most}
}

// add gives a text to its atom. All texts that were tried are kept, and of an atom that was walked to the first.
func (a *atoms) add(fits, text string) {
	if known := a.by[fits]; known != nil {
		known.texts = append(known.texts, text)
		return
	}
	one := &atom{fits, []string{text}}
	a.by[fits] = one
	a.all = append(a.all, one)
}

// full reports that all atoms there can be are found, or more than we look at.
func (a *atoms) full() bool { return len(a.all) >= a.most }

// atomizer finds the atoms of some patterns: it walks all of them at once, byte by byte, each as the set of
// places where it can be. What has been found is exact: each atom is there, unless the budget ends first.
type atomizer struct {
	except   []*automaton // texts that fit one of these do not count
	patterns []*automaton
	owners   [][]int // of each pattern
	budget   *budget
	found    *atoms
}

const (
	maxAtoms     = 256 // what one list of patterns can give
	maxAtomizing = 400 // patterns
)

func newAtomizer(except []glob, patterns []pattern, found *atoms, b *budget) *atomizer {
	z := &atomizer{budget: b, found: found}
	for _, g := range except {
		z.except = append(z.except, b.automaton(g))
	}
	for _, p := range patterns {
		z.patterns = append(z.patterns, b.automaton(p.glob))
		z.owners = append(z.owners, p.owners)
	}
	return z
}

// run is the automata of one walk: the domains', then those of the exceptions and patterns.
func (z *atomizer) run(domains []glob) []*automaton {
	var all []*automaton
	for _, g := range domains {
		all = append(all, z.budget.automaton(g))
	}
	return slices.Concat(all, z.except, z.patterns)
}

// try gives a text to its atom, and reports whether it fits the domain; where the budget ends, it does not.
func (z *atomizer) try(domain glob, text string) bool {
	all := z.run([]glob{domain})
	s := make(state, len(all))
	for i := range len(text) {
		if !z.budget.spend(len(all)) {
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

// walk finds the texts of all atoms that fit every domain; false: the budget ended first.
func (z *atomizer) walk(domains ...glob) bool {
	type visit struct {
		state  state
		before int // index of the visit that led here
		byte   byte
	}
	if z.found.full() || len(z.patterns) > maxAtomizing {
		return z.found.full() && len(z.found.all) < maxAtoms
	}
	all := z.run(domains)
	alphabet := alphabetOf(all)
	visits := []visit{{state: make(state, len(all)), before: -1}}
	seen := map[string]bool{string(visits[0].state.appendKey(nil)): true}
	var key []byte
	next := make(state, len(all))
	for i := 0; i < len(visits); i++ {
		here := visits[i]
		if fits, ok := z.fits(all, here.state); ok && z.found.by[fits] == nil {
			var text []byte
			for j := i; visits[j].before >= 0; j = visits[j].before {
				text = append(text, visits[j].byte)
			}
			slices.Reverse(text)
			z.found.add(fits, string(text))
		}
		if z.found.full() {
			return len(z.found.all) < maxAtoms
		}
		told := toldApart(all, here.state)
		for n, b := range alphabet {
			if n > 0 && !told.has(b) {
				continue // as the first, which stands for all others
			}
			if !z.budget.spend(8 + len(all)) {
				return false
			}
			if !alive(all[:len(domains)], here.state, next, b) {
				continue
			}
			for j := len(domains); j < len(all); j++ {
				next[j] = all[j].step(here.state[j], b)
			}
			if key = next.appendKey(key[:0]); !seen[string(key)] {
				z.budget.spend(40 + len(all))
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
func (z *atomizer) fits(all []*automaton, s state) (string, bool) {
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

// freshByte is a letter that none of the automata tells from others.
func freshByte(all []*automaton) byte { return alphabetOf(all)[0] }
