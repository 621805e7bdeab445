package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

const longestUser = 64

func listUsers(c *Call, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	w, err := c.window("ListUsers", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListUsersOutput{Users: []types.User{}}
	p := list(&w, &c.st.users, func(u *user) bool { return under(u.Path, in.PathPrefix) }, func(u *user) {
		out.Users = append(out.Users, userShape(u))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// self is the user that an operation with an optional user name is about: the caller where none is named.
func (c *Call) self(name *string) (*user, error) {
	if name != nil {
		return c.st.user(*name)
	}
	if c.Caller.User == "" {
		return nil, invalid("must specify userName when calling with non-User credentials")
	}
	return c.st.user(c.Caller.User)
}

func getUser(c *Call, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
	u, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	return &iam.GetUserOutput{User: fullUser(u)}, nil
}

func listGroupsForUser(c *Call, in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
	u, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListGroupsForUser", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListGroupsForUserOutput{Groups: []types.Group{}}
	p := listSlice(&w, u.Groups, itself, func(name string) {
		if g, ok := c.st.groups.get(fold(name)); ok {
			out.Groups = append(out.Groups, groupShape(g))
		}
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func createUser(c *Call, in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
	asked, err := checkNew("userName", in.UserName, longestUser, in.Path, in.Tags)
	if err != nil {
		return nil, err
	}
	if c.st.users.has(fold(asked.name)) {
		return nil, exists("user", asked.name)
	}
	if most := c.st.quota("UsersQuota"); c.st.users.len() >= most {
		return nil, limit("cannot exceed quota for UsersPerAccount: %d", most)
	}
	if err := c.checkBoundary(in.PermissionsBoundary); err != nil {
		return nil, err
	}
	u := &user{User: account.User{
		Name: asked.name, ID: c.st.fresh(prefixUser, asked.name), ARN: c.st.arn("user", asked.path, asked.name), Path: asked.path, Created: c.Now,
		Boundary: text(in.PermissionsBoundary), Tags: asked.tags,
	}}
	c.st.users.put(fold(asked.name), u)
	return &iam.CreateUserOutput{User: fullUser(u)}, nil
}

// updateUser renames or moves a user. Groups hold their members by the user, so nothing else changes but the
// index of keys and the holders of devices.
func updateUser(c *Call, in *iam.UpdateUserInput) (*iam.UpdateUserOutput, error) {
	old, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	u := *old
	if in.NewUserName != nil {
		if u.Name, err = checkName("newUserName", in.NewUserName, longestUser); err != nil {
			return nil, err
		}
	}
	if in.NewPath != nil {
		if u.Path, err = checkPath(in.NewPath); err != nil {
			return nil, err
		}
	}
	if fold(u.Name) != fold(old.Name) && c.st.users.has(fold(u.Name)) {
		return nil, exists("user", u.Name)
	}
	u.ARN = c.st.arn("user", u.Path, u.Name)
	c.st.users.remove(fold(old.Name))
	c.st.users.put(fold(u.Name), &u)
	for _, k := range u.keys {
		if k != nil {
			c.st.keys.put(k.id, &keyOwner{k.id, fold(u.Name)})
		}
	}
	for _, m := range u.mfa {
		edit(&c.st.devices, m.serial, func(d *device) { d.User = u.ARN })
	}
	return &iam.UpdateUserOutput{}, nil
}

// deleteUser wants everything that belongs to the user gone first.
// Source: IAM API reference, DeleteUser.
func deleteUser(c *Call, in *iam.DeleteUserInput) (*iam.DeleteUserOutput, error) {
	u, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	for _, held := range []struct {
		still bool
		first string
	}{
		{u.keys != [2]*accessKey{}, "must delete access keys first"},
		{len(u.mfa) > 0, "must deactivate MFA devices first"},
		{u.signing != [2]*signingCert{}, "must delete signing certificates first"},
		{u.login != nil, "must delete login profile first"},
		{len(u.ssh) > 0, "must delete SSH public keys first"},
		{len(u.services) > 0, "must delete service-specific credentials first"},
		{len(u.Attached) > 0, "must detach all policies first"},
		{len(u.Inline) > 0, "must delete policies first"},
		{len(u.Groups) > 0, "must remove the user from groups first"},
	} {
		if held.still {
			return nil, conflict(held.first)
		}
	}
	c.st.users.remove(fold(u.Name))
	return &iam.DeleteUserOutput{}, nil
}
