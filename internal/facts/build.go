package facts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// New derives the set of an account. It keeps the snapshot, and does not change it.
func New(snap *account.Snapshot) *Set {
	s := &Set{snap: snap, documents: make(map[account.Document]*document)}
	s.readGaps()
	b := &builder{
		Set:      s,
		policies: make(map[string]*managedPolicy, len(snap.Policies)),
		groups:   make(map[string]*group, len(snap.Groups)),
		roles:    make(map[string]*role, len(snap.Roles)),
		people:   make(map[string]*common, len(snap.Users)+1),
	}
	b.account()
	b.managed()
	b.addGroups()
	b.addRoles()
	b.addUsers()
	b.join()
	b.devices()
	b.addKeys()
	b.resources()
	s.findIncomplete()
	for _, t := range Schema().Entities {
		s.listing(t.Name).name()
	}
	return s
}

// builder holds the look-up tables that only New needs.
type builder struct {
	*Set
	policies map[string]*managedPolicy // by ARN
	groups   map[string]*group         // by name
	roles    map[string]*role          // by name
	people   map[string]*common        // users by ARN
}

func (b *builder) account() {
	name := string(b.snap.Account)
	if len(b.snap.Aliases) > 0 {
		name = b.snap.Aliases[0]
	}
	i := iam{common: common{set: b.Set, name: name, id: string(b.snap.Account), arn: b.rootARN()}}
	if b.snap.PasswordPolicy != nil {
		i.password, i.enabled = *b.snap.PasswordPolicy, true
	}
	b.iam = []iam{i}
}

func (b *builder) rootARN() string {
	return arn.ARN{Partition: b.snap.Partition, Service: "iam", Account: string(b.snap.Account), Resource: "root"}.String()
}

// managed lists the policies that were read, and those that somebody holds though nobody read them.
func (b *builder) managed() {
	held := b.heldUnread()
	b.Set.policies = make([]managedPolicy, 0, len(b.snap.Policies)+len(held))
	for i := range b.snap.Policies {
		src := &b.snap.Policies[i]
		p := managedPolicy{src: src, common: common{set: b.Set, name: src.Name, arn: src.ARN, id: src.ID, path: src.Path, tags: src.Tags}}
		p.aws = isAWSManaged(src.ARN)
		p.doc = b.document(src.Document, partOfPolicy(src.ARN), src.ARN, src.ARN)
		if p.doc.doc != nil {
			p.doc.doc.shared = true
		}
		b.Set.policies = append(b.Set.policies, p)
	}
	for _, id := range held {
		b.Set.policies = append(b.Set.policies, b.unread(id))
	}
	slices.SortFunc(b.Set.policies, func(x, y managedPolicy) int { return strings.Compare(x.arn, y.arn) })
	for i := range b.Set.policies {
		p := &b.Set.policies[i]
		p.direct = combinedPolicy{name: p.name, id: p.arn, relation: relationDirect, use: p.doc}
		p.group = combinedPolicy{name: p.name, id: p.arn, relation: relationGroup, use: p.doc}
		b.versions(p)
		b.policies[p.arn] = p
	}
}

// heldUnread lists, sorted, the ARNs that users, groups and roles name and the snapshot's policies lack.
func (b *builder) heldUnread() []string {
	seen := make(map[string]bool, len(b.snap.Policies))
	for i := range b.snap.Policies {
		seen[b.snap.Policies[i].ARN] = true
	}
	var held []string
	see := func(arns ...string) {
		for _, a := range arns {
			if a != "" && !seen[a] {
				seen[a] = true
				held = append(held, a)
			}
		}
	}
	for i := range b.snap.Users {
		see(b.snap.Users[i].Attached...)
		see(b.snap.Users[i].Boundary)
	}
	for i := range b.snap.Groups {
		see(b.snap.Groups[i].Attached...)
	}
	for i := range b.snap.Roles {
		see(b.snap.Roles[i].Attached...)
		see(b.snap.Roles[i].Boundary)
	}
	slices.Sort(held)
	return held
}

// unread is a policy of which only the ARN is known.
func (b *builder) unread(id string) managedPolicy {
	p := managedPolicy{aws: isAWSManaged(id), common: common{set: b.Set, arn: id, name: id}}
	if a, err := arn.Parse(id); err == nil {
		p.name = a.Name()
		p.path = strings.TrimSuffix(strings.TrimPrefix(a.Resource, "policy"), p.name)
	}
	p.doc = b.document("", partOfPolicy(id), id, id)
	p.hole = p.doc.hole
	return p
}

func isAWSManaged(id string) bool {
	a, err := arn.Parse(id)
	return err == nil && a.Account == "aws"
}

