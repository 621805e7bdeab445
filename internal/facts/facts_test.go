package facts

import (
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

var (
	taken = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	day   = 24 * time.Hour
)

// daysAgo is a moment before the snapshot was taken.
func daysAgo(n int) time.Time { return taken.Add(-time.Duration(n) * day) }

const (
	ownAccount = "111122223333"
	allowAll   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	readS3     = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}`
	trustEC2   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	adminARN   = "arn:aws:iam::aws:policy/AdministratorAccess"
	teamARN    = "arn:aws:iam::111122223333:policy/team/read"
)

// summary has every counter.
func summary() map[string]int {
	all := map[string]int{}
	for _, c := range counters {
		all[c.aws] = 1
	}
	all["AccountAccessKeysPresent"] = 0
	return all
}

// company is an account with one of everything.
func company() *account.Snapshot {
	yes := true
	s := &account.Snapshot{
		Account: ownAccount, Partition: "aws", Aliases: []string{"acme"}, TakenAt: taken, Source: "files",
		Users: []account.User{
			{
				Name: "alice", ID: "AIDAALICE", Path: "/eng/", Created: daysAgo(400), Groups: []string{"devs"}, Attached: []string{adminARN},
				Inline:   []account.InlinePolicy{{Name: "own", Document: readS3}},
				Boundary: teamARN, Tags: []account.Tag{{Key: "team", Value: "core"}},
			},
			{Name: "bob", Created: daysAgo(10)},
		},
		Groups: []account.Group{{
			Name: "devs", Created: daysAgo(500), Attached: []string{adminARN, teamARN},
			Inline: []account.InlinePolicy{{Name: "in", Document: readS3}},
		}},
		Roles: []account.Role{
			{
				Name: "app", Created: daysAgo(300), Description: "runs it", Trust: trustEC2, Attached: []string{adminARN, teamARN},
				Boundary: teamARN, LastUsed: daysAgo(3), LastUsedRegion: "eu-west-1", MaxSession: 3600,
			},
			{Name: "AWSServiceRoleForSupport", Path: "/aws-service-role/support.amazonaws.com/", Created: daysAgo(200), Trust: trustEC2, MaxSession: 3600},
		},
		Policies: []account.Policy{
			{
				ARN: teamARN, ID: "ANPATEAM", Created: daysAgo(100), Updated: daysAgo(50), Version: "v2", Document: readS3,
				Versions: []account.Version{{ID: "v1", Document: allowAll}, {ID: "v2", Document: readS3}},
			},
			{ARN: adminARN, Version: "v1", Document: allowAll},
		},
		InstanceProfiles: []account.InstanceProfile{{Name: "web", Created: daysAgo(20), Roles: []string{"app"}}},
		Report: &account.CredentialReport{Generated: daysAgo(0), Rows: []account.Credential{
			{User: account.RootUser, Created: daysAgo(1000), PasswordUsed: daysAgo(900), MFA: true},
			{
				User: "alice", Created: daysAgo(400), PasswordEnabled: &yes, PasswordUsed: daysAgo(2), PasswordChanged: daysAgo(40), MFA: true,
				Keys: [2]account.KeyRow{
					{Active: true, Rotated: daysAgo(100), Used: daysAgo(1), UsedRegion: "us-east-1", UsedService: "s3"},
					{Rotated: daysAgo(200)},
				},
				Certs: [2]account.Cert{{Active: true, Rotated: daysAgo(60)}},
			},
			{User: "bob", Created: daysAgo(10), PasswordEnabled: &yes, PasswordChanged: daysAgo(9)},
		}},
		Summary:        summary(),
		PasswordPolicy: &account.PasswordPolicy{MinLength: 14, Symbols: true, MaxAge: 90, Reuse: 24},
		VirtualMFADevices: []account.VirtualMFA{
			{Serial: "arn:aws:iam::111122223333:mfa/alice", User: "arn:aws:iam::111122223333:user/eng/alice", Enabled: daysAgo(30)},
			{Serial: "arn:aws:iam::111122223333:mfa/spare"},
		},
		ServerCerts:   []account.ServerCert{{Name: "www", Uploaded: daysAgo(300), Expiration: daysAgo(-20)}},
		SAMLProviders: []account.SAMLProvider{{ARN: "arn:aws:iam::111122223333:saml-provider/okta", Created: daysAgo(70), ValidUntil: daysAgo(-700)}},
		OIDCProviders: []account.OIDCProvider{{
			ARN: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
			URL: "token.actions.githubusercontent.com", ClientIDs: []string{"sts.amazonaws.com"}, Thumbprints: []string{"ab"},
		}},
	}
	s.Normalize()
	return s
}

// with is company after a change.
func with(change func(*account.Snapshot)) *Set {
	s := company()
	change(s)
	s.Normalize()
	return New(s)
}

// entity finds one entity by type and name.
func entity(t *testing.T, s *Set, typeName, name string) Entity {
	t.Helper()
	for e := range s.Entities(typeName) {
		if e.Subject.Name == name {
			return e
		}
	}
	t.Fatalf("no %s %q", typeName, name)
	return Entity{}
}

// read is a property of an entity as text.
func read(t *testing.T, s *Set, typeName, name, path string) string {
	t.Helper()
	e := entity(t, s, typeName, name)
	p, v := Find(e.Type, e.Self, path)
	return Text(p, v, 0)
}

// knownProperties walks every property of every entity, and says for "IamUser.mfaActive" whether it is known
// for all of them.
func knownProperties(s *Set) map[string]bool {
	known := map[string]bool{}
	for _, t := range Schema().Entities {
		for e := range s.Entities(t.Name) {
			walk(known, t.Name, e.Type, e.Self)
		}
	}
	return known
}

func walk(known map[string]bool, prefix string, t *gsl.Type, self any) {
	for _, p := range t.Properties {
		name := prefix + "." + p.Name
		v := p.Get(self)
		if _, seen := known[name]; !seen {
			known[name] = true
		}
		if v.Kind() == gsl.Unknown {
			known[name] = false
		}
		if p.Elem == nil {
			continue
		}
		if v.Kind() == gsl.Object {
			walk(known, name, p.Elem, v.Ref())
		}
		for i := range length(v.Sequence()) {
			walk(known, name, p.Elem, v.Sequence().At(i).Ref())
		}
	}
}
