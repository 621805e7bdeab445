package review

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// Reviewer lints many documents: what they have in common it works out once. Its answers are those of Lint. It is not
// safe for concurrent use; the zero value is ready.
type Reviewer struct {
	named   memory[string, named]
	types   map[string]*namedType // by service and name
	fits    memory[pairing, bool]
	strayed memory[string, remark] // what is said of a value of Action that names no resource of its statement
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
	types []*namedType
}

type namedType struct {
	patterns []element.TypePattern
	services []string // of the patterns
}

// of reports whether a resource of the type may be one of a service's.
func (t *namedType) of(service string) bool {
	return slices.ContainsFunc(t.services, func(s string) bool { return !element.Differ(s, service) })
}

// pairing is a question: whether a resource of a type may fit a text.
type pairing struct {
	*namedType
	text string
}

// Lint is the package's Lint.
func (r *Reviewer) Lint(doc *policy.Document, kind policy.DocumentKind, only ...Rule) []Smell {
	return lint(r, doc, kind, only)
}

// typeOf is a type of resource, always the same one.
func (r *Reviewer) typeOf(key, of string, t iamref.ResourceType) *namedType {
	known, ok := r.types[key]
	if !ok {
		known = &namedType{patterns: element.TypePatterns(of, t)}
		for _, p := range known.patterns {
			known.services = append(known.services, element.Service(p.Template))
		}
		if r.types == nil {
			r.types = map[string]*namedType{}
		}
		r.types[key] = known
	}
	return known
}

// mayFit reports whether a resource of the type may fit a text.
func (r *Reviewer) mayFit(t *namedType, text string) bool {
	if text == "*" {
		return len(t.patterns) > 0
	}
	return r.fits.of(pairing{t, text}, func() bool {
		return slices.ContainsFunc(t.patterns, func(p element.TypePattern) bool { return p.MayFit(text) })
	})
}

// strays says that a value of Action names no resource of its statement.
func (r *Reviewer) strays(action string) remark {
	return r.strayed.of(action, func() remark { return strays(action) })
}

// namedBy gives what a value of Action stands for.
func (r *Reviewer) namedBy(action string) named {
	return r.named.of(action, func() named {
		var n named
		seen := map[string]bool{}
		for a := range iamref.Expand(action) {
			n.known = true
			for _, t := range a.Resources {
				if key := a.Service + ":" + t.Name; !seen[key] {
					seen[key] = true
					n.types = append(n.types, r.typeOf(key, a.Service, t))
				}
			}
		}
		return n
	})
}
