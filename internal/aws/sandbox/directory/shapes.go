package directory

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

// The answers' shapes point into the entities where they can: an entity that was published never changes.

// stamp is a time in an answer; nil where it is not known.
func stamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func tagShapes(tags []account.Tag) []types.Tag {
	out := make([]types.Tag, len(tags))
	for i := range tags {
		out[i] = types.Tag{Key: &tags[i].Key, Value: &tags[i].Value}
	}
	return out
}

// someTags is tagShapes for answers that leave an empty list out.
func someTags(tags []account.Tag) []types.Tag {
	if len(tags) == 0 {
		return nil
	}
	return tagShapes(tags)
}

func attachedShapes(arns []string) []types.AttachedPolicy {
	out := make([]types.AttachedPolicy, len(arns))
	for i := range arns {
		out[i] = attachedShape(&arns[i])
	}
	return out
}

func attachedShape(policy *string) types.AttachedPolicy {
	name := *policy
	if a, err := arn.Parse(name); err == nil {
		name = a.Name()
	}
	return types.AttachedPolicy{PolicyArn: policy, PolicyName: &name}
}

func inlineShapes(inline []account.InlinePolicy) []types.PolicyDetail {
	out := make([]types.PolicyDetail, len(inline))
	for i := range inline {
		out[i] = types.PolicyDetail{PolicyName: &inline[i].Name, PolicyDocument: encoded(inline[i].Document)}
	}
	return out
}

func boundaryShape(policy *string) *types.AttachedPermissionsBoundary {
	if *policy == "" {
		return nil
	}
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryArn:  policy,
		PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy,
	}
}

// userShape is a user as lists have it: without boundary and tags.
func userShape(u *user) types.User {
	out := types.User{Arn: &u.ARN, CreateDate: stamp(u.Created), Path: &u.Path, UserId: &u.ID, UserName: &u.Name}
	if u.login != nil {
		out.PasswordLastUsed = stamp(u.login.used)
	}
	return out
}

func fullUser(u *user) *types.User {
	out := userShape(u)
	out.PermissionsBoundary, out.Tags = boundaryShape(&u.Boundary), someTags(u.Tags)
	return &out
}

func groupShape(g *group) types.Group {
	return types.Group{Arn: &g.ARN, CreateDate: stamp(g.Created), GroupId: &g.ID, GroupName: &g.Name, Path: &g.Path}
}

// roleShape is a role as lists have it: without boundary, tags and last use.
func roleShape(r *role) types.Role {
	out := types.Role{
		Arn: &r.ARN, CreateDate: stamp(r.Created), Path: &r.Path, RoleId: &r.ID, RoleName: &r.Name,
		AssumeRolePolicyDocument: encoded(r.Trust), MaxSessionDuration: new(int32(r.MaxSession)),
	}
	if r.Description != "" {
		out.Description = &r.Description
	}
	return out
}

func fullRole(r *role) *types.Role {
	out := roleShape(r)
	out.PermissionsBoundary, out.Tags, out.RoleLastUsed = boundaryShape(&r.Boundary), someTags(r.Tags), lastUsed(r)
	return &out
}

// lastUsed is empty, not missing, for a role that was not used.
func lastUsed(r *role) *types.RoleLastUsed {
	out := &types.RoleLastUsed{LastUsedDate: stamp(r.LastUsed)}
	if r.LastUsedRegion != "" {
		out.Region = &r.LastUsedRegion
	}
	return out
}

func (s *state) profileShape(p *profile) types.InstanceProfile {
	out := types.InstanceProfile{
		Arn: &p.ARN, CreateDate: stamp(p.Created), InstanceProfileId: &p.ID, InstanceProfileName: &p.Name,
		Path: &p.Path, Roles: []types.Role{}, Tags: someTags(p.tags),
	}
	for _, name := range p.Roles {
		if r, ok := s.roles.get(fold(name)); ok {
			out.Roles = append(out.Roles, roleShape(r))
		}
	}
	return out
}

func (s *state) policyShape(m *managed) types.Policy {
	use := s.uses()[m.ARN]
	return types.Policy{
		Arn: &m.ARN, AttachmentCount: new(int32(use.attached)), CreateDate: stamp(m.Created), DefaultVersionId: &m.Version,
		IsAttachable: true, Path: &m.Path, PermissionsBoundaryUsageCount: new(int32(use.boundaries)),
		PolicyId: &m.ID, PolicyName: &m.Name, UpdateDate: stamp(m.Updated),
	}
}

func fullPolicy(s *state, m *managed) *types.Policy {
	out := s.policyShape(m)
	out.Tags = someTags(m.Tags)
	if m.description != "" {
		out.Description = &m.description
	}
	return &out
}

// versionShape carries the document only where the operation does.
func versionShape(m *managed, v *account.Version, document bool) types.PolicyVersion {
	out := types.PolicyVersion{CreateDate: stamp(v.Created), IsDefaultVersion: v.ID == m.Version, VersionId: &v.ID}
	if document {
		out.Document = encoded(v.Document)
	}
	return out
}
