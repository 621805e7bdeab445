package directory

import (
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

const (
	longestRole        = 64
	longestDescription = 1000
	defaultSession     = 3600 // seconds
	longestSession     = 43200
	servicePath        = "/aws-service-role/"
)

func listRoles(c *Call, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	w, err := c.window("ListRoles", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListRolesOutput{Roles: []types.Role{}}
	p := list(&w, &c.st.roles, func(r *role) bool { return under(r.Path, in.PathPrefix) }, func(r *role) {
		out.Roles = append(out.Roles, roleShape(r))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func getRole(c *Call, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
	r, err := c.st.role(text(in.RoleName))
	if err != nil {
		return nil, err
	}
	return &iam.GetRoleOutput{Role: fullRole(r)}, nil
}

func createRole(c *Call, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	asked, err := checkNew("roleName", in.RoleName, longestRole, in.Path, in.Tags)
	if err != nil {
		return nil, err
	}
	r := &role{account.Role{
		Name: asked.name, ARN: c.st.arn("role", asked.path, asked.name), Path: asked.path, Created: c.Now, MaxSession: defaultSession,
		Trust: account.Document(text(in.AssumeRolePolicyDocument)), Boundary: text(in.PermissionsBoundary), Tags: asked.tags,
	}}
	if err := r.describe(in.Description, in.MaxSessionDuration); err != nil {
		return nil, err
	}
	switch {
	case strings.HasPrefix(asked.path, servicePath):
		return nil, invalid("value at 'path': %s is for service-linked roles", servicePath)
	case c.st.roles.has(fold(asked.name)):
		return nil, exists("role", asked.name)
	case c.st.roles.len() >= c.st.quota("RolesQuota"):
		return nil, limit("cannot exceed quota for RolesPerAccount: %d", c.st.quota("RolesQuota"))
	}
	if err := c.checkTrust(in.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	if err := c.checkBoundary(in.PermissionsBoundary); err != nil {
		return nil, err
	}
	r.ID = c.st.fresh(prefixRole, asked.name)
	c.st.roles.put(fold(asked.name), r)
	return &iam.CreateRoleOutput{Role: fullRole(r)}, nil
}

// describe sets the description and the longest session, where they are given.
func (r *role) describe(description *string, session *int32) error {
	if description != nil {
		if utf8.RuneCountInString(*description) > longestDescription {
			return invalid("value at 'description' must have length less than or equal to %d", longestDescription)
		}
		r.Description = *description
	}
	if session != nil {
		if *session < defaultSession || *session > longestSession {
			return invalid("value %d at 'maxSessionDuration' must be between %d and %d", *session, defaultSession, longestSession)
		}
		r.MaxSession = int(*session)
	}
	return nil
}

// editRole replaces a role by a changed copy. Service-linked roles are their service's.
func (s *state) editRole(name string, change func(*role) error) error {
	old, err := s.role(name)
	if err != nil {
		return err
	}
	if old.linked() {
		return unmodifiable(old.Name)
	}
	r := *old
	if err := change(&r); err != nil {
		return err
	}
	s.roles.put(fold(r.Name), &r)
	return nil
}

func (r *role) linked() bool { return strings.HasPrefix(r.Path, servicePath) }

func updateRole(c *Call, in *iam.UpdateRoleInput) (*iam.UpdateRoleOutput, error) {
	err := c.st.editRole(text(in.RoleName), func(r *role) error { return r.describe(in.Description, in.MaxSessionDuration) })
	if err != nil {
		return nil, err
	}
	return &iam.UpdateRoleOutput{}, nil
}

func updateRoleDescription(c *Call, in *iam.UpdateRoleDescriptionInput) (*iam.UpdateRoleDescriptionOutput, error) {
	err := c.st.editRole(text(in.RoleName), func(r *role) error { return r.describe(in.Description, nil) })
	if err != nil {
		return nil, err
	}
	r, err := c.st.role(text(in.RoleName))
	if err != nil {
		return nil, err
	}
	return &iam.UpdateRoleDescriptionOutput{Role: fullRole(r)}, nil
}

func updateAssumeRolePolicy(c *Call, in *iam.UpdateAssumeRolePolicyInput) (*iam.UpdateAssumeRolePolicyOutput, error) {
	err := c.st.editRole(text(in.RoleName), func(r *role) error {
		if err := c.checkTrust(in.PolicyDocument); err != nil {
			return err
		}
		r.Trust = account.Document(*in.PolicyDocument)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &iam.UpdateAssumeRolePolicyOutput{}, nil
}

func deleteRole(c *Call, in *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) {
	r, err := c.st.role(text(in.RoleName))
	if err != nil {
		return nil, err
	}
	switch {
	case r.linked():
		return nil, unmodifiable(r.Name)
	case len(c.st.profilesByRole()[fold(r.Name)]) > 0:
		return nil, conflict("must remove roles from instance profile first")
	case len(r.Attached) > 0:
		return nil, conflict("must detach all policies first")
	case len(r.Inline) > 0:
		return nil, conflict("must delete policies first")
	}
	c.st.roles.remove(fold(r.Name))
	return &iam.DeleteRoleOutput{}, nil
}
