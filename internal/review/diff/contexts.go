package diff

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// situation is a context, and which statements' conditions do not hold in it.
type situation struct {
	settings *settings
	fails    string         // one byte for each term of the group
	context  *authz.Context // of the settings
}

// contexts are situations, one for each way in which the conditions of a group can hold and fail together. What is fixed
// stays: the values of variables, and what follows from the principal. False: there are more.
func (c *comparison) contexts(g *group, fixed *settings) (all []situation, complete bool) {
	all, complete = []situation{{settings: fixed, fails: strings.Repeat("0", len(g.terms))}}, true
	for _, on := range c.tests(g) {
		if complete = complete && c.Spend(len(all)); c.Spent() {
			break
		}
		one, isFixed := fixed.get(on.key)
		values := []value{one}
		if !isFixed {
			var whole bool
			values, whole = c.values(on, fixed)
			complete = complete && whole
		}
		answers := c.answers(on, values, fixed, len(g.terms))
		c.Spend(len(all) * len(answers) * (4 + len(g.terms)/4))
		var whole bool
		all, whole = combine(all, on.key, answers)
		complete = complete && whole && !c.Spent()
	}
	for i := range all {
		if i > 0 && !c.Spend(settingPrice*all[i].settings.len()) {
			return all[:i], false
		}
		all[i].context = all[i].settings.context()
	}
	return all, complete
}

// sets are sets of texts that conditions tell apart. A set operator asks whether some texts of a set meet the condition,
// or whether all do, so that sets which agree in both are one.
func (c *comparison) sets(on tests, texts []string, fixed *settings) (out []value, complete bool) {
	const most = 128
	type set struct {
		texts     []string
		some, all string // one byte for each condition
	}
	var single, found []set
	for _, text := range texts {
		c.Spend(settingPrice * fixed.len())
		context := fixed.with(on.key, value{texts: []string{text}, many: true}).context()
		answers := make([]byte, len(on.all))
		for i, l := range on.all {
			answers[i] = '0'
			if c.Spend(decidePrice) && c.holds(l, context) {
				answers[i] = '1'
			}
		}
		single = append(single, set{[]string{text}, string(answers), string(answers)})
	}
	known := map[string]bool{}
	add := func(s set) {
		if key := s.some + s.all; !known[key] {
			known[key] = true
			found = append(found, s)
		}
	}
	for _, s := range single {
		add(s)
	}
	for i := 0; i < len(found) && len(found) <= most; i++ {
		for _, s := range single {
			c.Spend(len(s.some))
			add(set{append(slices.Clip(found[i].texts), s.texts...), either(found[i].some, s.some), both(found[i].all, s.all)})
		}
	}
	out = []value{{many: true}}
	for _, s := range found {
		out = append(out, value{many: true, texts: s.texts})
	}
	return out, len(found) <= most && !c.Spent()
}

// answer is a value of a key, and which statements fail by it.
type answer struct {
	value value
	fails string
}

// answers are the values that make different statements fail; of values that make the same fail, the first.
func (c *comparison) answers(on tests, values []value, fixed *settings, terms int) []answer {
	var out []answer
	for _, v := range values {
		fails := []byte(strings.Repeat("0", terms))
		c.Spend(decidePrice + 8*terms + settingPrice*fixed.len())
		context := fixed.with(on.key, v).context()
		for _, l := range on.all {
			if c.Spend(decidePrice) && !c.holds(l, context) {
				fails[l.term] = '1'
			}
		}
		if a := (answer{v, string(fails)}); !slices.ContainsFunc(out, func(known answer) bool { return known.fails == a.fails }) {
			out = append(out, a)
		}
	}
	return out
}

// combine adds a key to each situation, and keeps one situation for each set of statements that fail.
func combine(all []situation, key string, answers []answer) (out []situation, complete bool) {
	known := map[string]bool{}
	for _, s := range all {
		for _, a := range answers {
			fails := either(s.fails, a.fails)
			if known[fails] {
				continue
			}
			if len(out) >= maxContexts {
				return out, false
			}
			known[fails] = true
			out = append(out, situation{settings: s.settings.with(key, a.value), fails: fails})
		}
	}
	return out, true
}

// either has a 1 where a or b has, both where a and b have.
func either(a, b string) string {
	out := []byte(a)
	for i := range len(b) {
		out[i] |= b[i]
	}
	return string(out)
}

func both(a, b string) string {
	out := []byte(a)
	for i := range len(b) {
		out[i] &= b[i]
	}
	return string(out)
}

// values are the values of a key to be tried, the simplest first, and whether they are all that matter.
func (c *comparison) values(on tests, fixed *settings) (values []value, complete bool) {
	found := candidatesOf(on.all, fixed, nil, c.Budget)
	values, complete = c.valuesOf(on, found.singles(false), fixed)
	return values, complete && found.complete
}

// valuesOf makes values of texts: of a multi-valued key sets of them. A key that nobody knows is multi-valued
// where a set operator says so. Complete: there are no more sets.
func (c *comparison) valuesOf(on tests, texts []string, fixed *settings) (values []value, complete bool) {
	k, known := iamref.Key(on.key)
	sets := slices.ContainsFunc(on.all, func(l located) bool { return element.ParseOperator(l.Operator).Set != "" })
	out := []value{{absent: true}}
	if !known || !k.Many {
		for _, text := range texts {
			out = append(out, value{texts: []string{text}})
		}
	}
	if known && k.Many || !known && sets {
		more, complete := c.sets(on, texts, fixed)
		return append(out, more...), complete
	}
	return out, true
}
