package directory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// state is everything the account holds at one moment. A published state never changes: a writer works on the
// copy that next makes, replaces whole entities in its tables, and never touches a slice that it did not make.
type state struct {
	id        account.ID
	partition string
	fixture   fixture

	users    table[user]    // by folded name
	groups   table[group]   // by folded name
	roles    table[role]    // by folded name
	policies table[managed] // by ARN; AWS's own only where the fixture brings them
	profiles table[profile] // by folded name
	devices  table[device]  // virtual MFA devices by serial number
	certs    table[certificate]
	saml     table[samlProvider] // by ARN
	oidc     table[oidcProvider] // by ARN
	jobs     table[job]          // service-last-accessed jobs by id
	keys     table[keyOwner]     // by access key id

	root     user // name account.RootUser
	aliases  []string
	password *account.PasswordPolicy
	quotas   map[string]int // never written after load
	report   report
	serial   int // how many ids were made

	*memo
}

// fixture is what the account was loaded from, for the way back.
type fixture struct {
	taken  time.Time
	source string
	report time.Time // when the fixture's report was made; zero: it has none
}

// next is a copy to work on.
func (s *state) next() *state {
	n := *s
	n.remember()
	return &n
}

type user struct {
	account.User
	unreported bool // the fixture's report has no row for it
	login      *login
	keys       [2]*accessKey
	signing    [2]*signingCert
	mfa        []enabledMFA
	ssh        []sshKey
	services   []serviceCredential
}

// login is a console password. next is what the fixture's report says of its rotation, right as long as the
// password policy's age is nextAge.
type login struct {
	created, used, changed, next time.Time
	nextAge                      int
	reset                        bool
}

type accessKey struct {
	id              string
	created, used   time.Time
	active          bool
	region, service string
}

// keyOwner says whose an access key is.
type keyOwner struct{ id, user string } // user: folded name

type signingCert struct {
	id, body string
	uploaded time.Time
	active   bool
}

type enabledMFA struct {
	serial  string
	enabled time.Time
}

type group struct{ account.Group }

type role struct{ account.Role }

type managed struct {
	account.Policy
	description string
	tried       int // versions ever made: their numbers are not used again
}

type profile struct {
	account.InstanceProfile
	tags []account.Tag
}

type device struct{ account.VirtualMFA }

type certificate struct {
	account.ServerCert
	body, chain string
	tags        []account.Tag
}

type samlProvider struct {
	account.SAMLProvider
	metadata string
	tags     []account.Tag
}

type oidcProvider struct {
	account.OIDCProvider
	created time.Time
	tags    []account.Tag
}

// fold is the key of a name: IAM holds names unique without regard to letter case.
func fold(name string) string { return strings.ToLower(name) }

// insert returns list with v put in its place in the order of key, or in place of the one with the same key.
func insert[V any](list []V, v V, key func(V) string) []V {
	i, ok := slices.BinarySearchFunc(list, key(v), func(e V, k string) int { return cmp.Compare(key(e), k) })
	if ok {
		list = slices.Clone(list)
		list[i] = v
		return list
	}
	return slices.Insert(slices.Clip(list), i, v)
}

// without returns list without the elements that gone picks; nil where none is left.
func without[V any](list []V, gone func(V) bool) []V {
	var out []V
	for _, v := range list {
		if !gone(v) {
			out = append(out, v)
		}
	}
	return out
}

func itself(s string) string { return s }

func inlineName(p account.InlinePolicy) string { return p.Name }

func tagKey(t account.Tag) string { return fold(t.Key) }

func (s *state) user(name string) (*user, error) {
	if u, ok := s.users.get(fold(name)); ok {
		return u, nil
	}
	return nil, noSuch("user", name)
}

func (s *state) group(name string) (*group, error) {
	if g, ok := s.groups.get(fold(name)); ok {
		return g, nil
	}
	return nil, noSuch("group", name)
}

func (s *state) role(name string) (*role, error) {
	if r, ok := s.roles.get(fold(name)); ok {
		return r, nil
	}
	return nil, noSuch("role", name)
}

func (s *state) device(serial string) (*device, error) {
	if d, ok := s.devices.get(serial); ok {
		return d, nil
	}
	return nil, noSuch("virtual MFA device", serial)
}

// accessKey finds a key and its user by the key's id.
func (s *state) accessKey(id string) (*user, *accessKey, bool) {
	owner, ok := s.keys.get(id)
	if !ok {
		return nil, nil, false
	}
	u, ok := s.users.get(owner.user)
	if !ok {
		return nil, nil, false
	}
	for _, k := range u.keys {
		if k != nil && k.id == id {
			return u, k, true
		}
	}
	return nil, nil, false
}

// editKey replaces one key of u by a changed copy.
func (s *state) editKey(u *user, id string, change func(*accessKey)) {
	changed := *u
	for i, k := range changed.keys {
		if k != nil && k.id == id {
			copied := *k
			change(&copied)
			changed.keys[i] = &copied
		}
	}
	s.users.put(fold(u.Name), &changed)
}

func (s *state) rootARN() string { return "arn:" + s.partition + ":iam::" + string(s.id) + ":root" }

// arn builds the ARN of an entity of the account; kind is such as "user", path begins and ends with a slash.
func (s *state) arn(kind, path, name string) string {
	return "arn:" + s.partition + ":iam::" + string(s.id) + ":" + kind + path + name
}
