// Package report carries the outcome of a scan to whoever wants to read it: one stream of messages, many
// Handlers. JSON, the machine's document, is here; text and sarif are Handlers in rooms of their own.
//
// Contract: a Handler is told Start once, then every Finding sorted by rule, account and subject, then every
// Gap, then Finish once. A Handler keeps nothing that it is handed. Equal messages give equal bytes.
// Limits: one goroutine. What a Handler prints of an account's text, it makes safe for its own format.
// Floor: 5.
package report

import (
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
)

// Run is what was scanned, and with which rules.
type Run struct {
	Tool     string       // version of the program, such as "0.1.0"; the JSON document leaves it out
	Accounts []Account    // sorted by id
	Rules    []*rule.Rule // that were judged, sorted by id
	Notes    []string     // what the reader must know to read the run rightly, one sentence each
}

// Account is one account of a Run.
type Account struct {
	ID        account.ID `json:"account"`
	Partition string     `json:"partition"`
	Aliases   []string   `json:"-"` // the JSON document leaves them out
	TakenAt   time.Time  `json:"takenAt"`
	Source    string     `json:"source"` // "aws", "files", "capture" or "demo"
}

// Gap is something that could not be read, and what it costs.
type Gap struct {
	account.Gap `json:",inline"`

	Fields []string `json:"fields"` // GSL properties that are unknown because of it, such as "IamUser.mfaActive"
}

// Handler takes a run's messages in the order Start, Finding…, Gap…, Finish. An error stops the run.
type Handler interface {
	Start(run Run) error
	Finding(f *finding.Finding) error
	Gap(g *Gap) error
	Finish(s Summary) error
}

// Handlers tells every one of several Handlers the same.
type Handlers []Handler

// Start implements Handler.
func (hs Handlers) Start(run Run) error {
	return hs.each(func(h Handler) error { return h.Start(run) })
}

// Finding implements Handler.
func (hs Handlers) Finding(f *finding.Finding) error {
	return hs.each(func(h Handler) error { return h.Finding(f) })
}

// Gap implements Handler.
func (hs Handlers) Gap(g *Gap) error {
	return hs.each(func(h Handler) error { return h.Gap(g) })
}

// Finish implements Handler.
func (hs Handlers) Finish(s Summary) error {
	return hs.each(func(h Handler) error { return h.Finish(s) })
}

func (hs Handlers) each(tell func(Handler) error) error {
	for _, h := range hs {
		if err := tell(h); err != nil {
			return err
		}
	}
	return nil
}
