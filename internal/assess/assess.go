// Package assess judges an account: rules over facts give findings.
//
// Contract: every rule gives a verdict on every entity of its types, and on the account where its entities could
// not all be listed, or there are none. A failure carries its proof, an unknown names the gap behind it. Equal
// input gives equal findings in equal order: by rule, then by subject's type, name, ARN and id. Compare holds a rule
// against another text, and says why they differ.
// Limits: one account a run. Accepting failures and confirming them live is the work of others.
// Floor: 5.
package assess

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/rule"
)

func bySubject(a, b finding.Finding) int { return compareSubjects(a.Subject, b.Subject) }

func compareSubjects(x, y *finding.Subject) int {
	if x.Type == y.Type && x.Name != y.Name { // the common case, without a look at the rest
		return strings.Compare(x.Name, y.Name)
	}
	return cmp.Or(
		strings.Compare(x.Type, y.Type), strings.Compare(x.Name, y.Name), strings.Compare(x.ARN, y.ARN), strings.Compare(x.ID, y.ID),
	)
}

// judge runs one rule.
type judge struct {
	set     *facts.Set
	rule    *rule.Rule
	env     *gsl.Env
	only    func(*finding.Subject) bool // nil: all are judged
	message template
	trace   trace
	*facts.Describer
}

// run appends the rule's findings. Programs on the same type are judged together.
func (j *judge) run(out []finding.Finding, programs []*gsl.Program) []finding.Finding {
	from := len(out)
	for i, p := range programs {
		if slices.ContainsFunc(programs[:i], func(q *gsl.Program) bool { return sameTarget(p, q) }) {
			continue
		}
		together := programs[i : i+1]
		for _, q := range programs[i+1:] {
			if sameTarget(p, q) {
				together = append(slices.Clip(together), q)
			}
		}
		out = j.target(out, together)
	}
	if len(out) == from && j.only == nil {
		t := j.rule.Entities[0]
		out = append(out, j.onAccount(t, finding.NotApplicable, "the account has no "+t))
	}
	return out
}

func sameTarget(p, q *gsl.Program) bool { return p.Entity() == q.Entity() && p.List() == q.List() }

// target judges the entities of one type.
func (j *judge) target(out []finding.Finding, programs []*gsl.Program) []finding.Finding {
	t := programs[0].Entity()
	switch {
	case t == nil:
		return append(out, j.withoutType(programs))
	case programs[0].List():
		return append(out, j.list(programs, t))
	}
	for e := range j.set.Entities(t.Name) {
		if j.only == nil || j.only(e.Subject) {
			out = append(out, finding.Finding{})
			j.entity(&out[len(out)-1], programs, e, e.Self)
		}
	}
	if gap := j.set.MissingEntities(t.Name); gap != nil && j.mayConcern(programs, t) {
		out = append(out, j.unlisted(t, t.Name, gap))
	}
	return out
}

// mayConcern reports whether the rule may be about an entity that could not be listed.
func (j *judge) mayConcern(programs []*gsl.Program, t *gsl.Type) bool {
	unlisted := j.set.Unlisted(t.Name)
	if unlisted == nil {
		return true
	}
	for _, p := range programs {
		if p.Judge(j.env, unlisted).Relevant != gsl.False {
			return true
		}
	}
	return false
}

// list judges all entities of a type at once.
func (j *judge) list(programs []*gsl.Program, t *gsl.Type) finding.Finding {
	name := "List<" + t.Name + ">"
	if gap := j.set.MissingEntities(t.Name); gap != nil {
		return j.unlisted(t, name, gap)
	}
	e := j.set.Account()
	e.Subject = typed(e.Subject, name)
	return j.one(programs, e, j.set.List(t.Name))
}

// withoutType judges a rule on a type that Ambit does not read, or the rule `true`, which holds of everything.
func (j *judge) withoutType(programs []*gsl.Program) finding.Finding {
	for _, p := range facts.Schema().Planned {
		for _, name := range j.rule.Entities {
			if strings.EqualFold(strings.TrimSuffix(strings.TrimPrefix(name, "List<"), ">"), p.Name) {
				return j.onAccount(name, finding.Unknown, "Ambit does not read "+p.Name+" yet: "+p.Why)
			}
		}
	}
	e := j.set.Account()
	return j.one(programs, e, e.Self)
}

// unlisted is the verdict where not every entity of a type could be listed.
func (j *judge) unlisted(t *gsl.Type, typeName string, gap *account.Gap) finding.Finding {
	missing := missingOf(gap)
	f := j.onAccount(typeName, finding.Unknown, "not every "+t.Name+" could be listed: "+missingText(&missing))
	f.Proof.Missing = []finding.Missing{missing}
	return f
}

// onAccount is a verdict on the account under the name of an entity type.
func (j *judge) onAccount(typeName string, v finding.Verdict, why string) finding.Finding {
	f := finding.Finding{Proof: &finding.Proof{Why: why}}
	j.found(&f, typed(j.set.Account().Subject, typeName), v)
	return f
}

// typed is the same subject under the name of another type.
func typed(s *finding.Subject, typeName string) *finding.Subject {
	other := *s
	other.Type = typeName
	return &other
}

// found fills in what a finding says of its rule and subject.
func (j *judge) found(f *finding.Finding, s *finding.Subject, v finding.Verdict) {
	f.ID, f.Rule, f.Aliases = finding.NewID(j.rule.ID, s), j.rule.ID, j.rule.Aliases
	f.Verdict, f.Severity, f.Subject = v, j.rule.Severity, s
}

// one judges what stands for many, or for the account.
func (j *judge) one(programs []*gsl.Program, e facts.Entity, self any) finding.Finding {
	var f finding.Finding
	j.entity(&f, programs, e, self)
	return f
}

// entity judges one entity: the worst verdict of the programs counts. What fails or is unknown runs again, to
// say why.
func (j *judge) entity(f *finding.Finding, programs []*gsl.Program, e facts.Entity, self any) {
	verdict, decisive := finding.NotApplicable, programs[0]
	for _, p := range programs {
		if v := verdictOf(p.Judge(j.env, self)); rank(v) > rank(verdict) {
			verdict, decisive = v, p
		}
	}
	j.found(f, e.Subject, verdict)
	if verdict == finding.Fail || verdict == finding.Unknown {
		j.explain(f, decisive, e, self)
	}
}

// rank orders verdicts: the worst is the highest.
func rank(v finding.Verdict) int {
	switch v {
	case finding.Fail:
		return 3
	case finding.Unknown:
		return 2
	case finding.Pass:
		return 1
	case finding.NotApplicable, finding.Accepted:
	}
	return 0
}

// verdictOf is what a judgement comes to. An entity of which it is unknown whether the rule is about it, is
// unknown, whatever the rest says.
func verdictOf(j gsl.Judgement) finding.Verdict {
	switch {
	case j.Relevant == gsl.False || j.Excluded == gsl.True:
		return finding.NotApplicable
	case j.Relevant == gsl.Maybe || j.Valid == gsl.Maybe:
		return finding.Unknown
	case j.Valid == gsl.True:
		return finding.Pass
	case j.Excluded == gsl.Maybe:
		return finding.Unknown
	}
	return finding.Fail
}
