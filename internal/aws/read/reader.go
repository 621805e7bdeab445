package read

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn"
)

// atOnce bounds the calls in flight. The token bucket sets the pace; this only bounds the answers held in memory.
const atOnce = 8

// pageSize is the largest MaxItems that IAM takes. AWS may still send fewer.
const pageSize = 1000

// reader is one run. Each collector writes its own fields of the snapshot; the rest is behind the mutex.
type reader struct {
	client   *conn.Client
	options  Options
	pause    func(context.Context, time.Duration) error
	snapshot *account.Snapshot
	listed   map[string]types.Policy // AWS managed policies in use, by ARN, as ListPolicies gives them
	sessions map[string]roleSession  // by role name

	mu          sync.Mutex
	gaps        []account.Gap
	done, items int
	answered    int   // IAM calls that came back with an answer, be it an error
	unreachable error // the last call without one
}

func newReader(c *conn.Client, o Options) *reader {
	return &reader{
		client:   c.Restrict(operations()),
		options:  o,
		pause:    pause,
		snapshot: &account.Snapshot{Schema: account.SchemaV1, Source: "aws"},
		listed:   map[string]types.Policy{},
		sessions: map[string]roleSession{},
	}
}

// together runs the collectors side by side. The first error of one, which ends the read, stops the others.
func (r *reader) together(ctx context.Context, collectors []func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, collect := range collectors {
		group.Go(func() error { return collect(ctx) })
	}
	return group.Wait()
}

// finish puts the parts together.
func (r *reader) finish() *account.Snapshot {
	s := r.snapshot
	for i := range s.Roles {
		session := r.sessions[s.Roles[i].Name]
		s.Roles[i].MaxSession, s.Roles[i].Description = session.seconds, session.description
	}
	s.Gaps = r.gaps
	s.Normalize()
	return s
}

// step counts an answered call and the entities it brought.
func (r *reader) step(call string, items int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	r.items += items
	if call != "sts:GetCallerIdentity" {
		r.answered++
	}
	if r.options.Progress != nil {
		r.options.Progress(Step{Call: call, Done: r.done, Items: r.items})
	}
}

// missing notes that a call failed and what is therefore missing: a Gap on the part, or on one subject of it.
// It returns an error where the read cannot go on.
func (r *reader) missing(call string, err error, lacks ...account.Gap) error {
	if end := r.fatal(err); end != nil {
		return end
	}
	fault := conn.Diagnose(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if fault.Kind == conn.Network {
		r.unreachable = err
	} else {
		r.answered++
	}
	for _, gap := range lacks {
		gap.Account, gap.Call, gap.Error = r.snapshot.Account, call, fault.Text
		if fault.Kind == conn.Denied {
			gap.Permission = call
		}
		r.gaps = append(r.gaps, gap)
	}
	return nil
}

// fatal is the error that ends the read where err leaves no hope for any further call, else nil.
func (r *reader) fatal(err error) error {
	if err == nil {
		return nil
	}
	fault := conn.Diagnose(err)
	if _, ours := errors.AsType[*conn.ForbiddenError](err); ours || fault.Kind == conn.Canceled {
		return err
	}
	if fault.Kind == conn.Credentials {
		return r.client.Explain(err)
	}
	return nil
}

// now is the time of an answer, in whole seconds as AWS's own times are.
func (r *reader) now() time.Time { return r.options.Now().UTC().Truncate(time.Second) }

// lacks reports whether the part is missing as a whole.
func (r *reader) lacks(part account.Part) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.gaps, func(g account.Gap) bool { return g.Part == part && g.Subject == "" })
}

// whole are the gaps of parts that are missing as a whole.
func whole(parts ...account.Part) []account.Gap {
	gaps := make([]account.Gap, len(parts))
	for i, part := range parts {
		gaps[i].Part = part
	}
	return gaps
}

// errPaging is an answer that says "there is more" without a new place to go on from.
var errPaging = errors.New("the answer is truncated, and its marker does not lead on")

// pages calls fetch with the marker of every page in turn. Fetch returns how many items it took.
func (r *reader) pages(ctx context.Context, call string, fetch func(ctx context.Context, marker *string) (page, error)) error {
	for marker := (*string)(nil); ; {
		p, err := fetch(ctx, marker)
		if err != nil {
			return err
		}
		r.step(call, p.items)
		if !p.truncated {
			return nil
		}
		if aws.ToString(p.next) == "" || marker != nil && *marker == *p.next {
			return errPaging
		}
		marker = p.next
	}
}

// page is what paging needs of one answer.
type page struct {
	items     int
	truncated bool
	next      *string
}

// pause waits, or returns early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
