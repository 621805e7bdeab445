package directory

import (
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// Snapshot gives the account's present state as a snapshot, normalised, so that states can be compared: with no
// write in between two are equal. TakenAt, Source and the report's time are the fixture's; the report's rows and
// the summary are what the account would say now.
func (d *Directory) Snapshot() *account.Snapshot {
	st := d.current.Load()
	s := &account.Snapshot{
		Account: st.id, Partition: st.partition, Aliases: st.aliases, TakenAt: st.fixture.taken, Source: st.fixture.source,
		Summary: st.summary(), PasswordPolicy: st.password,
		Report: &account.CredentialReport{Generated: st.fixture.report, Rows: st.rows(false)},
	}
	for u := range st.users.all() {
		s.Users = append(s.Users, u.User)
	}
	for g := range st.groups.all() {
		s.Groups = append(s.Groups, g.Group)
	}
	for r := range st.roles.all() {
		s.Roles = append(s.Roles, r.Role)
	}
	for m := range st.policies.all() {
		s.Policies = append(s.Policies, m.Policy)
	}
	for p := range st.profiles.all() {
		s.InstanceProfiles = append(s.InstanceProfiles, p.InstanceProfile)
	}
	for v := range st.devices.all() {
		s.VirtualMFADevices = append(s.VirtualMFADevices, v.VirtualMFA)
	}
	for c := range st.certs.all() {
		s.ServerCerts = append(s.ServerCerts, c.ServerCert)
	}
	for p := range st.saml.all() {
		s.SAMLProviders = append(s.SAMLProviders, p.SAMLProvider)
	}
	for p := range st.oidc.all() {
		s.OIDCProviders = append(s.OIDCProviders, p.OIDCProvider)
	}
	s = detached(s)
	s.Normalize()
	return s
}

// rows is what a credential report made now says. all also gives the users of whom the fixture's report knows
// nothing and who still have no credentials.
func (s *state) rows(all bool) []account.Credential {
	out := make([]account.Credential, 0, s.users.len()+1)
	if all || !s.root.unreported || s.fixture.report.IsZero() {
		root := s.row(&s.root)
		root.PasswordEnabled, root.PasswordChanged, root.PasswordNext = nil, time.Time{}, time.Time{}
		out = append(out, root)
	}
	for u := range s.users.all() {
		if all || !u.unreported || !u.bare() {
			out = append(out, s.row(u))
		}
	}
	return out
}

// bare reports whether a user has no credential that a report would show.
func (u *user) bare() bool {
	return u.login == nil && len(u.mfa) == 0 && u.keys == [2]*accessKey{} && u.signing == [2]*signingCert{}
}

func (s *state) row(u *user) account.Credential {
	row := account.Credential{
		User: u.Name, ARN: u.ARN, Created: u.Created, PasswordEnabled: new(u.login != nil), MFA: len(u.mfa) > 0,
	}
	if u.login != nil {
		row.PasswordUsed, row.PasswordChanged = u.login.used, u.login.changed
		row.PasswordNext = u.login.rotation(s.passwordAge())
	}
	for i, k := range u.keys {
		if k != nil {
			row.Keys[i] = account.KeyRow{Active: k.active, Rotated: k.created, Used: k.used, UsedRegion: k.region, UsedService: k.service}
		}
	}
	for i, c := range u.signing {
		if c != nil {
			row.Certs[i] = account.Cert{Active: c.active, Rotated: c.uploaded}
		}
	}
	return row
}

// passwordAge is the most days a password lives; 0: for ever.
func (s *state) passwordAge() int {
	if s.password == nil {
		return 0
	}
	return s.password.MaxAge
}

// rotation is when the password must change, zero where it need not.
func (l *login) rotation(age int) time.Time {
	switch {
	case age == l.nextAge:
		return l.next
	case age == 0 || l.changed.IsZero():
		return time.Time{}
	}
	return l.changed.AddDate(0, 0, age)
}
