package capture

import (
	"math"
	"strconv"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/wire"
)

// The tables of AWS's output. Source of names and shapes: the API model iam/2010-05-08 of botocore.
// Members that are not used are passed over.

// role is a role with what stands in its details beside it.
type role struct {
	account.Role
	profiles []account.InstanceProfile
}

// policy is a policy with the number of its holders as AWS counts them, whether or not they are told of.
type policy struct {
	account.Policy
	attached, bounding *int // nil: not told
}

var userTable = wire.NewObject(
	text("Path", func(u *account.User) *string { return &u.Path }),
	plain("UserName", func(u *account.User) *string { return &u.Name }),
	plain("UserId", func(u *account.User) *string { return &u.ID }),
	plain("Arn", func(u *account.User) *string { return &u.ARN }),
	instant("CreateDate", func(u *account.User) *time.Time { return &u.Created }),
	wire.Field("UserPolicyList", wire.List(inlineTable), func(u *account.User) *[]account.InlinePolicy { return &u.Inline }),
	wire.Field("GroupList", wire.List(wire.Shared[string]()), func(u *account.User) *[]string { return &u.Groups }),
	wire.Field("AttachedManagedPolicies", wire.List(attachedTable), func(u *account.User) *[]string { return &u.Attached }),
	wire.Field("PermissionsBoundary", boundaryTable, func(u *account.User) *string { return &u.Boundary }),
	wire.Field("Tags", wire.List(tagTable), func(u *account.User) *[]account.Tag { return &u.Tags }),
).Loose().Check(func(u *account.User) string { return lacks("UserName", u.Name) })

var groupTable = wire.NewObject(
	text("Path", func(g *account.Group) *string { return &g.Path }),
	plain("GroupName", func(g *account.Group) *string { return &g.Name }),
	plain("GroupId", func(g *account.Group) *string { return &g.ID }),
	plain("Arn", func(g *account.Group) *string { return &g.ARN }),
	instant("CreateDate", func(g *account.Group) *time.Time { return &g.Created }),
	wire.Field("GroupPolicyList", wire.List(inlineTable), func(g *account.Group) *[]account.InlinePolicy { return &g.Inline }),
	wire.Field("AttachedManagedPolicies", wire.List(attachedTable), func(g *account.Group) *[]string { return &g.Attached }),
).Loose().Check(func(g *account.Group) string { return lacks("GroupName", g.Name) })

// roleTable reads RoleDetail, and the Role of ListRoles, which adds the description and the session duration.
var roleTable = wire.NewObject(
	text("Path", func(r *role) *string { return &r.Path }),
	plain("RoleName", func(r *role) *string { return &r.Name }),
	plain("RoleId", func(r *role) *string { return &r.ID }),
	plain("Arn", func(r *role) *string { return &r.ARN }),
	instant("CreateDate", func(r *role) *time.Time { return &r.Created }),
	plain("Description", func(r *role) *string { return &r.Description }),
	document("AssumeRolePolicyDocument", func(r *role) *account.Document { return &r.Trust }),
	wire.Field("InstanceProfileList", wire.List(profileTable), func(r *role) *[]account.InstanceProfile { return &r.profiles }),
	wire.Field("RolePolicyList", wire.List(inlineTable), func(r *role) *[]account.InlinePolicy { return &r.Inline }),
	wire.Field("AttachedManagedPolicies", wire.List(attachedTable), func(r *role) *[]string { return &r.Attached }),
	wire.Field("PermissionsBoundary", boundaryTable, func(r *role) *string { return &r.Boundary }),
	wire.Field("Tags", wire.List(tagTable), func(r *role) *[]account.Tag { return &r.Tags }),
	wire.Field("RoleLastUsed", lastUsedTable, func(r *role) *role { return r }),
	wire.Field("MaxSessionDuration", wire.Int(), func(r *role) *int { return &r.MaxSession }),
).Loose().Check(func(r *role) string { return lacks("RoleName", r.Name) })

var lastUsedTable = wire.NewObject(
	instant("LastUsedDate", func(r *role) *time.Time { return &r.LastUsed }),
	text("Region", func(r *role) *string { return &r.LastUsedRegion }),
).Loose()

