package facts

import (
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// managedPolicy is one managed policy, AWS's or the customer's: every one that was read, and every one that
// somebody holds.
type managedPolicy struct {
	common
	src    *account.Policy // nil: known by its ARN only, and hole says why
	aws    bool
	doc    use
	direct combinedPolicy // how its holders' combinedPolicies show it
	group  combinedPolicy // how a group's members show it
	stored gsl.StructSeq[policyVersion]

	users, groups, roles         gsl.PointerSeq[common] // attached
	boundaryUsers, boundaryRoles gsl.PointerSeq[common]
}

// The relation types of a combined policy. Source: gsl.md section 2; "Group" is our own word.
const (
	relationTrust  = "AssumeRole"
	relationInline = "Inline"
	relationDirect = "DirectlyAttached"
	relationGroup  = "Group"
)

// combinedPolicy is one policy that speaks for a user, group or role, by whatever way.
type combinedPolicy struct {
	name     string
	id       string // ARN; empty: not a managed policy
	relation string
	use
}

// inlinePolicy is one inline policy.
type inlinePolicy struct {
	name string
	use
}

// held counts users, groups or roles, unless that part of the account is a gap.
func (p *managedPolicy) held(list *gsl.PointerSeq[common], part account.Part) gsl.Value {
	if p.set.lacks[part] {
		return gsl.UnknownOf(string(part))
	}
	return gsl.ListOf(list)
}

// count is the number of holders in lists. Where one of the parts is a gap, AWS's own count stands for it, which is
// never less than the holders that are known; where that was not told, the number is unknown.
func (p *managedPolicy) count(n int, told func(*account.Usage) int, parts ...account.Part) gsl.Value {
	for _, part := range parts {
		if !p.set.lacks[part] {
			continue
		}
		if p.src == nil || p.src.Usage == nil {
			return gsl.UnknownOf(string(part))
		}
		n = max(n, told(p.src.Usage))
	}
	return gsl.NumberOf(float64(n))
}

// read is what get says of the policy as it was read.
func (p *managedPolicy) read(get func(*account.Policy) gsl.Value) gsl.Value {
	if p.src == nil {
		return gsl.UnknownOf(p.hole)
	}
	return get(p.src)
}

func (p *managedPolicy) self() *common { return &p.common }

// managedType is {arn, name}: how the holder of a managed policy shows it.
var managedType = sync.OnceValue(func() *gsl.Type {
	var p properties[managedPolicy]
	p.text("arn", "the policy's ARN", func(m *managedPolicy) gsl.Value { return gsl.StringOf(m.arn) })
	p.text("name", "the policy's name", func(m *managedPolicy) gsl.Value { return gsl.StringOf(m.name) })
	return &gsl.Type{Name: "ManagedPolicy", Doc: "a managed policy that is attached or is a boundary", Properties: p}
})

// inlineType is {name, document}.
var inlineType = sync.OnceValue(func() *gsl.Type {
	var p properties[inlinePolicy]
	p.text("name", "the inline policy's name", func(i *inlinePolicy) gsl.Value { return gsl.StringOf(i.name) })
	p.object("document", nil, "its document", func(i *inlinePolicy) gsl.Value { return i.value() })
	return &gsl.Type{Name: "InlinePolicy", Doc: "a policy embedded in one user, group or role", Properties: p}
})

// combinedType is {name, id, relationType, policyDocument}.
var combinedType = sync.OnceValue(func() *gsl.Type {
	var p properties[combinedPolicy]
	p.text("name", "the policy's name", func(c *combinedPolicy) gsl.Value { return gsl.StringOf(c.name) })
	p.text("id", "the ARN of a managed policy, else null", func(c *combinedPolicy) gsl.Value {
		if c.id == "" {
			return gsl.Value{}
		}
		return gsl.StringOf(c.id)
	})
	p.text("relationType", "DirectlyAttached, Inline, Group (by a group the user is in) or AssumeRole (the trust policy)",
		func(c *combinedPolicy) gsl.Value { return gsl.StringOf(c.relation) })
	p.object("policyDocument", nil, "its document", func(c *combinedPolicy) gsl.Value { return c.value() })
	return &gsl.Type{Name: "CombinedPolicy", Doc: "a policy that speaks for an identity, by whatever way", Properties: p}
})

// policyType is IamPolicy.
var policyType = sync.OnceValue(func() *gsl.Type {
	var p properties[managedPolicy]
	p.common("IamPolicy", (*managedPolicy).self)
	p.path((*managedPolicy).self)
	p.date("createDate", "when it was created", func(m *managedPolicy) gsl.Value {
		return m.read(func(s *account.Policy) gsl.Value { return date(s.Created) })
	})
	p.date("updateDate", "when its default version last changed", func(m *managedPolicy) gsl.Value {
		return m.read(func(s *account.Policy) gsl.Value { return date(s.Updated) })
	})
	p.flag("isAwsManaged", "whether AWS keeps it", func(m *managedPolicy) gsl.Value { return gsl.BoolOf(m.aws) })
	p.text("defaultVersionId", "the version in force, such as v3", func(m *managedPolicy) gsl.Value {
		return m.read(func(s *account.Policy) gsl.Value { return gsl.StringOf(s.Version) })
	})
	p.number("versionCount", "how many versions are stored; null where they were not listed", func(m *managedPolicy) gsl.Value {
		return m.read(func(s *account.Policy) gsl.Value {
			if len(s.Versions) == 0 {
				return gsl.Value{}
			}
			return gsl.NumberOf(float64(len(s.Versions)))
		})
	})
	p.list("versions", versionType(), "the versions that are stored; null where they were not listed", func(m *managedPolicy) gsl.Value {
		return m.read(func(s *account.Policy) gsl.Value {
			if len(s.Versions) == 0 {
				return gsl.Value{}
			}
			return gsl.ListOf(&m.stored)
		})
	})
	p.object("document", nil, "the document of the default version", func(m *managedPolicy) gsl.Value { return m.doc.value() })
	policyHolders(&p)
	return &gsl.Type{Name: "IamPolicy", Doc: "a managed policy: every customer policy, and each AWS policy in use", Properties: p}
})

// policyHolders declares who holds a policy, and for what.
func policyHolders(p *properties[managedPolicy]) {
	p.number("attachmentCount", "users, groups and roles that it is attached to; boundaries do not count", func(m *managedPolicy) gsl.Value {
		attachments := func(u *account.Usage) int { return u.Attachments }
		return m.count(len(m.users)+len(m.groups)+len(m.roles), attachments, account.PartUsers, account.PartGroups, account.PartRoles)
	})
	p.number("permissionsBoundaryUsageCount", "users and roles that it is the permissions boundary of", func(m *managedPolicy) gsl.Value {
		boundaries := func(u *account.Usage) int { return u.Boundaries }
		return m.count(len(m.boundaryUsers)+len(m.boundaryRoles), boundaries, account.PartUsers, account.PartRoles)
	})
	p.list("users", holderType(), "the users that it is attached to", func(m *managedPolicy) gsl.Value {
		return m.held(&m.users, account.PartUsers)
	})
	p.list("groups", holderType(), "the groups that it is attached to", func(m *managedPolicy) gsl.Value {
		return m.held(&m.groups, account.PartGroups)
	})
	p.list("roles", holderType(), "the roles that it is attached to", func(m *managedPolicy) gsl.Value {
		return m.held(&m.roles, account.PartRoles)
	})
	p.list("boundaryUsers", holderType(), "the users that it bounds", func(m *managedPolicy) gsl.Value {
		return m.held(&m.boundaryUsers, account.PartUsers)
	})
	p.list("boundaryRoles", holderType(), "the roles that it bounds", func(m *managedPolicy) gsl.Value {
		return m.held(&m.boundaryRoles, account.PartRoles)
	})
}
