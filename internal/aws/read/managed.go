package read

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

const (
	listPolicies     = "iam:ListPolicies"
	getPolicyVersion = "iam:GetPolicyVersion"
)

// attachedManaged lists the AWS managed policies that are attached: the cheapest way to learn their present
// default versions.
func (r *reader) attachedManaged(ctx context.Context) error {
	return r.listManaged(ctx, &iam.ListPoliciesInput{OnlyAttached: true})
}

func (r *reader) listManaged(ctx context.Context, in *iam.ListPoliciesInput) error {
	in.Scope, in.MaxItems = types.PolicyScopeTypeAws, aws.Int32(pageSize)
	return r.list(ctx, listPolicies, account.PartManagedDocuments, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.ListPolicies(ctx, in)
		if err != nil {
			return page{}, err
		}
		for _, policy := range out.Policies {
			r.listed[aws.ToString(policy.Arn)] = policy
		}
		return page{0, out.IsTruncated, out.Marker}, nil
	})
}

// managedPolicies adds the AWS managed policies in use, with their documents. Those that only serve as
// a boundary are not listed as attached, so they are asked for when there are any.
func (r *reader) managedPolicies(ctx context.Context) error {
	used := managedInUse(r.snapshot)
	unlisted := func(name string) bool { return r.listed[name].Arn == nil }
	if slices.ContainsFunc(used, unlisted) && !r.lacks(account.PartManagedDocuments) {
		if err := r.listManaged(ctx, &iam.ListPoliciesInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}); err != nil {
			return err
		}
	}
	policies := make([]account.Policy, len(used))
	var fetch []func(context.Context) error
	for i, name := range used {
		policies[i] = r.managedPolicy(name)
		if policies[i].Document == "" {
			fetch = append(fetch, func(ctx context.Context) error { return r.fetchVersion(ctx, &policies[i]) })
		}
	}
	err := r.together(ctx, fetch)
	r.snapshot.Policies = append(r.snapshot.Policies, policies...)
	return err
}

// managedInUse lists the ARNs of AWS managed policies that are attached or serve as a boundary.
func managedInUse(s *account.Snapshot) []string {
	used := map[string]bool{}
	add := func(names ...string) {
		for _, name := range names {
			if isAWSManaged(name) {
				used[name] = true
			}
		}
	}
	for i := range s.Users {
		add(s.Users[i].Boundary)
		add(s.Users[i].Attached...)
	}
	for i := range s.Groups {
		add(s.Groups[i].Attached...)
	}
	for i := range s.Roles {
		add(s.Roles[i].Boundary)
		add(s.Roles[i].Attached...)
	}
	return slices.Sorted(maps.Keys(used))
}

// isAWSManaged tells AWS's policies by the account in their ARN, which is the word aws.
func isAWSManaged(name string) bool {
	parsed, err := arn.Parse(name)
	return err == nil && parsed.Service == "iam" && parsed.Account == "aws" && strings.HasPrefix(parsed.Resource, "policy/")
}

// managedPolicy builds a policy from the listing and the known documents. Its document is empty where the known
// one is not of the present version.
func (r *reader) managedPolicy(name string) account.Policy {
	listed := r.listed[name]
	policy := account.Policy{
		ARN: name, Name: aws.ToString(listed.PolicyName), ID: aws.ToString(listed.PolicyId), Path: aws.ToString(listed.Path),
		Created: aws.ToTime(listed.CreateDate), Updated: aws.ToTime(listed.UpdateDate), Version: aws.ToString(listed.DefaultVersionId),
	}
	if r.options.Managed == nil {
		return policy
	}
	version, text, ok := r.options.Managed(name)
	if ok && (policy.Version == "" || policy.Version == version) {
		policy.Version, policy.Document = version, account.NewDocument(text)
	}
	return policy
}

// errUnlisted is a policy that was attached or detached while we read.
var errUnlisted = errors.New("the policy is in use, but AWS did not list it; read again")

// fetchVersion fetches the present document of an AWS managed policy.
func (r *reader) fetchVersion(ctx context.Context, policy *account.Policy) error {
	lack := account.Gap{Part: account.PartManagedDocuments, Subject: policy.ARN}
	if policy.Version == "" {
		if r.lacks(account.PartManagedDocuments) {
			return nil
		}
		return r.missing(listPolicies, errUnlisted, lack)
	}
	out, err := r.client.IAM.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &policy.ARN, VersionId: &policy.Version})
	if err != nil {
		return r.missing(getPolicyVersion, err, lack)
	}
	r.step(getPolicyVersion, 0)
	policy.Document = document(out.PolicyVersion.Document)
	return nil
}
