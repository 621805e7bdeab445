package read

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/aws/conn"
)

// Ask names a user whose credentials are to be looked at now, since the credential report may be four hours old.
type Ask struct {
	User string
	MFA  bool // list the MFA devices
	Keys bool // list the access keys
}

// Confirm asks AWS about the users in want, one call for each list, and returns the snapshot with a Confirmation
// for each user that answered; s stays as it is. The root user cannot be asked and is passed over.
//
// A user that AWS does not know any more gets a Gap on its credentials, so that what a rule says of it is unknown.
// Where the calls are denied or fail, the report's rows stay in force, and one Gap, on the pattern of all users
// rather than on one of them, says that they were not confirmed.
func Confirm(ctx context.Context, c *conn.Client, s *account.Snapshot, want []Ask, now func() time.Time) (*account.Snapshot, error) {
	r := newReader(c, Options{Now: now})
	r.snapshot.Account, r.snapshot.Partition = s.Account, s.Partition
	fresh := make([]account.Confirmation, len(want))
	for i, ask := range want {
		fresh[i].User = ask.User
	}
	for _, q := range r.questions() {
		if err := r.put(ctx, q, s, want, fresh); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, err
		}
	}
	return confirmed(s, fresh, r.gaps), nil
}

// confirmed is a copy of s with what was learned; a fresh confirmation takes the place of an older one.
func confirmed(s *account.Snapshot, fresh []account.Confirmation, gaps []account.Gap) *account.Snapshot {
	fresh = slices.DeleteFunc(fresh, func(c account.Confirmation) bool { return c.MFADevices == nil && c.Keys == nil })
	old := slices.DeleteFunc(slices.Clone(s.Confirmations), func(c account.Confirmation) bool {
		return slices.ContainsFunc(fresh, func(f account.Confirmation) bool { return f.User == c.User })
	})
	sorted := account.Snapshot{Account: s.Account, Confirmations: append(old, fresh...), Gaps: slices.Concat(s.Gaps, gaps)}
	sorted.Normalize()
	next := *s
	next.Confirmations, next.Gaps = sorted.Confirmations, sorted.Gaps
	return &next
}

// question is one call about one user.
type question struct {
	call   string
	wanted func(Ask) bool
	ask    func(ctx context.Context, user string, to *account.Confirmation) error
}

// The calls of Confirm, which Account makes none of.
const (
	listMFADevices = "iam:ListMFADevices"
	listAccessKeys = "iam:ListAccessKeys"
)

// Confirms reports whether a call, such as iam:ListMFADevices, is made by Confirm only.
func Confirms(call string) bool { return call == listMFADevices || call == listAccessKeys }

func (r *reader) questions() []question {
	return []question{
		{listMFADevices, func(a Ask) bool { return a.MFA }, r.mfaDevices},
		{listAccessKeys, func(a Ask) bool { return a.Keys }, r.accessKeys},
	}
}

// put asks one question about every user who is to be asked. The first user is asked alone: a denial
// is taken to hold for all.
func (r *reader) put(ctx context.Context, q question, s *account.Snapshot, want []Ask, fresh []account.Confirmation) error {
	failures := make([]error, len(want))
	var asks []func(context.Context) error
	for i, a := range want {
		if a.User == account.RootUser || !q.wanted(a) {
			continue
		}
		asks = append(asks, func(ctx context.Context) error {
			failures[i] = q.ask(ctx, a.User, &fresh[i])
			return r.fatal(failures[i])
		})
	}
	if len(asks) == 0 {
		return nil
	}
	err := asks[0](ctx)
	if err == nil && !slices.ContainsFunc(failures, denied) {
		err = r.together(ctx, asks[1:])
	}
	if err != nil {
		return err
	}
	return r.noteFailures(q.call, s, want, failures)
}

// noteFailures adds a Gap for each user who is gone, and one for the first failure of another kind.
func (r *reader) noteFailures(call string, s *account.Snapshot, want []Ask, failures []error) error {
	noted := false
	for i, err := range failures {
		if err == nil {
			continue
		}
		lack := account.Gap{Part: account.PartCredentials, Subject: userARN(s, want[i].User)}
		if _, gone := errors.AsType[*types.NoSuchEntityException](err); !gone {
			if noted {
				continue
			}
			noted, lack.Subject = true, userARN(s, "*")
		}
		if err := r.missing(call, err, lack); err != nil {
			return err
		}
	}
	return nil
}

// userARN is the ARN of a user of the snapshot; of one that is not in it, the ARN that it would have.
func userARN(s *account.Snapshot, name string) string {
	at, found := slices.BinarySearchFunc(s.Users, name, func(u account.User, name string) int { return strings.Compare(u.Name, name) })
	if found {
		return s.Users[at].ARN
	}
	return arn.ARN{Partition: s.Partition, Service: "iam", Account: string(s.Account), Resource: "user/" + name}.String()
}

func denied(err error) bool { return err != nil && conn.Diagnose(err).Kind == conn.Denied }

func (r *reader) mfaDevices(ctx context.Context, user string, to *account.Confirmation) error {
	in, serials := &iam.ListMFADevicesInput{UserName: &user, MaxItems: aws.Int32(pageSize)}, []string{}
	err := r.pages(ctx, "iam:ListMFADevices", func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListMFADevices(ctx, in)
		if err != nil {
			return page{}, err
		}
		for _, device := range out.MFADevices {
			serials = append(serials, aws.ToString(device.SerialNumber))
		}
		return page{len(out.MFADevices), out.IsTruncated, out.Marker}, nil
	})
	if err == nil {
		to.MFADevices, to.At = &serials, r.now()
	}
	return err
}

func (r *reader) accessKeys(ctx context.Context, user string, to *account.Confirmation) error {
	in, keys := &iam.ListAccessKeysInput{UserName: &user, MaxItems: aws.Int32(pageSize)}, []account.LiveKey{}
	err := r.pages(ctx, "iam:ListAccessKeys", func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListAccessKeys(ctx, in)
		if err != nil {
			return page{}, err
		}
		for _, key := range out.AccessKeyMetadata {
			keys = append(keys, account.LiveKey{
				ID: aws.ToString(key.AccessKeyId), Active: key.Status == types.StatusTypeActive, Created: aws.ToTime(key.CreateDate),
			})
		}
		return page{len(out.AccessKeyMetadata), out.IsTruncated, out.Marker}, nil
	})
	if err == nil {
		to.Keys, to.At = &keys, r.now()
	}
	return err
}
