package directory

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// attach gives an entity a managed policy; one that it has already stays as it is.
func (c *Call) attach(k kind, name, policy *string) error {
	return c.st.editGrants(k, text(name), func(g grants) error {
		if _, err := c.st.mustPolicy(text(policy)); err != nil {
			return err
		}
		if slices.Contains(*g.attached, *policy) {
			return nil
		}
		if most := c.st.quota(k.attached); len(*g.attached) >= most {
			return limit("cannot exceed quota for %s: %d", k.quota, most)
		}
		*g.attached = insert(*g.attached, *policy, itself)
		return nil
	})
}

func (c *Call) detach(k kind, name, policy *string) error {
	return c.st.editGrants(k, text(name), func(g grants) error {
		if !slices.Contains(*g.attached, text(policy)) {
			return noSuch("policy", text(policy)+" attached to "+k.noun+" "+g.name)
		}
		*g.attached = without(*g.attached, func(a string) bool { return a == *policy })
		return nil
	})
}

// attached lists an entity's managed policies whose path lies under prefix.
func (c *Call) attached(k kind, name, prefix *string, w *window) ([]types.AttachedPolicy, paged, error) {
	g, err := c.st.grants(k, text(name))
	if err != nil {
		return nil, paged{}, err
	}
	held := without(*g.attached, func(a string) bool { return !under(policyPath(a), prefix) })
	out := []types.AttachedPolicy{}
	p := listSlice(w, held, itself, func(a string) { out = append(out, attachedShape(&a)) })
	return out, p, nil
}

func attachUserPolicy(c *Call, in *iam.AttachUserPolicyInput) (*iam.AttachUserPolicyOutput, error) {
	return &iam.AttachUserPolicyOutput{}, c.attach(kindUser, in.UserName, in.PolicyArn)
}

func attachGroupPolicy(c *Call, in *iam.AttachGroupPolicyInput) (*iam.AttachGroupPolicyOutput, error) {
	return &iam.AttachGroupPolicyOutput{}, c.attach(kindGroup, in.GroupName, in.PolicyArn)
}

func attachRolePolicy(c *Call, in *iam.AttachRolePolicyInput) (*iam.AttachRolePolicyOutput, error) {
	return &iam.AttachRolePolicyOutput{}, c.attach(kindRole, in.RoleName, in.PolicyArn)
}

func detachUserPolicy(c *Call, in *iam.DetachUserPolicyInput) (*iam.DetachUserPolicyOutput, error) {
	return &iam.DetachUserPolicyOutput{}, c.detach(kindUser, in.UserName, in.PolicyArn)
}

func detachGroupPolicy(c *Call, in *iam.DetachGroupPolicyInput) (*iam.DetachGroupPolicyOutput, error) {
	return &iam.DetachGroupPolicyOutput{}, c.detach(kindGroup, in.GroupName, in.PolicyArn)
}

func detachRolePolicy(c *Call, in *iam.DetachRolePolicyInput) (*iam.DetachRolePolicyOutput, error) {
	return &iam.DetachRolePolicyOutput{}, c.detach(kindRole, in.RoleName, in.PolicyArn)
}

func listAttachedUserPolicies(c *Call, in *iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
	w, err := c.window("ListAttachedUserPolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	found, p, err := c.attached(kindUser, in.UserName, in.PathPrefix, &w)
	return &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: found, IsTruncated: p.truncated, Marker: p.marker}, err
}

func listAttachedGroupPolicies(c *Call, in *iam.ListAttachedGroupPoliciesInput) (*iam.ListAttachedGroupPoliciesOutput, error) {
	w, err := c.window("ListAttachedGroupPolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	found, p, err := c.attached(kindGroup, in.GroupName, in.PathPrefix, &w)
	return &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: found, IsTruncated: p.truncated, Marker: p.marker}, err
}

func listAttachedRolePolicies(c *Call, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
	w, err := c.window("ListAttachedRolePolicies", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	found, p, err := c.attached(kindRole, in.RoleName, in.PathPrefix, &w)
	return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: found, IsTruncated: p.truncated, Marker: p.marker}, err
}
