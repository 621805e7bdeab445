package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/policy"
)

const longestPolicy = 128

func listPolicies(c *Call, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	w, err := c.window("ListPolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	all := c.st.policies
	if in.Scope != types.PolicyScopeTypeLocal {
		all = c.st.withAWS()
	}
	out := &iam.ListPoliciesOutput{Policies: []types.Policy{}}
	p := list(&w, &all, func(m *managed) bool {
		return under(m.Path, in.PathPrefix) && inScope(m, in.Scope) && c.st.inUse(m, in.OnlyAttached, in.PolicyUsageFilter)
	}, func(m *managed) { out.Policies = append(out.Policies, c.st.policyShape(m)) })
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func inScope(m *managed, scope types.PolicyScopeType) bool {
	switch scope {
	case types.PolicyScopeTypeLocal:
		return !isAWS(m.ARN)
	case types.PolicyScopeTypeAws:
		return isAWS(m.ARN)
	}
	return true
}

// inUse applies ListPolicies' two filters on use.
func (s *state) inUse(m *managed, onlyAttached bool, filter types.PolicyUsageType) bool {
	use := s.uses()[m.ARN]
	switch filter {
	case types.PolicyUsageTypePermissionsPolicy:
		return use.attached > 0
	case types.PolicyUsageTypePermissionsBoundary:
		return use.boundaries > 0
	}
	return !onlyAttached || use.attached > 0
}

func getPolicy(c *Call, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	m, err := c.st.mustPolicy(text(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	return &iam.GetPolicyOutput{Policy: fullPolicy(c.st, m)}, nil
}

func getPolicyVersion(c *Call, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	m, err := c.st.mustPolicy(text(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	v, err := m.version(text(in.VersionId))
	if err != nil {
		return nil, err
	}
	return &iam.GetPolicyVersionOutput{PolicyVersion: new(versionShape(m, v, true))}, nil
}

func (m *managed) version(id string) (*account.Version, error) {
	for i := range m.Versions {
		if m.Versions[i].ID == id {
			return &m.Versions[i], nil
		}
	}
	return nil, noSuch("policy version", m.ARN+" "+id)
}

func listPolicyVersions(c *Call, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	m, err := c.st.mustPolicy(text(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListPolicyVersions", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListPolicyVersionsOutput{Versions: []types.PolicyVersion{}}
	newestFirst := func(v account.Version) string { return strconv.Itoa(1_000_000_000 - versionNumber(v.ID)) }
	p := listSlice(&w, m.Versions, newestFirst, func(v account.Version) {
		out.Versions = append(out.Versions, versionShape(m, &v, false))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// holder is one line of ListEntitiesForPolicy; its key sorts groups, roles and users apart.
type holder struct {
	key   string
	group *types.PolicyGroup
	role  *types.PolicyRole
	user  *types.PolicyUser
}

func listEntitiesForPolicy(c *Call, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	m, err := c.st.mustPolicy(text(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListEntitiesForPolicy", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListEntitiesForPolicyOutput{
		PolicyGroups: []types.PolicyGroup{}, PolicyRoles: []types.PolicyRole{}, PolicyUsers: []types.PolicyUser{},
	}
	p := listSlice(&w, c.st.holders(m.ARN, in), func(h holder) string { return h.key }, func(h holder) {
		switch {
		case h.group != nil:
			out.PolicyGroups = append(out.PolicyGroups, *h.group)
		case h.role != nil:
			out.PolicyRoles = append(out.PolicyRoles, *h.role)
		default:
			out.PolicyUsers = append(out.PolicyUsers, *h.user)
		}
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// holders lists who has the policy attached or as boundary, under the request's filters.
func (s *state) holders(policy string, in *iam.ListEntitiesForPolicyInput) []holder {
	wants := func(kind types.EntityType, path string) bool {
		return (in.EntityFilter == "" || in.EntityFilter == kind) && under(path, in.PathPrefix)
	}
	has := func(attached []string, boundary string) bool {
		return in.PolicyUsageFilter != types.PolicyUsageTypePermissionsBoundary && slices.Contains(attached, policy) ||
			in.PolicyUsageFilter != types.PolicyUsageTypePermissionsPolicy && boundary == policy
	}
	var out []holder
	for g := range s.groups.all() {
		if wants(types.EntityTypeGroup, g.Path) && has(g.Attached, "") {
			out = append(out, holder{key: "group/" + fold(g.Name), group: &types.PolicyGroup{GroupId: &g.ID, GroupName: &g.Name}})
		}
	}
	for r := range s.roles.all() {
		if wants(types.EntityTypeRole, r.Path) && has(r.Attached, r.Boundary) {
			out = append(out, holder{key: "role/" + fold(r.Name), role: &types.PolicyRole{RoleId: &r.ID, RoleName: &r.Name}})
		}
	}
	for u := range s.users.all() {
		if wants(types.EntityTypeUser, u.Path) && has(u.Attached, u.Boundary) {
			out = append(out, holder{key: "user/" + fold(u.Name), user: &types.PolicyUser{UserId: &u.ID, UserName: &u.Name}})
		}
	}
	return out
}

func createPolicy(c *Call, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	asked, err := checkNew("policyName", in.PolicyName, longestPolicy, in.Path, in.Tags)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text(in.Description)) > longestDescription {
		return nil, invalid("value at 'description' must have length less than or equal to %d", longestDescription)
	}
	local := 0
	for m := range c.st.policies.all() {
		if isAWS(m.ARN) {
			continue
		}
		if local++; strings.EqualFold(m.Name, asked.name) {
			return nil, exists("policy", asked.name)
		}
	}
	if most := c.st.quota("PoliciesQuota"); local >= most {
		return nil, limit("cannot exceed quota for PoliciesPerAccount: %d", most)
	}
	if err := c.checkManaged(in.PolicyDocument); err != nil {
		return nil, err
	}
	m := &managed{description: text(in.Description), tried: 1, Policy: account.Policy{
		Name: asked.name, ID: c.st.fresh(prefixPolicy, asked.name), ARN: c.st.arn("policy", asked.path, asked.name), Path: asked.path, Created: c.Now,
		Updated: c.Now, Version: "v1", Document: account.Document(*in.PolicyDocument), Tags: asked.tags,
		Versions: []account.Version{{ID: "v1", Created: c.Now, Document: account.Document(*in.PolicyDocument)}},
	}}
	c.st.policies.put(m.ARN, m)
	return &iam.CreatePolicyOutput{Policy: fullPolicy(c.st, m)}, nil
}

// checkManaged judges the document of a managed policy, and its size.
func (c *Call) checkManaged(document *string) error {
	if _, err := checkDocument("policyDocument", document, policy.Identity); err != nil {
		return err
	}
	if most := c.st.quota("PolicySizeQuota"); weight(*document) > most {
		return limit("cannot exceed quota for PolicySize: %d", most)
	}
	return nil
}

// editPolicy replaces a customer's policy by a changed copy. AWS's own cannot be changed.
func (s *state) editPolicy(policy string, change func(*managed) error) error {
	old, err := s.mustPolicy(policy)
	if err != nil {
		return err
	}
	if isAWS(policy) {
		return denied("policy " + policy + " is managed by AWS and cannot be changed")
	}
	m := *old
	if err := change(&m); err != nil {
		return err
	}
	s.policies.put(m.ARN, &m)
	return nil
}

func deletePolicy(c *Call, in *iam.DeletePolicyInput) (*iam.DeletePolicyOutput, error) {
	err := c.st.editPolicy(text(in.PolicyArn), func(m *managed) error {
		switch use := c.st.uses()[m.ARN]; {
		case use.attached > 0:
			return conflict("must detach the policy from all entities first")
		case use.boundaries > 0:
			return conflict("must remove the policy as a permissions boundary first")
		case len(m.Versions) > 1:
			return conflict("must delete all non-default versions of the policy first")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.st.policies.remove(*in.PolicyArn)
	return &iam.DeletePolicyOutput{}, nil
}
