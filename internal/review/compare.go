package review

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// compare tries the requests of a group, and notes how decisions turn. It says why more would have to be tried,
// or "".
func (c *comparison) compare(g *group) (why string) {
	note := func(complete bool, what string) {
		if !complete && why == "" {
			why = what
		}
	}
	callers, complete := c.callers(g)
	note(complete, "too many principals to try each")
	g.patterns = patternsOf(g.terms)
	g.price = c.priceOf(g)
	for _, caller := range callers {
		if c.steps <= 0 {
			note(false, "the documents are too large to compare further")
			break
		}
		assignments, open := c.assignments(g, caller.pinned)
		note(open == "", open)
		for _, fixed := range assignments {
			if c.steps <= 0 {
				note(false, "the documents are too large to compare further")
				break
			}
			situations, complete := c.contexts(g, fixed)
			note(complete, "too many combinations of condition keys to try each")
			site := c.site(g, fixed)
			note(site.complete, "too many combinations of resource patterns to try each")
			if n := len(site.found.all); len(situations)*n > maxCombinations {
				note(false, "too many combinations of resources and condition keys to try each")
				situations = situations[:max(1, maxCombinations/n)]
			}
			t := trial{comparison: c, group: g, caller: caller, site: site, situations: situations}
			for _, t.atom = range site.found.all {
				complete, few := t.run()
				note(complete, "the documents are too large to compare further")
				note(few, "it changes under too many conditions to name each")
			}
		}
	}
	c.merge(g)
	return why
}

// site is the resources of a group, given the values of variables.
type site struct {
	fixed    *settings
	patterns []groupPattern
	globs    []glob // of the patterns; nil: a variable has no value
	*resources
}

// resources are those that patterns tell apart.
type resources struct {
	written  []written
	found    *atoms
	complete bool              // there are no more
	inside   []map[string]bool // by pattern, the atoms that it meets; nil: not known yet
}

// site finds the resources of a group's actions that its statements tell apart.
func (c *comparison) site(g *group, fixed *settings) *site {
	s := &site{fixed: fixed, patterns: g.patterns, resources: &resources{written: c.resolved(g, fixed), inside: make([]map[string]bool, len(g.patterns))}}
	var key strings.Builder
	for _, p := range g.patterns {
		var own glob
		if text, ok := resolved(p.text, p.modern, fixed); ok {
			own = resolvedGlob(text)
		}
		s.globs = append(s.globs, own)
		key.WriteString(own.key() + " ")
	}
	if known := g.sites[key.String()]; known != nil {
		s.resources = known
		return s
	}
	if g.sites == nil {
		g.sites = map[string]*resources{}
	}
	g.sites[key.String()] = s.resources
	s.found, s.complete = newAtoms(len(g.terms), freeOwners(s.written, len(g.terms))), true
	if len(g.plain) > 0 {
		z := newAtomizer(nil, owning(s.written, func(w written) (glob, bool) { return w.glob, true }), s.found, c.budget)
		for _, text := range g.plain {
			z.try(anything(), text)
		}
	}
	for _, t := range g.types {
		for _, p := range t.patterns {
			s.complete = c.instances(p, s.written, s.found) && s.complete
		}
	}
	s.complete = s.complete && c.steps > 0
	return s
}

// freeOwners counts the statements that name some resources and not others.
func freeOwners(patterns []written, owners int) int {
	named, all := make([]bool, owners), make([]bool, owners)
	for _, w := range patterns {
		for _, i := range w.terms {
			named[i] = true
			all[i] = all[i] || w.text == "*"
		}
	}
	n := 0
	for i := range named {
		if named[i] && !all[i] {
			n++
		}
	}
	return n
}

// owning are the patterns that a function chooses a glob for.
func owning(patterns []written, choose func(written) (glob, bool)) []pattern {
	var out []pattern
	for _, w := range patterns {
		if g, ok := choose(w); ok {
			out = append(out, pattern{g, w.terms})
		}
	}
	return out
}

// written is a specific pattern of resources, and the statements of a group that name it.
type written struct {
	text  string
	glob  glob
	terms []int
}

