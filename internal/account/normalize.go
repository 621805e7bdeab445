package account

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/arn"
)

// Normalize brings a Snapshot being built into its one form: the partition and paths that were left out are
// filled in ("aws", "/"), ARNs and paths are derived from one another, times are UTC, documents are as
// NewDocument makes them, every list is sorted and an empty one is nil, and gaps name the account. A report row
// and its user complete one another's ARN and creation time, a policy and its default version one another's
// document. TakenAt, where it is missing, is the report's time.
// Names of groups and policies that do not exist stay: a dangling attachment is a fact.
func (s *Snapshot) Normalize() {
	s.Schema = SchemaV1
	s.Partition = cmp.Or(s.Partition, "aws")
	s.Aliases = sorted(s.Aliases, strings.Compare)
	s.normalizeReport()
	if s.TakenAt.IsZero() && s.Report != nil {
		s.TakenAt = s.Report.Generated
	}
	s.TakenAt = utc(s.TakenAt)
	s.normalizePrincipals()
	s.normalizePolicies()
	s.normalizeRest()
	s.joinReport()
}

func (s *Snapshot) normalizePrincipals() {
	s.Users = sortedBy(s.Users, func(u *User) string { return u.Name })
	for i := range s.Users {
		u := &s.Users[i]
		s.place("user", u.Name, &u.Path, &u.ARN)
		u.Created = utc(u.Created)
		u.Groups, u.Attached = names(u.Groups), names(u.Attached)
		u.Inline, u.Tags = inline(u.Inline), tags(u.Tags)
	}
	s.Groups = sortedBy(s.Groups, func(g *Group) string { return g.Name })
	for i := range s.Groups {
		g := &s.Groups[i]
		s.place("group", g.Name, &g.Path, &g.ARN)
		g.Created = utc(g.Created)
		g.Attached, g.Inline = names(g.Attached), inline(g.Inline)
	}
	s.Roles = sortedBy(s.Roles, func(r *Role) string { return r.Name })
	for i := range s.Roles {
		r := &s.Roles[i]
		s.place("role", r.Name, &r.Path, &r.ARN)
		r.Created, r.LastUsed = utc(r.Created), utc(r.LastUsed)
		r.Trust = NewDocument(string(r.Trust))
		r.Attached, r.Inline, r.Tags = names(r.Attached), inline(r.Inline), tags(r.Tags)
	}
	s.InstanceProfiles = sortedBy(s.InstanceProfiles, func(p *InstanceProfile) string { return p.Name })
	for i := range s.InstanceProfiles {
		p := &s.InstanceProfiles[i]
		s.place("instance-profile", p.Name, &p.Path, &p.ARN)
		p.Created, p.Roles = utc(p.Created), names(p.Roles)
	}
}

func (s *Snapshot) normalizePolicies() {
	for i := range s.Policies {
		p := &s.Policies[i]
		if a, err := arn.Parse(p.ARN); err == nil && p.Name == "" {
			p.Name = a.Name()
		}
		s.place("policy", p.Name, &p.Path, &p.ARN)
		p.Created, p.Updated = utc(p.Created), utc(p.Updated)
		p.Document = NewDocument(string(p.Document))
		p.Tags = tags(p.Tags)
		p.Versions = sorted(p.Versions, func(a, b Version) int {
			return cmp.Or(cmp.Compare(versionNumber(a.ID), versionNumber(b.ID)), strings.Compare(a.ID, b.ID))
		})
		for j := range p.Versions {
			v := &p.Versions[j]
			v.Created, v.Document = utc(v.Created), NewDocument(string(v.Document))
			if v.ID == p.Version {
				p.Document = cmp.Or(p.Document, v.Document)
				v.Document = cmp.Or(v.Document, p.Document)
			}
		}
	}
	s.Policies = sortedBy(s.Policies, func(p *Policy) string { return p.ARN })
}

func (s *Snapshot) normalizeRest() {
	s.VirtualMFADevices = sortedBy(s.VirtualMFADevices, func(m *VirtualMFA) string { return m.Serial })
	for i := range s.VirtualMFADevices {
		m := &s.VirtualMFADevices[i]
		m.Enabled, m.Tags = utc(m.Enabled), tags(m.Tags)
	}
	s.ServerCerts = sortedBy(s.ServerCerts, func(c *ServerCert) string { return c.Name })
	for i := range s.ServerCerts {
		c := &s.ServerCerts[i]
		s.place("server-certificate", c.Name, &c.Path, &c.ARN)
		c.Uploaded, c.Expiration = utc(c.Uploaded), utc(c.Expiration)
	}
	s.SAMLProviders = sortedBy(s.SAMLProviders, func(p *SAMLProvider) string { return p.ARN })
	for i := range s.SAMLProviders {
		p := &s.SAMLProviders[i]
		p.Created, p.ValidUntil = utc(p.Created), utc(p.ValidUntil)
	}
	s.OIDCProviders = sortedBy(s.OIDCProviders, func(p *OIDCProvider) string { return p.ARN })
	for i := range s.OIDCProviders {
		p := &s.OIDCProviders[i]
		p.ClientIDs, p.Thumbprints = names(p.ClientIDs), names(p.Thumbprints)
	}
	s.Confirmations = sortedBy(s.Confirmations, func(c *Confirmation) string { return c.User })
	for i := range s.Confirmations {
		s.Confirmations[i].normalize()
	}
	s.Controls.normalize()
	for i := range s.Gaps {
		s.Gaps[i].Account = cmp.Or(s.Gaps[i].Account, s.Account)
	}
	s.Gaps = slices.Compact(sorted(s.Gaps, compareGaps))
}

