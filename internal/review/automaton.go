package review

import (
	"encoding/binary"
	"slices"
)

// budget is what one comparison may cost, and what it has built.
type budget struct {
	steps    int // left
	automata map[string]*automaton
}

func newBudget(steps int) *budget { return &budget{steps, map[string]*automaton{}} }

// spend takes n steps; false: none are left.
func (b *budget) spend(n int) bool {
	b.steps -= n
	return b.steps > 0
}

// automaton is that of a glob, built once.
func (b *budget) automaton(g glob) *automaton {
	key := g.key()
	a := b.automata[key]
	if a == nil {
		a = newAutomaton(g)
		b.automata[key] = a
	}
	return a
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
	told   [][]byte // by state, the bytes that it tells from others
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
	var told []byte
	for i, s := range a.glob {
		if p.has(i) {
			told = append(told, s.tellsApart()...)
		}
	}
	a.told = append(a.told, told)
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
