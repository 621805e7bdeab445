package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

const longestProfile = 128

func (s *state) profile(name string) (*profile, error) {
	if p, ok := s.profiles.get(fold(name)); ok {
		return p, nil
	}
	return nil, noSuch("instance profile", name)
}

func listInstanceProfiles(c *Call, in *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
	w, err := c.window("ListInstanceProfiles", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListInstanceProfilesOutput{InstanceProfiles: []types.InstanceProfile{}}
	p := list(&w, &c.st.profiles, func(p *profile) bool { return under(p.Path, in.PathPrefix) }, func(p *profile) {
		out.InstanceProfiles = append(out.InstanceProfiles, c.st.profileShape(p))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func listInstanceProfilesForRole(c *Call, in *iam.ListInstanceProfilesForRoleInput) (*iam.ListInstanceProfilesForRoleOutput, error) {
	r, err := c.st.role(text(in.RoleName))
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListInstanceProfilesForRole", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListInstanceProfilesForRoleOutput{InstanceProfiles: []types.InstanceProfile{}}
	byName := func(p *profile) string { return fold(p.Name) }
	p := listSlice(&w, c.st.profilesByRole()[fold(r.Name)], byName, func(p *profile) {
		out.InstanceProfiles = append(out.InstanceProfiles, c.st.profileShape(p))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func getInstanceProfile(c *Call, in *iam.GetInstanceProfileInput) (*iam.GetInstanceProfileOutput, error) {
	p, err := c.st.profile(text(in.InstanceProfileName))
	if err != nil {
		return nil, err
	}
	return &iam.GetInstanceProfileOutput{InstanceProfile: new(c.st.profileShape(p))}, nil
}

func createInstanceProfile(c *Call, in *iam.CreateInstanceProfileInput) (*iam.CreateInstanceProfileOutput, error) {
	asked, err := checkNew("instanceProfileName", in.InstanceProfileName, longestProfile, in.Path, in.Tags)
	if err != nil {
		return nil, err
	}
	if c.st.profiles.has(fold(asked.name)) {
		return nil, exists("instance profile", asked.name)
	}
	if most := c.st.quota("InstanceProfilesQuota"); c.st.profiles.len() >= most {
		return nil, limit("cannot exceed quota for InstanceProfilesPerAccount: %d", most)
	}
	p := &profile{tags: asked.tags, InstanceProfile: account.InstanceProfile{
		Name: asked.name, ID: c.st.fresh(prefixProfile, asked.name), ARN: c.st.arn("instance-profile", asked.path, asked.name), Path: asked.path, Created: c.Now,
	}}
	c.st.profiles.put(fold(asked.name), p)
	return &iam.CreateInstanceProfileOutput{InstanceProfile: new(c.st.profileShape(p))}, nil
}

func deleteInstanceProfile(c *Call, in *iam.DeleteInstanceProfileInput) (*iam.DeleteInstanceProfileOutput, error) {
	p, err := c.st.profile(text(in.InstanceProfileName))
	if err != nil {
		return nil, err
	}
	if len(p.Roles) > 0 {
		return nil, conflict("must remove roles from instance profile first")
	}
	c.st.profiles.remove(fold(p.Name))
	return &iam.DeleteInstanceProfileOutput{}, nil
}

// addRoleToInstanceProfile: a profile has room for one role.
func addRoleToInstanceProfile(c *Call, in *iam.AddRoleToInstanceProfileInput) (*iam.AddRoleToInstanceProfileOutput, error) {
	old, r, err := c.profileAndRole(in.InstanceProfileName, in.RoleName)
	if err != nil {
		return nil, err
	}
	if len(old.Roles) > 0 {
		return nil, limit("cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	p := *old
	p.Roles = []string{r.Name}
	c.st.profiles.put(fold(p.Name), &p)
	return &iam.AddRoleToInstanceProfileOutput{}, nil
}

func (c *Call) profileAndRole(profileName, roleName *string) (*profile, *role, error) {
	p, err := c.st.profile(text(profileName))
	if err != nil {
		return nil, nil, err
	}
	r, err := c.st.role(text(roleName))
	if err != nil {
		return nil, nil, err
	}
	if r.linked() {
		return nil, nil, unmodifiable(r.Name)
	}
	return p, r, nil
}

func removeRoleFromInstanceProfile(c *Call, in *iam.RemoveRoleFromInstanceProfileInput) (*iam.RemoveRoleFromInstanceProfileOutput, error) {
	old, r, err := c.profileAndRole(in.InstanceProfileName, in.RoleName)
	if err != nil {
		return nil, err
	}
	p := *old
	p.Roles = without(old.Roles, same(r.Name))
	if len(p.Roles) == len(old.Roles) {
		return nil, noSuch("role", r.Name+" in instance profile "+p.Name)
	}
	c.st.profiles.put(fold(p.Name), &p)
	return &iam.RemoveRoleFromInstanceProfileOutput{}, nil
}
