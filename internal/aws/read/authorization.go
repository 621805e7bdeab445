package read

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// authorization reads users, groups, roles and customer policies in one listing. The filter leaves AWS managed
// policies out: AWS would send over a thousand of them, unattached ones included.
func (r *reader) authorization(ctx context.Context) error {
	const call = "iam:GetAccountAuthorizationDetails"
	in := &iam.GetAccountAuthorizationDetailsInput{
		MaxItems: aws.Int32(pageSize),
		Filter: []types.EntityType{
			types.EntityTypeUser, types.EntityTypeRole, types.EntityTypeGroup, types.EntityTypeLocalManagedPolicy,
		},
	}
	err := r.pages(ctx, call, func(ctx context.Context, marker *string) (page, error) {
		in.Marker = marker
		out, err := r.client.IAM.GetAccountAuthorizationDetails(ctx, in)
		if err != nil {
			return page{}, err
		}
		return page{r.takeDetails(out), out.IsTruncated, out.Marker}, nil
	})
	if err != nil {
		return r.missing(call, err, whole(account.PartUsers, account.PartGroups, account.PartRoles, account.PartPolicies)...)
	}
	return nil
}

// takeDetails adds one page to the snapshot and lets go of it.
func (r *reader) takeDetails(out *iam.GetAccountAuthorizationDetailsOutput) int {
	s := r.snapshot
	for i := range out.UserDetailList {
		s.Users = append(s.Users, user(&out.UserDetailList[i]))
	}
	for i := range out.GroupDetailList {
		s.Groups = append(s.Groups, group(&out.GroupDetailList[i]))
	}
	for i := range out.RoleDetailList {
		s.Roles = append(s.Roles, role(&out.RoleDetailList[i]))
	}
	for i := range out.Policies {
		s.Policies = append(s.Policies, customerPolicy(&out.Policies[i]))
	}
	return len(out.UserDetailList) + len(out.GroupDetailList) + len(out.RoleDetailList) + len(out.Policies)
}

func user(d *types.UserDetail) account.User {
	return account.User{
		Name: aws.ToString(d.UserName), ID: aws.ToString(d.UserId), ARN: aws.ToString(d.Arn), Path: aws.ToString(d.Path),
		Created: aws.ToTime(d.CreateDate), Groups: d.GroupList, Attached: attached(d.AttachedManagedPolicies),
		Inline: inline(d.UserPolicyList), Boundary: boundary(d.PermissionsBoundary), Tags: tags(d.Tags),
	}
}

func group(d *types.GroupDetail) account.Group {
	return account.Group{
		Name: aws.ToString(d.GroupName), ID: aws.ToString(d.GroupId), ARN: aws.ToString(d.Arn), Path: aws.ToString(d.Path),
		Created: aws.ToTime(d.CreateDate), Attached: attached(d.AttachedManagedPolicies), Inline: inline(d.GroupPolicyList),
	}
}

func role(d *types.RoleDetail) account.Role {
	role := account.Role{
		Name: aws.ToString(d.RoleName), ID: aws.ToString(d.RoleId), ARN: aws.ToString(d.Arn), Path: aws.ToString(d.Path),
		Created: aws.ToTime(d.CreateDate), Trust: document(d.AssumeRolePolicyDocument), Attached: attached(d.AttachedManagedPolicies),
		Inline: inline(d.RolePolicyList), Boundary: boundary(d.PermissionsBoundary), Tags: tags(d.Tags),
	}
	if used := d.RoleLastUsed; used != nil {
		role.LastUsed, role.LastUsedRegion = aws.ToTime(used.LastUsedDate), aws.ToString(used.Region)
	}
	return role
}

func customerPolicy(d *types.ManagedPolicyDetail) account.Policy {
	policy := account.Policy{
		Name: aws.ToString(d.PolicyName), ID: aws.ToString(d.PolicyId), ARN: aws.ToString(d.Arn), Path: aws.ToString(d.Path),
		Created: aws.ToTime(d.CreateDate), Updated: aws.ToTime(d.UpdateDate), Version: aws.ToString(d.DefaultVersionId),
	}
	for i := range d.PolicyVersionList {
		v := &d.PolicyVersionList[i]
		version := account.Version{ID: aws.ToString(v.VersionId), Created: aws.ToTime(v.CreateDate), Document: document(v.Document)}
		if version.ID == policy.Version {
			policy.Document = version.Document
		}
		policy.Versions = append(policy.Versions, version)
	}
	return policy
}

func attached(list []types.AttachedPolicy) []string {
	var arns []string
	for _, policy := range list {
		arns = append(arns, aws.ToString(policy.PolicyArn))
	}
	return arns
}

func inline(list []types.PolicyDetail) []account.InlinePolicy {
	var policies []account.InlinePolicy
	for _, policy := range list {
		policies = append(policies, account.InlinePolicy{Name: aws.ToString(policy.PolicyName), Document: document(policy.PolicyDocument)})
	}
	return policies
}

func boundary(b *types.AttachedPermissionsBoundary) string {
	if b == nil {
		return ""
	}
	return aws.ToString(b.PermissionsBoundaryArn)
}

func tags(list []types.Tag) []account.Tag {
	var tags []account.Tag
	for _, tag := range list {
		tags = append(tags, account.Tag{Key: aws.ToString(tag.Key), Value: aws.ToString(tag.Value)})
	}
	return tags
}

// document decodes a policy document. AWS percent-encodes every one; other endpoints send some as they are,
// and those begin with the brace that an encoded one cannot hold.
func document(text *string) account.Document {
	s := aws.ToString(text)
	if !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "{") {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	return account.NewDocument(s)
}
