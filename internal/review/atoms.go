package review

import (
	"encoding/binary"
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
	steps    *int
	found    *atoms
}

const (
	maxAtoms     = 256 // what one list of patterns can give
	maxAtomizing = 400 // patterns
)

func newAtomizer(except []glob, patterns []pattern, found *atoms, steps *int) *atomizer {
	z := &atomizer{steps: steps, found: found}
	for _, g := range except {
		z.except = append(z.except, newAutomaton(g))
	}
	for _, p := range patterns {
		z.patterns = append(z.patterns, newAutomaton(p.glob))
		z.owners = append(z.owners, p.owners)
	}
	return z
}

// run is the automata of one walk: the domains', then those of the exceptions and patterns.
func (z *atomizer) run(domains []glob) []*automaton {
	var all []*automaton
	for _, g := range domains {
		all = append(all, newAutomaton(g))
	}
	return slices.Concat(all, z.except, z.patterns)
}

// try gives a text to its atom, and reports whether it fits the domain.
func (z *atomizer) try(domain glob, text string) bool {
	all := z.run([]glob{domain})
	s := make(state, len(all))
	for i := range len(text) {
		for j, a := range all {
			s[j] = a.step(s[j], text[i])
		}
	}
	*z.steps -= len(text) * len(all)
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
	seen := map[string]bool{visits[0].state.key(): true}
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
		for _, b := range alphabet {
			if *z.steps -= 2 + len(all); *z.steps <= 0 {
				return false
			}
			if !alive(all[:len(domains)], here.state, next, b) {
				continue
			}
			for j := len(domains); j < len(all); j++ {
				next[j] = all[j].step(here.state[j], b)
			}
			if key := next.key(); !seen[key] {
				seen[key] = true
				visits = append(visits, visit{slices.Clone(next), i, b})
			}
		}
	}
	return true
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
		for _, s := range a.glob {
			digits = digits || s.kind == digit
			for _, b := range s.literals() {
				literal[b] = true
			}
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

// state is where each automaton is. All begin at 0.
type state []uint32

func (s state) key() string {
	out := make([]byte, 0, 4*len(s))
	for _, w := range s {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	return string(out)
}

// automaton decides one glob byte by byte. Its states are the sets of places where the glob can be, numbered as
// they are met.
type automaton struct {
	glob   glob
	sets   []places
	number map[string]uint32
	class  [256]uint16 // bytes that the glob does not tell apart have one class
	size   int         // number of classes
	next   []uint32    // by state and class; 0: not known yet, else one more than the state
}

// places are bits: bit i says that what is left must fit glob[i:].
type places []uint64

func newAutomaton(g glob) *automaton {
	a := &automaton{glob: g, number: map[string]uint32{}, size: 1}
	for _, s := range g {
		for _, b := range s.tellsApart() {
			if a.class[b] == 0 {
				a.class[b] = uint16(a.size) //nolint:gosec // at most 256
				a.size++
			}
		}
	}
	start := make(places, len(g)/64+1)
	start.reach(g, 0)
	a.add(start)
	return a
}

func (a *automaton) add(p places) uint32 {
	// A last star takes whatever comes: where else the glob can be does not matter.
	if last := len(a.glob) - 1; last >= 0 && a.glob[last].kind == star && p.has(last) {
		clear(p)
		p.reach(a.glob, last)
	}
	key := p.key()
	if n, ok := a.number[key]; ok {
		return n
	}
	n := uint32(len(a.sets)) //nolint:gosec // bounded by the budget
	a.number[key] = n
	a.sets = append(a.sets, p)
	a.next = append(a.next, make([]uint32, a.size)...)
	return n
}

func (a *automaton) step(from uint32, b byte) uint32 {
	at := int(from)*a.size + int(a.class[b])
	if n := a.next[at]; n > 0 {
		return n - 1
	}
	to := make(places, len(a.glob)/64+1)
	for i, s := range a.glob {
		if !a.sets[from].has(i) || !s.takes(b) {
			continue
		}
		if s.many() {
			to.reach(a.glob, i)
		} else {
			to.reach(a.glob, i+1)
		}
	}
	n := a.add(to)
	a.next[at] = n + 1
	return n
}

func (a *automaton) accepts(n uint32) bool { return a.sets[n].has(len(a.glob)) }

// dead reports whether nothing that comes can fit.
func (a *automaton) dead(n uint32) bool {
	return !slices.ContainsFunc(a.sets[n], func(w uint64) bool { return w != 0 })
}

func (p places) has(i int) bool { return p[i/64]>>(i%64)&1 == 1 }

// reach adds place i, and those behind stars that may stand for nothing.
func (p places) reach(g glob, i int) {
	for ; ; i++ {
		p[i/64] |= 1 << (i % 64)
		if i == len(g) || !g[i].many() {
			return
		}
	}
}

func (p places) key() string {
	out := make([]byte, 0, 8*len(p))
	for _, w := range p {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	return string(out)
}

// freshByte is a letter that none of the automata tells from others.
func freshByte(all []*automaton) byte { return alphabetOf(all)[0] }
