// Package facts is what a rule can see of an account: GSL's entities, derived once from a Snapshot.
//
// Contract: New derives everything; the Set is not changed afterwards and may be read by many at once. What
// is behind a gap is unknown, with a reason that names the gap (see Gap), never null or an empty list. A policy
// document that is missing or faulty is unknown and adds a gap of its own. Live confirmations win over the
// credential report. Dates are unix seconds; a date that does not exist is gsl.NoDate.
// Limits: IAM of one account. The functions on policies judge document by document and literally: conditions,
// boundaries and SCPs decide nothing here; that is the work of authz.
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
	Subject finding.Subject
}

// Snapshot is what the set was derived from.
func (s *Set) Snapshot() *account.Snapshot { return s.snap }

// Env is what a program needs to run over the set: now is the snapshot's time. With asPublished an unknown
// reads as null, as CloudGuard does.
func (s *Set) Env(asPublished bool) *gsl.Env {
	return &gsl.Env{Now: s.snap.TakenAt.Unix(), UnknownAsNull: asPublished, Host: s}
}

// Entities lists the entities of a type, by name (policies by ARN; keys by user, then slot). Letter case of
// the type's name does not count; a type that facts lacks has no entities.
func (s *Set) Entities(typeName string) iter.Seq[Entity] {
	switch strings.ToLower(typeName) {
	case "iam":
		return entities(iamType, s.iam, (*iam).self)
	case "iamuser":
		return entities(userType, s.users, (*user).self)
	case "iamgroup":
		return entities(groupType, s.groups, (*group).self)
	case "iamrole":
		return entities(roleType, s.roles, (*role).self)
	case "iampolicy":
		return entities(policyType, s.policies, (*managedPolicy).self)
	case "iamaccesskey":
		return s.keyEntities
	case "iamservercertificate":
		return entities(serverCertificateType, s.certs, (*serverCertificate).self)
	case "iaminstanceprofile":
		return entities(profileType, s.profiles, (*instanceProfile).self)
	case "virtualmfadevice":
		return entities(virtualType, s.virtual, (*virtualMFA).self)
	case "iamsamlprovider":
		return entities(samlType, s.saml, (*samlProvider).self)
	case "iamoidcprovider":
		return entities(oidcType, s.oidc, (*oidcProvider).self)
	}
	return func(func(Entity) bool) {}
}

func entities[T any](t *gsl.Type, list []T, self func(*T) *common) iter.Seq[Entity] {
	return func(yield func(Entity) bool) {
		for i := range list {
			if e := &list[i]; !yield(Entity{t, e, self(e).subject(t)}) {
				return
			}
		}
	}
}

func (s *Set) keyEntities(yield func(Entity) bool) {
	for i := range s.keys {
		if k := &s.keys[i]; !yield(Entity{keyType, k, keySubject(k)}) {
			return
		}
	}
}

// Account is the subject of a verdict on the account as a whole, under the name of the type that was judged.
func (s *Set) Account(typeName string) finding.Subject {
	subject := s.iam[0].subject(iamType)
	subject.Type = typeName
	return subject
}
