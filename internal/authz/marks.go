package authz

import (
	"iter"
	"math/bits"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
)

// Universe is a fixed list of resources that masks number.
type Universe struct {
	resources []string
	at        map[string]int
	order     []int // numbers, by resource
	full      Mask
}

// Mask is a set of resources of a Universe, a bit each.
type Mask []uint64

// NewUniverse numbers resources from 0.
func NewUniverse(resources []string) *Universe {
	u := &Universe{resources: resources, at: make(map[string]int, len(resources)), full: make(Mask, (len(resources)+63)/64)}
	for i, r := range resources {
		u.at[r] = i
		u.full.set(i)
		u.order = append(u.order, i)
	}
	slices.SortFunc(u.order, func(a, b int) int { return strings.Compare(resources[a], resources[b]) })
	return u
}

// Resources are the universe's, by number. They must not be changed.
func (u *Universe) Resources() []string { return u.resources }

// Number is the number of a resource, and whether the universe has it.
func (u *Universe) Number(resource string) (int, bool) {
	i, ok := u.at[resource]
	return i, ok
}

// beginning yields the numbers of the resources that begin with prefix.
func (u *Universe) beginning(prefix string) iter.Seq[int] {
	from, _ := slices.BinarySearchFunc(u.order, prefix, func(i int, p string) int { return strings.Compare(u.resources[i], p) })
	return func(yield func(int) bool) {
		for _, i := range u.order[from:] {
			if !strings.HasPrefix(u.resources[i], prefix) || !yield(i) {
				return
			}
		}
	}
}

// None is a mask of nothing, All the mask of every resource. All is shared: it must not be changed.
func (u *Universe) None() Mask { return make(Mask, len(u.full)) }

// All is the mask of every resource.
func (u *Universe) All() Mask { return u.full }

func (m Mask) set(i int) { m[i/64] |= 1 << (i % 64) }

// Set adds one resource.
func (m Mask) Set(i int) { m.set(i) }

// Has reports whether the resource of a number is in the set.
func (m Mask) Has(i int) bool { return m[i/64]&(1<<(i%64)) != 0 }

// Or adds n, And keeps what is in n, Minus takes n away; n may be nil, which is nothing.
func (m Mask) Or(n Mask) {
	for i := range n {
		m[i] |= n[i]
	}
}

// And keeps what is in n.
func (m Mask) And(n Mask) {
	for i := range m {
		if n == nil {
			m[i] = 0
		} else {
			m[i] &= n[i]
		}
	}
}

// Minus takes n away.
func (m Mask) Minus(n Mask) {
	for i := range n {
		m[i] &^= n[i]
	}
}

// First is the lowest number of the set, -1 where it is empty.
func (m Mask) First() int {
	for i, word := range m {
		if word != 0 {
			return i*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// Certainty is how sure a mark has to be.
type Certainty bool

// The certainties: Possible marks where the policy may allow and where it surely denies; Sure where it surely allows
// and where it may deny.
const (
	Possible Certainty = false
	Sure     Certainty = true
)

// least is the truth from which on a statement counts.
func (c Certainty) least(e policy.Effect) Truth {
	if (e == policy.Allow) == bool(c) {
		return True
	}
	return Maybe
}

// Marks evaluates a policy without principals for every resource of a universe at once: where it allows the
// request's action, and where it denies it. A nil mask is nothing.
func (p *Policy) Marks(r *Request, u *Universe, how Certainty) (allows, denies Mask) {
	service, name, _ := strings.Cut(r.Action, ":")
	q := query{Request: r, service: strings.ToLower(service), name: name}
	for _, list := range [2][]*statement{p.byService[q.service], p.everywhere} {
		for _, s := range list {
			least := how.least(s.effect)
			if s.holdsBesideResource(&q) < least {
				continue
			}
			into := &allows
			if s.effect == policy.Deny {
				into = &denies
			}
			if *into == nil {
				*into = u.None()
			}
			s.mark(*into, least, r.Context, u)
		}
	}
	return allows, denies
}

// mark adds the resources that the statement names with the truth at least.
func (s *statement) mark(into Mask, least Truth, c *Context, u *Universe) {
	if s.unread || s.anyResource() {
		into.Or(u.full)
		return
	}
	if !s.notResource {
		for i := range s.resources {
			s.resources[i].mark(into, least, c, u)
		}
		return
	}
	for at, resource := range u.resources {
		if !into.Has(at) && s.matchesResource(resource, c) >= least {
			into.set(at)
		}
	}
}

// mark adds the resources that fit one pattern; a literal beginning narrows them down.
func (p *pattern) mark(into Mask, least Truth, c *Context, u *Universe) {
	if p.elements == nil {
		if at, ok := u.at[p.exact]; ok {
			into.set(at)
		}
		return
	}
	prefix := ""
	if p.elements[0].kind == literal {
		prefix = p.elements[0].text
	}
	for at := range u.beginning(prefix) {
		if !into.Has(at) && p.match(u.resources[at], c) >= least {
			into.set(at)
		}
	}
}

// Uses reports whether a condition of the policy looks at a key, in any letter case.
func (p *Policy) Uses(key string) bool {
	key = strings.ToLower(key)
	for i := range p.statements {
		for j := range p.statements[i].conditions {
			if p.statements[i].conditions[j].key == key {
				return true
			}
		}
	}
	return false
}
