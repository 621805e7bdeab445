package account

import (
	"cmp"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account/wire"
)

// The tables of ambit.account/1: what reads and writes a capture. A test holds their names to the json tags.

var snapshotTable = wire.NewObject(
	text("schema", func(s *Snapshot) *string { return &s.Schema }).Always(),
	text("account", func(s *Snapshot) *ID { return &s.Account }).Always(),
	text("partition", func(s *Snapshot) *string { return &s.Partition }),
	texts("aliases", func(s *Snapshot) *[]string { return &s.Aliases }),
	instant("takenAt", func(s *Snapshot) *time.Time { return &s.TakenAt }),
	text("source", func(s *Snapshot) *string { return &s.Source }),
	named("users", "user", userTable, func(u *User) string { return u.Name },
		func(s *Snapshot) *[]User { return &s.Users }),
	named("groups", "group", groupTable, func(g *Group) string { return g.Name },
		func(s *Snapshot) *[]Group { return &s.Groups }),
	named("roles", "role", roleTable, func(r *Role) string { return r.Name },
		func(s *Snapshot) *[]Role { return &s.Roles }),
	named("policies", "policy", policyTable, func(p *Policy) string { return cmp.Or(p.ARN, p.Name) },
		func(s *Snapshot) *[]Policy { return &s.Policies }),
	named("instanceProfiles", "instance profile", profileTable, func(p *InstanceProfile) string { return p.Name },
		func(s *Snapshot) *[]InstanceProfile { return &s.InstanceProfiles }),
	wire.Field("credentialReport", wire.Pointer(reportTable), func(s *Snapshot) **CredentialReport { return &s.Report }),
	wire.Field("summary", wire.Counts(), func(s *Snapshot) *map[string]int { return &s.Summary }),
	wire.Field("passwordPolicy", wire.Pointer(passwordTable), func(s *Snapshot) **PasswordPolicy { return &s.PasswordPolicy }),
	rows("virtualMfaDevices", virtualMFATable, func(s *Snapshot) *[]VirtualMFA { return &s.VirtualMFADevices }),
	named("serverCertificates", "server certificate", serverCertTable, func(c *ServerCert) string { return c.Name },
		func(s *Snapshot) *[]ServerCert { return &s.ServerCerts }),
	rows("samlProviders", samlTable, func(s *Snapshot) *[]SAMLProvider { return &s.SAMLProviders }),
	rows("oidcProviders", oidcTable, func(s *Snapshot) *[]OIDCProvider { return &s.OIDCProviders }),
	rows("confirmations", confirmationTable, func(s *Snapshot) *[]Confirmation { return &s.Confirmations }),
	wire.Field("controls", wire.Pointer(controlsTable), func(s *Snapshot) **Controls { return &s.Controls }),
	rows("gaps", gapTable, func(s *Snapshot) *[]Gap { return &s.Gaps }),
)

var tagTable = wire.NewObject(
	shared("key", func(t *Tag) *string { return &t.Key }).Always(),
	shared("value", func(t *Tag) *string { return &t.Value }).Always(),
).Flat()

var inlineTable = wire.NewObject(
	shared("name", func(p *InlinePolicy) *string { return &p.Name }).Always(),
	document("document", func(p *InlinePolicy) *Document { return &p.Document }),
).Check(func(p *InlinePolicy) string { return lacksName("inline policy", p.Name) })

var controlsTable = wire.NewObject(
	rows("scps", levelTable, func(c *Controls) *[]ControlLevel { return &c.SCPs }),
	rows("rcps", levelTable, func(c *Controls) *[]ControlLevel { return &c.RCPs }),
)

var levelTable = wire.NewObject(
	text("name", func(l *ControlLevel) *string { return &l.Name }),
	rows("policies", inlineTable, func(l *ControlLevel) *[]InlinePolicy { return &l.Policies }),
)

var userTable = wire.NewObject(
	text("name", func(u *User) *string { return &u.Name }).Always(),
	text("id", func(u *User) *string { return &u.ID }),
	text("arn", func(u *User) *string { return &u.ARN }),
	shared("path", func(u *User) *string { return &u.Path }),
	instant("created", func(u *User) *time.Time { return &u.Created }),
	texts("groups", func(u *User) *[]string { return &u.Groups }),
	texts("attached", func(u *User) *[]string { return &u.Attached }),
	rows("inline", inlineTable, func(u *User) *[]InlinePolicy { return &u.Inline }),
	shared("boundary", func(u *User) *string { return &u.Boundary }),
	rows("tags", tagTable, func(u *User) *[]Tag { return &u.Tags }),
).Check(func(u *User) string { return lacksName("user", u.Name) })

var groupTable = wire.NewObject(
	text("name", func(g *Group) *string { return &g.Name }).Always(),
	text("id", func(g *Group) *string { return &g.ID }),
	text("arn", func(g *Group) *string { return &g.ARN }),
	shared("path", func(g *Group) *string { return &g.Path }),
	instant("created", func(g *Group) *time.Time { return &g.Created }),
	texts("attached", func(g *Group) *[]string { return &g.Attached }),
	rows("inline", inlineTable, func(g *Group) *[]InlinePolicy { return &g.Inline }),
).Check(func(g *Group) string { return lacksName("group", g.Name) })

