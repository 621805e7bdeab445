// Package engine is the one loop of a scan: read accounts, derive facts, judge, ask again about what fails on
// old data, judge again, report.
//
// Contract: equal accounts and rules give equal messages, in the same order, however many accounts there are.
// What is asked again is counted and capped; what the cap leaves unasked is said.
// Limits: holds every account of a run in memory; accounts are read one after the other.
// Floor: 6.
package engine

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
)

// Source gives accounts, and can be asked again about some of their users.
type Source interface {
	// Read reads every account of the source.
	Read(ctx context.Context) ([]*account.Snapshot, error)
	// Confirm asks about users whose credentials fail in the report, and gives a snapshot that holds the
	// answers. A source that nobody can ask, such as a file, gives nil.
	Confirm(ctx context.Context, s *account.Snapshot, asks []read.Ask) (*account.Snapshot, error)
}

// DefaultConfirm is how many users are asked about where nobody says otherwise.
const DefaultConfirm = 200

// Options say how to judge.
type Options struct {
	Rules       []*rule.Compiled
	AsPublished bool                        // published texts run in place of ours, and an unknown reads as null
	Confirm     int                         // the most users to ask about live; 0 or less: none
	Only        func(*finding.Subject) bool // which entities to judge; nil: all
}

// Judged is one account and what the rules say of it.
type Judged struct {
	Set      *facts.Set
	Findings []finding.Finding // sorted by rule and subject
	Gaps     []account.Gap     // what could not be read
	Asked    int               // users whose credentials were confirmed live
	Unasked  int               // failing users beyond the cap: the credential report decided
}

// Read reads every account of the sources, sorted by id.
func Read(ctx context.Context, sources []Source) ([]*account.Snapshot, error) {
	var all []*account.Snapshot
	for _, source := range sources {
		snapshots, err := source.Read(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, snapshots...)
	}
	slices.SortStableFunc(all, func(a, b *account.Snapshot) int { return cmp.Compare(a.Account, b.Account) })
	return all, nil
}

// Judge reads the accounts of the sources and judges each. Accounts come sorted by id.
func Judge(ctx context.Context, sources []Source, o Options) ([]Judged, error) {
	var all []Judged
	for _, source := range sources {
		snapshots, err := source.Read(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range snapshots {
			judged, err := judgeOne(ctx, source, s, &o)
			if err != nil {
				return nil, err
			}
			judged.Gaps = gapsOf(judged.Set, o.Rules)
			all = append(all, judged)
		}
	}
	slices.SortStableFunc(all, func(a, b Judged) int {
		return cmp.Compare(a.Set.Snapshot().Account, b.Set.Snapshot().Account)
	})
	return all, nil
}

// judgeOne judges an account, and once more where it could be asked about what fails.
func judgeOne(ctx context.Context, source Source, s *account.Snapshot, o *Options) (Judged, error) {
	rules := assess.Options{Rules: o.Rules, AsPublished: o.AsPublished, Only: o.Only, Spread: spread}
	j := Judged{Set: facts.New(s)}
	j.Findings = assess.Run(j.Set, rules)
	if o.Confirm <= 0 {
		return j, ctx.Err()
	}
	asks := asksOf(j.Findings, o.Rules)
	if len(asks) == 0 {
		return j, ctx.Err()
	}
	confirmed, err := source.Confirm(ctx, s, asks[:min(len(asks), o.Confirm)])
	if err != nil || confirmed == nil {
		return j, err
	}
	j.Asked, j.Unasked = min(len(asks), o.Confirm), max(0, len(asks)-o.Confirm)
	j.Set = facts.New(confirmed)
	j.Findings = assess.Run(j.Set, rules)
	return j, nil
}

// Report tells a Handler what was judged. Findings of all accounts are sorted by rule, account and subject.
func Report(run report.Run, judged []Judged, h report.Handler) (report.Summary, error) {
	tally := report.NewTally(run)
	if err := h.Start(run); err != nil {
		return report.Summary{}, err
	}
	if err := tell(h, tally, merged(judged)); err != nil {
		return report.Summary{}, err
	}
	for i := range judged {
		for _, gap := range judged[i].Gaps {
			tally.Gap()
			if err := h.Gap(&report.Gap{Gap: gap, Fields: facts.Lost(gap)}); err != nil {
				return report.Summary{}, err
			}
		}
	}
	s := tally.Summary()
	return s, h.Finish(s)
}

// tell tells a Handler findings, and counts them meanwhile. Nobody reads them any more when it returns.
func tell(h report.Handler, tally *report.Tally, findings []*finding.Finding) error {
	var counting sync.WaitGroup
	defer counting.Wait()
	counting.Go(func() {
		for _, f := range findings {
			tally.Finding(f)
		}
	})
	for _, f := range findings {
		if err := h.Finding(f); err != nil {
			return err
		}
	}
	return nil
}

// merged is the findings of all accounts by rule. Each account's are sorted already, so that a stable sort by
// rule keeps accounts and subjects in order.
func merged(judged []Judged) []*finding.Finding {
	n := 0
	for i := range judged {
		n += len(judged[i].Findings)
	}
	all := make([]*finding.Finding, 0, n)
	for i := range judged {
		for k := range judged[i].Findings {
			all = append(all, &judged[i].Findings[k])
		}
	}
	if len(judged) > 1 {
		slices.SortStableFunc(all, func(a, b *finding.Finding) int { return cmp.Compare(a.Rule, b.Rule) })
	}
	return all
}

// Describe is the account of a run's header.
func Describe(s *account.Snapshot) report.Account {
	return report.Account{ID: s.Account, Partition: s.Partition, Aliases: s.Aliases, TakenAt: s.TakenAt, Source: s.Source}
}
