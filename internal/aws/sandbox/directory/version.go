package directory

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/account"
)

// createPolicyVersion also moves the policy's update date, which is that of its newest version.
// Source: IAM API reference, Policy, UpdateDate.
func createPolicyVersion(c *Call, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	out := &iam.CreatePolicyVersionOutput{}
	err := c.st.editPolicy(text(in.PolicyArn), func(m *managed) error {
		if err := c.checkManaged(in.PolicyDocument); err != nil {
			return err
		}
		if most := c.st.quota("VersionsPerPolicyQuota"); len(m.Versions) >= most {
			return limit("a managed policy can have up to %d versions: delete one first", most)
		}
		m.tried++
		v := account.Version{ID: "v" + strconv.Itoa(m.tried), Created: c.Now, Document: account.Document(*in.PolicyDocument)}
		m.Versions = append(slices.Clip(m.Versions), v)
		m.Updated = c.Now
		if in.SetAsDefault {
			m.prefer(&v)
		}
		out.PolicyVersion = new(versionShape(m, &v, false))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// prefer makes v the default version. Doing it again changes nothing.
func (m *managed) prefer(v *account.Version) { m.Version, m.Document = v.ID, v.Document }

func setDefaultPolicyVersion(c *Call, in *iam.SetDefaultPolicyVersionInput) (*iam.SetDefaultPolicyVersionOutput, error) {
	err := c.st.editPolicy(text(in.PolicyArn), func(m *managed) error {
		v, err := m.version(text(in.VersionId))
		if err != nil {
			return err
		}
		m.prefer(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &iam.SetDefaultPolicyVersionOutput{}, nil
}

func deletePolicyVersion(c *Call, in *iam.DeletePolicyVersionInput) (*iam.DeletePolicyVersionOutput, error) {
	err := c.st.editPolicy(text(in.PolicyArn), func(m *managed) error {
		v, err := m.version(text(in.VersionId))
		if err != nil {
			return err
		}
		if v.ID == m.Version {
			return conflict("cannot delete the default version of a policy")
		}
		gone := v.ID
		m.Versions = without(m.Versions, func(v account.Version) bool { return v.ID == gone })
		if newest := m.Versions[len(m.Versions)-1].Created; v.Created.Equal(m.Updated) && !newest.IsZero() {
			m.Updated = newest
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &iam.DeletePolicyVersionOutput{}, nil
}
