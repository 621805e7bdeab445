package facts

import (
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// identity is what users, groups and roles share: the policies they hold.
type identity struct {
	common
	root     bool // the root user, to whom nothing can be attached
	managed  gsl.PointerSeq[managedPolicy]
	inline   gsl.StructSeq[inlinePolicy]
	boundary *managedPolicy
	combined gsl.PointerSeq[combinedPolicy]
	unheard  string // why combined is not complete; empty: it is
}

// group is one IAM group.
type group struct {
	identity
	src     *account.Group
	users   gsl.PointerSeq[common]
	inGroup gsl.StructSeq[combinedPolicy] // how members show its inline policies
}

// role is one IAM role.
type role struct {
	identity
	src   *account.Role
	trust combinedPolicy
}

// serviceLinkedPath begins the path of roles that AWS services made for themselves.
// Source: IAM User Guide, "Service-linked roles".
const serviceLinkedPath = "/aws-service-role/"

func (g *group) self() *common { return &g.common }
func (r *role) self() *common  { return &r.common }

// policies declares the policies of an identity.
func (p *properties[T]) policies(of func(*T) *identity) {
	p.list("managedPolicies", managedType(), "the managed policies attached to it; null for the root user", func(e *T) gsl.Value {
		if of(e).root {
			return gsl.Value{}
		}
		return of(e).known(gsl.ListOf(&of(e).managed))
	})
	p.list("inlinePolicies", inlineType(), "the policies embedded in it", func(e *T) gsl.Value {
		return of(e).known(gsl.ListOf(&of(e).inline))
	})
	p.list("combinedPolicies", combinedType(), "all policies that speak for it, whatever way they came", func(e *T) gsl.Value {
		if i := of(e); i.unheard != "" {
			return gsl.UnknownOf(i.unheard)
		}
		return of(e).known(gsl.ListOf(&of(e).combined))
	})
}

// bounded declares the permissions boundary of a user or role.
func (p *properties[T]) bounded(of func(*T) *identity) {
	p.object("permissionsBoundary", managedType(), "the managed policy that is its permissions boundary, else null", func(e *T) gsl.Value {
		return of(e).known(pointer(of(e).boundary))
	})
}

// groupType is IamGroup.
var groupType = sync.OnceValue(func() *gsl.Type {
	var p properties[group]
	p.common("IamGroup", (*group).self)
	p.path((*group).self)
	p.date("createDate", "when it was created", func(g *group) gsl.Value { return date(g.src.Created) })
	p.policies(func(g *group) *identity { return &g.identity })
	p.list("users", holderType(), "the users in it", func(g *group) gsl.Value {
		if g.set.lacks[account.PartUsers] {
			return gsl.UnknownOf(string(account.PartUsers))
		}
		return gsl.ListOf(&g.users)
	})
	return &gsl.Type{Name: "IamGroup", Doc: "an IAM group", Properties: p}
})

// roleType is IamRole.
var roleType = sync.OnceValue(func() *gsl.Type {
	var p properties[role]
	p.common("IamRole", (*role).self)
	p.path((*role).self)
	p.date("createDate", "when it was created", func(r *role) gsl.Value { return date(r.src.Created) })
	p.text("description", "its description", func(r *role) gsl.Value { return gsl.StringOf(r.src.Description) })
	p.object("assumeRolePolicy", nil, "the trust policy: who may assume the role", func(r *role) gsl.Value { return r.trust.value() })
	p.policies(func(r *role) *identity { return &r.identity })
	p.bounded(func(r *role) *identity { return &r.identity })
	p.object("roleLastUsed", lastUsedType(), "its last use; never null", func(r *role) gsl.Value { return gsl.PointerOf(r) })
	p.date("lastActivityDate", "its last use, or its creation where it was never used", func(r *role) gsl.Value {
		if r.src.LastUsed.IsZero() {
			return date(r.src.Created)
		}
		return date(r.src.LastUsed)
	})
	p.number("maxSessionDuration", "seconds that a session may last", func(r *role) gsl.Value {
		if r.src.MaxSession == 0 {
			return gsl.UnknownOf(string(account.PartMaxSession))
		}
		return gsl.NumberOf(float64(r.src.MaxSession))
	})
	p.flag("isServiceLinked", "whether an AWS service made it and alone may change it", func(r *role) gsl.Value {
		return gsl.BoolOf(strings.HasPrefix(r.path, serviceLinkedPath))
	})
	return &gsl.Type{Name: "IamRole", Doc: "an IAM role", Properties: p}
})

// lastUsedType is {lastUsedDate, region} of a role.
var lastUsedType = sync.OnceValue(func() *gsl.Type {
	var p properties[role]
	p.date("lastUsedDate", "when a session last made a call", func(r *role) gsl.Value { return date(r.src.LastUsed) })
	p.text("region", "where; null where it was never used", func(r *role) gsl.Value {
		if r.src.LastUsedRegion == "" {
			return gsl.Value{}
		}
		return gsl.StringOf(r.src.LastUsedRegion)
	})
	return &gsl.Type{Name: "RoleLastUsed", Doc: "the last use of a role, in AWS's tracking period of 400 days", Properties: p}
})
