package assess

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/rule"
)

// Other is the text that a rule is compared with.
type Other struct {
	Programs    []*gsl.Program
	AsPublished bool // it reads unknown as null
}

// Comparison is what a rule and another text say of one account. What neither judges is left out.
type Comparison struct {
	Agree  []Pair
	Differ []Pair
}

// Pair is what both say of one subject.
type Pair struct {
	Subject finding.Subject `json:"subject"`
	Ours    Side            `json:"ours"`
	Theirs  Side            `json:"theirs"`
}

// Side is what one text says of a subject, and why. A failure has evidence. Reasons are the tests that made the verdict; a
// failure of ours has none, and beside a failure of the other side only the tests of the statements that it found guilty
// are told.
type Side struct {
	Verdict  finding.Verdict    `json:"verdict"` // not-applicable also where the text does not judge the subject's type
	Why      string             `json:"why,omitempty"`
	Evidence []finding.Evidence `json:"evidence,omitempty"`
	Reasons  []Reason           `json:"reasons,omitempty"`
}

// Compare judges an account by a rule and by another text, and explains where they differ.
func Compare(set *facts.Set, c *rule.Compiled, o Other) Comparison {
	theirs := *c
	theirs.Programs, theirs.Vendor = o.Programs, nil
	if o.AsPublished {
		theirs.Vendor = o.Programs
	}
	both := map[finding.Subject]*[2]*finding.Finding{}
	var order []finding.Subject
	for side, findings := range [2][]finding.Finding{
		Run(set, Options{Rules: []*rule.Compiled{c}}),
		Run(set, Options{Rules: []*rule.Compiled{&theirs}, AsPublished: o.AsPublished}),
	} {
		for i := range findings {
			f := &findings[i]
			if both[*f.Subject] == nil {
				both[*f.Subject] = new([2]*finding.Finding)
				order = append(order, *f.Subject)
			}
			both[*f.Subject][side] = f
		}
	}
	slices.SortStableFunc(order, func(a, b finding.Subject) int { return compareSubjects(&a, &b) })
	x := comparer{set: set, programs: [2][]*gsl.Program{c.Programs, o.Programs}, envs: [2]*gsl.Env{set.Env(false), set.Env(o.AsPublished)}}
	var out Comparison
	for _, s := range order {
		pair := Pair{Subject: s, Ours: sideOf(both[s][0]), Theirs: sideOf(both[s][1])}
		switch {
		case pair.Ours.Verdict != pair.Theirs.Verdict:
			x.explain(&pair)
			out.Differ = append(out.Differ, pair)
		case pair.Ours.Verdict != finding.NotApplicable:
			out.Agree = append(out.Agree, pair)
		}
	}
	return out
}

func sideOf(f *finding.Finding) Side {
	if f == nil {
		return Side{Verdict: finding.NotApplicable}
	}
	return Side{Verdict: f.Verdict, Why: f.Told().Why, Evidence: f.Told().Evidence}
}

// comparer explains the sides of pairs.
type comparer struct {
	set      *facts.Set
	programs [2][]*gsl.Program
	envs     [2]*gsl.Env
}

// explain fills in why each side says what it says. Our failure has evidence and a sentence, which is the rule's own.
func (x *comparer) explain(p *Pair) {
	p.Theirs.Reasons = x.reasons(1, p.Subject, &p.Theirs)
	if p.Ours.Verdict == finding.Fail {
		p.Ours.Evidence = places(p.Ours.Evidence)
		p.Theirs.Reasons = beside(p.Theirs.Reasons, p.Ours.Evidence)
		return
	}
	p.Ours.Reasons = x.reasons(0, p.Subject, &p.Ours)
	if p.Theirs.Verdict == finding.Fail {
		p.Theirs.Why = ""
		p.Ours.Reasons = beside(p.Ours.Reasons, p.Theirs.Evidence)
	}
}

// places are the evidence that stands in documents, or all where none does.
func places(all []finding.Evidence) []finding.Evidence {
	var out []finding.Evidence
	for _, e := range all {
		if e.Document != "" {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// reasons are how a side came to its verdict on a subject. A text that does not judge the subject's type says so.
func (x *comparer) reasons(side int, s finding.Subject, of *Side) []Reason {
	var types []string
	for _, p := range x.programs[side] {
		t := p.Entity()
		if t == nil {
			continue
		}
		name := t.Name
		if p.List() {
			name = "List<" + name + ">"
		}
		types = append(types, name)
		e, self, ok := x.entity(t, p.List(), s)
		if name == s.Type && ok && verdictOf(p.Judge(x.envs[side], self)) == of.Verdict {
			return why(p, x.envs[side], e, self)
		}
	}
	if !slices.Contains(types, s.Type) && len(types) > 0 {
		of.Why = "the text does not judge " + s.Type + ", only " + strings.Join(types, ", ")
	}
	return nil
}

// entity finds the entity that a subject is, and what a program on its type judges.
func (x *comparer) entity(t *gsl.Type, list bool, s finding.Subject) (facts.Entity, any, bool) {
	if list {
		e := x.set.Account()
		return e, x.set.List(t.Name), true
	}
	for e := range x.set.Entities(t.Name) {
		if *e.Subject == s {
			return e, e.Self, true
		}
	}
	return facts.Entity{}, nil, false
}

// beside keeps the reasons in the statements that evidence names, and those on the entity itself; all, where no reason
// is in one of them.
func beside(reasons []Reason, evidence []finding.Evidence) []Reason {
	inSight := func(r Reason) bool {
		return slices.ContainsFunc(evidence, func(e finding.Evidence) bool {
			return r.At != nil && e.Document == r.At.Document && statementOf(e.Pointer) == statementOf(r.At.Pointer)
		})
	}
	if !slices.ContainsFunc(reasons, inSight) {
		return reasons
	}
	return slices.DeleteFunc(reasons, func(r Reason) bool { return r.At != nil && !inSight(r) })
}

// statementOf is the pointer of the statement that a pointer leads into.
func statementOf(pointer string) string {
	parts := strings.SplitN(pointer, "/", 4)
	if len(parts) > 2 && strings.Trim(parts[2], "0123456789") == "" {
		return "/" + parts[1] + "/" + parts[2]
	}
	return strings.Join(parts[:min(len(parts), 2)], "/")
}
