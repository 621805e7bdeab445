package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

// New loads a directory from a fixture, which stays untouched. What the fixture leaves out is made up, the same
// each time: unique ids, access key ids, serial numbers of hardware MFA devices. A report row gives its user
// their credentials; a confirmation wins over the row, so that a fixture can hold a report that is out of date.
// A gap over a whole part makes the calls that read the part answer AccessDenied. The error names the account.
func New(fixed *account.Snapshot) (*Directory, error) {
	s := detached(fixed)
	s.Normalize()
	sortTags(s)
	if !arn.IsAccountID(string(s.Account)) {
		return nil, fmt.Errorf("directory: account id %q: want twelve digits", s.Account)
	}
	l := &loader{s: s, st: &state{id: s.Account, partition: s.Partition}}
	l.credentials()
	l.principals()
	l.policies()
	l.rest()
	if len(l.twice) > 0 {
		return nil, fmt.Errorf("directory: account %s: %s: names must be unique without regard to letter case", s.Account, l.twice[0])
	}
	l.st.remember()
	d := &Directory{id: s.Account, denied: deniedBy(s.Gaps)}
	d.current.Store(l.st)
	return d, nil
}

// sortTags brings tags into the order in which they are kept: without regard to letter case.
func sortTags(s *account.Snapshot) {
	byKey := func(a, b account.Tag) int { return strings.Compare(tagKey(a), tagKey(b)) }
	for i := range s.Users {
		slices.SortStableFunc(s.Users[i].Tags, byKey)
	}
	for i := range s.Roles {
		slices.SortStableFunc(s.Roles[i].Tags, byKey)
	}
	for i := range s.Policies {
		slices.SortStableFunc(s.Policies[i].Tags, byKey)
	}
	for i := range s.VirtualMFADevices {
		slices.SortStableFunc(s.VirtualMFADevices[i].Tags, byKey)
	}
}

// loader turns a normalised snapshot into a state.
type loader struct {
	s       *account.Snapshot
	st      *state
	rows    map[string]*account.Credential
	live    map[string]*account.Confirmation
	devices map[string][]enabledMFA // virtual devices by holder's ARN
	keys    []*keyOwner
	twice   []string
}

func load[V any](l *loader, what string, into *table[V], items []*V, key func(*V) string) {
	t, twice := tableOf(items, key)
	*into = t
	for _, k := range twice {
		l.twice = append(l.twice, fmt.Sprintf("%s %q stands twice", what, k))
	}
}

// credentials prepares what the users' credentials are read from.
func (l *loader) credentials() {
	l.rows = make(map[string]*account.Credential)
	l.live = make(map[string]*account.Confirmation)
	l.devices = make(map[string][]enabledMFA)
	if l.s.Report != nil {
		for i := range l.s.Report.Rows {
			l.rows[l.s.Report.Rows[i].User] = &l.s.Report.Rows[i]
		}
		l.st.report = report{csv: l.s.Report.AppendCSV(nil), made: l.s.Report.Generated}
	}
	for i := range l.s.Confirmations {
		l.live[l.s.Confirmations[i].User] = &l.s.Confirmations[i]
	}
	for i := range l.s.VirtualMFADevices {
		if d := &l.s.VirtualMFADevices[i]; d.User != "" {
			l.devices[d.User] = append(l.devices[d.User], enabledMFA{d.Serial, d.Enabled})
		}
	}
	if l.s.PasswordPolicy != nil {
		l.st.password = l.s.PasswordPolicy
	}
}

func (l *loader) principals() {
	var users []*user
	for _, u := range l.s.Users {
		u.ID = cmp.Or(u.ID, ident(prefixUser, string(l.st.id), u.Name))
		loaded := &user{User: u}
		l.arm(loaded)
		users = append(users, loaded)
	}
	load(l, "user", &l.st.users, users, func(u *user) string { return fold(u.Name) })
	l.root()
	var groups []*group
	for _, g := range l.s.Groups {
		g.ID = cmp.Or(g.ID, ident(prefixGroup, string(l.st.id), g.Name))
		groups = append(groups, &group{g})
	}
	load(l, "group", &l.st.groups, groups, func(g *group) string { return fold(g.Name) })
	var roles []*role
	for _, r := range l.s.Roles {
		r.ID = cmp.Or(r.ID, ident(prefixRole, string(l.st.id), r.Name))
		r.MaxSession = cmp.Or(r.MaxSession, defaultSession)
		roles = append(roles, &role{r})
	}
	load(l, "role", &l.st.roles, roles, func(r *role) string { return fold(r.Name) })
	var profiles []*profile
	for _, p := range l.s.InstanceProfiles {
		p.ID = cmp.Or(p.ID, ident(prefixProfile, string(l.st.id), p.Name))
		profiles = append(profiles, &profile{InstanceProfile: p})
	}
	load(l, "instance profile", &l.st.profiles, profiles, func(p *profile) string { return fold(p.Name) })
	load(l, "access key", &l.st.keys, l.keys, func(k *keyOwner) string { return k.id })
}

