package diff

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// scope is a set of actions: some that package iamref knows, and names of others.
type scope struct {
	known   element.ActionSet
	unknown []string
}

func newScope() scope { return scope{known: element.NewActionSet()} }

// join adds the actions of another set.
func (s *scope) join(o scope) {
	s.known.Join(o.known)
	s.unknown = append(s.unknown, o.unknown...)
}

// spell writes the actions as people do: names, and patterns that reach no other action that is known, but for those
// of a second list where that is much shorter.
func (s *scope) spell() (yes, not []string) {
	const most = 4 // fifths of all actions, from where on the others are named
	known := slices.Collect(s.known.All())
	switch {
	case len(known) == 0:
	case 5*len(known) > most*iamref.ActionCount():
		yes, not = []string{"*"}, spellSet(without(s.known))
	default:
		yes, not = spellServices(known)
	}
	return append(yes, slices.Compact(slices.Sorted(slices.Values(s.unknown)))...), not
}

// without is the complement of a set, but for the actions that no policy decides on.
func without(actions element.ActionSet) []iamref.Action {
	var out []iamref.Action
	for a := range iamref.Expand("*") {
		if !actions.Has(a.Index) && !needsNothing(a) {
			out = append(out, a)
		}
	}
	return out
}

// spellServices writes each service by itself.
func spellServices(has []int) (yes, not []string) {
	for len(has) > 0 {
		service := iamref.ActionAt(has[0]).Service
		var in, others []iamref.Action
		for a := range iamref.Expand(service + ":*") {
			if len(has) > 0 && has[0] == a.Index {
				in, has = append(in, a), has[1:]
			} else if !needsNothing(a) {
				others = append(others, a)
			}
		}
		names := spellSet(in)
		if len(names) > 2 {
			if rest := spellSet(others); 2*(len(rest)+1) < len(names) {
				yes, not = append(yes, service+":*"), append(not, rest...)
				continue
			}
		}
		yes = append(yes, names...)
	}
	return yes, not
}

// spellSet writes some actions, in order, with patterns that reach those only.
func spellSet(actions []iamref.Action) []string {
	w := speller{has: map[int]bool{}}
	for _, a := range actions {
		w.has[a.Index] = true
	}
	for i := 0; i < len(actions); {
		service := actions[i].Service
		w.branch(service+":", slices.Collect(iamref.Expand(service+":*")), 0)
		for i < len(actions) && actions[i].Service == service {
			i++
		}
	}
	return w.out
}

// speller walks the words of the names of one service's actions as a tree.
type speller struct {
	has map[int]bool
	out []string
}

// branch writes those of all that the set has; they share the first n bytes of their names, which prefix ends in.
func (w *speller) branch(prefix string, all []iamref.Action, n int) {
	if len(all) == 1 || !slices.ContainsFunc(all, func(a iamref.Action) bool { return w.has[a.Index] }) {
		w.plain(all)
		return
	}
	if w.reachesOnly(prefix + "*") {
		w.out = append(w.out, prefix+"*")
		return
	}
	for len(all) > 0 {
		word := firstWord(all[0].Name[n:])
		var same, others []iamref.Action
		for _, a := range all {
			if firstWord(a.Name[n:]) == word {
				same = append(same, a)
			} else {
				others = append(others, a)
			}
		}
		if word == "" {
			w.plain(same)
		} else {
			w.branch(prefix+word, same, n+len(word))
		}
		all = others
	}
}

// reachesOnly reports whether a pattern stands for actions of the set only, or those that no policy decides on.
func (w *speller) reachesOnly(pattern string) bool {
	for a := range iamref.Expand(pattern) {
		if !w.has[a.Index] && !needsNothing(a) {
			return false
		}
	}
	return true
}

func (w *speller) plain(all []iamref.Action) {
	for _, a := range all {
		if w.has[a.Index] {
			w.out = append(w.out, a.String())
		}
	}
}

// firstWord is the first word of a name in camel case: "Get" of "GetObject", "MFA" of "MFADevice".
func firstWord(name string) string {
	upper := func(b byte) bool { return b < 'a' || b > 'z' }
	i := 0
	for i < len(name) && upper(name[i]) {
		i++
	}
	if i > 1 && i < len(name) {
		return name[:i-1]
	}
	for i < len(name) && !upper(name[i]) {
		i++
	}
	return name[:i]
}
