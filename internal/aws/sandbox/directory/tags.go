package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
)

// bearing is a kind of entity that bears tags.
type bearing uint8

const (
	bearingUser bearing = iota + 1
	bearingRole
	bearingPolicy
	bearingMFADevice
	bearingInstanceProfile
	bearingServerCertificate
	bearingSAMLProvider
	bearingOpenIDConnectProvider
)

// tags gives the tags of one entity.
func (s *state) tags(kind bearing, id string) ([]account.Tag, error) {
	switch kind {
	case bearingUser:
		u, err := s.user(id)
		return tagsOf(u, err, func(u *user) []account.Tag { return u.Tags })
	case bearingRole:
		r, err := s.role(id)
		return tagsOf(r, err, func(r *role) []account.Tag { return r.Tags })
	case bearingPolicy:
		m, err := s.mustPolicy(id)
		return tagsOf(m, err, func(m *managed) []account.Tag { return m.Tags })
	case bearingMFADevice:
		d, err := s.device(id)
		return tagsOf(d, err, func(d *device) []account.Tag { return d.Tags })
	case bearingInstanceProfile:
		p, err := s.profile(id)
		return tagsOf(p, err, func(p *profile) []account.Tag { return p.tags })
	case bearingServerCertificate:
		c, err := s.certificate(id)
		return tagsOf(c, err, func(c *certificate) []account.Tag { return c.tags })
	case bearingSAMLProvider:
		p, err := s.samlProvider(&id)
		return tagsOf(p, err, func(p *samlProvider) []account.Tag { return p.tags })
	case bearingOpenIDConnectProvider:
		p, err := s.oidcProvider(&id)
		return tagsOf(p, err, func(p *oidcProvider) []account.Tag { return p.tags })
	}
	return nil, nil
}

func tagsOf[V any](v *V, err error, tags func(*V) []account.Tag) ([]account.Tag, error) {
	if err != nil {
		return nil, err
	}
	return tags(v), nil
}

// editTags replaces one entity by a copy whose tags change makes from the old ones.
func (s *state) editTags(kind bearing, id string, change func([]account.Tag) ([]account.Tag, error)) error {
	old, err := s.tags(kind, id)
	if err != nil {
		return err
	}
	tags, err := change(old)
	if err != nil {
		return err
	}
	switch kind {
	case bearingUser:
		return s.editUser(id, func(u *user) error { u.Tags = tags; return nil })
	case bearingRole: // service-linked ones too: IAM API reference, TagRole
		edit(&s.roles, fold(id), func(r *role) { r.Tags = tags })
	case bearingPolicy:
		return s.editPolicy(id, func(m *managed) error { m.Tags = tags; return nil })
	case bearingMFADevice:
		edit(&s.devices, id, func(d *device) { d.Tags = tags })
	case bearingInstanceProfile:
		edit(&s.profiles, fold(id), func(p *profile) { p.tags = tags })
	case bearingServerCertificate:
		edit(&s.certs, fold(id), func(c *certificate) { c.tags = tags })
	case bearingSAMLProvider:
		edit(&s.saml, id, func(p *samlProvider) { p.tags = tags })
	case bearingOpenIDConnectProvider:
		edit(&s.oidc, id, func(p *oidcProvider) { p.tags = tags })
	}
	return nil
}

func (c *Call) tag(kind bearing, id *string, add []types.Tag) error {
	return c.st.editTags(kind, text(id), func(old []account.Tag) ([]account.Tag, error) { return mergeTags(old, add) })
}

func (c *Call) untag(kind bearing, id *string, keys []string) error {
	return c.st.editTags(kind, text(id), func(old []account.Tag) ([]account.Tag, error) { return dropTags(old, keys), nil })
}

// listTags pages through the tags of one entity.
func (c *Call) listTags(kind bearing, operation string, id, marker *string, items *int32) ([]types.Tag, paged, error) {
	tags, err := c.st.tags(kind, text(id))
	if err != nil {
		return nil, paged{}, err
	}
	w, err := c.window(operation, marker, items)
	if err != nil {
		return nil, paged{}, err
	}
	out := []types.Tag{}
	p := listSlice(&w, tags, tagKey, func(t account.Tag) { out = append(out, types.Tag{Key: &t.Key, Value: &t.Value}) })
	return out, p, nil
}

func tagUser(c *Call, in *iam.TagUserInput) (*iam.TagUserOutput, error) {
	return &iam.TagUserOutput{}, c.tag(bearingUser, in.UserName, in.Tags)
}

func untagUser(c *Call, in *iam.UntagUserInput) (*iam.UntagUserOutput, error) {
	return &iam.UntagUserOutput{}, c.untag(bearingUser, in.UserName, in.TagKeys)
}

