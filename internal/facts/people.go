package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
)

// addUsers lists the root user and the users, by name. Where the list of users is a gap, the credential
// report's rows name them, and all but their credentials is unknown.
func (b *builder) addUsers() {
	rows := b.reportRows()
	lives := make(map[string]*account.Confirmation, len(b.snap.Confirmations))
	for i := range b.snap.Confirmations {
		lives[b.snap.Confirmations[i].User] = &b.snap.Confirmations[i]
	}
	b.users = make([]user, 0, 1+max(len(b.snap.Users), len(rows)))
	b.addUser(user{identity: identity{root: true, common: common{
		name: account.RootUser, arn: b.rootARN(),
	}}}, rows, lives)
	for i := range b.snap.Users {
		src := &b.snap.Users[i]
		u := user{src: src, groups: src.Groups}
		u.common = common{name: src.Name, arn: src.ARN, id: src.ID, path: src.Path, tags: src.Tags}
		b.addUser(u, rows, lives)
	}
	if b.lacks[account.PartUsers] {
		b.addReported(rows, lives)
	}
	slices.SortStableFunc(b.users, func(x, y user) int { return strings.Compare(x.name, y.name) })
}

func (b *builder) reportRows() map[string]*account.Credential {
	rows := make(map[string]*account.Credential)
	if b.snap.Report != nil {
		for i := range b.snap.Report.Rows {
			rows[b.snap.Report.Rows[i].User] = &b.snap.Report.Rows[i]
		}
	}
	return rows
}

// addReported adds the users whom only the credential report names.
func (b *builder) addReported(rows map[string]*account.Credential, lives map[string]*account.Confirmation) {
	for i := range b.users {
		delete(rows, b.users[i].name)
	}
	for name := range rows {
		u := user{}
		u.common = common{name: name, arn: rows[name].ARN, hole: string(account.PartUsers)}
		if a, err := arn.Parse(u.arn); err == nil {
			u.path = strings.TrimSuffix(strings.TrimPrefix(a.Resource, "user"), name)
		}
		b.addUser(u, rows, lives)
	}
}

// addUser ties a user to the report's row, a confirmation, groups and policies.
func (b *builder) addUser(u user, rows map[string]*account.Credential, lives map[string]*account.Confirmation) {
	b.users = append(b.users, u)
	p := &b.users[len(b.users)-1]
	p.set = b.Set
	p.live = lives[p.name]
	if p.row = rows[p.name]; p.row == nil {
		p.rowHole = b.missing(account.Gap{
			Call: "iam:GetCredentialReport", Part: account.PartCredentials, Subject: p.arn,
			Error: "the credential report has no row of user " + strconv.Quote(p.name) + ": it may be older than the user",
		})
	}
}

// join ties users to what refers to them, when their place in memory is final.
func (b *builder) join() {
	for i := range b.users {
		u := &b.users[i]
		b.people[u.arn] = &u.common
		if u.src == nil {
			continue
		}
		b.hold(&u.identity, u.src.Attached, u.src.Inline, account.PartUsers)
		for _, p := range u.managed {
			p.users = append(p.users, &u.common)
		}
		if u.boundary = b.policies[u.src.Boundary]; u.boundary != nil {
			u.boundary.boundaryUsers = append(u.boundary.boundaryUsers, &u.common)
		}
		b.joinGroups(u)
	}
}

// joinGroups enters a user in its groups, and their policies with the user.
func (b *builder) joinGroups(u *user) {
	for _, name := range u.src.Groups {
		g := b.groups[name]
		if g == nil {
			u.unheard = b.missing(account.Gap{
				Call: "iam:GetAccountAuthorizationDetails", Part: account.PartGroups, Subject: u.arn,
				Error: "the input holds no group " + strconv.Quote(name) + ", which user " + strconv.Quote(u.name) + " is in",
			})
			continue
		}
		g.users = append(g.users, &u.common)
		for i := range g.inGroup {
			u.combined = append(u.combined, &g.inGroup[i])
		}
		for _, p := range g.managed {
			u.combined = append(u.combined, &p.group)
		}
	}
}

// rootDevice ends the serial number of the virtual device that the console makes for the root user.
const rootDevice = "mfa/root-account-mfa-device"

// devices lists the virtual MFA devices and enters them with their users.
func (b *builder) devices() {
	byARN := make(map[string]*user, len(b.users))
	for i := range b.users {
		byARN[b.users[i].arn] = &b.users[i]
	}
	b.virtual = make([]virtualMFA, len(b.snap.VirtualMFADevices))
	for i := range b.snap.VirtualMFADevices {
		src, v := &b.snap.VirtualMFADevices[i], &b.virtual[i]
		v.src = src
		v.common = common{set: b.Set, arn: src.Serial, name: src.Serial, tags: src.Tags}
		if a, err := arn.Parse(src.Serial); err == nil {
			v.name = a.Name()
		}
		holder := src.User
		if holder == "" && !src.Enabled.IsZero() && strings.HasSuffix(src.Serial, rootDevice) {
			holder = b.rootARN()
		}
		if holder == "" {
			continue
		}
		if u := byARN[holder]; u != nil {
			u.virtual = true
			v.holder = &u.common
			continue
		}
		v.holder = &common{set: b.Set, arn: holder, name: holder}
		if a, err := arn.Parse(holder); err == nil {
			v.holder.name = a.Name()
		}
	}
}