// resolved are the specific patterns of a group's statements with values for their variables. What another pattern
// of the same statement covers is left out.
func (c *comparison) resolved(g *group, fixed *settings) []written {
	var out []written
	for i, t := range g.terms {
		var texts []string
		for _, v := range t.Resource {
			if text, ok := resolved(v.Text, t.modern, fixed); ok {
				texts = append(texts, text)
			}
		}
		for _, text := range c.widest(texts) {
			at := slices.IndexFunc(out, func(w written) bool { return w.text == text })
			if at < 0 {
				at = len(out)
				out = append(out, written{text: text, glob: resolvedGlob(text)})
			}
			out[at].terms = append(out[at].terms, i)
		}
	}
	return out
}

// resolved is a Resource value with values for its variables, as a document of 2012 would have it; false: a
// variable has none.
func resolved(text string, modern bool, fixed *settings) (string, bool) {
	if !strings.Contains(text, "${") {
		return text, true
	}
	g, ok := resourceReading(modern, fixed).glob(padded(text))
	return g.text(), ok
}

// resolvedGlob reads what resolved gives.
func resolvedGlob(text string) glob {
	g, _ := resourceReading(true, nil).glob(padded(text))
	return g
}

// widest leaves out the patterns that others cover.
func (c *comparison) widest(texts []string) []string {
	var out []string
	for i, text := range texts {
		covered := func(j int) bool {
			other := texts[j]
			return i != j && c.spend(4+len(text)*len(other)/4) && coversResource(other, text) && (j < i || !coversResource(text, other))
		}
		j := 0
		for j < len(texts) && !covered(j) {
			j++
		}
		if j == len(texts) {
			out = append(out, text)
		}
	}
	return out
}

// indexes are the numbers below n.
func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// atomizer is for the resources of one type, and their domain.
func (c *comparison) atomizer(p typePattern, all []written, found *atoms) (z *atomizer, domain glob) {
	mayFit := c.mayFit(p)
	colons := slices.ContainsFunc(all, func(w written) bool { return hasColons(w.text) && mayFit(w.text) })
	patterns := owning(all, func(w written) (glob, bool) {
		return within(w.glob, p.template, colons), w.text == "*" || mayFit(w.text)
	})
	return newAtomizer(p.except(), patterns, found, c.budget), templateGlob(p.template, colons)
}

// instances finds resources of one type: one for each set of statements that name some resource, and one for each
// pattern. Those that look familiar come first. False: there are more.
func (c *comparison) instances(p typePattern, all []written, found *atoms) (complete bool) {
	z, domain := c.atomizer(p, all, found)
	mayFit := c.mayFit(p)
	z.try(domain, exampleOf(p.template))
	for _, w := range all {
		if w.text == "*" || !mayFit(w.text) {
			continue
		}
		if c.steps <= 0 {
			return false
		}
		fits := false
		for _, name := range []string{exampleName, "", exampleName + "/" + exampleName} {
			fits = z.try(domain, w.glob.filled(name)) || fits
		}
		if fits {
			continue
		}
		if text, ok := c.common(p, domain, w); ok {
			z.try(domain, text)
		}
	}
	return z.walk(domain, resourceGlob(free(familiar(p.template)))) && z.walk(domain)
}

// common is some text of the domain that fits a pattern.
func (c *comparison) common(p typePattern, domain glob, w written) (string, bool) {
	found := newAtoms(1, 1)
	newAtomizer(p.except(), []pattern{{w.glob, []int{0}}}, found, c.budget).walk(domain)
	if a := found.by["1"]; a != nil {
		return a.texts[0], true
	}
	return "", false
}

// within is a glob for texts of a template only: where those have no more colons than the glob, none of its
// stars can take one. That makes for fewer places to be at.
func within(g glob, template string, colons bool) glob {
	if colons || colonsOf(g) != strings.Count(free(template), ":") {
		return g
	}
	out := slices.Clone(g)
	for i := range out {
		switch {
		case out[i].kind == star && i < len(out)-1:
			out[i].kind = part
		case out[i].kind == one:
			out[i].kind = onePart
		}
	}
	return out
}

func colonsOf(g glob) int {
	n := 0
	for _, s := range g {
		if s.kind == exact && s.byte == ':' {
			n++
		}
	}
	return n
}

// trial is one caller, one choice of variables and one resource, in every situation.
type trial struct {
	*comparison
	group      *group
	caller     caller
	site       *site
	situations []situation
	atom       *atom // resources that the statements do not tell apart
}

