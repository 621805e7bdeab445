package review

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// patterns says how the values of Action, or those of Resource, compare with one another.
type patterns struct {
	canonical func(text string) string // equal for texts that mean the same
	part      func(text string) string // only values of one part may cover one another, and those of part ""
	covers    func(wide, narrow string) bool
	overlap   func(a, b string) bool
}

var (
	ofActions   = patterns{strings.ToLower, actionPart, element.CoversAction, element.OverlapsAction}
	ofResources = patterns{asWritten, onePart, element.CoversResource, element.OverlapsResource}
)

func asWritten(text string) string { return text }

func onePart(string) string { return "" }

// actionPart is what parts values that may cover one another from the others: the service.
func actionPart(text string) string {
	prefix, _, _ := strings.Cut(text, ":")
	if prefix == "*" {
		return ""
	}
	return prefix
}

// redundantValues reports each value that another covers; of two equal ones the later. Only values of one part,
// and those of part "", are compared.
func (l *linter) redundantValues(r Rule, values []policy.Value, p *patterns) {
	if len(values) < 2 {
		return
	}
	covers := l.priced(p.covers)
	first := map[string]policy.Value{}
	wide := map[string][]string{} // values with wildcards, by part
	for _, v := range values {
		text := p.canonical(v.Text)
		if before, twice := first[text]; twice {
			l.note(r, v.Node, quote(v.Text)+" stands in the list twice", "delete it, or the one in line "+strconv.Itoa(before.Node.Pos.Line))
			continue
		}
		first[text] = v
		if strings.ContainsAny(text, "*?") {
			wide[p.part(text)] = append(wide[p.part(text)], text)
		}
	}
	for _, v := range values {
		text := p.canonical(v.Text)
		for _, w := range slices.Concat(wide[""], wide[p.part(text)]) {
			if l.full(r) || l.steps <= 0 {
				return
			}
			if w == text || first[text].Node != v.Node || !covers(w, text) {
				continue
			}
			// Of two values that say the same, the later is too many.
			if other := first[w]; other.Node.Pos.Offset < v.Node.Pos.Offset || !covers(text, w) {
				l.note(r, v.Node, quote(v.Text)+" is covered by "+quote(other.Text), "delete it")
				break
			}
		}
	}
}

// list is the values of Action or Resource, or of their negation.
type list struct {
	values []policy.Value
	not    bool
}

// coversValues reports whether all that narrow is about, wide is about.
func (l *linter) coversValues(wide, narrow list, p *patterns) bool {
	each := func(all []policy.Value, test func(text string) bool) bool {
		return !slices.ContainsFunc(all, func(v policy.Value) bool { return !test(p.canonical(v.Text)) })
	}
	some := func(all []policy.Value, test func(text string) bool) bool {
		return slices.ContainsFunc(all, func(v policy.Value) bool { return test(p.canonical(v.Text)) })
	}
	covers, overlap := l.priced(p.covers), l.priced(p.overlap)
	switch {
	case !wide.not && !narrow.not:
		return each(narrow.values, func(n string) bool {
			return some(wide.values, func(w string) bool { return covers(w, n) })
		})
	case wide.not && !narrow.not: // nothing that is excepted may be asked
		return each(narrow.values, func(n string) bool {
			return !some(wide.values, func(w string) bool { return overlap(w, n) }) && l.steps > 0
		})
	case wide.not && narrow.not: // all that wide excepts, narrow excepts too
		return each(wide.values, func(w string) bool {
			return some(narrow.values, func(n string) bool { return covers(n, w) })
		})
	}
	return some(wide.values, func(w string) bool { return w == "*" || w == "*:*" })
}
