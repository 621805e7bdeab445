package accounttest

import (
	"encoding/base64"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

// cli writes what the AWS CLI saves: JSON indented by four, documents as objects. The error is the stream's.
type cli struct {
	enc *jsontext.Encoder
	err error
}

func newCLI(w io.Writer) *cli {
	return &cli{enc: jsontext.NewEncoder(w, jsontext.WithIndent("    "), jsontext.AllowDuplicateNames(true))}
}

func (c *cli) token(t jsontext.Token) {
	if c.err == nil {
		c.err = c.enc.WriteToken(t)
	}
}

func (c *cli) text(name, value string) {
	c.token(jsontext.String(name))
	c.token(jsontext.String(value))
}

// time writes a member unless t is zero.
func (c *cli) time(name string, t time.Time) {
	if !t.IsZero() {
		c.text(name, t.Format("2006-01-02T15:04:05-07:00"))
	}
}

// document writes d as the CLI does: an object, or the text where it is not JSON.
func (c *cli) document(name string, d account.Document) {
	if !jsontext.Value(d).IsValid() {
		c.text(name, string(d))
		return
	}
	c.token(jsontext.String(name))
	if c.err == nil {
		c.err = c.enc.WriteValue(jsontext.Value(d))
	}
}

func (c *cli) object(members func()) {
	c.token(jsontext.BeginObject)
	members()
	c.token(jsontext.EndObject)
}

// list writes a member with one object for each element of from.
func list[T any](c *cli, name string, from []T, members func(*T)) {
	c.token(jsontext.String(name))
	c.token(jsontext.BeginArray)
	for i := range from {
		c.object(func() { members(&from[i]) })
	}
	c.token(jsontext.EndArray)
}

func (c *cli) texts(name string, values []string) {
	c.token(jsontext.String(name))
	c.token(jsontext.BeginArray)
	for _, v := range values {
		c.token(jsontext.String(v))
	}
	c.token(jsontext.EndArray)
}

func (c *cli) attached(arns []string) {
	list(c, "AttachedManagedPolicies", arns, func(of *string) {
		a, _ := arn.Parse(*of) // the name of what is no ARN is empty
		c.text("PolicyName", a.Name())
		c.text("PolicyArn", *of)
	})
}

func (c *cli) inline(name string, policies []account.InlinePolicy) {
	list(c, name, policies, func(p *account.InlinePolicy) {
		c.text("PolicyName", p.Name)
		c.document("PolicyDocument", p.Document)
	})
}

func (c *cli) boundary(of string) {
	if of == "" {
		return
	}
	c.token(jsontext.String("PermissionsBoundary"))
	c.object(func() {
		c.text("PermissionsBoundaryType", "Policy")
		c.text("PermissionsBoundaryArn", of)
	})
}

func (c *cli) tags(tags []account.Tag) {
	list(c, "Tags", tags, func(t *account.Tag) {
		c.text("Key", t.Key)
		c.text("Value", t.Value)
	})
}

// place writes the members that every entity has, named with its kind.
func (c *cli) place(kind, path, name, id, resource string, created time.Time) {
	c.text("Path", path)
	c.text(kind+"Name", name)
	c.text(kind+"Id", id)
	c.text("Arn", resource)
	c.time("CreateDate", created)
}

// WriteAuthorizationDetails writes what `aws iam get-account-authorization-details` gives of s.
func WriteAuthorizationDetails(w io.Writer, s *account.Snapshot) error {
	c := newCLI(w)
	c.object(func() {
		list(c, "UserDetailList", s.Users, c.user)
		list(c, "GroupDetailList", s.Groups, c.group)
		profiles := map[string][]account.InstanceProfile{}
		for _, p := range s.InstanceProfiles {
			for _, role := range p.Roles {
				profiles[role] = append(profiles[role], p)
			}
		}
		list(c, "RoleDetailList", s.Roles, func(r *account.Role) { c.role(r, profiles[r.Name]) })
		list(c, "Policies", s.Policies, c.policy)
		c.token(jsontext.String("IsTruncated"))
		c.token(jsontext.False)
	})
	return c.err
}

func (c *cli) user(u *account.User) {
	c.place("User", u.Path, u.Name, u.ID, u.ARN, u.Created)
	if len(u.Inline) > 0 {
		c.inline("UserPolicyList", u.Inline)
	}
	c.texts("GroupList", u.Groups)
	c.attached(u.Attached)
	c.boundary(u.Boundary)
	c.tags(u.Tags)
}

func (c *cli) group(g *account.Group) {
	c.place("Group", g.Path, g.Name, g.ID, g.ARN, g.Created)
	c.inline("GroupPolicyList", g.Inline)
	c.attached(g.Attached)
}

func (c *cli) role(r *account.Role, profiles []account.InstanceProfile) {
	c.place("Role", r.Path, r.Name, r.ID, r.ARN, r.Created)
	c.document("AssumeRolePolicyDocument", r.Trust)
	list(c, "InstanceProfileList", profiles, func(p *account.InstanceProfile) {
		c.place("InstanceProfile", p.Path, p.Name, p.ID, p.ARN, p.Created)
		list(c, "Roles", []account.Role{*r}, func(r *account.Role) {
			c.place("Role", r.Path, r.Name, r.ID, r.ARN, r.Created)
			c.document("AssumeRolePolicyDocument", r.Trust)
		})
	})
	c.inline("RolePolicyList", r.Inline)
	c.attached(r.Attached)
	c.boundary(r.Boundary)
	c.tags(r.Tags)
	c.token(jsontext.String("RoleLastUsed"))
	c.object(func() {
		c.time("LastUsedDate", r.LastUsed)
		if r.LastUsedRegion != "" {
			c.text("Region", r.LastUsedRegion)
		}
	})
}

func (c *cli) policy(p *account.Policy) {
	c.text("PolicyName", p.Name)
	c.text("PolicyId", p.ID)
	c.text("Arn", p.ARN)
	c.text("Path", p.Path)
	c.text("DefaultVersionId", p.Version)
	c.time("CreateDate", p.Created)
	c.time("UpdateDate", p.Updated)
	list(c, "PolicyVersionList", p.Versions, func(v *account.Version) {
		c.document("Document", v.Document)
		c.text("VersionId", v.ID)
		c.token(jsontext.String("IsDefaultVersion"))
		c.token(jsontext.Bool(v.ID == p.Version))
		c.time("CreateDate", v.Created)
	})
}

// Saved is the account as a folder of what the AWS CLI saves, one file a call, by file name.
func Saved(s *account.Snapshot) map[string][]byte {
	files := map[string][]byte{"credential-report.csv": s.Report.AppendCSV(nil)}
	add := func(name string, members func(*cli)) {
		var b strings.Builder
		c := newCLI(&b)
		c.object(func() { members(c) })
		if c.err != nil {
			panic("accounttest: " + name + ": " + c.err.Error()) // a string builder does not fail
		}
		files[name+".json"] = []byte(b.String())
	}
	var details strings.Builder
	if err := WriteAuthorizationDetails(&details, s); err != nil {
		panic("accounttest: authorization details: " + err.Error())
	}
	files["get-account-authorization-details.json"] = []byte(details.String())
	add("get-credential-report", func(c *cli) {
		c.text("Content", base64.StdEncoding.EncodeToString(s.Report.AppendCSV(nil)))
		c.text("ReportFormat", "text/csv")
		c.time("GeneratedTime", s.Report.Generated)
	})
	add("get-account-summary", func(c *cli) {
		c.token(jsontext.String("SummaryMap"))
		c.object(func() {
			for _, key := range slices.Sorted(maps.Keys(s.Summary)) {
				c.token(jsontext.String(key))
				c.token(jsontext.Int(int64(s.Summary[key])))
			}
		})
	})
	add("get-account-password-policy", func(c *cli) { c.passwordPolicy(s.PasswordPolicy) })
	add("list-account-aliases", func(c *cli) { c.texts("AccountAliases", s.Aliases) })
	add("list-virtual-mfa-devices", func(c *cli) { c.devices(s) })
	add("list-server-certificates", func(c *cli) {
		list(c, "ServerCertificateMetadataList", s.ServerCerts, func(x *account.ServerCert) {
			c.place("ServerCertificate", x.Path, x.Name, x.ID, x.ARN, time.Time{})
			c.time("UploadDate", x.Uploaded)
			c.time("Expiration", x.Expiration)
		})
	})
	add("list-saml-providers", func(c *cli) {
		list(c, "SAMLProviderList", s.SAMLProviders, func(p *account.SAMLProvider) {
			c.text("Arn", p.ARN)
			c.time("ValidUntil", p.ValidUntil)
			c.time("CreateDate", p.Created)
		})
	})
	add("list-open-id-connect-providers", func(c *cli) {
		list(c, "OpenIDConnectProviderList", s.OIDCProviders, func(p *account.OIDCProvider) { c.text("Arn", p.ARN) })
	})
	add("list-instance-profiles", func(c *cli) {
		list(c, "InstanceProfiles", s.InstanceProfiles, func(p *account.InstanceProfile) {
			c.place("InstanceProfile", p.Path, p.Name, p.ID, p.ARN, p.Created)
			list(c, "Roles", p.Roles, func(name *string) { c.text("RoleName", *name) })
		})
	})
	return files
}

func (c *cli) passwordPolicy(p *account.PasswordPolicy) {
	c.token(jsontext.String("PasswordPolicy"))
	c.object(func() {
		number := func(name string, n int) {
			c.token(jsontext.String(name))
			c.token(jsontext.Int(int64(n)))
		}
		flag := func(name string, v bool) {
			c.token(jsontext.String(name))
			c.token(jsontext.Bool(v))
		}
		number("MinimumPasswordLength", p.MinLength)
		flag("RequireSymbols", p.Symbols)
		flag("RequireNumbers", p.Numbers)
		flag("RequireUppercaseCharacters", p.Uppercase)
		flag("RequireLowercaseCharacters", p.Lowercase)
		flag("AllowUsersToChangePassword", p.AllowChange)
		flag("ExpirePasswords", p.MaxAge > 0)
		if p.MaxAge > 0 {
			number("MaxPasswordAge", p.MaxAge)
		}
		if p.Reuse > 0 {
			number("PasswordReusePrevention", p.Reuse)
		}
		flag("HardExpiry", p.HardExpiry)
	})
}

func (c *cli) devices(s *account.Snapshot) {
	list(c, "VirtualMFADevices", s.VirtualMFADevices, func(m *account.VirtualMFA) {
		c.text("SerialNumber", m.Serial)
		if m.User != "" {
			c.token(jsontext.String("User"))
			c.object(func() {
				c.text("Path", "/")
				c.text("Arn", m.User)
			})
		}
		c.time("EnableDate", m.Enabled)
		if len(m.Tags) > 0 {
			c.tags(m.Tags)
		}
	})
}