// root makes the root user from its report row and the summary's flags.
func (l *loader) root() {
	root := &user{User: account.User{Name: account.RootUser, ID: string(l.st.id), ARN: l.st.rootARN(), Path: "/"}}
	l.arm(root)
	root.login = &login{}
	row := l.rows[account.RootUser]
	if row != nil {
		root.Created, root.login.used = row.Created, row.PasswordUsed
	}
	root.unreported = row == nil
	if l.s.Summary["AccountMFAEnabled"] == 1 && len(root.mfa) == 0 {
		root.mfa = []enabledMFA{{hardwareSerial(l.st.id, account.RootUser), time.Time{}}}
	}
	if l.s.Summary["AccountAccessKeysPresent"] == 1 && root.keys[0] == nil && root.keys[1] == nil {
		root.keys[0] = &accessKey{id: accessKeyID(string(l.st.id), account.RootUser, "0"), created: root.Created, active: true}
	}
	if l.s.Summary["AccountSigningCertificatesPresent"] == 1 && root.signing[0] == nil && root.signing[1] == nil {
		root.signing[0] = &signingCert{id: ident("", string(l.st.id), account.RootUser, "cert"), uploaded: root.Created, active: true}
	}
	if present, ok := l.s.Summary["AccountPasswordPresent"]; ok && present == 0 {
		root.login = nil
	}
	l.st.root = *root
}

// arm gives a user the credentials that the report's row, a confirmation and the virtual devices tell of.
func (l *loader) arm(u *user) {
	row, live := l.rows[u.Name], l.live[u.Name]
	u.mfa = l.devices[u.ARN]
	if live != nil && live.MFADevices != nil {
		u.mfa = l.confirmedMFA(u.mfa, *live.MFADevices)
	} else if row != nil && row.MFA && len(u.mfa) == 0 {
		u.mfa = []enabledMFA{{hardwareSerial(l.st.id, u.Name), row.Created}}
	}
	u.unreported = row == nil && l.s.Report != nil
	if row != nil {
		l.fromRow(u, row)
	}
	if live != nil && live.Keys != nil {
		l.confirmedKeys(u, *live.Keys)
	}
	if u.Name == account.RootUser {
		return
	}
	for _, k := range u.keys {
		if k != nil {
			l.keys = append(l.keys, &keyOwner{k.id, fold(u.Name)})
		}
	}
}

func (l *loader) fromRow(u *user, row *account.Credential) {
	if row.PasswordEnabled != nil && *row.PasswordEnabled {
		u.login = &login{
			created: cmp.Or(row.PasswordChanged, u.Created), used: row.PasswordUsed, changed: row.PasswordChanged,
			next: row.PasswordNext, nextAge: l.st.passwordAge(),
		}
	}
	for i, k := range row.Keys {
		if k.Exists() {
			u.keys[i] = &accessKey{
				id: accessKeyID(string(l.st.id), u.Name, strconv.Itoa(i)), created: k.Rotated, used: k.Used,
				active: k.Active, region: k.UsedRegion, service: k.UsedService,
			}
		}
	}
	for i, c := range row.Certs {
		if c.Active || !c.Rotated.IsZero() {
			u.signing[i] = &signingCert{id: certificateID(l.st.id, u.Name, strconv.Itoa(i)), uploaded: c.Rotated, active: c.Active}
		}
	}
}

// confirmedMFA is the list of devices that a live call gave; what is known of them is kept.
func (l *loader) confirmedMFA(known []enabledMFA, serials []string) []enabledMFA {
	out := make([]enabledMFA, 0, len(serials))
	for _, serial := range serials {
		i := slices.IndexFunc(known, func(m enabledMFA) bool { return m.serial == serial })
		if i >= 0 {
			out = append(out, known[i])
		} else {
			out = append(out, enabledMFA{serial: serial})
		}
	}
	return out
}

// confirmedKeys replaces the row's keys by those of a live call; the row still tells of the last use of a key
// that was created when it says.
func (l *loader) confirmedKeys(u *user, live []account.LiveKey) {
	old := u.keys
	u.keys = [2]*accessKey{}
	sorted := slices.SortedStableFunc(slices.Values(live), func(a, b account.LiveKey) int { return a.Created.Compare(b.Created) })
	for i, k := range sorted[:min(len(sorted), len(u.keys))] {
		key := &accessKey{id: k.ID, created: k.Created, active: k.Active}
		for _, o := range old {
			if o != nil && o.created.Equal(k.Created) {
				key.used, key.region, key.service = o.used, o.region, o.service
			}
		}
		u.keys[i] = key
	}
}

