// Package accounttest makes accounts for tests and benchmarks: sizes as large as AWS's quotas allow, with
// realistic documents, and the same account as the files that the AWS CLI would have saved.
//
// Contract: the same seed and size give the same account on every machine; whatever a rule looks for fails on
// some entities and passes on others.
// Limits: not for shipped code. Ids look like AWS's but are made up.
// Floor: 4.
package accounttest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// Account is the id of the accounts that Quota makes, Stranger one that they trust.
const (
	Account  account.ID = "111122223333"
	Stranger account.ID = "999988887777"
)

// TakenAt is the moment of the accounts that Quota makes.
var TakenAt = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// Size is how many entities an account has.
type Size struct{ Users, Roles, Policies, Groups int }

// FullSize is an account at the quotas of IAM, MiddleSize the one that the number of API calls is measured on,
// SmallSize one for tests.
var (
	FullSize   = Size{Users: 5000, Roles: 5000, Policies: 1500, Groups: 300}
	MiddleSize = Size{Users: 500, Roles: 2000, Policies: 800, Groups: 50}
	SmallSize  = Size{Users: 20, Roles: 20, Policies: 12, Groups: 4}
)

// Quota is an account of that size. Beside the entities that size counts it has the AWS managed policies in use,
// a credential report with the root user, MFA devices, certificates, providers and instance profiles. The first
// user, group, role and policy fail whatever can fail; the last ones pass.
func Quota(seed uint64, size Size) *account.Snapshot {
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1)), size: size}
	s := &account.Snapshot{
		Account: Account, Partition: "aws", Aliases: []string{"sample-company"}, TakenAt: TakenAt, Source: "demo",
		PasswordPolicy: &account.PasswordPolicy{MinLength: 8, Lowercase: true, Numbers: true, AllowChange: true, MaxAge: 365},
	}
	s.Policies = g.policies()
	s.Groups = g.groups()
	s.Users = g.users()
	s.Roles = g.roles()
	s.InstanceProfiles = g.profiles()
	s.Report = g.report(s.Users)
	s.VirtualMFADevices = g.devices(s.Report)
	g.rest(s)
	s.Normalize()
	return s
}

// generator draws the parts of an account in a fixed order.
type generator struct {
	rand *rand.Rand
	size Size
}

// one reports true in one of n cases.
func (g *generator) one(n int) bool { return g.rand.IntN(n) == 0 }

func pick[T any](g *generator, from []T) T { return from[g.rand.IntN(len(from))] }

// some draws up to most of from, without repetition and in from's order.
func some[T any](g *generator, most int, from []T) []T {
	want, left := min(g.rand.IntN(most+1), len(from)), len(from)
	var list []T
	for _, v := range from {
		if g.rand.IntN(left) < want-len(list) {
			list = append(list, v)
		}
		left--
	}
	return list
}

// ago is a whole second up to days before TakenAt.
func (g *generator) ago(days int) time.Time {
	return TakenAt.Add(-time.Duration(g.rand.IntN(days*24*3600)+1) * time.Second)
}

const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// id is a unique id as IAM makes them: a prefix of four letters and seventeen more.
func (g *generator) id(prefix string) string {
	b := []byte(prefix)
	for range 17 {
		b = append(b, idLetters[g.rand.IntN(len(idLetters))])
	}
	return string(b)
}

func (g *generator) path() string {
	return pick(g, []string{"/", "/", "/", "/engineering/", "/service-accounts/", "/teams/data/platform/"})
}

func (g *generator) tags(most int) []account.Tag {
	return some(g, most, []account.Tag{
		{Key: "team", Value: pick(g, teams)},
		{Key: "env", Value: pick(g, []string{"dev", "staging", "prod"})},
		{Key: "cost-centre", Value: fmt.Sprintf("CC-%04d", g.rand.IntN(200))},
		{Key: "owner", Value: pick(g, teams) + "@example.com"},
		{Key: "managed-by", Value: "terraform"},
	})
}

var teams = []string{"platform", "payments", "data", "security", "mobile", "web", "search", "billing"}

func (s Size) policyARN(i int) string {
	return fmt.Sprintf("arn:aws:iam::%s:policy/%s", Account, policyName(i))
}

func policyName(i int) string { return fmt.Sprintf("%s-access-%04d", teams[i%len(teams)], i) }
func groupName(i int) string  { return fmt.Sprintf("%s-group-%03d", teams[i%len(teams)], i) }
func userName(i int) string   { return fmt.Sprintf("%s.user%04d@example.com", teams[i%len(teams)], i) }
func roleName(i int) string   { return fmt.Sprintf("%s-role-%04d", teams[i%len(teams)], i) }