func partOfPolicy(id string) account.Part {
	if isAWSManaged(id) {
		return account.PartManagedDocuments
	}
	return account.PartPolicies
}

// document is the use of a text: parsed once however many use it, unknown where it is missing or AWS would
// refuse it. Subject is the ARN of whom a gap concerns.
func (b *builder) document(text account.Document, part account.Part, subject, title string) use {
	u := use{title: title}
	if text == "" {
		u.hole = b.missing(account.Gap{
			Call: callOf(part), Permission: callOf(part), Part: part, Subject: subject,
			Error: "the input holds no document of " + quoteTitle(title),
		})
		return u
	}
	if known, ok := b.documents[text]; ok {
		known.shared = true
		u.doc = known
		return u
	}
	parsed := policy.Parse(string(text))
	if len(parsed.Faults) > 0 {
		u.hole = b.note(account.Gap{
			Call: callOf(part), Part: part, Subject: subject, Error: faultText(quoteTitle(title), parsed.Faults),
		}, " "+title)
		return u
	}
	u.doc = newDocument(parsed, len(b.documents))
	b.documents[text] = u.doc
	return u
}

// callOf is the call that reads the documents of a part.
func callOf(part account.Part) string {
	if part == account.PartManagedDocuments {
		return "iam:GetPolicyVersion"
	}
	return "iam:GetAccountAuthorizationDetails"
}

// quoteTitle makes an ARN or a title fit for a message.
func quoteTitle(title string) string {
	quoted := strconv.Quote(title)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// inlineTitle is how evidence names an inline policy.
func inlineTitle(name string) string { return "inline policy " + strconv.Quote(name) }

// hold fills in the policies of an identity and enters it with their holders.
func (b *builder) hold(i *identity, attached []string, inline []account.InlinePolicy, part account.Part) {
	i.managed = make(gsl.PointerSeq[managedPolicy], 0, len(attached))
	for _, id := range attached {
		i.managed = append(i.managed, b.policies[id])
	}
	i.inline = make(gsl.StructSeq[inlinePolicy], 0, len(inline))
	for _, p := range inline {
		i.inline = append(i.inline, inlinePolicy{p.Name, b.document(p.Document, part, i.arn, inlineTitle(p.Name))})
	}
	inlined := make([]combinedPolicy, len(i.inline))
	for n := range i.inline {
		inlined[n] = combinedPolicy{name: i.inline[n].name, relation: relationInline, use: i.inline[n].use}
		i.combined = append(i.combined, &inlined[n])
	}
	for _, p := range i.managed {
		i.combined = append(i.combined, &p.direct)
	}
}

func (b *builder) addGroups() {
	b.Set.groups = make([]group, len(b.snap.Groups))
	for n := range b.snap.Groups {
		src, g := &b.snap.Groups[n], &b.Set.groups[n]
		g.src = src
		g.common = common{set: b.Set, name: src.Name, arn: src.ARN, id: src.ID, path: src.Path}
		b.hold(&g.identity, src.Attached, src.Inline, account.PartGroups)
		for _, p := range g.managed {
			p.groups = append(p.groups, &g.common)
		}
		g.inGroup = make(gsl.StructSeq[combinedPolicy], len(g.inline))
		for k := range g.inline {
			u := g.inline[k].use
			if u.doc != nil { // the members'
				u.doc.shared = true
			}
			u.title += " of group " + strconv.Quote(g.name)
			g.inGroup[k] = combinedPolicy{name: g.inline[k].name, relation: relationGroup, use: u}
		}
		b.groups[src.Name] = g
	}
}

func (b *builder) addRoles() {
	b.Set.roles = make([]role, len(b.snap.Roles))
	for n := range b.snap.Roles {
		src, r := &b.snap.Roles[n], &b.Set.roles[n]
		r.src = src
		r.common = common{set: b.Set, name: src.Name, arn: src.ARN, id: src.ID, path: src.Path, tags: src.Tags}
		trust := b.document(src.Trust, account.PartRoles, src.ARN, "trust policy")
		r.trust = combinedPolicy{name: "trust policy", relation: relationTrust, use: trust}
		r.combined = append(make(gsl.PointerSeq[combinedPolicy], 0, 1+len(src.Inline)+len(src.Attached)), &r.trust)
		b.hold(&r.identity, src.Attached, src.Inline, account.PartRoles)
		for _, p := range r.managed {
			p.roles = append(p.roles, &r.common)
		}
		if r.boundary = b.policies[src.Boundary]; r.boundary != nil {
			r.boundary.boundaryRoles = append(r.boundary.boundaryRoles, &r.common)
		}
		b.roles[src.Name] = r
	}
}
