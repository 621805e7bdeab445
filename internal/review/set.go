package review

import (
	"iter"
	"math/bits"
	"sync"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// actionSet is a set of the actions that iamref knows, one bit for each.
type actionSet []uint64

func newSet() actionSet { return make(actionSet, (iamref.ActionCount()+63)/64) }

// expanded is what one pattern stands for.
func expanded(pattern string) actionSet {
	s := newSet()
	s.add(pattern)
	return s
}

// setOf is what a statement is about, NotAction included.
func setOf(st *policy.Statement) actionSet {
	s := newSet()
	for _, v := range st.Action {
		s.add(v.Text)
	}
	if st.NotAction {
		return everything().minus(s)
	}
	return s
}

// everything is all actions, counted once.
var everything = sync.OnceValue(func() actionSet { return expanded("*") })

func (s actionSet) add(pattern string) {
	if everyAction(pattern) {
		for i := range iamref.ActionCount() {
			s.set(i)
		}
		return
	}
	for a := range iamref.Expand(pattern) {
		s.set(a.Index)
	}
}

func (s actionSet) set(i int)      { s[i/64] |= 1 << (i % 64) }
func (s actionSet) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

// count is how many actions the set has.
func (s actionSet) count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// minus is s without what is in t, which may be nil.
func (s actionSet) minus(t actionSet) actionSet {
	out := newSet()
	copy(out, s)
	for i := range t {
		out[i] &^= t[i]
	}
	return out
}

// join adds what is in t.
func (s actionSet) join(t actionSet) {
	for i := range t {
		s[i] |= t[i]
	}
}

// all yields the indexes of the set's actions in order.
func (s actionSet) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}
