package rule

import (
	"cmp"
	"slices"

	"github.com/ambit-iam/ambit/internal/source"
)

// Fault is a remark on a rule's file.
type Fault struct {
	File source.File
	source.Diagnostic
}

// LoadError is all that keeps rules from loading.
type LoadError struct {
	Faults []Fault
}

// Error tells every fault with its line and a caret.
func (e *LoadError) Error() string {
	var text []byte
	for _, f := range e.Faults {
		text = f.Append(text, f.File)
	}
	return string(text[:max(0, len(text)-1)])
}

// faults gathers the remarks on one file.
type faults struct {
	file source.File
	all  []Fault
}

func (f *faults) add(at source.Span, message, hint string) {
	f.take([]source.Diagnostic{{Severity: source.Error, Span: at, Message: message, Hint: hint}})
}

func (f *faults) take(list []source.Diagnostic) {
	for _, d := range list {
		f.all = append(f.all, Fault{f.file, d})
	}
}

// shift moves remarks on a text to where that text stands in its file.
func shift(list []source.Diagnostic, at source.Pos) []source.Diagnostic {
	moved := slices.Clone(list)
	for i := range moved {
		for _, p := range []*source.Pos{&moved[i].Span.Start, &moved[i].Span.End} {
			if p.Line == 1 {
				p.Column += at.Column - 1
			}
			p.Offset += at.Offset
			p.Line += max(at.Line-1, 0)
		}
	}
	return moved
}

// split parts errors from the remarks that stop nothing.
func split(all []Fault) (errs, remarks []Fault) {
	slices.SortStableFunc(all, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset))
	})
	for _, f := range all {
		if f.Severity == source.Error {
			errs = append(errs, f)
		} else {
			remarks = append(remarks, f)
		}
	}
	return errs, remarks
}