// run decides each situation for both documents, and notes what turns. Complete: the budget sufficed; few: all of
// it is noted.
func (t *trial) run() (complete, few bool) {
	turns := make([]Turn, len(t.situations))
	for i, s := range t.situations {
		if !t.spend(t.group.price) {
			return false, true
		}
		r := t.request(s)
		turns[i] = turnOf(t.sides[0].stack.Decide(r), t.sides[1].stack.Decide(r))
	}
	few = true
	for turn := Gained; turn <= Undenied; turn++ {
		few = t.note(turn, turns) && few
	}
	return true, few
}

func (t *trial) request(s situation) *authz.Request {
	return &authz.Request{
		Principal: t.caller.principal, Action: t.group.name, Resource: t.atom.texts[0],
		ResourceAccount: t.resourceAccount(), Context: s.context,
	}
}

// priceOf is that of one decision of both documents: all statements of a service look at the action, and those of the
// group at resources and conditions.
func (c *comparison) priceOf(g *group) int {
	price := decidePrice
	for _, t := range c.terms {
		price += 1 + len(t.Action)/8
	}
	for _, t := range g.terms {
		price += 4
		for _, v := range t.Resource {
			price += 1 + len(v.Text)/32
		}
		for i := range t.Conditions {
			for _, v := range t.Conditions[i].Values {
				price += 2 + len(v.Text)/16
			}
		}
	}
	return price
}

// turnOf is how a decision changes; 0 where it does not.
func turnOf(a, b authz.Decision) Turn {
	switch {
	case a == b:
		return 0
	case b == authz.Allowed:
		return Gained
	case a == authz.Allowed:
		return Lost
	case b == authz.ExplicitlyDenied:
		return Denied
	case a == authz.ExplicitlyDenied:
		return Undenied
	}
	return 0
}

// note covers the situations of one turn by as few and as general conditions as it finds, one change for each.
// False: it would take more changes than anybody reads.
func (t *trial) note(turn Turn, turns []Turn) bool {
	const most = 16
	done := make([]bool, len(turns))
	for n := 0; ; n++ {
		i := 0
		for i < len(turns) && (done[i] || turns[i] != turn) {
			i++
		}
		if i == len(turns) || n == most {
			return i == len(turns)
		}
		hangsOn := t.generalize(turn, turns, i)
		for j, s := range t.situations {
			done[j] = done[j] || alike(s.fails, t.situations[i].fails, hangsOn)
		}
		t.add(turn, t.situations[i], hangsOn)
	}
}

// alike reports whether two situations let the same of these terms hold.
func alike(a, b string, terms []int) bool {
	for _, i := range terms {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// generalize finds which statements' conditions the turn in a situation hangs on: wherever those hold, or do
// not, as they do there, decisions turn the same way.
func (t *trial) generalize(turn Turn, turns []Turn, at int) []int {
	fails := t.situations[at].fails
	var terms []int
	for i, term := range t.group.terms {
		if len(term.Conditions) > 0 {
			terms = append(terms, i)
		}
	}
	// Those that fail go first: that a condition holds is easier to understand.
	for _, failing := range []byte{'1', '0'} {
		for _, i := range slices.Clone(terms) {
			if fails[i] != failing || t.movesWithVariables(t.group.terms[i]) {
				continue
			}
			without := slices.DeleteFunc(slices.Clone(terms), func(j int) bool { return j == i })
			if t.always(turn, turns, fails, without) {
				terms = without
			}
		}
	}
	return terms
}

// always reports whether decisions turn in every situation that agrees on these terms.
func (t *trial) always(turn Turn, turns []Turn, fails string, terms []int) bool {
	t.spend(len(turns))
	for j, s := range t.situations {
		if turns[j] != turn && alike(s.fails, fails, terms) {
			return false
		}
	}
	return true
}

// movesWithVariables reports whether a statement has a condition on a key that is fixed for this trial, other than
// by a caller that is named: in this trial it holds or not, and in another it may not or may.
func (t *trial) movesWithVariables(s *term) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		_, isFixed := t.site.fixed.get(key)
		_, isPinned := t.caller.pinned.get(key)
		return isFixed && (!isPinned || t.caller.label == anybody)
	})
}
