package directory

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// sections are the kinds of entity in the order in which the account's details list them.
var sections = []types.EntityType{
	types.EntityTypeUser, types.EntityTypeGroup, types.EntityTypeRole,
	types.EntityTypeLocalManagedPolicy, types.EntityTypeAWSManagedPolicy,
}

// details is an answer being filled: the window's keys are a section's digit and an entity's key.
type details struct {
	st   *state
	w    window
	left int
	out  *iam.GetAccountAuthorizationDetailsOutput
}

func getAccountAuthorizationDetails(c *Call, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	w, err := c.window("GetAccountAuthorizationDetails", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	for _, f := range in.Filter {
		if !slices.Contains(sections, f) {
			return nil, invalid("value %q at 'filter' is not an entity type", f)
		}
	}
	d := &details{st: c.st, w: w, left: w.limit, out: &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []types.UserDetail{}, GroupDetailList: []types.GroupDetail{},
		RoleDetailList: []types.RoleDetail{}, Policies: []types.ManagedPolicyDetail{},
	}}
	for i, section := range sections {
		digit := string(rune('0' + i))
		if len(in.Filter) > 0 && !slices.Contains(in.Filter, section) || w.begun && digit < w.after[:1] {
			continue
		}
		if d.section(section, digit) {
			break
		}
	}
	return d.out, nil
}

// section adds what fits of one section and reports whether the answer is full and more is left.
func (d *details) section(kind types.EntityType, digit string) bool {
	switch kind {
	case types.EntityTypeUser:
		return fill(d, digit, &d.st.users, nil, func(u *user) {
			d.out.UserDetailList = append(d.out.UserDetailList, userDetail(u))
		})
	case types.EntityTypeGroup:
		return fill(d, digit, &d.st.groups, nil, func(g *group) {
			d.out.GroupDetailList = append(d.out.GroupDetailList, groupDetail(g))
		})
	case types.EntityTypeRole:
		profiles := d.st.profilesByRole()
		return fill(d, digit, &d.st.roles, nil, func(r *role) {
			d.out.RoleDetailList = append(d.out.RoleDetailList, d.st.roleDetail(r, profiles[fold(r.Name)]))
		})
	case types.EntityTypeLocalManagedPolicy:
		return fill(d, digit, &d.st.policies, func(m *managed) bool { return !isAWS(m.ARN) }, d.policy)
	case types.EntityTypeAWSManagedPolicy:
		return fill(d, digit, d.st.awsInUse(), nil, d.policy)
	}
	return false
}

func fill[V any](d *details, digit string, t *table[V], keep func(*V) bool, add func(*V)) bool {
	part := window{limit: d.left}
	if d.w.begun && digit == d.w.after[:1] {
		part.after, part.begun = d.w.after[1:], true
	}
	last, more := walk(&part, t, keep, func(v *V) {
		add(v)
		d.left--
	})
	if more {
		d.out.IsTruncated, d.out.Marker = true, d.w.marker(digit+last)
	}
	return more
}

func (d *details) policy(m *managed) {
	use := d.st.uses()[m.ARN]
	out := types.ManagedPolicyDetail{
		Arn: &m.ARN, AttachmentCount: new(int32(use.attached)), CreateDate: stamp(m.Created), DefaultVersionId: &m.Version,
		IsAttachable: true, Path: &m.Path, PermissionsBoundaryUsageCount: new(int32(use.boundaries)), PolicyId: &m.ID,
		PolicyName: &m.Name, UpdateDate: stamp(m.Updated), PolicyVersionList: []types.PolicyVersion{},
	}
	if m.description != "" {
		out.Description = &m.description
	}
	for i := range m.Versions {
		out.PolicyVersionList = append(out.PolicyVersionList, versionShape(m, &m.Versions[i], true))
	}
	d.out.Policies = append(d.out.Policies, out)
}

func userDetail(u *user) types.UserDetail {
	return types.UserDetail{
		Arn: &u.ARN, AttachedManagedPolicies: attachedShapes(u.Attached), CreateDate: stamp(u.Created), GroupList: slices.Clone(u.Groups),
		Path: &u.Path, PermissionsBoundary: boundaryShape(&u.Boundary), Tags: tagShapes(u.Tags), UserId: &u.ID, UserName: &u.Name,
		UserPolicyList: inlineShapes(u.Inline),
	}
}

func groupDetail(g *group) types.GroupDetail {
	return types.GroupDetail{
		Arn: &g.ARN, AttachedManagedPolicies: attachedShapes(g.Attached), CreateDate: stamp(g.Created), GroupId: &g.ID,
		GroupName: &g.Name, GroupPolicyList: inlineShapes(g.Inline), Path: &g.Path,
	}
}

func (s *state) roleDetail(r *role, profiles []*profile) types.RoleDetail {
	out := types.RoleDetail{
		Arn: &r.ARN, AssumeRolePolicyDocument: encoded(r.Trust), AttachedManagedPolicies: attachedShapes(r.Attached),
		CreateDate: stamp(r.Created), InstanceProfileList: []types.InstanceProfile{}, Path: &r.Path,
		PermissionsBoundary: boundaryShape(&r.Boundary), RoleId: &r.ID, RoleLastUsed: lastUsed(r), RoleName: &r.Name,
		RolePolicyList: inlineShapes(r.Inline), Tags: tagShapes(r.Tags),
	}
	for _, p := range profiles {
		out.InstanceProfileList = append(out.InstanceProfileList, s.profileShape(p))
	}
	return out
}

func (s *state) profilesByRole() map[string][]*profile {
	out := make(map[string][]*profile)
	for p := range s.profiles.all() {
		for _, r := range p.Roles {
			out[fold(r)] = append(out[fold(r)], p)
		}
	}
	return out
}

// awsInUse lists the policies of AWS that are attached or a boundary somewhere, as far as their text is known.
func (s *state) awsInUse() *table[managed] {
	var found []*managed
	for policy := range s.uses() {
		if isAWS(policy) {
			if m, ok := s.policy(policy); ok {
				found = append(found, m)
			}
		}
	}
	t, _ := tableOf(found, func(m *managed) string { return m.ARN })
	return &t
}