func listUserTags(c *Call, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
	tags, p, err := c.listTags(bearingUser, "ListUserTags", in.UserName, in.Marker, in.MaxItems)
	return &iam.ListUserTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagRole(c *Call, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
	return &iam.TagRoleOutput{}, c.tag(bearingRole, in.RoleName, in.Tags)
}

func untagRole(c *Call, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
	return &iam.UntagRoleOutput{}, c.untag(bearingRole, in.RoleName, in.TagKeys)
}

func listRoleTags(c *Call, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	tags, p, err := c.listTags(bearingRole, "ListRoleTags", in.RoleName, in.Marker, in.MaxItems)
	return &iam.ListRoleTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagPolicy(c *Call, in *iam.TagPolicyInput) (*iam.TagPolicyOutput, error) {
	return &iam.TagPolicyOutput{}, c.tag(bearingPolicy, in.PolicyArn, in.Tags)
}

func untagPolicy(c *Call, in *iam.UntagPolicyInput) (*iam.UntagPolicyOutput, error) {
	return &iam.UntagPolicyOutput{}, c.untag(bearingPolicy, in.PolicyArn, in.TagKeys)
}

func listPolicyTags(c *Call, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	tags, p, err := c.listTags(bearingPolicy, "ListPolicyTags", in.PolicyArn, in.Marker, in.MaxItems)
	return &iam.ListPolicyTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagMFADevice(c *Call, in *iam.TagMFADeviceInput) (*iam.TagMFADeviceOutput, error) {
	return &iam.TagMFADeviceOutput{}, c.tag(bearingMFADevice, in.SerialNumber, in.Tags)
}

func untagMFADevice(c *Call, in *iam.UntagMFADeviceInput) (*iam.UntagMFADeviceOutput, error) {
	return &iam.UntagMFADeviceOutput{}, c.untag(bearingMFADevice, in.SerialNumber, in.TagKeys)
}

func listMFADeviceTags(c *Call, in *iam.ListMFADeviceTagsInput) (*iam.ListMFADeviceTagsOutput, error) {
	tags, p, err := c.listTags(bearingMFADevice, "ListMFADeviceTags", in.SerialNumber, in.Marker, in.MaxItems)
	return &iam.ListMFADeviceTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagInstanceProfile(c *Call, in *iam.TagInstanceProfileInput) (*iam.TagInstanceProfileOutput, error) {
	return &iam.TagInstanceProfileOutput{}, c.tag(bearingInstanceProfile, in.InstanceProfileName, in.Tags)
}

func untagInstanceProfile(c *Call, in *iam.UntagInstanceProfileInput) (*iam.UntagInstanceProfileOutput, error) {
	return &iam.UntagInstanceProfileOutput{}, c.untag(bearingInstanceProfile, in.InstanceProfileName, in.TagKeys)
}

func listInstanceProfileTags(c *Call, in *iam.ListInstanceProfileTagsInput) (*iam.ListInstanceProfileTagsOutput, error) {
	tags, p, err := c.listTags(bearingInstanceProfile, "ListInstanceProfileTags", in.InstanceProfileName, in.Marker, in.MaxItems)
	return &iam.ListInstanceProfileTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagServerCertificate(c *Call, in *iam.TagServerCertificateInput) (*iam.TagServerCertificateOutput, error) {
	return &iam.TagServerCertificateOutput{}, c.tag(bearingServerCertificate, in.ServerCertificateName, in.Tags)
}

func untagServerCertificate(c *Call, in *iam.UntagServerCertificateInput) (*iam.UntagServerCertificateOutput, error) {
	return &iam.UntagServerCertificateOutput{}, c.untag(bearingServerCertificate, in.ServerCertificateName, in.TagKeys)
}

func listServerCertificateTags(c *Call, in *iam.ListServerCertificateTagsInput) (*iam.ListServerCertificateTagsOutput, error) {
	tags, p, err := c.listTags(bearingServerCertificate, "ListServerCertificateTags", in.ServerCertificateName, in.Marker, in.MaxItems)
	return &iam.ListServerCertificateTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagSAMLProvider(c *Call, in *iam.TagSAMLProviderInput) (*iam.TagSAMLProviderOutput, error) {
	return &iam.TagSAMLProviderOutput{}, c.tag(bearingSAMLProvider, in.SAMLProviderArn, in.Tags)
}

func untagSAMLProvider(c *Call, in *iam.UntagSAMLProviderInput) (*iam.UntagSAMLProviderOutput, error) {
	return &iam.UntagSAMLProviderOutput{}, c.untag(bearingSAMLProvider, in.SAMLProviderArn, in.TagKeys)
}

func listSAMLProviderTags(c *Call, in *iam.ListSAMLProviderTagsInput) (*iam.ListSAMLProviderTagsOutput, error) {
	tags, p, err := c.listTags(bearingSAMLProvider, "ListSAMLProviderTags", in.SAMLProviderArn, in.Marker, in.MaxItems)
	return &iam.ListSAMLProviderTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}

func tagOpenIDConnectProvider(c *Call, in *iam.TagOpenIDConnectProviderInput) (*iam.TagOpenIDConnectProviderOutput, error) {
	return &iam.TagOpenIDConnectProviderOutput{}, c.tag(bearingOpenIDConnectProvider, in.OpenIDConnectProviderArn, in.Tags)
}

func untagOpenIDConnectProvider(c *Call, in *iam.UntagOpenIDConnectProviderInput) (*iam.UntagOpenIDConnectProviderOutput, error) {
	return &iam.UntagOpenIDConnectProviderOutput{}, c.untag(bearingOpenIDConnectProvider, in.OpenIDConnectProviderArn, in.TagKeys)
}

func listOpenIDConnectProviderTags(c *Call, in *iam.ListOpenIDConnectProviderTagsInput) (*iam.ListOpenIDConnectProviderTagsOutput, error) {
	tags, p, err := c.listTags(bearingOpenIDConnectProvider, "ListOpenIDConnectProviderTags", in.OpenIDConnectProviderArn, in.Marker, in.MaxItems)
	return &iam.ListOpenIDConnectProviderTagsOutput{Tags: tags, IsTruncated: p.truncated, Marker: p.marker}, err
}