var roleTable = wire.NewObject(
	text("name", func(r *Role) *string { return &r.Name }).Always(),
	text("id", func(r *Role) *string { return &r.ID }),
	text("arn", func(r *Role) *string { return &r.ARN }),
	shared("path", func(r *Role) *string { return &r.Path }),
	instant("created", func(r *Role) *time.Time { return &r.Created }),
	text("description", func(r *Role) *string { return &r.Description }),
	document("trust", func(r *Role) *Document { return &r.Trust }),
	texts("attached", func(r *Role) *[]string { return &r.Attached }),
	rows("inline", inlineTable, func(r *Role) *[]InlinePolicy { return &r.Inline }),
	shared("boundary", func(r *Role) *string { return &r.Boundary }),
	rows("tags", tagTable, func(r *Role) *[]Tag { return &r.Tags }),
	instant("lastUsed", func(r *Role) *time.Time { return &r.LastUsed }),
	shared("lastUsedRegion", func(r *Role) *string { return &r.LastUsedRegion }),
	number("maxSession", func(r *Role) *int { return &r.MaxSession }),
).Check(func(r *Role) string { return lacksName("role", r.Name) })

var policyTable = wire.NewObject(
	text("name", func(p *Policy) *string { return &p.Name }),
	text("id", func(p *Policy) *string { return &p.ID }),
	text("arn", func(p *Policy) *string { return &p.ARN }),
	shared("path", func(p *Policy) *string { return &p.Path }),
	instant("created", func(p *Policy) *time.Time { return &p.Created }),
	instant("updated", func(p *Policy) *time.Time { return &p.Updated }),
	shared("version", func(p *Policy) *string { return &p.Version }),
	document("document", func(p *Policy) *Document { return &p.Document }),
	rows("versions", versionTable, func(p *Policy) *[]Version { return &p.Versions }),
	rows("tags", tagTable, func(p *Policy) *[]Tag { return &p.Tags }),
	wire.Field("usage", wire.Pointer(usageTable), func(p *Policy) **Usage { return &p.Usage }),
).Check(func(p *Policy) string {
	if p.ARN != "" {
		return ""
	}
	return lacksName("policy", p.Name)
})

var usageTable = wire.NewObject(
	number("attachments", func(u *Usage) *int { return &u.Attachments }).Always(),
	number("boundaries", func(u *Usage) *int { return &u.Boundaries }).Always(),
).Flat().Check(func(u *Usage) string {
	if u.Attachments < 0 || u.Boundaries < 0 {
		return "a count below zero"
	}
	return ""
})

var versionTable = wire.NewObject(
	shared("id", func(v *Version) *string { return &v.ID }).Always(),
	instant("created", func(v *Version) *time.Time { return &v.Created }),
	document("document", func(v *Version) *Document { return &v.Document }),
)

var profileTable = wire.NewObject(
	text("name", func(p *InstanceProfile) *string { return &p.Name }).Always(),
	text("id", func(p *InstanceProfile) *string { return &p.ID }),
	text("arn", func(p *InstanceProfile) *string { return &p.ARN }),
	shared("path", func(p *InstanceProfile) *string { return &p.Path }),
	instant("created", func(p *InstanceProfile) *time.Time { return &p.Created }),
	texts("roles", func(p *InstanceProfile) *[]string { return &p.Roles }),
).Check(func(p *InstanceProfile) string { return lacksName("instance profile", p.Name) })

var gapTable = wire.NewObject(
	shared("account", func(g *Gap) *ID { return &g.Account }),
	shared("call", func(g *Gap) *string { return &g.Call }).Always(),
	shared("error", func(g *Gap) *string { return &g.Error }).Always(),
	shared("permission", func(g *Gap) *string { return &g.Permission }),
	shared("part", func(g *Gap) *Part { return &g.Part }).Always(),
	text("subject", func(g *Gap) *string { return &g.Subject }),
).Check(func(g *Gap) string {
	if !g.Part.known() {
		return "unknown part of an account: " + string(g.Part)
	}
	return ""
})

func text[T any, S ~string](name string, at func(*T) *S) wire.Member[T] {
	return wire.Field(name, wire.Text[S](), at)
}

// shared is text that repeats from entity to entity.
func shared[T any, S ~string](name string, at func(*T) *S) wire.Member[T] {
	return wire.Field(name, wire.Shared[S](), at)
}

func texts[T any](name string, at func(*T) *[]string) wire.Member[T] {
	return wire.Field(name, wire.List(wire.Shared[string]()), at)
}

func instant[T any](name string, at func(*T) *time.Time) wire.Member[T] {
	return wire.Field(name, wire.Time(), at)
}

func number[T any](name string, at func(*T) *int) wire.Member[T] {
	return wire.Field(name, wire.Int(), at)
}

func flag[T any](name string, at func(*T) *bool) wire.Member[T] {
	return wire.Field(name, wire.Bool(), at)
}

func document[T any](name string, at func(*T) *Document) wire.Member[T] {
	return wire.Field(name, wire.Embedded(NewDocument), at)
}

func rows[T, E any](name string, of *wire.Object[E], at func(*T) *[]E) wire.Member[T] {
	return wire.Field(name, wire.List(of), at)
}

// named is rows whose names must differ by more than letter case, as they do in IAM.
func named[T, E any](name, noun string, of *wire.Object[E], key func(*E) string, at func(*T) *[]E) wire.Member[T] {
	return wire.Field(name, wire.Unique(noun, of, func(e *E) string { return strings.ToLower(key(e)) }), at)
}

func lacksName(noun, name string) string {
	if name == "" {
		return noun + " without a name"
	}
	return ""
}
