package accounttest

import (
	"fmt"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// report has a row for the root user and for every user but one in 200, as if those were made after it.
func (g *generator) report(users []account.User) *account.CredentialReport {
	r := &account.CredentialReport{Generated: TakenAt.Add(-time.Hour)}
	r.Rows = append(r.Rows, account.Credential{
		User: account.RootUser, ARN: "arn:aws:iam::" + string(Account) + ":root", Created: TakenAt.AddDate(-6, 0, 0),
		PasswordUsed: g.ago(30), Keys: [2]account.KeyRow{{Active: true, Rotated: g.ago(900)}},
	})
	for i := range users {
		switch {
		case i == 0:
			r.Rows = append(r.Rows, failing(&users[i]))
		case i == len(users)-1:
			r.Rows = append(r.Rows, g.passing(&users[i]))
		case i%200 != 7:
			r.Rows = append(r.Rows, g.row(&users[i]))
		}
	}
	return r
}

// failing is a console user without MFA, long unused, with two old active keys and an old certificate.
func failing(u *account.User) account.Credential {
	old := u.Created
	key := account.KeyRow{Active: true, Rotated: old}
	return account.Credential{
		User: u.Name, ARN: userARN(u), Created: u.Created, PasswordEnabled: new(true), PasswordUsed: old, PasswordChanged: old,
		Keys: [2]account.KeyRow{key, key}, Certs: [2]account.Cert{{Active: true, Rotated: old}},
	}
}

func (g *generator) passing(u *account.User) account.Credential {
	return account.Credential{
		User: u.Name, ARN: userARN(u), Created: u.Created, PasswordEnabled: new(true), MFA: true,
		PasswordUsed: g.ago(5), PasswordChanged: g.ago(20), PasswordNext: TakenAt.AddDate(0, 2, 0),
	}
}

func (g *generator) row(u *account.User) account.Credential {
	c := account.Credential{User: u.Name, ARN: userARN(u), Created: u.Created, PasswordEnabled: new(false)}
	if !g.one(3) {
		*c.PasswordEnabled = true
		c.PasswordChanged = g.ago(400)
		c.PasswordNext = c.PasswordChanged.AddDate(1, 0, 0)
		c.MFA = !g.one(10)
		if !g.one(6) {
			c.PasswordUsed = g.ago(200)
		}
	}
	for i := range c.Keys {
		if g.one(2 + 6*i) {
			c.Keys[i] = g.key()
		}
	}
	if g.one(200) {
		c.Certs[0] = account.Cert{Active: true, Rotated: g.ago(800)}
	}
	return c
}

func userARN(u *account.User) string {
	return "arn:aws:iam::" + string(Account) + ":user" + u.Path + u.Name
}

func (g *generator) key() account.KeyRow {
	k := account.KeyRow{Active: !g.one(5), Rotated: g.ago(500)}
	if !g.one(4) {
		k.Used = g.ago(120)
		k.UsedRegion, k.UsedService = pick(g, []string{"eu-west-1", "us-east-1"}), pick(g, []string{"s3", "sts", "iam"})
	}
	return k
}

// devices gives most of the users with MFA a virtual device; the others hold a hardware key. One is unassigned.
func (g *generator) devices(r *account.CredentialReport) []account.VirtualMFA {
	prefix := "arn:aws:iam::" + string(Account) + ":"
	list := []account.VirtualMFA{{Serial: prefix + "mfa/unassigned"}}
	for i := range r.Rows {
		if c := &r.Rows[i]; c.MFA && !g.one(5) {
			list = append(list, account.VirtualMFA{
				Serial: prefix + "mfa/" + c.User, User: c.ARN, Enabled: g.ago(900),
			})
		}
	}
	return list
}

// rest fills the parts that do not grow with the account.
func (g *generator) rest(s *account.Snapshot) {
	for i, days := range []int{-40, 20, 60, 400} {
		s.ServerCerts = append(s.ServerCerts, account.ServerCert{
			Name: fmt.Sprintf("www-%d", i), ID: g.id("ASCA"), Uploaded: g.ago(300), Expiration: TakenAt.AddDate(0, 0, days),
		})
	}
	s.SAMLProviders = []account.SAMLProvider{{ARN: samlARN, Created: g.ago(900), ValidUntil: TakenAt.AddDate(3, 0, 0)}}
	s.OIDCProviders = []account.OIDCProvider{{ARN: oidcARN}}
	s.Summary = map[string]int{
		"Users": len(s.Users), "UsersQuota": 5000, "Groups": len(s.Groups), "GroupsQuota": 300,
		"Roles": len(s.Roles), "RolesQuota": 5000, "Policies": g.size.Policies, "PoliciesQuota": 1500,
		"MFADevices": len(s.VirtualMFADevices), "MFADevicesInUse": len(s.VirtualMFADevices) - 1,
		"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 1, "AccountSigningCertificatesPresent": 0,
		"AccountPasswordPresent": 1, "ServerCertificates": len(s.ServerCerts), "Providers": 2,
		"InstanceProfiles": len(s.InstanceProfiles), "AttachedPoliciesPerUserQuota": 10, "GroupsPerUserQuota": 10,
	}
}