var inlineTable = wire.NewObject(
	text("PolicyName", func(p *account.InlinePolicy) *string { return &p.Name }),
	document("PolicyDocument", func(p *account.InlinePolicy) *account.Document { return &p.Document }),
).Loose().Check(func(p *account.InlinePolicy) string { return lacks("PolicyName", p.Name) })

// policyTable reads ManagedPolicyDetail, and the Policy of ListPolicies and GetPolicy, which have no versions.
var policyTable = wire.NewObject(
	plain("PolicyName", func(p *policy) *string { return &p.Name }),
	plain("PolicyId", func(p *policy) *string { return &p.ID }),
	plain("Arn", func(p *policy) *string { return &p.ARN }),
	text("Path", func(p *policy) *string { return &p.Path }),
	text("DefaultVersionId", func(p *policy) *string { return &p.Version }),
	instant("CreateDate", func(p *policy) *time.Time { return &p.Created }),
	instant("UpdateDate", func(p *policy) *time.Time { return &p.Updated }),
	wire.Field("PolicyVersionList", wire.List(versionTable), func(p *policy) *[]account.Version { return &p.Versions }),
	wire.Field("Tags", wire.List(tagTable), func(p *policy) *[]account.Tag { return &p.Tags }),
	wire.Field("AttachmentCount", wire.Pointer(wire.Int()), func(p *policy) **int { return &p.attached }),
	wire.Field("PermissionsBoundaryUsageCount", wire.Pointer(wire.Int()), func(p *policy) **int { return &p.bounding }),
).Loose().Check(func(p *policy) string { return lacks("Arn", p.ARN) })

var versionTable = wire.NewObject(
	document("Document", func(v *account.Version) *account.Document { return &v.Document }),
	text("VersionId", func(v *account.Version) *string { return &v.ID }),
	instant("CreateDate", func(v *account.Version) *time.Time { return &v.Created }),
).Loose()

var profileTable = wire.NewObject(
	text("Path", func(p *account.InstanceProfile) *string { return &p.Path }),
	plain("InstanceProfileName", func(p *account.InstanceProfile) *string { return &p.Name }),
	plain("InstanceProfileId", func(p *account.InstanceProfile) *string { return &p.ID }),
	plain("Arn", func(p *account.InstanceProfile) *string { return &p.ARN }),
	instant("CreateDate", func(p *account.InstanceProfile) *time.Time { return &p.Created }),
	wire.Field("Roles", wire.List(member("RoleName")), func(p *account.InstanceProfile) *[]string { return &p.Roles }),
).Loose().Check(func(p *account.InstanceProfile) string { return lacks("InstanceProfileName", p.Name) })

var passwordTable = wire.NewObject(
	number("MinimumPasswordLength", func(p *account.PasswordPolicy) *int { return &p.MinLength }),
	flag("RequireSymbols", func(p *account.PasswordPolicy) *bool { return &p.Symbols }),
	flag("RequireNumbers", func(p *account.PasswordPolicy) *bool { return &p.Numbers }),
	flag("RequireUppercaseCharacters", func(p *account.PasswordPolicy) *bool { return &p.Uppercase }),
	flag("RequireLowercaseCharacters", func(p *account.PasswordPolicy) *bool { return &p.Lowercase }),
	flag("AllowUsersToChangePassword", func(p *account.PasswordPolicy) *bool { return &p.AllowChange }),
	number("MaxPasswordAge", func(p *account.PasswordPolicy) *int { return &p.MaxAge }),
	number("PasswordReusePrevention", func(p *account.PasswordPolicy) *int { return &p.Reuse }),
	flag("HardExpiry", func(p *account.PasswordPolicy) *bool { return &p.HardExpiry }),
).Loose()

var deviceTable = wire.NewObject(
	plain("SerialNumber", func(m *account.VirtualMFA) *string { return &m.Serial }),
	wire.Field("User", member("Arn"), func(m *account.VirtualMFA) *string { return &m.User }),
	instant("EnableDate", func(m *account.VirtualMFA) *time.Time { return &m.Enabled }),
	wire.Field("Tags", wire.List(tagTable), func(m *account.VirtualMFA) *[]account.Tag { return &m.Tags }),
).Loose().Check(func(m *account.VirtualMFA) string { return lacks("SerialNumber", m.Serial) })

