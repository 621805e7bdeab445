package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func listAccessKeys(c *Call, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	u, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	w, err := c.window("ListAccessKeys", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{}}
	p := listSlice(&w, held(u.keys[:]), func(k *accessKey) string { return k.id }, func(k *accessKey) {
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, types.AccessKeyMetadata{
			AccessKeyId: &k.id, CreateDate: stamp(k.created), Status: status(k.active), UserName: &u.Name,
		})
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker
	return out, nil
}

// held is slots without the empty ones.
func held[T any](slots []*T) []*T {
	return without(slots, func(t *T) bool { return t == nil })
}

func status(active bool) types.StatusType {
	if active {
		return types.StatusTypeActive
	}
	return types.StatusTypeInactive
}

// isActive reads a status of a request.
func isActive(s types.StatusType) (bool, error) {
	switch s {
	case types.StatusTypeActive:
		return true, nil
	case types.StatusTypeInactive:
		return false, nil
	}
	return false, invalid("value %q at 'status' must be Active or Inactive", s)
}

// getAccessKeyLastUsed says N/A of a key that was never used.
func getAccessKeyLastUsed(c *Call, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	u, k, ok := c.st.accessKey(text(in.AccessKeyId))
	if !ok {
		return nil, noSuch("access key", text(in.AccessKeyId))
	}
	used := &types.AccessKeyLastUsed{LastUsedDate: stamp(k.used), Region: &k.region, ServiceName: &k.service}
	if k.used.IsZero() {
		used.Region, used.ServiceName = new("N/A"), new("N/A")
	}
	return &iam.GetAccessKeyLastUsedOutput{UserName: &u.Name, AccessKeyLastUsed: used}, nil
}

func createAccessKey(c *Call, in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	self, err := c.self(in.UserName)
	if err != nil {
		return nil, err
	}
	k := &accessKey{created: c.Now, active: true}
	err = c.st.editUser(self.Name, func(u *user) error {
		if most := min(c.st.quota("AccessKeysPerUserQuota"), len(u.keys)); len(held(u.keys[:])) >= most {
			return limit("cannot exceed quota for AccessKeysPerUser: %d", most)
		}
		k.id = c.st.fresh(prefixKey, u.Name)
		if u.keys[0] == nil {
			u.keys[0] = k
		} else {
			u.keys[1] = k
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.st.keys.put(k.id, &keyOwner{k.id, fold(self.Name)})
	return &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
		AccessKeyId: &k.id, SecretAccessKey: new(Secret(k.id)), Status: types.StatusTypeActive, UserName: &self.Name, CreateDate: &k.created,
	}}, nil
}

// ownKey finds a key by id among those of the user that a request is about.
func (c *Call) ownKey(name, id *string) (*user, error) {
	u, err := c.self(name)
	if err != nil {
		return nil, err
	}
	owner, _, ok := c.st.accessKey(text(id))
	if !ok || owner.Name != u.Name {
		return nil, noSuch("access key", text(id))
	}
	return u, nil
}

func updateAccessKey(c *Call, in *iam.UpdateAccessKeyInput) (*iam.UpdateAccessKeyOutput, error) {
	u, err := c.ownKey(in.UserName, in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	active, err := isActive(in.Status)
	if err != nil {
		return nil, err
	}
	c.st.editKey(u, *in.AccessKeyId, func(k *accessKey) { k.active = active })
	return &iam.UpdateAccessKeyOutput{}, nil
}

func deleteAccessKey(c *Call, in *iam.DeleteAccessKeyInput) (*iam.DeleteAccessKeyOutput, error) {
	u, err := c.ownKey(in.UserName, in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	changed := *u
	for i, k := range changed.keys {
		if k != nil && k.id == *in.AccessKeyId {
			changed.keys[i] = nil
		}
	}
	c.st.users.put(fold(u.Name), &changed)
	c.st.keys.remove(*in.AccessKeyId)
	return &iam.DeleteAccessKeyOutput{}, nil
}
