// Package directory is the IAM of one AWS account as the service keeps it: entities, credentials, quotas, the
// credential report, and what each operation of the IAM API does to them.
//
// Contract: loaded from an account.Snapshot and given back as one. An operation is a function from the SDK's own
// input type to its output type and either happens whole or answers an *APIError with AWS's code and HTTP status.
// Time comes in with the call. States are immutable and published whole, so that readers never wait for writers
// and an older state can be shown (eventual consistency).
// Limits: permissions are not evaluated, but by simulations: every caller may do everything. Simulations know no
// control policies but those that are given, and no requirements of an EC2 scenario; a result stands for one action
// on one resource, without EvalDecisionDetails. Codes of MFA devices are checked for
// their form only. SSH keys, service-specific credentials, tags of providers and certificates, and jobs live in
// the directory but have no place in a Snapshot.
// Floor: 4.
package directory

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// Directory is one account. It is safe for concurrent use.
type Directory struct {
	id      account.ID
	current atomic.Pointer[state]
	denied  map[string]string // operation -> why: what the fixture could not read either

	mu    sync.Mutex // held by writers
	older []moment   // states that lagging readers may still see, oldest first; guarded by mu
}

// moment is a state and when it was replaced, in the server's uptime.
type moment struct {
	state *state
	until time.Duration
}

// Caller is who a request's credentials belong to.
type Caller struct {
	ARN    string
	UserID string
	User   string // name of the IAM user whose key it is; empty for a role session
}

// Call is what an operation is told beside its input.
type Call struct {
	Now    time.Time
	Caller Caller
	Page   int           // the most items of a list in one answer; 0: as many as the request asks for
	Uptime time.Duration // monotonic, for Lag
	Lag    time.Duration // a read sees a write only so long after it
	// ReportSteps is how many calls find a credential report in progress before it is complete.
	ReportSteps int
	// Principal reports whether a principal of another account exists; nil: all do.
	Principal func(arn string) bool

	st *state
}

// ID is the account's id.
func (d *Directory) ID() account.ID { return d.id }

// Partition is the account's partition.
func (d *Directory) Partition() string { return d.current.Load().partition }

// Do runs one operation. The error is an *APIError.
func (d *Directory) Do(c Call, op *Operation, in any) (any, error) {
	if why, ok := d.denied[op.Name]; ok {
		return nil, denied(fmt.Sprintf("not authorized to perform iam:%s (the fixture could not read it: %s)", op.Name, why))
	}
	c.Now = c.Now.UTC().Truncate(time.Second)
	if !op.Writes {
		c.st = d.seen(c.Uptime, c.Lag)
		return op.run(&c, in)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.current.Load()
	next := before.next()
	c.st = next
	out, err := op.run(&c, in)
	if f, ok := errors.AsType[*APIError](err); err == nil || ok && f.kept {
		d.publish(before, next, c.Uptime, c.Lag)
	}
	return out, err
}

// publish makes next the current state. The caller holds mu.
func (d *Directory) publish(before, next *state, uptime, lag time.Duration) {
	next.remember()
	for len(d.older) > 0 && d.older[0].until+lag < uptime {
		d.older = d.older[1:]
	}
	if lag > 0 {
		d.older = append(d.older, moment{before, uptime})
	}
	d.current.Store(next)
}

// seen is the state that a read sees at uptime: the oldest one that was replaced less than lag ago.
func (d *Directory) seen(uptime, lag time.Duration) *state {
	if lag <= 0 {
		return d.current.Load()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.older {
		if m.until+lag > uptime {
			return m.state
		}
	}
	return d.current.Load()
}

// Key is what the directory knows of one access key of a user.
type Key struct {
	Caller Caller
	Active bool
}

// Key finds the user of an access key id.
func (d *Directory) Key(id string) (Key, bool) {
	st := d.current.Load()
	u, k, ok := st.accessKey(id)
	if !ok {
		return Key{}, false
	}
	return Key{Caller{ARN: u.ARN, UserID: u.ID, User: u.Name}, k.active}, true
}

// Used notes that a key signed a request: its last-used date, region and service change.
func (d *Directory) Used(id, service, region string, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.current.Load()
	next := before.next()
	now = now.UTC().Truncate(time.Second)
	u, k, ok := next.accessKey(id)
	if !ok || (k.used.Equal(now) && k.service == service && k.region == region) {
		return
	}
	next.editKey(u, id, func(k *accessKey) { k.used, k.service, k.region = now, service, region })
	d.publish(before, next, 0, 0)
}

// HasPrincipal reports whether the user, role or root that arn names exists, and is of this account.
func (d *Directory) HasPrincipal(arn string) bool { return d.current.Load().hasPrincipal(arn) }

// Role finds a role by its ARN and gives its unique id and its longest session.
func (d *Directory) Role(arn string) (id string, longest time.Duration, ok bool) {
	for r := range d.current.Load().roles.all() {
		if r.ARN == arn {
			return r.ID, time.Duration(r.MaxSession) * time.Second, true
		}
	}
	return "", 0, false
}
