// Package facts is what a rule can see of an account: GSL's entities, derived once from a Snapshot.
//
// Contract: New derives everything; the Set is not changed afterwards and may be read by many at once. What
// is behind a gap is unknown, with a reason that names the gap (see Gap), never null or an empty list. A policy
// document that is missing or faulty is unknown and adds a gap of its own. Live confirmations win over the
// credential report. Dates are unix seconds; a date that does not exist is gsl.NoDate.
// Limits: IAM of one account. The functions on policies ask authz, of documents, or of users and roles through their
// permissions boundary and the control policies that the snapshot has; docs/gsl.md says in which mode. Whether
// an action is allowed on something is tried on resources that its policies and AWS's own forms propose: one
// that only several patterns together leave may be missed.
// Floor: 4.
package facts

import (
	"iter"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// Set holds the entities of one account.
type Set struct {
	snap  *account.Snapshot
	gaps  []account.Gap
	lacks map[account.Part]bool
	holes map[string]int // reason of an unknown to its gap's index in gaps

	iam        []iam // one
	users      []user
	groups     []group
	roles      []role
	policies   []managedPolicy
	keys       []accessKey
	certs      []serverCertificate
	profiles   []instanceProfile
	virtual    []virtualMFA
	saml       []samlProvider
	oidc       []oidcProvider
	documents  map[account.Document]*document
	incomplete map[string]account.Gap // entity type to why Entities does not list all
}

// Entity is one thing that a rule judges.
type Entity struct {
	Type    *gsl.Type
	Self    any // what the type's properties read
	Subject *finding.Subject
}

// Snapshot is what the set was derived from.
func (s *Set) Snapshot() *account.Snapshot { return s.snap }

// Env is what a program needs to run over the set: now is the snapshot's time, the host a Run. With asPublished
// an unknown reads as null, as CloudGuard does.
func (s *Set) Env(asPublished bool) *gsl.Env {
	return &gsl.Env{Now: s.snap.TakenAt.Unix(), UnknownAsNull: asPublished, Host: newRun(s)}
}

// Entities lists the entities of a type, by name (policies by ARN; keys by user, then slot). Letter case of
// the type's name does not count; a type that facts lacks has no entities.
func (s *Set) Entities(typeName string) iter.Seq[Entity] { return s.listing(typeName).each }

// List is all entities of a type as a List<X> rule sees them.
func (s *Set) List(typeName string) gsl.Sequence { return s.listing(typeName).all }

// listing is the entities of one type.
type listing struct {
	all  gsl.Sequence
	each iter.Seq[Entity]
	name func() // gives each its subject
}

func (s *Set) listing(typeName string) listing {
	switch strings.ToLower(typeName) {
	case "iam":
		return list(iamType(), &s.iam)
	case "iamuser":
		return list(userType(), &s.users)
	case "iamgroup":
		return list(groupType(), &s.groups)
	case "iamrole":
		return list(roleType(), &s.roles)
	case "iampolicy":
		return list(policyType(), &s.policies)
	case "iamaccesskey":
		return list(keyType(), &s.keys)
	case "iamservercertificate":
		return list(serverCertificateType(), &s.certs)
	case "iaminstanceprofile":
		return list(profileType(), &s.profiles)
	case "virtualmfadevice":
		return list(virtualType(), &s.virtual)
	case "iamsamlprovider":
		return list(samlType(), &s.saml)
	case "iamoidcprovider":
		return list(oidcType(), &s.oidc)
	}
	return listing{all: (*gsl.Values)(nil), each: func(func(Entity) bool) {}, name: func() {}}
}

// judged is what all entities are: a pointer to a T.
type judged[T any] interface {
	*T
	subject() *finding.Subject
	nameSubject(t *gsl.Type)
}

func list[T any, P judged[T]](t *gsl.Type, entities *[]T) listing {
	each := func(yield func(Entity) bool) {
		for i := range *entities {
			if e := P(&(*entities)[i]); !yield(Entity{t, (*T)(e), e.subject()}) {
				return
			}
		}
	}
	name := func() {
		for i := range *entities {
			P(&(*entities)[i]).nameSubject(t)
		}
	}
	return listing{(*gsl.StructSeq[T])(entities), each, name}
}

// Account is the account as a whole: the one entity of type Iam.
func (s *Set) Account() Entity {
	i := &s.iam[0]
	return Entity{iamType(), i, i.subject()}
}

// Unlisted stands for an entity that could not be listed: what tells it apart from all that can be is known,
// and nothing else. It is nil for a type of which nothing is known beforehand.
func (s *Set) Unlisted(typeName string) any {
	gap := s.MissingEntities(typeName)
	if gap == nil || !strings.EqualFold(typeName, "IamUser") {
		return nil
	}
	hole := reason(gap.Part, "")
	return &user{identity: identity{common: common{set: s, hole: hole}}, rowHole: hole, keyHole: hole} // not the root user
}
