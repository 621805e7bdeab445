package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
)

// add notes a change of a group, or widens one that has the same turn, causes and conditions.
func (t *trial) add(turn Turn, s situation, hangsOn []int) {
	r := t.request(s)
	a, b := t.sides[0].stack.Explain(r), t.sides[1].stack.Explain(r)
	causes := t.causes(turn, a, b)
	clauses, words := t.clauses(s, hangsOn)
	focus := t.named(causes)
	name := fmt.Appendf(nil, "%s %p %q", turn, focus, words)
	for _, cause := range causes {
		name = fmt.Appendf(name, " %p", cause.Statement)
	}
	key := string(name)
	change := t.group.changes[key]
	if change == nil {
		change = &Change{
			Turn: turn, Causes: causes, Conditions: clauses, Witness: t.witness(s, a.Decision, b.Decision),
			focus: focus, modern: t.group.termOf(focus).modern, clauses: words, hits: make([]bool, len(t.site.patterns)),
		}
		if t.group.changes == nil {
			t.group.changes = map[string]*Change{}
		}
		t.group.changes[key] = change
		t.group.order = append(t.group.order, key)
	}
	for i := range change.hits {
		change.hits[i] = change.hits[i] || t.meets(t.atom, i)
	}
	if t.caller.label != "" {
		change.Principals = joined(change.Principals, t.caller.label)
	}
}

// clauses are what a turn hangs on in a situation, each condition once, and the same in words.
func (t *trial) clauses(s situation, hangsOn []int) (clauses []Clause, words []string) {
	for _, i := range hangsOn {
		term := t.group.terms[i]
		clause := Clause{InB(term.side == 1), term.Statement, term.modern, s.fails[i] == '0'}
		word := conditionsKey(term.Statement) + fmt.Sprint(clause.Hold)
		if strings.Contains(word, "${") {
			word += fmt.Sprint(term.modern)
		}
		if !slices.Contains(words, word) {
			clauses, words = append(clauses, clause), append(words, word)
		}
	}
	return clauses, words
}

func joined(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

func (t *trial) witness(s situation, a, b authz.Decision) Witness {
	w := Witness{
		Principal: t.caller.principal.ARN, Action: t.group.name, Resource: t.atom.Texts[0],
		ResourceAccount: t.resourceAccount(), A: a, B: b,
	}
	s.settings.each(func(key string, v value) {
		if !v.absent && t.mentions(key) {
			w.Context = append(w.Context, Setting{cmp.Or(t.spelled(key), key), v.texts, v.many})
		}
	})
	slices.SortFunc(w.Context, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return w
}

// mentions reports whether a statement of the group depends on the key.
func (t *trial) mentions(key string) bool {
	keys, _ := variableKeys(t.group.terms)
	return slices.Contains(keys, key) || t.spelled(key) != ""
}

// spelled is a key as a condition of the group writes it.
func (t *trial) spelled(key string) string {
	for _, term := range t.group.terms {
		for i := range term.Conditions {
			if c := &term.Conditions[i]; strings.EqualFold(c.Key, key) {
				return c.Key
			}
		}
	}
	return ""
}
