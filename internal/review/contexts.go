package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// settings is what a request carries, by lower-case key: a chain of keys, the last first. A key that is not there,
// or whose value is absent, is absent.
type settings struct {
	before *settings
	key    string
	value  value
}

// get finds a key.
func (s *settings) get(key string) (value, bool) {
	for ; s != nil; s = s.before {
		if s.key == key {
			return s.value, true
		}
	}
	return value{}, false
}

// with is s and one more key.
func (s *settings) with(key string, v value) *settings { return &settings{s, key, v} }

// each calls for every key, each with the value that was set last.
func (s *settings) each(visit func(key string, v value)) {
	seen := map[string]bool{}
	for ; s != nil; s = s.before {
		if !seen[s.key] {
			seen[s.key] = true
			visit(s.key, s.value)
		}
	}
}

func (s *settings) context() *authz.Context {
	c := authz.NewContext(false)
	s.each(func(key string, v value) {
		switch {
		case v.absent:
		case v.many:
			c.SetMany(key, v.texts)
		default:
			c.Set(key, v.texts[0])
		}
	})
	return c
}

// resolve puts the values of policy variables in their place; their own wildcards are escaped.
func (s *settings) resolve(text string) string {
	for _, name := range variablesOf(text) {
		key, def := variableKey(name)
		v, _ := s.get(key)
		switch {
		case len(v.texts) == 1 && !v.many && !v.absent:
			def = v.texts[0]
		case def == "":
			continue
		}
		text = strings.Replace(text, name, escape(def), 1)
	}
	return text
}

// variableKey takes ${key, 'default'} apart.
func variableKey(name string) (key, def string) {
	key, def, _ = strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "${"), "}"), ",")
	return strings.ToLower(strings.TrimSpace(key)), strings.Trim(strings.TrimSpace(def), "'")
}

func escape(text string) string {
	return strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(text)
}

// situation is a context, and which statements' conditions do not hold in it.
type situation struct {
	settings *settings
	fails    string         // one byte for each term of the group
	context  *authz.Context // of the settings
}

// contexts are situations in which the statements of a group answer in every way they can, given what is fixed:
// the values of variables and what follows from the principal. False: there are more.
func (c *comparison) contexts(g *group, fixed *settings) (all []situation, complete bool) {
	conditions := map[string][]located{}
	var keys []string
	for i, t := range g.terms {
		for j := range t.Conditions {
			key := strings.ToLower(t.Conditions[j].Key)
			if len(conditions[key]) == 0 {
				keys = append(keys, key)
			}
			conditions[key] = append(conditions[key], located{&t.Conditions[j], i, t.modern})
		}
	}
	slices.Sort(keys)
	all, complete = []situation{{settings: fixed, fails: strings.Repeat("0", len(g.terms))}}, true
	for _, key := range keys {
		one, isFixed := fixed.get(key)
		values := []value{one}
		if !isFixed {
			var whole bool
			values, whole = valuesOf(key, plain(conditions[key]), fixed.resolve, &c.steps)
			complete = complete && whole
		}
		var answers []answer
		for _, v := range values {
			answers = c.answer(answers, key, v, conditions[key], fixed, len(g.terms))
		}
		var whole bool
		c.spend(len(all) * len(answers) * (4 + len(g.terms)/4))
		all, whole = combine(all, key, answers)
		complete = complete && whole && c.steps > 0
	}
	for i := range all {
		all[i].context = all[i].settings.context()
	}
	return all, complete
}

// located is a condition and where it stands: in which term of the group, and whether that knows variables.
type located struct {
	*policy.Condition
	term   int
	modern bool
}

func plain(all []located) []*policy.Condition {
	out := make([]*policy.Condition, len(all))
	for i, l := range all {
		out[i] = l.Condition
	}
	return out
}

// answer is a value of a key, and which statements fail by it.
type answer struct {
	value value
	fails string
}

// answer adds a value, unless another makes the same statements fail.
func (c *comparison) answer(known []answer, key string, v value, conditions []located, fixed *settings, terms int) []answer {
	fails := []byte(strings.Repeat("0", terms))
	c.spend(decidePrice + 8*terms)
	context := fixed.with(key, v).context()
	for _, l := range conditions {
		if c.spend(decidePrice) && !c.holds(l, context) {
			fails[l.term] = '1'
		}
	}
	a := answer{v, string(fails)}
	if slices.ContainsFunc(known, func(k answer) bool { return k.fails == a.fails }) {
		return known
	}
	return append(known, a)
}

