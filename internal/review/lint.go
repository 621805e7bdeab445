package review

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/source"
)

// The limits of one document's review. AWS's largest policy document, a key policy, has 32 KiB.
const (
	maxText    = 128 << 10
	maxPerRule = 50        // smells
	maxSteps   = 4_000_000 // of about a tenth of a microsecond each
)

// Lint reports what is wrong and what smells in a document of this kind, faults first, then in the order of the
// text. In a document with faults nothing else is looked for: its statements are not to be relied on. Beside faults
// only the given rules are looked for; none is all.
func Lint(doc *policy.Document, kind policy.DocumentKind, only ...Rule) []Smell {
	return new(Reviewer).Lint(doc, kind, only...)
}

func lint(by *Reviewer, doc *policy.Document, kind policy.DocumentKind, only []Rule) []Smell {
	l := &linter{by: by, doc: doc, kind: kind, only: only, count: map[Rule]int{}, steps: maxSteps}
	for _, d := range doc.Faults {
		l.fault(d)
	}
	for _, d := range doc.Check(kind) {
		l.fault(d)
	}
	if len(doc.Faults) == 0 {
		faults := len(l.found)
		l.document()
		slices.SortStableFunc(l.found[faults:], func(a, b Smell) int { return a.Span.Start.Offset - b.Span.Start.Offset })
	}
	return l.found
}

// linter reviews one document.
type linter struct {
	by    *Reviewer
	doc   *policy.Document
	kind  policy.DocumentKind
	only  []Rule
	found []Smell
	count map[Rule]int
	steps int // left

	denied     element.ActionSet // see deniedEverywhere
	withoutMFA []*policy.Statement
}

func (l *linter) document() {
	l.version()
	l.size()
	if len(l.doc.Text) > maxText {
		l.note(TooLarge, l.doc.Root, "document is longer than 128 KiB", "")
		return
	}
	l.withoutMFA = denialsWithoutMFA(l.doc)
	for i := range l.doc.Statements {
		s := &l.doc.Statements[i]
		l.actions(s)
		l.resources(s)
		l.conditions(s)
		l.failOpen(s)
		l.principals(s)
		l.variables(s)
		if l.wants(ManagesPermissions, PassRoleAnywhere) {
			l.reach(s)
		}
	}
	if l.wants(DeniedAnyway, RedundantStatement) {
		l.statements()
	}
	if l.steps <= 0 {
		l.note(TooLarge, l.doc.Root, "document has too many elements to compare each with each", "")
	}
}

// wants reports whether one of some rules is looked for.
func (l *linter) wants(rules ...Rule) bool {
	return len(l.only) == 0 || slices.ContainsFunc(rules, func(r Rule) bool { return slices.Contains(l.only, r) })
}

// pairPrice is what it costs to compare two statements, beside their patterns.
const pairPrice = 4

// spend takes steps from the budget, and reports whether there were any left.
func (l *linter) spend(n int) bool {
	l.steps -= n
	return l.steps > 0
}

// priced is a comparison of two patterns that pays for itself, and is false when the budget is spent.
func (l *linter) priced(compare func(a, b string) bool) func(a, b string) bool {
	return func(a, b string) bool { return l.spend(1+len(a)*len(b)/32) && compare(a, b) }
}

func (l *linter) fault(d source.Diagnostic) {
	about := Fault.about()
	l.found = append(l.found, Smell{
		Rule: Fault, Severity: d.Severity, Span: d.Span, Message: d.Message, Why: about.Why, Cure: d.Hint,
		Pointer: l.doc.Pointer(l.nodeAt(d.Span.Start.Offset)),
	})
}

// nodeAt is the innermost node that holds the byte at offset.
func (l *linter) nodeAt(offset int) *policy.Node {
	n := l.doc.Root
	for n != nil {
		below := n
		for _, item := range n.Items {
			if item.Pos.Offset <= offset && offset < item.End {
				below = item
			}
		}
		for _, m := range n.Members {
			if m.Value.Pos.Offset <= offset && offset < m.Value.End {
				below = m.Value
			}
		}
		if below == n {
			break
		}
		n = below
	}
	return n
}

// note adds a smell at a node. Of each rule the first fifty are kept: a longer list helps nobody who reads it. Who names rules
// may want to know of every statement.
func (l *linter) note(r Rule, at *policy.Node, message, cure string) *Smell {
	if !l.wants(r) {
		return new(Smell)
	}
	if l.count[r]++; l.count[r] > maxPerRule && len(l.only) == 0 {
		return new(Smell)
	}
	about := r.about()
	l.found = append(l.found, Smell{
		Rule: r, Severity: about.Severity, Span: l.doc.Span(at), Pointer: l.doc.Pointer(at),
		Message: message, Why: about.Why, Cure: cure,
	})
	return &l.found[len(l.found)-1]
}

// full reports that no more smells of a rule are kept, so that none need be looked for.
func (l *linter) full(r Rule) bool { return l.count[r] >= maxPerRule }

// grants reports whether a statement gives somebody something: an Allow of a control policy is a ceiling only.
func (l *linter) grants(s *policy.Statement) bool {
	return s.Effect == policy.Allow && l.kind != policy.ServiceControl && l.kind != policy.ResourceControl
}

// quote makes text of a document fit for a message: escaped, and no longer than a glance.
func quote(s string) string {
	const glance = 80
	if utf8.RuneCountInString(s) > glance {
		s = string([]rune(s)[:glance-1]) + "…"
	}
	return strconv.Quote(s)
}
