package diff

import (
	"maps"
	"math/bits"
	"slices"
)

// signature is the statements about an action.
type signature struct {
	terms    []*term
	groups   map[int]*group // by kind of action
	settled  bool           // both documents say the same in them
	patterns []string       // of their resources, but for those that fit everything
}

// actionRows says of an action which terms are about it, a bit each. It turns 64 actions at a time, which are asked
// for in order.
type actionRows struct {
	*comparison
	word int // of the sets of actions
	rows [64][]byte
}

func (r *actionRows) of(action int) []byte {
	if r.word != action/64 {
		r.word = action / 64
		r.Spend(8 * len(r.terms))
		for i := range r.rows {
			r.rows[i] = make([]byte, (len(r.terms)+7)/8)
		}
		for i, t := range r.terms {
			for w := t.actions[r.word]; w != 0; w &= w - 1 {
				r.rows[bits.TrailingZeros64(w)][i/8] |= 1 << (i % 8)
			}
		}
	}
	return r.rows[action%64]
}

// signature is that of actions which the terms of a row are about, a bit each.
func (c *comparison) signature(row []byte) *signature {
	if s, ok := c.signatures[string(row)]; ok {
		return s
	}
	s := &signature{groups: map[int]*group{}}
	for i, t := range c.terms {
		if row[i/8]>>(i%8)&1 == 1 {
			s.terms = append(s.terms, t)
		}
	}
	if c.Spend(16 * len(s.terms)) {
		s.settled, s.patterns = settled(s.terms), c.specific(s.terms)
	}
	c.signatures[string(row)] = s
	return s
}

func settled(terms []*term) bool {
	var same [2]map[string]bool
	for i := range same {
		same[i] = map[string]bool{}
	}
	for _, t := range terms {
		same[t.side][t.same] = true
	}
	return maps.Equal(same[0], same[1])
}

// specific are the patterns of resources of some statements, but for those that fit everything.
func (c *comparison) specific(terms []*term) []string {
	found := map[string]bool{}
	for _, t := range terms {
		c.Spend(4 * len(t.Resource))
		for _, v := range t.Resource {
			if v.Text != "*" {
				found[v.Text] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