func (l *loader) policies() {
	var all []*managed
	for _, p := range l.s.Policies {
		p.ID = cmp.Or(p.ID, ident(prefixPolicy, p.ARN))
		if known, ok := l.st.awsPolicy(p.ARN); ok && p.Document == "" && len(p.Versions) == 0 {
			p.Version, p.Document, p.Versions = known.Version, known.Document, known.Versions
		}
		p.Version = cmp.Or(p.Version, "v1")
		m := &managed{Policy: p}
		if !slices.ContainsFunc(p.Versions, func(v account.Version) bool { return v.ID == p.Version }) {
			m.Versions = append(m.Versions, account.Version{ID: p.Version, Created: cmp.Or(p.Updated, p.Created)})
		}
		for i := range m.Versions {
			v := &m.Versions[i]
			if v.ID == m.Version {
				v.Document = cmp.Or(m.Document, v.Document)
				m.Document = v.Document
			}
			m.tried = max(m.tried, versionNumber(v.ID))
		}
		slices.SortFunc(m.Versions, func(a, b account.Version) int { return versionNumber(a.ID) - versionNumber(b.ID) })
		all = append(all, m)
	}
	load(l, "policy", &l.st.policies, all, func(m *managed) string { return m.ARN })
}

func (l *loader) rest() {
	st, s := l.st, l.s
	st.fixture = fixture{taken: s.TakenAt, source: s.Source}
	if s.Report != nil {
		st.fixture.report = s.Report.Generated
	}
	st.aliases = s.Aliases
	st.quotas = s.Summary
	var devices []*device
	for _, d := range s.VirtualMFADevices {
		devices = append(devices, &device{d})
	}
	load(l, "virtual MFA device", &st.devices, devices, func(d *device) string { return d.Serial })
	var certs []*certificate
	for _, c := range s.ServerCerts {
		c.ID = cmp.Or(c.ID, ident(prefixCert, string(st.id), c.Name))
		certs = append(certs, &certificate{ServerCert: c})
	}
	load(l, "server certificate", &st.certs, certs, func(c *certificate) string { return fold(c.Name) })
	var saml []*samlProvider
	for _, p := range s.SAMLProviders {
		saml = append(saml, &samlProvider{SAMLProvider: p})
	}
	load(l, "SAML provider", &st.saml, saml, func(p *samlProvider) string { return p.ARN })
	var oidc []*oidcProvider
	for _, p := range s.OIDCProviders {
		oidc = append(oidc, &oidcProvider{OIDCProvider: p})
	}
	load(l, "OIDC provider", &st.oidc, oidc, func(p *oidcProvider) string { return p.ARN })
}

// deniedBy lists the operations that the fixture's whole-part gaps close.
func deniedBy(gaps []account.Gap) map[string]string {
	out := make(map[string]string)
	for _, g := range gaps {
		if g.Subject != "" {
			continue
		}
		if op, ok := strings.CutPrefix(g.Call, "iam:"); ok {
			out[op] = g.Error
			continue
		}
		for _, op := range readers[g.Part] {
			out[op] = g.Error
		}
	}
	return out
}

// readers are the operations that read a part of a snapshot.
var readers = map[account.Part][]string{
	account.PartUsers:            {"GetAccountAuthorizationDetails"},
	account.PartGroups:           {"GetAccountAuthorizationDetails"},
	account.PartRoles:            {"GetAccountAuthorizationDetails"},
	account.PartPolicies:         {"GetAccountAuthorizationDetails"},
	account.PartInstanceProfiles: {"ListInstanceProfiles"},
	account.PartCredentials:      {"GenerateCredentialReport", "GetCredentialReport"},
	account.PartSummary:          {"GetAccountSummary"},
	account.PartPasswordPolicy:   {"GetAccountPasswordPolicy"},
	account.PartVirtualMFA:       {"ListVirtualMFADevices"},
	account.PartServerCerts:      {"ListServerCertificates"},
	account.PartSAML:             {"ListSAMLProviders"},
	account.PartOIDC:             {"ListOpenIDConnectProviders"},
	account.PartAliases:          {"ListAccountAliases"},
	account.PartMaxSession:       {"ListRoles"},
}

func hardwareSerial(id account.ID, name string) string {
	return "SBX" + ident("", string(id), name, "hardware")[:9]
}

func certificateID(id account.ID, name, slot string) string {
	return ident("", string(id), name, "certificate", slot)
}

// versionNumber is 3 of "v3", 0 of what is no version id.
func versionNumber(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "v")) // what does not read is 0
	return n
}
