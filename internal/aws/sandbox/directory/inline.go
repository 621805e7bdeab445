package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/policy"
)

// putInline writes an inline policy, in place of one of its name. The quota is on the sum of an entity's inline
// policies.
func (c *Call) putInline(k kind, name, policyName, document *string) error {
	return c.st.editGrants(k, text(name), func(g grants) error {
		called, err := checkName("policyName", policyName, longestPolicy)
		if err != nil {
			return err
		}
		if _, err := checkDocument("policyDocument", document, policy.Identity); err != nil {
			return err
		}
		changed := insert(*g.inline, account.InlinePolicy{Name: called, Document: account.Document(*document)}, inlineName)
		sum := 0
		for _, p := range changed {
			sum += weight(string(p.Document))
		}
		if most := c.st.quota(k.size); sum > most {
			return limit("maximum policy size of %d bytes exceeded for %s %s", most, k.noun, g.name)
		}
		*g.inline = changed
		return nil
	})
}

func (c *Call) deleteInline(k kind, name, policyName *string) error {
	return c.st.editGrants(k, text(name), func(g grants) error {
		if _, err := g.inlinePolicy(k, text(policyName)); err != nil {
			return err
		}
		*g.inline = without(*g.inline, func(p account.InlinePolicy) bool { return p.Name == *policyName })
		return nil
	})
}

func (g grants) inlinePolicy(k kind, name string) (*account.InlinePolicy, error) {
	for i := range *g.inline {
		if p := &(*g.inline)[i]; p.Name == name {
			return p, nil
		}
	}
	return nil, noSuch("policy", name+" of "+k.noun+" "+g.name)
}

// inline gives an entity's own spelling of its name, the policy's, and the encoded document.
func (c *Call) inline(k kind, name, policyName *string) (entity, called, document *string, err error) {
	g, err := c.st.grants(k, text(name))
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := g.inlinePolicy(k, text(policyName))
	if err != nil {
		return nil, nil, nil, err
	}
	return &g.name, &p.Name, encoded(p.Document), nil
}

func (c *Call) inlineNames(k kind, name *string, w *window) ([]string, paged, error) {
	g, err := c.st.grants(k, text(name))
	if err != nil {
		return nil, paged{}, err
	}
	names := []string{}
	p := listSlice(w, *g.inline, inlineName, func(p account.InlinePolicy) { names = append(names, p.Name) })
	return names, p, nil
}

func putUserPolicy(c *Call, in *iam.PutUserPolicyInput) (*iam.PutUserPolicyOutput, error) {
	return &iam.PutUserPolicyOutput{}, c.putInline(kindUser, in.UserName, in.PolicyName, in.PolicyDocument)
}

func putGroupPolicy(c *Call, in *iam.PutGroupPolicyInput) (*iam.PutGroupPolicyOutput, error) {
	return &iam.PutGroupPolicyOutput{}, c.putInline(kindGroup, in.GroupName, in.PolicyName, in.PolicyDocument)
}

func putRolePolicy(c *Call, in *iam.PutRolePolicyInput) (*iam.PutRolePolicyOutput, error) {
	return &iam.PutRolePolicyOutput{}, c.putInline(kindRole, in.RoleName, in.PolicyName, in.PolicyDocument)
}

func deleteUserPolicy(c *Call, in *iam.DeleteUserPolicyInput) (*iam.DeleteUserPolicyOutput, error) {
	return &iam.DeleteUserPolicyOutput{}, c.deleteInline(kindUser, in.UserName, in.PolicyName)
}

func deleteGroupPolicy(c *Call, in *iam.DeleteGroupPolicyInput) (*iam.DeleteGroupPolicyOutput, error) {
	return &iam.DeleteGroupPolicyOutput{}, c.deleteInline(kindGroup, in.GroupName, in.PolicyName)
}

func deleteRolePolicy(c *Call, in *iam.DeleteRolePolicyInput) (*iam.DeleteRolePolicyOutput, error) {
	return &iam.DeleteRolePolicyOutput{}, c.deleteInline(kindRole, in.RoleName, in.PolicyName)
}

func getUserPolicy(c *Call, in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
	entity, name, document, err := c.inline(kindUser, in.UserName, in.PolicyName)
	return &iam.GetUserPolicyOutput{UserName: entity, PolicyName: name, PolicyDocument: document}, err
}

func getGroupPolicy(c *Call, in *iam.GetGroupPolicyInput) (*iam.GetGroupPolicyOutput, error) {
	entity, name, document, err := c.inline(kindGroup, in.GroupName, in.PolicyName)
	return &iam.GetGroupPolicyOutput{GroupName: entity, PolicyName: name, PolicyDocument: document}, err
}

func getRolePolicy(c *Call, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
	entity, name, document, err := c.inline(kindRole, in.RoleName, in.PolicyName)
	return &iam.GetRolePolicyOutput{RoleName: entity, PolicyName: name, PolicyDocument: document}, err
}

func listUserPolicies(c *Call, in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
	w, err := c.window("ListUserPolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	names, p, err := c.inlineNames(kindUser, in.UserName, &w)
	return &iam.ListUserPoliciesOutput{PolicyNames: names, IsTruncated: p.truncated, Marker: p.marker}, err
}

func listGroupPolicies(c *Call, in *iam.ListGroupPoliciesInput) (*iam.ListGroupPoliciesOutput, error) {
	w, err := c.window("ListGroupPolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	names, p, err := c.inlineNames(kindGroup, in.GroupName, &w)
	return &iam.ListGroupPoliciesOutput{PolicyNames: names, IsTruncated: p.truncated, Marker: p.marker}, err
}

func listRolePolicies(c *Call, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
	w, err := c.window("ListRolePolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	names, p, err := c.inlineNames(kindRole, in.RoleName, &w)
	return &iam.ListRolePoliciesOutput{PolicyNames: names, IsTruncated: p.truncated, Marker: p.marker}, err
}
