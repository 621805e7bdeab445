// Package read takes one AWS account's identity state over the IAM API into an account.Snapshot.
//
// Contract: a few dozen calls whatever the size of the account, all of them reads; they run side by side under
// the connection's token bucket. A call that is denied or fails becomes a Gap that names the call, the error and
// the permission to grant, and the rest is read all the same. Account fails only where nothing can be read:
// refused credentials, no network, an ended context.
// Limits: what ListOpenIDConnectProviders and the like leave out is not asked for one by one; SSH keys,
// service-specific credentials and last-accessed services are not read.
// Floor: 5.
package read

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/aws/conn"
)

// Options say how to read.
type Options struct {
	// MaxSession reads the roles' session lengths and descriptions too, by one more page for each 1,000 roles.
	MaxSession bool
	// Managed gives the default version and the document of an AWS managed policy, by an ARN of any partition,
	// as far as they are known without asking. Only newer versions are fetched. Nil: all are fetched.
	Managed func(arn string) (version, document string, ok bool)
	// Progress is told of every answer, one at a time. It may be nil.
	Progress func(Step)
	// Now is the clock of Snapshot.TakenAt.
	Now func() time.Time
}

// Step is one answered call.
type Step struct {
	Call  string // such as iam:ListRoles
	Done  int    // calls answered so far, this one included
	Items int    // entities read so far
}

// Account reads the account that the connection's credentials belong to.
func Account(ctx context.Context, c *conn.Client, o Options) (*account.Snapshot, error) {
	r := newReader(c, o)
	snapshot, err := r.account(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return snapshot, err
}

// account runs the read plan: who we are, then everything at once, then what needs the rest.
func (r *reader) account(ctx context.Context) (*account.Snapshot, error) {
	r.snapshot.TakenAt = r.now()
	if err := r.identify(ctx); err != nil {
		return nil, err
	}
	if err := r.together(ctx, r.plan()); err != nil {
		return nil, err
	}
	if err := r.managedPolicies(ctx); err != nil {
		return nil, err
	}
	if r.answered == 0 {
		return nil, r.client.Explain(r.unreachable)
	}
	return r.finish(), nil
}

// identify asks who we are. Nobody can be denied this call, so its failure ends the read.
func (r *reader) identify(ctx context.Context) error {
	out, err := r.client.STS.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return r.client.Explain(err)
	}
	id := aws.ToString(out.Account)
	caller, err := arn.Parse(aws.ToString(out.Arn))
	if err != nil || !arn.IsAccountID(id) {
		return fmt.Errorf("read: the endpoint does not say whose credentials these are: account %q, caller %q", id, aws.ToString(out.Arn))
	}
	r.snapshot.Account, r.snapshot.Partition = account.ID(id), caller.Partition
	r.step("sts:GetCallerIdentity", 0)
	return nil
}

// plan lists the calls that need nothing of one another.
func (r *reader) plan() []func(context.Context) error {
	plan := []func(context.Context) error{
		r.authorization, r.credentialReport, r.attachedManaged, r.instanceProfiles, r.virtualMFA,
		r.summary, r.passwordPolicy, r.serverCerts, r.samlProviders, r.oidcProviders, r.aliases,
	}
	if r.options.MaxSession {
		plan = append(plan, r.roleSessions)
	}
	return plan
}
