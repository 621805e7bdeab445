package engine

import (
	"context"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/capture"
)

// Live is an account behind a connection.
type Live struct {
	Client  *conn.Client
	Options read.Options
	Label   string // Snapshot.Source; empty: as read says
}

// Read implements Source.
func (l *Live) Read(ctx context.Context) ([]*account.Snapshot, error) {
	s, err := read.Account(ctx, l.Client, l.Options)
	if err != nil {
		return nil, err
	}
	if l.Label != "" {
		s.Source = l.Label
	}
	return []*account.Snapshot{s}, nil
}

// Confirm implements Source.
func (l *Live) Confirm(ctx context.Context, s *account.Snapshot, asks []read.Ask) (*account.Snapshot, error) {
	return read.Confirm(ctx, l.Client, s, asks, l.Options.Now)
}

// Saved is saved output of the AWS CLI, or captures.
type Saved struct {
	Inputs  []capture.Input
	Managed func(arn string) (version, document string, ok bool)
	At      time.Time                               // measure ages then; zero: as the files say
	Age     func(s *account.Snapshot, whose string) // is told what ages are measured from; may be nil
}

// Read implements Source.
func (s *Saved) Read(context.Context) ([]*account.Snapshot, error) {
	snapshots, err := capture.Read(s.Inputs, capture.Managed(s.Managed))
	if err != nil {
		return nil, err
	}
	for i, snapshot := range snapshots {
		whose := ageOf(snapshot)
		if !s.At.IsZero() {
			at := *snapshot
			at.TakenAt = s.At
			snapshot, whose = &at, "as asked"
			snapshots[i] = snapshot
		}
		if s.Age != nil {
			s.Age(snapshot, whose)
		}
	}
	return snapshots, nil
}

// Controlled is a source whose accounts stand under the control policies of an organization. A kind of which Controls
// holds none stays as the source has it.
type Controlled struct {
	Source
	Controls *account.Controls
}

// Read implements Source.
func (c *Controlled) Read(ctx context.Context) ([]*account.Snapshot, error) {
	snapshots, err := c.Source.Read(ctx)
	for i := range snapshots {
		under := *snapshots[i]
		controls := *c.Controls
		if own := under.Controls; own != nil {
			if controls.SCPs == nil {
				controls.SCPs = own.SCPs
			}
			if controls.RCPs == nil {
				controls.RCPs = own.RCPs
			}
		}
		under.Controls = &controls
		snapshots[i] = &under
	}
	return snapshots, err
}

// ageOf says whose time a saved account's is.
func ageOf(s *account.Snapshot) string {
	switch {
	case s.Source == "capture":
		return "the time of the capture"
	case s.Report != nil && s.TakenAt.Equal(s.Report.Generated):
		return "the time of the credential report"
	}
	return "the time of the newest file"
}

// Confirm implements Source: a file cannot be asked.
func (s *Saved) Confirm(context.Context, *account.Snapshot, []read.Ask) (*account.Snapshot, error) {
	return nil, nil //nolint:nilnil // nil is the interface's word for "nobody to ask"
}
