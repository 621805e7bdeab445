package directory

import (
	"github.com/ambit-iam/ambit/internal/account"
)

// kind is one of the three kinds of entity that hold policies, with the names of its quotas.
type kind struct {
	noun           string
	attached, size string // names in the account summary
	quota          string // name in AWS's message
}

var (
	kindUser  = kind{noun: "user", attached: "AttachedPoliciesPerUserQuota", size: "UserPolicySizeQuota", quota: "PoliciesPerUser"}
	kindGroup = kind{noun: "group", attached: "AttachedPoliciesPerGroupQuota", size: "GroupPolicySizeQuota", quota: "PoliciesPerGroup"}
	kindRole  = kind{noun: "role", attached: "AttachedPoliciesPerRoleQuota", size: "RolePolicySizeQuota", quota: "PoliciesPerRole"}
)

// grants is what a user, group or role holds of policies; the pointers lead into the entity.
type grants struct {
	name     string
	attached *[]string
	inline   *[]account.InlinePolicy
}

// grants finds an entity of a kind, to read.
func (s *state) grants(k kind, name string) (grants, error) {
	switch k {
	case kindUser:
		u, err := s.user(name)
		if err != nil {
			return grants{}, err
		}
		return grants{u.Name, &u.Attached, &u.Inline}, nil
	case kindGroup:
		g, err := s.group(name)
		if err != nil {
			return grants{}, err
		}
		return grants{g.Name, &g.Attached, &g.Inline}, nil
	default:
		r, err := s.role(name)
		if err != nil {
			return grants{}, err
		}
		return grants{r.Name, &r.Attached, &r.Inline}, nil
	}
}

// editGrants replaces an entity of a kind by a changed copy.
func (s *state) editGrants(k kind, name string, change func(grants) error) error {
	switch k {
	case kindUser:
		return s.editUser(name, func(u *user) error { return change(grants{u.Name, &u.Attached, &u.Inline}) })
	case kindGroup:
		old, err := s.group(name)
		if err != nil {
			return err
		}
		g := *old
		if err := change(grants{g.Name, &g.Attached, &g.Inline}); err != nil {
			return err
		}
		s.groups.put(fold(g.Name), &g)
		return nil
	default:
		return s.editRole(name, func(r *role) error { return change(grants{r.Name, &r.Attached, &r.Inline}) })
	}
}

// editUser replaces a user by a changed copy. The name stays.
func (s *state) editUser(name string, change func(*user) error) error {
	old, err := s.user(name)
	if err != nil {
		return err
	}
	u := *old
	if err := change(&u); err != nil {
		return err
	}
	s.users.put(fold(u.Name), &u)
	return nil
}