// addKeys lists every key that exists: as the report has it, or as a live confirmation does.
func (b *builder) addKeys() {
	count := 0
	for i := range b.users {
		b.findKeys(&b.users[i])
		for _, k := range b.users[i].keys {
			if k != nil {
				count++
			}
		}
	}
	b.keys = make([]accessKey, 0, count)
	for i := range b.users {
		u := &b.users[i]
		for slot, k := range u.keys {
			if k != nil {
				b.keys = append(b.keys, *k)
				u.keys[slot] = &b.keys[len(b.keys)-1]
			}
		}
	}
}

func (b *builder) findKeys(u *user) {
	if u.row != nil {
		for slot := range u.row.Keys {
			if row := u.row.Keys[slot]; row.Exists() {
				u.keys[slot] = b.newKey(u, slot, row)
			}
		}
	}
	switch {
	case u.live != nil && u.live.Keys != nil:
		b.confirmKeys(u, *u.live.Keys)
	case u.row == nil && (!u.root || !b.noRootKeys()):
		u.keyHole = u.rowHole
	}
	if u.keys[0] != nil && u.keys[1] != nil && u.keys[0].created.Equal(u.keys[1].created) {
		u.keys[1].sameTime = true
	}
}

func (b *builder) noRootKeys() bool {
	n, ok := b.snap.Summary["AccountAccessKeysPresent"]
	return ok && n == 0
}

func (b *builder) newKey(u *user, slot int, row account.KeyRow) *accessKey {
	return &accessKey{
		common: common{set: b.Set, arn: u.arn, name: u.name + "/" + row.Rotated.UTC().Format(time.RFC3339)},
		user:   u, slot: slot, active: row.Active, created: row.Rotated, use: row,
	}
}

// confirmKeys puts the keys that a live call listed in place of the report's. Keys of the same creation are
// the same key; a key that the report does not know takes a free slot, and its use is unknown.
func (b *builder) confirmKeys(u *user, live []account.LiveKey) {
	reported := u.keys
	u.keys = [2]*accessKey{}
	var fresh []account.LiveKey
	for _, l := range live {
		slot := slices.IndexFunc(reported[:], func(k *accessKey) bool {
			return k != nil && k.created.Equal(l.Created.Truncate(time.Second))
		})
		if slot < 0 {
			fresh = append(fresh, l)
			continue
		}
		k := reported[slot]
		reported[slot] = nil
		k.id, k.active = l.ID, l.Active
		u.keys[slot] = k
	}
	for _, l := range fresh {
		slot := slices.Index(u.keys[:], nil)
		if slot < 0 {
			return // IAM allows two keys; a third cannot be
		}
		k := b.newKey(u, slot, account.KeyRow{Active: l.Active, Rotated: l.Created.Truncate(time.Second)})
		k.id, k.useHole = l.ID, b.missing(account.Gap{
			Call: "iam:GetCredentialReport", Part: account.PartCredentials, Subject: u.arn,
			Error: "the credential report is older than an access key of user " + strconv.Quote(u.name),
		})
		u.keys[slot] = k
	}
}

func (b *builder) resources() {
	b.certs = make([]serverCertificate, len(b.snap.ServerCerts))
	for i := range b.snap.ServerCerts {
		src := &b.snap.ServerCerts[i]
		b.certs[i] = serverCertificate{common{set: b.Set, name: src.Name, arn: src.ARN, id: src.ID, path: src.Path}, src}
	}
	b.profiles = make([]instanceProfile, len(b.snap.InstanceProfiles))
	for i := range b.snap.InstanceProfiles {
		src := &b.snap.InstanceProfiles[i]
		p := instanceProfile{common: common{set: b.Set, name: src.Name, arn: src.ARN, id: src.ID, path: src.Path}, src: src}
		for _, name := range src.Roles {
			p.roles = append(p.roles, b.roleNamed(name))
		}
		b.profiles[i] = p
	}
	b.saml = make([]samlProvider, len(b.snap.SAMLProviders))
	for i := range b.snap.SAMLProviders {
		src := &b.snap.SAMLProviders[i]
		b.saml[i] = samlProvider{common{set: b.Set, name: resourceName(src.ARN), arn: src.ARN}, src}
	}
	b.oidc = make([]oidcProvider, len(b.snap.OIDCProviders))
	for i := range b.snap.OIDCProviders {
		b.oidc[i] = b.newOIDC(&b.snap.OIDCProviders[i])
	}
}

// roleNamed is a role, or its name alone where roles were not read.
func (b *builder) roleNamed(name string) *common {
	if r := b.roles[name]; r != nil {
		return &r.common
	}
	id := arn.ARN{Partition: b.snap.Partition, Service: "iam", Account: string(b.snap.Account), Resource: "role/" + name}
	return &common{set: b.Set, name: name, arn: id.String()}
}

// resourceName is the resource of an ARN without its type: "idp/x" of "…:saml-provider/idp/x".
func resourceName(id string) string {
	a, err := arn.Parse(id)
	if err != nil {
		return id
	}
	_, name, _ := strings.Cut(a.Resource, "/")
	return name
}

// newOIDC names a provider by its issuer. ListOpenIDConnectProviders gives the ARN alone; without the rest
// audiences and thumbprints are unknown.
func (b *builder) newOIDC(src *account.OIDCProvider) oidcProvider {
	o := oidcProvider{common{set: b.Set, name: resourceName(src.ARN), arn: src.ARN}, src}
	if src.URL == "" && len(src.ClientIDs) == 0 && len(src.Thumbprints) == 0 {
		o.hole = b.missing(account.Gap{
			Call: "iam:GetOpenIDConnectProvider", Permission: "iam:GetOpenIDConnectProvider", Part: account.PartOIDC, Subject: src.ARN,
			Error: "the input holds no details of the provider",
		})
	}
	return o
}
