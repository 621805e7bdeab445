package review

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// settings is what a request carries, by lower-case key: a chain of keys, the last first. A key that is not there,
// or whose value is absent, is absent.
type settings struct {
	before *settings
	key    string
	value  value
	length int // of the chain
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
func (s *settings) with(key string, v value) *settings { return &settings{s, key, v, s.len() + 1} }

func (s *settings) len() int {
	if s == nil {
		return 0
	}
	return s.length
}

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

// variable is what ${key, 'default'} stands for; false: it has no value, and the pattern fits nothing.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func (s *settings) variable(name string) (text string, ok bool) {
	key, def, hasDefault := variableKey(name)
	v, found := s.get(key)
	switch {
	case !found || v.absent:
		return def, hasDefault
	case v.many || len(v.texts) != 1:
		return "", false
	}
	return v.texts[0], true
}

// variableKey takes ${key, 'default'} apart.
func variableKey(name string) (key, def string, hasDefault bool) {
	key, def, hasDefault = strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "${"), "}"), ",")
	return strings.ToLower(strings.TrimSpace(key)), strings.Trim(strings.TrimSpace(def), "'"), hasDefault
}

// situation is a context, and which statements' conditions do not hold in it.
type situation struct {
	settings *settings
	fails    string         // one byte for each term of the group
	context  *authz.Context // of the settings
}

// located is a condition and where it stands: in which term of the group, and whether that knows variables.
type located struct {
	*policy.Condition
	term   int
	modern bool
}

// located are the conditions of a group by lower-case key, and the keys in order.
func (c *comparison) located(g *group) (by map[string][]located, keys []string) {
	by = map[string][]located{}
	for i, t := range g.terms {
		c.spend(1 + conditionPrice/4*len(t.Conditions))
		for j := range t.Conditions {
			key := strings.ToLower(t.Conditions[j].Key)
			if len(by[key]) == 0 {
				keys = append(keys, key)
			}
			by[key] = append(by[key], located{&t.Conditions[j], i, t.modern})
		}
	}
	slices.Sort(keys)
	return by, keys
}

// contexts are situations in which the statements of a group answer in every way they can, given what is fixed:
// the values of variables and what follows from the principal. False: there are more.
func (c *comparison) contexts(g *group, fixed *settings) (all []situation, complete bool) {
	conditions, keys := c.located(g)
	all, complete = []situation{{settings: fixed, fails: strings.Repeat("0", len(g.terms))}}, true
	for _, key := range keys {
		if complete = complete && c.spend(len(all)); c.steps <= 0 {
			break
		}
		one, isFixed := fixed.get(key)
		values := []value{one}
		if !isFixed {
			var whole bool
			values, whole = c.values(key, conditions[key], fixed)
			complete = complete && whole
		}
		answers := c.answers(key, values, conditions[key], fixed, len(g.terms))
		c.spend(len(all) * len(answers) * (4 + len(g.terms)/4))
		var whole bool
		all, whole = combine(all, key, answers)
		complete = complete && whole && c.steps > 0
	}
	for i := range all {
		if i > 0 && !c.spend(settingPrice*all[i].settings.len()) {
			return all[:i], false
		}
		all[i].context = all[i].settings.context()
	}
	return all, complete
}

// values are the values of a key to be tried, the simplest first, and whether they are all that matter.
func (c *comparison) values(key string, conditions []located, fixed *settings) (values []value, complete bool) {
	found := candidatesOf(conditions, fixed, nil, c.budget)
	return c.valuesOf(key, found.singles(false), conditions, fixed, found.complete)
}

// valuesOf makes values of texts: of a multi-valued key sets of them. A key that nobody knows is multi-valued
// where a set operator says so.
func (c *comparison) valuesOf(key string, texts []string, conditions []located, fixed *settings, complete bool) ([]value, bool) {
	k, known := iamref.Key(key)
	sets := slices.ContainsFunc(conditions, func(l located) bool { return parseOperator(l.Operator).set != "" })
	out := []value{{absent: true}}
	if !known || !k.Many {
		for _, text := range texts {
			out = append(out, value{texts: []string{text}})
		}
	}
	if known && k.Many || !known && sets {
		more, whole := c.sets(key, texts, conditions, fixed)
		return append(out, more...), complete && whole
	}
	return out, complete
}

// sets are the sets of texts that conditions tell apart: what a condition says of a set hangs on whether some of
// its texts, or all of them, answer it.
func (c *comparison) sets(key string, texts []string, conditions []located, fixed *settings) (out []value, complete bool) {
	const most = 128
	type set struct {
		texts     []string
		some, all string // one byte for each condition
	}
	var single, found []set
	for _, text := range texts {
		c.spend(settingPrice * fixed.len())
		context := fixed.with(key, value{texts: []string{text}, many: true}).context()
		answers := make([]byte, len(conditions))
		for i, l := range conditions {
			answers[i] = '0'
			if c.spend(decidePrice) && c.holds(l, context) {
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
			c.spend(len(s.some))
			add(set{append(slices.Clip(found[i].texts), s.texts...), either(found[i].some, s.some), both(found[i].all, s.all)})
		}
	}
	out = []value{{many: true}}
	for _, s := range found {
		out = append(out, value{many: true, texts: s.texts})
	}
	return out, len(found) <= most && c.steps > 0
}

// answer is a value of a key, and which statements fail by it.
type answer struct {
	value value
	fails string
}

// answers are those of the values, the first of those that make the same statements fail.
func (c *comparison) answers(key string, values []value, conditions []located, fixed *settings, terms int) []answer {
	var out []answer
	for _, v := range values {
		fails := []byte(strings.Repeat("0", terms))
		c.spend(decidePrice + 8*terms + settingPrice*fixed.len())
		context := fixed.with(key, v).context()
		for _, l := range conditions {
			if c.spend(decidePrice) && !c.holds(l, context) {
				fails[l.term] = '1'
			}
		}
		if a := (answer{v, string(fails)}); !slices.ContainsFunc(out, func(known answer) bool { return known.fails == a.fails }) {
			out = append(out, a)
		}
	}
	return out
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
