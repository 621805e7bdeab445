package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

const longestGroup = 128

func listGroups(c *Call, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	w, err := c.window("ListGroups", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListGroupsOutput{Groups: []types.Group{}}
	p := list(&w, &c.st.groups, func(g *group) bool { return under(g.Path, in.PathPrefix) }, func(g *group) {
		out.Groups = append(out.Groups, groupShape(g))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func getGroup(c *Call, in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
	g, err := c.st.group(text(in.GroupName))
	if err != nil {
		return nil, err
	}
	w, err := c.window("GetGroup", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.GetGroupOutput{Group: new(groupShape(g)), Users: []types.User{}}
	p := listSlice(&w, c.st.members()[fold(g.Name)], func(u *user) string { return fold(u.Name) }, func(u *user) {
		out.Users = append(out.Users, userShape(u))
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

func createGroup(c *Call, in *iam.CreateGroupInput) (*iam.CreateGroupOutput, error) {
	name, err := checkName("groupName", in.GroupName, longestGroup)
	if err != nil {
		return nil, err
	}
	path, err := checkPath(in.Path)
	if err != nil {
		return nil, err
	}
	if c.st.groups.has(fold(name)) {
		return nil, exists("group", name)
	}
	if most := c.st.quota("GroupsQuota"); c.st.groups.len() >= most {
		return nil, limit("cannot exceed quota for GroupsPerAccount: %d", most)
	}
	g := &group{account.Group{
		Name: name, ID: c.st.fresh(prefixGroup, name), ARN: c.st.arn("group", path, name), Path: path, Created: c.Now,
	}}
	c.st.groups.put(fold(name), g)
	return &iam.CreateGroupOutput{Group: new(groupShape(g))}, nil
}

func updateGroup(c *Call, in *iam.UpdateGroupInput) (*iam.UpdateGroupOutput, error) {
	old, err := c.st.group(text(in.GroupName))
	if err != nil {
		return nil, err
	}
	g := *old
	if in.NewGroupName != nil {
		if g.Name, err = checkName("newGroupName", in.NewGroupName, longestGroup); err != nil {
			return nil, err
		}
	}
	if in.NewPath != nil {
		if g.Path, err = checkPath(in.NewPath); err != nil {
			return nil, err
		}
	}
	if fold(g.Name) != fold(old.Name) && c.st.groups.has(fold(g.Name)) {
		return nil, exists("group", g.Name)
	}
	g.ARN = c.st.arn("group", g.Path, g.Name)
	for _, u := range c.st.members()[fold(old.Name)] {
		member := *u
		member.Groups = insert(without(u.Groups, same(old.Name)), g.Name, itself)
		c.st.users.put(fold(u.Name), &member)
	}
	c.st.groups.remove(fold(old.Name))
	c.st.groups.put(fold(g.Name), &g)
	return &iam.UpdateGroupOutput{}, nil
}

// same picks a name without regard to letter case.
func same(name string) func(string) bool {
	folded := fold(name)
	return func(s string) bool { return fold(s) == folded }
}

func deleteGroup(c *Call, in *iam.DeleteGroupInput) (*iam.DeleteGroupOutput, error) {
	g, err := c.st.group(text(in.GroupName))
	if err != nil {
		return nil, err
	}
	switch {
	case len(c.st.members()[fold(g.Name)]) > 0:
		return nil, conflict("must remove users from group first")
	case len(g.Attached) > 0:
		return nil, conflict("must detach all policies first")
	case len(g.Inline) > 0:
		return nil, conflict("must delete policies first")
	}
	c.st.groups.remove(fold(g.Name))
	return &iam.DeleteGroupOutput{}, nil
}

// addUserToGroup succeeds also for a user who is in the group already.
func addUserToGroup(c *Call, in *iam.AddUserToGroupInput) (*iam.AddUserToGroupOutput, error) {
	g, err := c.st.group(text(in.GroupName))
	if err != nil {
		return nil, err
	}
	u, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	changed := *u
	changed.Groups = insert(u.Groups, g.Name, itself)
	if most := c.st.quota("GroupsPerUserQuota"); len(changed.Groups) > max(most, len(u.Groups)) {
		return nil, limit("cannot exceed quota for GroupsPerUser: %d", most)
	}
	c.st.users.put(fold(u.Name), &changed)
	return &iam.AddUserToGroupOutput{}, nil
}

func removeUserFromGroup(c *Call, in *iam.RemoveUserFromGroupInput) (*iam.RemoveUserFromGroupOutput, error) {
	g, err := c.st.group(text(in.GroupName))
	if err != nil {
		return nil, err
	}
	u, err := c.st.user(text(in.UserName))
	if err != nil {
		return nil, err
	}
	changed := *u
	changed.Groups = without(u.Groups, same(g.Name))
	if len(changed.Groups) == len(u.Groups) {
		return nil, noSuch("user", u.Name+" in group "+g.Name)
	}
	c.st.users.put(fold(u.Name), &changed)
	return &iam.RemoveUserFromGroupOutput{}, nil
}