var certificateTable = wire.NewObject(
	text("Path", func(c *account.ServerCert) *string { return &c.Path }),
	plain("ServerCertificateName", func(c *account.ServerCert) *string { return &c.Name }),
	plain("ServerCertificateId", func(c *account.ServerCert) *string { return &c.ID }),
	plain("Arn", func(c *account.ServerCert) *string { return &c.ARN }),
	instant("UploadDate", func(c *account.ServerCert) *time.Time { return &c.Uploaded }),
	instant("Expiration", func(c *account.ServerCert) *time.Time { return &c.Expiration }),
).Loose().Check(func(c *account.ServerCert) string { return lacks("ServerCertificateName", c.Name) })

var samlTable = wire.NewObject(
	plain("Arn", func(p *account.SAMLProvider) *string { return &p.ARN }),
	instant("CreateDate", func(p *account.SAMLProvider) *time.Time { return &p.Created }),
	instant("ValidUntil", func(p *account.SAMLProvider) *time.Time { return &p.ValidUntil }),
).Loose().Check(func(p *account.SAMLProvider) string { return lacks("Arn", p.ARN) })

var oidcTable = wire.NewObject(
	plain("Arn", func(p *account.OIDCProvider) *string { return &p.ARN }),
).Loose().Check(func(p *account.OIDCProvider) string { return lacks("Arn", p.ARN) })

var tagTable = wire.NewObject(
	text("Key", func(t *account.Tag) *string { return &t.Key }),
	text("Value", func(t *account.Tag) *string { return &t.Value }),
).Loose()

// Objects of which one member says all.
var (
	attachedTable = member("PolicyArn")
	boundaryTable = member("PermissionsBoundaryArn")
)

func member(name string) *wire.Object[string] {
	return wire.NewObject(text(name, func(s *string) *string { return s })).Loose()
}

// text is a string that repeats, plain one that does not.
func text[T any](name string, at func(*T) *string) wire.Member[T] {
	return wire.Field(name, wire.Shared[string](), at)
}

func plain[T any](name string, at func(*T) *string) wire.Member[T] {
	return wire.Field(name, wire.Text[string](), at)
}

func number[T any](name string, at func(*T) *int) wire.Member[T] {
	return wire.Field(name, wire.Int(), at)
}

func flag[T any](name string, at func(*T) *bool) wire.Member[T] {
	return wire.Field(name, wire.Bool(), at)
}

func document[T any](name string, at func(*T) *account.Document) wire.Member[T] {
	return wire.Field(name, wire.Embedded(account.NewDocument), at)
}

func instant[T any](name string, at func(*T) *time.Time) wire.Member[T] {
	return wire.Field(name, wire.Codec[time.Time](timestamp{}), at)
}

func lacks(name, value string) string {
	if value == "" {
		return name + " is missing"
	}
	return ""
}

// timestamp reads a time in any of the ways that clients of AWS save one: RFC 3339, as Python prints a datetime,
// or seconds since 1970 (the CLI's cli_timestamp_format setting).
type timestamp struct{}

func (timestamp) Read(r *wire.Reader, v *time.Time) error {
	if r.Kind() == '0' {
		raw, err := r.Raw()
		if err != nil {
			return err
		}
		seconds, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || seconds < 0 || seconds >= maxSeconds {
			return r.Fail("want a time, found "+wire.Cut(string(raw)), "")
		}
		whole, part := math.Modf(seconds)
		*v = time.Unix(int64(whole), int64(part*1e9)).UTC()
		return nil
	}
	s, err := r.Text()
	if err != nil || s == "" {
		return err
	}
	t, ok := wire.ParseTime(s, time.RFC3339, "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05")
	if !ok {
		return r.Fail("want a time such as 2026-01-31T08:00:00Z, found "+strconv.Quote(wire.Cut(s)), "")
	}
	*v = t
	return nil
}

// maxSeconds is the end of the year 9999 in seconds since 1970.
const maxSeconds = 253402300800

func (timestamp) Write(w *wire.Writer, v *time.Time) { wire.Time().Write(w, v) }
func (timestamp) Zero(v *time.Time) bool             { return v.IsZero() }
