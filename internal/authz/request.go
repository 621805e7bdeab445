package authz

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
)

// PrincipalKind tells principals apart as far as evaluation does.
type PrincipalKind uint8

// The kinds of principal.
const (
	Anonymous     PrincipalKind = iota
	User                        // arn:aws:iam::ACCOUNT:user/…
	RoleSession                 // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
	Role                        // arn:aws:iam::ACCOUNT:role/…: any session of that role
	FederatedUser               // arn:aws:sts::ACCOUNT:federated-user/NAME
	Root                        // arn:aws:iam::ACCOUNT:root
	Service                     // ec2.amazonaws.com
	Federated                   // an OIDC or SAML provider's ARN, or a web identity host
)

// Principal is who asks.
type Principal struct {
	Kind    PrincipalKind
	ARN     string // as in the request; a service's host name for a Service
	Account string
	Name    string // of a user, role or federated user, without its path
}

// ParsePrincipal reads an ARN, a service's host name, an account id, or "*" for an anonymous caller.
func ParsePrincipal(s string) (Principal, error) {
	switch {
	case s == "*" || s == "":
		return Principal{}, nil
	case arn.IsAccountID(s):
		return Principal{Kind: Root, ARN: "arn:aws:iam::" + s + ":root", Account: s}, nil
	case !strings.HasPrefix(s, "arn:"):
		if strings.HasSuffix(s, ".amazonaws.com") || strings.HasSuffix(s, ".amazonaws.com.cn") {
			return Principal{Kind: Service, ARN: s}, nil
		}
		return Principal{Kind: Federated, ARN: s}, nil
	}
	a, err := arn.Parse(s)
	if err != nil {
		return Principal{}, err
	}
	p := Principal{ARN: s, Account: a.Account, Name: a.Name()}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch kind {
	case "user":
		p.Kind = User
	case "role":
		p.Kind = Role
	case "assumed-role":
		p.Kind = RoleSession
		p.Name, _, _ = strings.Cut(rest, "/")
	case "federated-user":
		p.Kind = FederatedUser
	case "root":
		p.Kind = Root
	default: // saml-provider, oidc-provider
		p.Kind = Federated
	}
	return p, nil
}

// isRole reports whether the principal acts as a role.
func (p Principal) isRole() bool { return p.Kind == Role || p.Kind == RoleSession }

// Request is one question: may Principal do Action on Resource?
type Request struct {
	Principal       Principal
	Action          string // "service:Name"; letter case does not count
	Resource        string // an ARN, or "*" for actions without a resource
	ResourceAccount string // owner of the resource; empty: the principal's account
	Context         *Context
}

// sameAccount reports whether principal and resource belong together.
func (r *Request) sameAccount() bool {
	return r.ResourceAccount == "" || r.ResourceAccount == r.Principal.Account
}

// Context holds the request's condition keys.
type Context struct {
	keys map[string]contextValue // by lower-case name
	// Open makes a key that is not set unknown, rather than absent.
	Open bool
	// Nameless leaves variables in resources without a value: the caller is nobody in particular, so that what is
	// its own by its name or tags counts for nothing.
	Nameless bool
	closed   []string // lower-case prefixes whose keys are absent unless set, even in an open context
}

type contextValue struct {
	values []string
	many   bool // a multi-valued key
	absent bool // known to be absent, in an Open context
}

// NewContext makes an empty context: closed, in which a key that is not set is absent, or open.
func NewContext(open bool) *Context {
	return &Context{keys: map[string]contextValue{}, Open: open}
}

// Set gives a single-valued key its value.
func (c *Context) Set(key, value string) {
	c.keys[strings.ToLower(key)] = contextValue{values: []string{value}}
}

// SetMany gives a multi-valued key its values, which may be none.
func (c *Context) SetMany(key string, values []string) {
	c.keys[strings.ToLower(key)] = contextValue{values: values, many: true}
}

// SetAbsent says that the request does not carry the key.
func (c *Context) SetAbsent(key string) {
	c.keys[strings.ToLower(key)] = contextValue{absent: true}
}

// Has reports whether the request carries the key.
func (c *Context) Has(key string) bool {
	_, p := c.look(strings.ToLower(key))
	return p == present
}

// Close says that every key beginning with prefix, such as aws:PrincipalTag/, is absent unless it is set.
func (c *Context) Close(prefix string) { c.closed = append(c.closed, strings.ToLower(prefix)) }

// Clone is a copy to which keys can be added.
func (c *Context) Clone() *Context {
	return &Context{keys: maps.Clone(c.keys), Open: c.Open, Nameless: c.Nameless, closed: slices.Clone(c.closed)}
}

// presence is what is known of a key.
type presence uint8

const (
	absent presence = iota
	unknown
	present
)

// look finds a key by its lower-case name. A nil Context is empty and closed.
func (c *Context) look(key string) (contextValue, presence) {
	if c == nil {
		return contextValue{}, absent
	}
	v, ok := c.keys[key]
	switch {
	case ok && v.absent:
		return v, absent
	case ok:
		return v, present
	case c.Open && !c.closes(key):
		return v, unknown
	}
	return v, absent
}

func (c *Context) closes(key string) bool {
	for _, p := range c.closed {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}
