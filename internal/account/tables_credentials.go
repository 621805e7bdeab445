package account

import (
	"time"

	"github.com/ambit-iam/ambit/internal/account/wire"
)

var reportTable = wire.NewObject(
	instant("generated", func(r *CredentialReport) *time.Time { return &r.Generated }),
	named("rows", "credential row of", credentialTable, func(c *Credential) string { return c.User },
		func(r *CredentialReport) *[]Credential { return &r.Rows }).Always(),
)

var credentialTable = wire.NewObject(
	text("user", func(c *Credential) *string { return &c.User }).Always(),
	text("arn", func(c *Credential) *string { return &c.ARN }),
	instant("created", func(c *Credential) *time.Time { return &c.Created }),
	wire.Field("passwordEnabled", wire.Pointer(wire.Bool()), func(c *Credential) **bool { return &c.PasswordEnabled }),
	instant("passwordLastUsed", func(c *Credential) *time.Time { return &c.PasswordUsed }),
	instant("passwordLastChanged", func(c *Credential) *time.Time { return &c.PasswordChanged }),
	instant("passwordNextRotation", func(c *Credential) *time.Time { return &c.PasswordNext }),
	flag("mfaActive", func(c *Credential) *bool { return &c.MFA }),
	wire.Field("keys", wire.Pair(keyTable), func(c *Credential) *[2]KeyRow { return &c.Keys }),
	wire.Field("certificates", wire.Pair(certTable), func(c *Credential) *[2]Cert { return &c.Certs }),
).Check(func(c *Credential) string { return lacksName("credential row", c.User) })

var keyTable = wire.NewObject(
	flag("active", func(k *KeyRow) *bool { return &k.Active }),
	instant("lastRotated", func(k *KeyRow) *time.Time { return &k.Rotated }),
	instant("lastUsed", func(k *KeyRow) *time.Time { return &k.Used }),
	shared("lastUsedRegion", func(k *KeyRow) *string { return &k.UsedRegion }),
	shared("lastUsedService", func(k *KeyRow) *string { return &k.UsedService }),
).Flat()

var certTable = wire.NewObject(
	flag("active", func(c *Cert) *bool { return &c.Active }),
	instant("lastRotated", func(c *Cert) *time.Time { return &c.Rotated }),
).Flat()

var confirmationTable = wire.NewObject(
	text("user", func(c *Confirmation) *string { return &c.User }).Always(),
	instant("at", func(c *Confirmation) *time.Time { return &c.At }),
	wire.Field("mfaDevices", wire.Pointer(wire.List(wire.Text[string]())), func(c *Confirmation) **[]string { return &c.MFADevices }),
	wire.Field("keys", wire.Pointer(wire.List(liveKeyTable)), func(c *Confirmation) **[]LiveKey { return &c.Keys }),
).Check(func(c *Confirmation) string { return lacksName("confirmation", c.User) })

var liveKeyTable = wire.NewObject(
	text("id", func(k *LiveKey) *string { return &k.ID }).Always(),
	flag("active", func(k *LiveKey) *bool { return &k.Active }).Always(),
	instant("created", func(k *LiveKey) *time.Time { return &k.Created }),
).Flat()

var passwordTable = wire.NewObject(
	number("minLength", func(p *PasswordPolicy) *int { return &p.MinLength }).Always(),
	flag("symbols", func(p *PasswordPolicy) *bool { return &p.Symbols }).Always(),
	flag("numbers", func(p *PasswordPolicy) *bool { return &p.Numbers }).Always(),
	flag("uppercase", func(p *PasswordPolicy) *bool { return &p.Uppercase }).Always(),
	flag("lowercase", func(p *PasswordPolicy) *bool { return &p.Lowercase }).Always(),
	flag("allowChange", func(p *PasswordPolicy) *bool { return &p.AllowChange }).Always(),
	number("maxAge", func(p *PasswordPolicy) *int { return &p.MaxAge }),
	number("reuse", func(p *PasswordPolicy) *int { return &p.Reuse }),
	flag("hardExpiry", func(p *PasswordPolicy) *bool { return &p.HardExpiry }),
)

var virtualMFATable = wire.NewObject(
	text("serial", func(m *VirtualMFA) *string { return &m.Serial }).Always(),
	text("user", func(m *VirtualMFA) *string { return &m.User }),
	instant("enabled", func(m *VirtualMFA) *time.Time { return &m.Enabled }),
	rows("tags", tagTable, func(m *VirtualMFA) *[]Tag { return &m.Tags }),
)

var serverCertTable = wire.NewObject(
	text("name", func(c *ServerCert) *string { return &c.Name }).Always(),
	text("id", func(c *ServerCert) *string { return &c.ID }),
	text("arn", func(c *ServerCert) *string { return &c.ARN }),
	shared("path", func(c *ServerCert) *string { return &c.Path }),
	instant("uploaded", func(c *ServerCert) *time.Time { return &c.Uploaded }),
	instant("expiration", func(c *ServerCert) *time.Time { return &c.Expiration }),
).Check(func(c *ServerCert) string { return lacksName("server certificate", c.Name) })

var samlTable = wire.NewObject(
	text("arn", func(p *SAMLProvider) *string { return &p.ARN }).Always(),
	instant("created", func(p *SAMLProvider) *time.Time { return &p.Created }),
	instant("validUntil", func(p *SAMLProvider) *time.Time { return &p.ValidUntil }),
)

var oidcTable = wire.NewObject(
	text("arn", func(p *OIDCProvider) *string { return &p.ARN }).Always(),
	text("url", func(p *OIDCProvider) *string { return &p.URL }),
	texts("clientIds", func(p *OIDCProvider) *[]string { return &p.ClientIDs }),
	texts("thumbprints", func(p *OIDCProvider) *[]string { return &p.Thumbprints }),
)
