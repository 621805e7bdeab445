package directory

import "github.com/aws/aws-sdk-go-v2/service/iam"

// checkBoundary wants the policy of a boundary, where one is given, to exist.
func (c *Call) checkBoundary(policy *string) error {
	if policy == nil {
		return nil
	}
	_, err := c.st.mustPolicy(*policy)
	return err
}

func putUserPermissionsBoundary(c *Call, in *iam.PutUserPermissionsBoundaryInput) (*iam.PutUserPermissionsBoundaryOutput, error) {
	return &iam.PutUserPermissionsBoundaryOutput{}, c.st.editUser(text(in.UserName), func(u *user) error {
		u.Boundary = text(in.PermissionsBoundary)
		return c.checkBoundary(&u.Boundary)
	})
}

func deleteUserPermissionsBoundary(c *Call, in *iam.DeleteUserPermissionsBoundaryInput) (*iam.DeleteUserPermissionsBoundaryOutput, error) {
	return &iam.DeleteUserPermissionsBoundaryOutput{}, c.st.editUser(text(in.UserName), func(u *user) error {
		return dropBoundary(&u.Boundary, "user", u.Name)
	})
}

func putRolePermissionsBoundary(c *Call, in *iam.PutRolePermissionsBoundaryInput) (*iam.PutRolePermissionsBoundaryOutput, error) {
	return &iam.PutRolePermissionsBoundaryOutput{}, c.st.editRole(text(in.RoleName), func(r *role) error {
		r.Boundary = text(in.PermissionsBoundary)
		return c.checkBoundary(&r.Boundary)
	})
}

func deleteRolePermissionsBoundary(c *Call, in *iam.DeleteRolePermissionsBoundaryInput) (*iam.DeleteRolePermissionsBoundaryOutput, error) {
	return &iam.DeleteRolePermissionsBoundaryOutput{}, c.st.editRole(text(in.RoleName), func(r *role) error {
		return dropBoundary(&r.Boundary, "role", r.Name)
	})
}

func dropBoundary(boundary *string, noun, name string) error {
	if *boundary == "" {
		return noSuch("permissions boundary", "of "+noun+" "+name)
	}
	*boundary = ""
	return nil
}
