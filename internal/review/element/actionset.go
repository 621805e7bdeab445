package element

import (
	"iter"
	"math/bits"
	"sync"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// ActionSet is a set of the actions that iamref knows, one bit for each.
type ActionSet []uint64

// NewActionSet is an empty set.
func NewActionSet() ActionSet { return make(ActionSet, (iamref.ActionCount()+63)/64) }

// ActionsLike are the actions that one pattern stands for.
func ActionsLike(pattern string) ActionSet {
	s := NewActionSet()
	s.add(pattern)
	return s
}

// ActionsOf are the actions that a statement is about: of NotAction, all others.
func ActionsOf(st *policy.Statement) ActionSet {
	s := NewActionSet()
	for _, v := range st.Action {
		s.add(v.Text)
	}
	if st.NotAction {
		return AllActions().Minus(s)
	}
	return s
}

// AllActions is all actions, counted once.
var AllActions = sync.OnceValue(func() ActionSet { return ActionsLike("*") })

func (s ActionSet) add(pattern string) {
	if IsEveryAction(pattern) {
		for i := range iamref.ActionCount() {
			s.Set(i)
		}
		return
	}
	for a := range iamref.Expand(pattern) {
		s.Set(a.Index)
	}
}

// Set adds the action of an index.
func (s ActionSet) Set(i int) { s[i/64] |= 1 << (i % 64) }

// Has reports whether the action of an index is in the set.
func (s ActionSet) Has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

// Count is how many actions the set has.
func (s ActionSet) Count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// Minus is s without what is in t, which may be nil.
func (s ActionSet) Minus(t ActionSet) ActionSet {
	out := NewActionSet()
	copy(out, s)
	for i := range t {
		out[i] &^= t[i]
	}
	return out
}

// Join adds what is in t.
func (s ActionSet) Join(t ActionSet) {
	for i := range t {
		s[i] |= t[i]
	}
}

// All yields the indexes of the set's actions in order.
func (s ActionSet) All() iter.Seq[int] {
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