func (c *Confirmation) normalize() {
	c.At = utc(c.At)
	if c.MFADevices != nil {
		*c.MFADevices = names(*c.MFADevices)
	}
	if c.Keys == nil {
		return
	}
	*c.Keys = sorted(*c.Keys, func(a, b LiveKey) int { return strings.Compare(a.ID, b.ID) })
	for i := range *c.Keys {
		(*c.Keys)[i].Created = utc((*c.Keys)[i].Created)
	}
}

// place derives an ARN from a path and a name, or the path from the ARN.
func (s *Snapshot) place(kind, name string, path, resource *string) {
	if *path == "" {
		*path = "/"
		if a, err := arn.Parse(*resource); err == nil {
			*path = pathOf(a)
		}
	}
	if *resource == "" {
		*resource = arn.ARN{
			Partition: s.Partition, Service: "iam", Account: string(s.Account), Resource: kind + *path + name,
		}.String()
	}
}

// pathOf is what stands between the kind and the name of an IAM resource: "/eng/" of "user/eng/bob".
func pathOf(a arn.ARN) string {
	_, rest, found := strings.Cut(a.Resource, "/")
	if !found {
		return "/"
	}
	return "/" + strings.TrimSuffix(rest, a.Name())
}

func (s *Snapshot) normalizeReport() {
	if s.Report == nil {
		return
	}
	s.Report.Generated = utc(s.Report.Generated)
	s.Report.Rows = sortedBy(s.Report.Rows, func(c *Credential) string { return c.User })
	for i := range s.Report.Rows {
		c := &s.Report.Rows[i]
		c.Created, c.PasswordUsed = utc(c.Created), utc(c.PasswordUsed)
		c.PasswordChanged, c.PasswordNext = utc(c.PasswordChanged), utc(c.PasswordNext)
		for j := range c.Keys {
			c.Keys[j].Rotated, c.Keys[j].Used = utc(c.Keys[j].Rotated), utc(c.Keys[j].Used)
			c.Certs[j].Rotated = utc(c.Certs[j].Rotated)
		}
	}
}

// joinReport lets each report row and its user complete one another.
func (s *Snapshot) joinReport() {
	if s.Report == nil {
		return
	}
	for i := range s.Report.Rows {
		c := &s.Report.Rows[i]
		if c.User == RootUser {
			c.ARN = cmp.Or(c.ARN, "arn:"+s.Partition+":iam::"+string(s.Account)+":root")
			continue
		}
		at, found := slices.BinarySearchFunc(s.Users, c.User, func(u User, name string) int { return strings.Compare(u.Name, name) })
		if !found {
			continue
		}
		u := &s.Users[at]
		c.ARN = cmp.Or(c.ARN, u.ARN)
		c.Created = cmp.Or(c.Created, u.Created)
		u.Created = cmp.Or(u.Created, c.Created)
	}
}

func inline(list []InlinePolicy) []InlinePolicy {
	for i := range list {
		list[i].Document = NewDocument(string(list[i].Document))
	}
	return sortedBy(list, func(p *InlinePolicy) string { return p.Name })
}

func tags(list []Tag) []Tag { return sortedBy(list, func(t *Tag) string { return t.Key }) }

// names is list sorted, each name once.
func names(list []string) []string { return slices.Compact(sorted(list, strings.Compare)) }

func sortedBy[T any](list []T, key func(*T) string) []T {
	return sorted(list, func(a, b T) int { return strings.Compare(key(&a), key(&b)) })
}

// sorted sorts list in place; an empty one becomes nil.
func sorted[T any](list []T, compare func(a, b T) int) []T {
	if len(list) == 0 {
		return nil
	}
	if !slices.IsSortedFunc(list, compare) {
		slices.SortStableFunc(list, compare)
	}
	return list
}

func versionNumber(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "v")) // what is no version number stands first
	return n
}

// utc also strips the monotonic clock, so that equal times are equal values.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Round(0)
}
