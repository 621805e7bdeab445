package assess

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// The bounds of what one finding tells.
const (
	maxNames    = 5  // of a list, in the sentence
	maxReasons  = 3  // of an unknown
	maxEvidence = 25 // pieces
)

// trace gathers what a run proves of one entity.
type trace struct {
	proofs  []gsl.Value
	witness *finding.Witness // the first one
	fields  []string
	reasons []string // of unknowns
	paths   []string // what each reason left unknown
}

// Evidence takes an element that made the verdict, or a request that shows it.
func (t *trace) Evidence(v gsl.Value) {
	if w, ok := v.Ref().(*finding.Witness); ok {
		if t.witness == nil {
			t.witness = w
		}
		return
	}
	t.proofs = append(t.proofs, v)
}

// Field takes a property that a comparison read.
func (t *trace) Field(path string, _ gsl.Value) {
	if !slices.Contains(t.fields, path) {
		t.fields = append(t.fields, path)
	}
}

// UnknownReason takes a property that is behind a gap.
func (t *trace) UnknownReason(path, why string) {
	if !slices.Contains(t.reasons, why) {
		t.reasons = append(t.reasons, why)
		t.paths = append(t.paths, path)
	}
}

func (t *trace) reset() {
	t.witness = nil
	t.proofs, t.fields = t.proofs[:0], t.fields[:0]
	t.reasons, t.paths = t.reasons[:0], t.paths[:0]
}

// explain runs the program again, and fills in why and, of a failure, the evidence.
func (j *judge) explain(f *finding.Finding, p *gsl.Program, e facts.Entity, self any) {
	j.trace.reset()
	j.env.Trace = &j.trace
	p.Judge(j.env, self)
	j.env.Trace = nil
	if f.Verdict == finding.Unknown {
		missing := j.missing()
		f.Proof = &finding.Proof{Why: unknownText(missing), Missing: missing}
		return
	}
	f.Proof = &finding.Proof{Why: j.message.render(e), Evidence: j.evidence(p, e), Witness: j.trace.witness}
}

// missing are the gaps behind an unknown.
func (j *judge) missing() []finding.Missing {
	var out []finding.Missing
	for i, reason := range j.trace.reasons {
		m := finding.Missing{Error: reason}
		if gap, ok := j.set.Gap(reason); ok {
			m = missingOf(&gap)
		}
		if path := j.trace.paths[i]; path != "$" {
			m.Field = path
		}
		out = append(out, m)
	}
	return out
}

func missingOf(g *account.Gap) finding.Missing {
	return finding.Missing{Call: g.Call, Error: g.Error, Permission: g.Permission}
}

// unknownText tells the first of what is missing.
func unknownText(missing []finding.Missing) string {
	var texts []string
	for i := range missing {
		if len(texts) == maxReasons {
			texts = append(texts, "and "+strconv.Itoa(len(missing)-i)+" more")
			break
		}
		m := &missing[i]
		text := missingText(m)
		if m.Field != "" {
			text = m.Field + " is unknown: " + text
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return "something that the rule reads could not be read"
	}
	return facts.Safe(strings.Join(texts, "; "))
}

// missingText says what could not be read, and what would cure it.
func missingText(m *finding.Missing) string {
	text := m.Error
	if m.Call != "" {
		text = m.Call + ": " + text
	}
	if m.Permission != "" {
		text += " (grant " + m.Permission + ")"
	}
	return facts.Safe(text)
}

// evidence is what the run proved, then properties: those that the rule names or, where it names none, those that the
// run read and that tell something.
func (j *judge) evidence(program *gsl.Program, e facts.Entity) []finding.Evidence {
	out := j.Describe(e, j.trace.proofs...)
	if more := len(out) - maxEvidence; more > 0 {
		out = append(out[:maxEvidence], finding.Evidence{Text: "and " + strconv.Itoa(more) + " more"})
	}
	named := len(j.rule.Evidence) > 0
	paths := j.rule.Evidence
	if !named {
		paths = j.trace.fields
	}
	for _, path := range paths {
		if p, v := facts.Find(e.Type, e.Self, path); p != nil && (named || tells(program, e.Subject, path, v)) {
			out = append(out, finding.Evidence{
				Pointer: "/" + strings.ReplaceAll(path, ".", "/"), Text: path + " = " + facts.Text(p, v, 0),
			})
		}
	}
	return out
}

// tells reports whether a property that the run read says something of the subject. A property of the rule's filter does
// not where the filter fixes its value, which then all subjects have, or where it is the subject's own name or ARN.
func tells(p *gsl.Program, s *finding.Subject, path string, v gsl.Value) bool {
	called := v.Kind() == gsl.String && (v.Text() == s.ARN || v.Text() == s.Name)
	return !p.Filters(path) || !called && !p.Fixes(path, v)
}
