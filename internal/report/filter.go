package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/finding"
)

// Filter hands on the findings that a reader asked for. Gaps always pass: what was not read is never hidden.
type Filter struct {
	Show  []finding.Verdict // verdicts to hand on; empty: all
	Least finding.Severity  // hand on this severity and worse; zero: all
	Next  Handler

	shown int
}

// ParseShow reads a comma-separated list of verdicts, or "all" (which gives none: no limit).
func ParseShow(text string) ([]finding.Verdict, error) {
	known := []finding.Verdict{finding.Fail, finding.Pass, finding.Unknown, finding.NotApplicable, finding.Accepted}
	var show []finding.Verdict
	for name := range strings.SplitSeq(text, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "all" {
			return nil, nil
		}
		if !slices.Contains(known, finding.Verdict(name)) {
			return nil, fmt.Errorf("verdict %q: want fail, pass, unknown, not-applicable, accepted or all", name)
		}
		show = append(show, finding.Verdict(name))
	}
	return show, nil
}

// Start implements Handler.
func (f *Filter) Start(run Run) error { return f.Next.Start(run) }

// Finding implements Handler.
func (f *Filter) Finding(found *finding.Finding) error {
	if found.Severity < f.Least || len(f.Show) > 0 && !slices.Contains(f.Show, found.Verdict) {
		return nil
	}
	f.shown++
	return f.Next.Finding(found)
}

// Gap implements Handler.
func (f *Filter) Gap(g *Gap) error { return f.Next.Gap(g) }

// Finish implements Handler.
func (f *Filter) Finish(s Summary) error {
	s.Shown = f.shown
	return f.Next.Finish(s)
}
