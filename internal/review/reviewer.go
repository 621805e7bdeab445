package review

import (
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// Reviewer lints many documents: what they have in common it works out once. Its answers are those of Lint. It is not
// safe for concurrent use; the zero value is ready.
type Reviewer struct {
	named   memory[string, named]
	fits    memory[pairing, bool]
	strayed memory[string, remark] // what is said of a value of Action that names no resource of its statement
	types   map[*element.Type]bool // room for what is known of one statement
}

// noTypes is the room for what is known of a statement, emptied.
func (r *Reviewer) noTypes() map[*element.Type]bool {
	if r.types == nil {
		r.types = map[*element.Type]bool{}
	}
	clear(r.types)
	return r.types
}

// remark is what a smell says of a value, and how to mend it.
type remark struct{ message, cure string }

// maxKnown bounds what a Reviewer keeps of one sort.
const maxKnown = 1 << 16

// memory is what a Reviewer keeps of one sort; nil is empty.
type memory[K comparable, V any] map[K]V

// of gives what is known of a key, or finds it out.
func (m *memory[K, V]) of(key K, find func() V) V {
	if v, known := (*m)[key]; known {
		return v
	}
	v := find()
	if *m == nil {
		*m = memory[K, V]{}
	}
	if len(*m) < maxKnown {
		(*m)[key] = v
	}
	return v
}

// named are the types of resource that the actions name which a value of Action stands for.
type named struct {
	known bool // there is such an action
	types []*element.Type
}

// pairing is a question: whether a resource of a type may fit a text.
type pairing struct {
	of   *element.Type
	text string
}

// Lint is the package's Lint.
func (r *Reviewer) Lint(doc *policy.Document, kind policy.DocumentKind, only ...Rule) []Smell {
	return lint(r, doc, kind, only)
}

// mayFit reports whether a resource of the type may fit a text.
func (r *Reviewer) mayFit(t *element.Type, text string) bool {
	if text == "*" {
		return len(t.Patterns) > 0
	}
	return r.fits.of(pairing{t, text}, func() bool { return t.MayFit(text) })
}

// strays says that a value of Action names no resource of its statement.
func (r *Reviewer) strays(action string) remark {
	return r.strayed.of(action, func() remark { return strays(action) })
}

// namedBy gives what a value of Action stands for.
func (r *Reviewer) namedBy(action string) named {
	return r.named.of(action, func() named {
		var n named
		seen := map[*element.Type]bool{}
		for a := range iamref.Expand(action) {
			n.known = true
			for _, t := range a.Resources {
				if known := element.TypeOf(a.Service, t); !seen[known] {
					seen[known] = true
					n.types = append(n.types, known)
				}
			}
		}
		return n
	})
}
