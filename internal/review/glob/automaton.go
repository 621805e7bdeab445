package glob

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// automaton is that of a glob, built once.
func (b *Budget) automaton(g Glob) *automaton {
	b.Spend(5 + len(g)/4)
	key := g.Key()
	a := b.automata[key]
	if a == nil {
		a = newAutomaton(g, b)
		b.automata[key] = a
	}
	return a
}

// state is where each automaton is. All begin at 0.
type state []uint32

// appendKey adds the state as a key of maps.
func (s state) appendKey(out []byte) []byte {
	for _, w := range s {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	return out
}

// automaton decides one glob byte by byte. Its states are the sets of places where the glob can be, numbered as
// they are met. Making one is paid from the budget.
type automaton struct {
	size   int // of the glob
	budget *Budget
	class  [256]uint16 // bytes that the glob does not tell apart have one class: 0 those that no symbol tells
	bytes  []byte      // by class, a byte of it; of 0 none that counts
	takes  []places    // by class, the symbols that may stand for its bytes
	tells  []places    // by class, the symbols that tell its byte from others
	many   places      // the symbols that may stand for more than one byte, or none
	last   int         // of a star that ends the glob its place, else -1

	literals []byte // that symbols name
	digits   bool   // a symbol stands for any digit

	sets   []places
	told   []byteSet // by state, the bytes that it tells from others
	number map[string]uint32
	next   []uint32 // by state and class; 0: not known yet, else one more than the state
	moved  places   // what step works on
	key    []byte
}

// places are bits: bit i says that what is left must fit glob[i:].
type places []uint64

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) add(b byte)      { s[b/64] |= 1 << (b % 64) }
func (s *byteSet) has(b byte) bool { return s[b/64]>>(b%64)&1 == 1 }

func newAutomaton(g Glob, b *Budget) *automaton {
	a := &automaton{size: len(g), budget: b, number: map[string]uint32{}, last: -1, many: newPlaces(g), moved: newPlaces(g)}
	a.classes(g)
	literal := byteSet{}
	for i, s := range g {
		if s.Many() {
			a.many.set(i)
		}
		a.digits = a.digits || s.Kind == Digit
		for _, b := range s.literals() {
			literal.add(b)
		}
		if s.Kind == Star && i == len(g)-1 {
			a.last = i
		}
	}
	for b := range 256 {
		if literal.has(byte(b)) {
			a.literals = append(a.literals, byte(b))
		}
	}
	a.moved.set(0)
	a.add()
	return a
}

func newPlaces(g Glob) places { return make(places, len(g)/64+1) }

// classes numbers the bytes that the glob tells apart, and finds which symbols take and tell them.
func (a *automaton) classes(g Glob) {
	a.bytes, a.tells = []byte{0}, []places{nil}
	for i, s := range g {
		for _, b := range s.tellsApart() {
			if a.class[b] == 0 {
				a.class[b] = uint16(len(a.bytes)) //nolint:gosec // at most 256
				a.bytes, a.tells = append(a.bytes, b), append(a.tells, newPlaces(g))
			}
			a.tells[a.class[b]].set(i)
		}
	}
	other := slices.Index(a.class[:], 0)
	for class, b := range a.bytes {
		takes := newPlaces(g)
		for i, s := range g {
			if class > 0 && s.takes(b) || class == 0 && other >= 0 && s.takes(byte(other)) { //nolint:gosec // below 256
				takes.set(i)
			}
		}
		a.takes = append(a.takes, takes)
	}
	a.budget.Spend(len(g) * (1 + len(a.bytes)/2))
}

// add gives the number of the state that moved is, behind stars that may stand for nothing.
func (a *automaton) add() uint32 {
	p := a.moved
	p.passOver(a.many)
	if a.last >= 0 && p.has(a.last) { // a last star takes whatever comes: where else the glob can be does not matter
		clear(p)
		p.set(a.last)
		p.set(a.last + 1)
	}
	a.key = a.key[:0]
	for _, w := range p {
		a.key = binary.LittleEndian.AppendUint64(a.key, w)
	}
	if n, ok := a.number[string(a.key)]; ok {
		return n
	}
	a.budget.Spend(30 + len(a.bytes) + len(p)*(2+len(a.bytes)/8))
	n := uint32(len(a.sets)) //nolint:gosec // bounded by the budget
	a.number[string(a.key)] = n
	a.sets = append(a.sets, slices.Clone(p))
	var told byteSet
	for class := 1; class < len(a.bytes); class++ {
		if p.meets(a.tells[class]) {
			told.add(a.bytes[class])
		}
	}
	a.told = append(a.told, told)
	a.next = append(a.next, make([]uint32, len(a.bytes))...)
	return n
}

func (a *automaton) step(from uint32, b byte) uint32 {
	class := int(a.class[b])
	at := int(from)*len(a.bytes) + class
	if n := a.next[at]; n > 0 {
		return n - 1
	}
	a.budget.Spend(5 + len(a.moved))
	a.moved.step(a.sets[from], a.takes[class], a.many)
	n := a.add()
	a.next[at] = n + 1
	return n
}

func (a *automaton) accepts(n uint32) bool { return a.sets[n].has(a.size) }

// dead reports whether nothing that comes can fit.
func (a *automaton) dead(n uint32) bool {
	return !slices.ContainsFunc(a.sets[n], func(w uint64) bool { return w != 0 })
}

func (p places) set(i int)      { p[i/64] |= 1 << (i % 64) }
func (p places) has(i int) bool { return p[i/64]>>(i%64)&1 == 1 }

// meets reports whether p and q have a place in common.
func (p places) meets(q places) bool {
	for i, w := range p {
		if w&q[i] != 0 {
			return true
		}
	}
	return false
}

// step makes p the places that a byte leads to: those of from whose symbols take it, and that stay where the symbol
// may stand for more.
func (p places) step(from, takes, many places) {
	carry := uint64(0)
	for i, w := range from {
		w &= takes[i]
		goes := w &^ many[i]
		p[i] = w&many[i] | goes<<1 | carry
		carry = goes >> 63
	}
}

// passOver adds the places behind symbols that may stand for nothing. Adding a place to the run of such symbols that
// it stands in carries to the end of the run; the bits that the sum changed are those that are passed.
func (p places) passOver(many places) {
	carry := uint64(0)
	for i, w := range p {
		var sum uint64
		sum, carry = bits.Add64(w&many[i], many[i], carry)
		p[i] |= sum ^ many[i]
	}
}
