package diff

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// trial is one caller, one choice of variables and one resource, in every situation.
type trial struct {
	*comparison
	group      *group
	caller     caller
	site       *site
	situations []situation
	atom       *glob.Atom // resources that the statements do not tell apart
}

// run decides each situation for both documents, and notes what turns. Complete: the budget sufficed; few: all of
// it is noted.
func (t *trial) run() (complete, few bool) {
	turns := make([]Turn, len(t.situations))
	for i, s := range t.situations {
		if !t.Spend(t.group.price) {
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
		Principal: t.caller.principal, Action: t.group.name, Resource: t.atom.Texts[0],
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
	t.Spend(len(turns))
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
