package directory

import (
	"maps"
	"slices"

	"github.com/ambit-iam/ambit/internal/account"
)

// detached is s with every list its own, so that normalising one side never touches the other.
func detached(s *account.Snapshot) *account.Snapshot {
	c := *s
	c.Aliases = slices.Clone(s.Aliases)
	c.Users = each(s.Users, func(u *account.User) {
		u.Groups, u.Attached = slices.Clone(u.Groups), slices.Clone(u.Attached)
		u.Inline, u.Tags = slices.Clone(u.Inline), slices.Clone(u.Tags)
	})
	c.Groups = each(s.Groups, func(g *account.Group) {
		g.Attached, g.Inline = slices.Clone(g.Attached), slices.Clone(g.Inline)
	})
	c.Roles = each(s.Roles, func(r *account.Role) {
		r.Attached, r.Inline, r.Tags = slices.Clone(r.Attached), slices.Clone(r.Inline), slices.Clone(r.Tags)
	})
	c.Policies = each(s.Policies, func(p *account.Policy) {
		p.Versions, p.Tags = slices.Clone(p.Versions), slices.Clone(p.Tags)
	})
	c.InstanceProfiles = each(s.InstanceProfiles, func(p *account.InstanceProfile) { p.Roles = slices.Clone(p.Roles) })
	c.VirtualMFADevices = each(s.VirtualMFADevices, func(d *account.VirtualMFA) { d.Tags = slices.Clone(d.Tags) })
	c.ServerCerts = slices.Clone(s.ServerCerts)
	c.SAMLProviders = slices.Clone(s.SAMLProviders)
	c.OIDCProviders = each(s.OIDCProviders, func(p *account.OIDCProvider) {
		p.ClientIDs, p.Thumbprints = slices.Clone(p.ClientIDs), slices.Clone(p.Thumbprints)
	})
	c.Confirmations = each(s.Confirmations, func(f *account.Confirmation) {
		f.MFADevices, f.Keys = clonePointer(f.MFADevices), clonePointer(f.Keys)
	})
	c.Gaps = slices.Clone(s.Gaps)
	c.Summary = maps.Clone(s.Summary)
	if s.Report != nil {
		c.Report = &account.CredentialReport{Generated: s.Report.Generated, Rows: slices.Clone(s.Report.Rows)}
	}
	if s.PasswordPolicy != nil {
		c.PasswordPolicy = new(*s.PasswordPolicy)
	}
	return &c
}

func each[T any](list []T, detach func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		detach(&list[i])
	}
	return list
}

func clonePointer[T any](list *[]T) *[]T {
	if list == nil {
		return nil
	}
	return new(slices.Clone(*list))
}