// holds asks authz about one condition by itself.
func (c *comparison) holds(l located, context *authz.Context) bool {
	stack := c.alone[l.Condition]
	if stack == nil {
		version := modern
		if !l.modern {
			version = "2008-10-17"
		}
		everything := []policy.Value{{Text: "*"}}
		p, err := authz.Compile("", &policy.Document{Version: version, Statements: []policy.Statement{{
			Effect: policy.Allow, Action: everything, Resource: everything, Conditions: []policy.Condition{*l.Condition},
		}}})
		if err != nil {
			panic("review: a policy without faults does not compile: " + err.Error())
		}
		stack = &authz.Stack{Identity: []*authz.Policy{p}}
		c.alone[l.Condition] = stack
	}
	return stack.Decide(&authz.Request{Principal: someone, Action: "any:Thing", Resource: "*", Context: context}) == authz.Allowed
}

// combine adds a key to each situation, in each way that makes another set of statements fail.
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

// either has a 1 where a or b has.
func either(a, b string) string {
	out := []byte(a)
	for i := range len(b) {
		out[i] |= b[i]
	}
	return string(out)
}

// assignments are the ways to give the policy variables of a group values. False: there are more.
func (c *comparison) assignments(g *group, pinned *settings) (all []*settings, complete bool) {
	all, complete = []*settings{pinned}, true
	for _, key := range variableKeys(g.terms) {
		if _, isPinned := pinned.get(key); isPinned {
			continue
		}
		values, whole := c.variableValues(g, key, pinned)
		complete = complete && whole
		var next []*settings
		for _, s := range all {
			for _, v := range values {
				if len(next) == maxAssignments {
					return next, false
				}
				next = append(next, s.with(key, v))
			}
		}
		all = next
	}
	return all, complete
}

// variableValues are a value that nothing else has, those that other resources have in the variable's place, those
// that conditions on the key tell apart, and none.
func (c *comparison) variableValues(g *group, key string, pinned *settings) ([]value, bool) {
	name := key[strings.LastIndexAny(key, ":/")+1:]
	values := []value{{texts: []string{exampleName + "-" + name}}}
	for _, text := range inPlaceOf(g.terms, key) {
		values = append(values, value{texts: []string{text}})
	}
	var conditions []*policy.Condition
	for _, t := range g.terms {
		for i := range t.Conditions {
			if strings.EqualFold(t.Conditions[i].Key, key) {
				conditions = append(conditions, &t.Conditions[i])
			}
		}
	}
	more, complete := valuesOf(key, conditions, pinned.resolve, &c.steps)
	for _, v := range more {
		if !v.many && (v.absent || v.texts[0] != exampleName) {
			values = append(values, v)
		}
	}
	return values, complete
}

// inPlaceOf are the texts that resources of the statements have where others have the variable: "bob", where one
// is …:user/${aws:username} and another …:user/bob.
func inPlaceOf(terms []*term, key string) []string {
	const most = 6
	var out []string
	for _, t := range terms {
		for _, v := range t.Resource {
			for at, name := range variablesOf(v.Text) {
				if k, _ := variableKey(name); k != key || !t.modern {
					continue
				}
				before := v.Text[strings.LastIndexAny(v.Text[:at], "*?}")+1 : at]
				for _, text := range between(terms, before, v.Text[at+len(name):]) {
					if out = joined(out, text); len(out) == most {
						return out
					}
				}
			}
		}
	}
	return out
}

// between are the texts that resources have between one text and the literal beginning of another.
func between(terms []*term, before, after string) []string {
	if i := strings.IndexAny(after, "*?$"); i >= 0 {
		after = after[:i]
	}
	var out []string
	for _, t := range terms {
		for _, v := range t.Resource {
			_, rest, ok := strings.Cut(v.Text, before)
			text := rest
			if ok && after != "" {
				text, _, ok = strings.Cut(rest, after)
			}
			if ok && text != "" && !strings.Contains(text, "${") {
				out = append(out, filledText(text))
			}
		}
	}
	return out
}

// variableKeys are the keys of the policy variables of some statements, in lower case.
func variableKeys(terms []*term) []string {
	found := map[string]bool{}
	add := func(text string) {
		for _, name := range variablesOf(text) {
			key, _ := variableKey(name)
			found[key] = true
		}
	}
	for _, t := range terms {
		if !t.modern {
			continue
		}
		for _, v := range t.Resource {
			add(v.Text)
		}
		for i := range t.Conditions {
			for _, v := range t.Conditions[i].Values {
				add(v.Text)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
