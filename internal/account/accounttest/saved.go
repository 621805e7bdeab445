package accounttest

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/account"
)

// Saved is the account as a folder of what the AWS CLI saves, one file a call, by file name. The credential report
// is there twice, as the CLI gives it and decoded.
func Saved(s *account.Snapshot) map[string][]byte {
	var details strings.Builder
	if err := WriteAuthorizationDetails(&details, s); err != nil {
		panic("accounttest: authorization details: " + err.Error())
	}
	files := map[string][]byte{
		"credential-report.csv":                  s.Report.AppendCSV(nil),
		"get-account-authorization-details.json": []byte(details.String()),
	}
	for name, members := range map[string]func(*cli, *account.Snapshot){
		"get-credential-report":          (*cli).report,
		"get-account-summary":            (*cli).summary,
		"get-account-password-policy":    (*cli).passwordPolicy,
		"list-account-aliases":           func(c *cli, s *account.Snapshot) { c.texts("AccountAliases", s.Aliases) },
		"list-virtual-mfa-devices":       (*cli).devices,
		"list-server-certificates":       (*cli).certificates,
		"list-saml-providers":            (*cli).saml,
		"list-open-id-connect-providers": (*cli).oidc,
		"list-instance-profiles":         (*cli).profiles,
		"list-roles":                     (*cli).roles,
	} {
		var b strings.Builder
		c := newCLI(&b)
		c.object(func() { members(c, s) })
		if c.err != nil {
			panic("accounttest: " + name + ": " + c.err.Error()) // the account holds text that is no UTF-8
		}
		files[name+".json"] = []byte(b.String())
	}
	return files
}

func (c *cli) number(name string, n int) {
	c.token(jsontext.String(name))
	c.token(jsontext.Int(int64(n)))
}

func (c *cli) flag(name string, v bool) {
	c.token(jsontext.String(name))
	c.token(jsontext.Bool(v))
}

func (c *cli) report(s *account.Snapshot) {
	c.text("Content", base64.StdEncoding.EncodeToString(s.Report.AppendCSV(nil)))
	c.text("ReportFormat", "text/csv")
	c.time("GeneratedTime", s.Report.Generated)
}

func (c *cli) summary(s *account.Snapshot) {
	c.token(jsontext.String("SummaryMap"))
	c.object(func() {
		for _, key := range slices.Sorted(maps.Keys(s.Summary)) {
			c.number(key, s.Summary[key])
		}
	})
}

func (c *cli) passwordPolicy(s *account.Snapshot) {
	p := s.PasswordPolicy
	c.token(jsontext.String("PasswordPolicy"))
	c.object(func() {
		c.number("MinimumPasswordLength", p.MinLength)
		c.flag("RequireSymbols", p.Symbols)
		c.flag("RequireNumbers", p.Numbers)
		c.flag("RequireUppercaseCharacters", p.Uppercase)
		c.flag("RequireLowercaseCharacters", p.Lowercase)
		c.flag("AllowUsersToChangePassword", p.AllowChange)
		c.flag("ExpirePasswords", p.MaxAge > 0)
		if p.MaxAge > 0 {
			c.number("MaxPasswordAge", p.MaxAge)
		}
		if p.Reuse > 0 {
			c.number("PasswordReusePrevention", p.Reuse)
		}
		c.flag("HardExpiry", p.HardExpiry)
	})
}

func (c *cli) devices(s *account.Snapshot) {
	list(c, "VirtualMFADevices", s.VirtualMFADevices, func(m *account.VirtualMFA) {
		c.text("SerialNumber", m.Serial)
		if m.User != "" {
			c.token(jsontext.String("User"))
			c.object(func() { c.text("Arn", m.User) })
		}
		c.time("EnableDate", m.Enabled)
		if len(m.Tags) > 0 {
			c.tags(m.Tags)
		}
	})
}

func (c *cli) certificates(s *account.Snapshot) {
	list(c, "ServerCertificateMetadataList", s.ServerCerts, func(x *account.ServerCert) {
		c.identity("ServerCertificate", identity{x.Path, x.Name, x.ID, x.ARN, time.Time{}})
		c.time("UploadDate", x.Uploaded)
		c.time("Expiration", x.Expiration)
	})
}

func (c *cli) saml(s *account.Snapshot) {
	list(c, "SAMLProviderList", s.SAMLProviders, func(p *account.SAMLProvider) {
		c.text("Arn", p.ARN)
		c.time("ValidUntil", p.ValidUntil)
		c.time("CreateDate", p.Created)
	})
}

func (c *cli) oidc(s *account.Snapshot) {
	list(c, "OpenIDConnectProviderList", s.OIDCProviders, func(p *account.OIDCProvider) { c.text("Arn", p.ARN) })
}

func (c *cli) profiles(s *account.Snapshot) {
	list(c, "InstanceProfiles", s.InstanceProfiles, func(p *account.InstanceProfile) {
		c.identity("InstanceProfile", identity{p.Path, p.Name, p.ID, p.ARN, p.Created})
		list(c, "Roles", p.Roles, func(name *string) { c.text("RoleName", *name) })
	})
}

func (c *cli) roles(s *account.Snapshot) {
	list(c, "Roles", s.Roles, func(r *account.Role) {
		c.identity("Role", identity{r.Path, r.Name, r.ID, r.ARN, r.Created})
		c.document("AssumeRolePolicyDocument", r.Trust)
		if r.Description != "" {
			c.text("Description", r.Description)
		}
		c.number("MaxSessionDuration", r.MaxSession)
	})
}
