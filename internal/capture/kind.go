package capture

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/wire"
)

// kind is a kind of entity that several outputs may tell of.
type kind[T any] struct {
	noun string
	name func(*T) string // unique among the entities of the kind, letter case apart
}

// The kinds of entities.
var (
	userKind            = kind[account.User]{"user", func(u *account.User) string { return u.Name }}
	groupKind           = kind[account.Group]{"group", func(g *account.Group) string { return g.Name }}
	roleKind            = kind[account.Role]{"role", func(r *account.Role) string { return r.Name }}
	policyKind          = kind[account.Policy]{"policy", func(p *account.Policy) string { return p.ARN }}
	instanceProfileKind = kind[account.InstanceProfile]{"instance profile", func(p *account.InstanceProfile) string { return p.Name }}
	virtualMFAKind      = kind[account.VirtualMFA]{"MFA device", func(m *account.VirtualMFA) string { return m.Serial }}
	serverCertKind      = kind[account.ServerCert]{"server certificate", func(c *account.ServerCert) string { return c.Name }}
	samlProviderKind    = kind[account.SAMLProvider]{"SAML provider", func(p *account.SAMLProvider) string { return p.ARN }}
	oidcProviderKind    = kind[account.OIDCProvider]{"OIDC provider", func(p *account.OIDCProvider) string { return p.ARN }}
)

// place is where an entity was met first.
type place struct {
	index int
	file  string
}

// id is the key of an entity among those that were seen.
func (k kind[T]) id(name string) string { return k.noun + " " + strings.ToLower(name) }

// merge appends the entities that an output tells of. One that is there already must be the same.
func (k kind[T]) merge(b *builder, o *output, into *[]T, from []T) error {
	for i := range from {
		name := k.name(&from[i])
		old, twice := b.seen[k.id(name)]
		switch {
		case !twice:
			b.seen[k.id(name)] = place{len(*into), o.file}
			*into = append(*into, from[i])
		case !reflect.DeepEqual((*into)[old.index], from[i]):
			return &InputError{
				File: o.file, Msg: fmt.Sprintf("it tells of %s %q, and %s tells otherwise", k.noun, wire.Cut(name), old.file),
				Hint: "give files of one moment",
			}
		}
	}
	return nil
}
