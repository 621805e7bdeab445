package capture

import (
	"fmt"
	"reflect"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// assemble makes one Snapshot of the outputs of one account, the newest of which stand last.
func assemble(outputs []*output, o *options) (*account.Snapshot, error) {
	if s, err := onlyCapture(outputs); s != nil || err != nil {
		return s, err
	}
	b := &builder{options: o, answers: map[string]*answer{}, counted: map[string]usage{}, members: map[string]bool{}, seen: map[string]place{}}
	b.s.Account, b.s.Partition, b.s.Source = outputs[0].owner.id, outputs[0].owner.partition, "files"
	for _, out := range outputs {
		b.note(out)
		if err := b.add(out); err != nil {
			return nil, err
		}
	}
	b.enrichRoles()
	if err := b.completePolicies(); err != nil {
		return nil, err
	}
	b.findGaps()
	b.tellUsage()
	b.s.TakenAt = outputs[len(outputs)-1].modTime
	if b.s.Report != nil && !b.s.Report.Generated.IsZero() {
		b.s.TakenAt = b.s.Report.Generated
	}
	b.s.Normalize()
	return &b.s, nil
}

// onlyCapture is the capture among the outputs, which must then be the only one; nil where there is none.
func onlyCapture(outputs []*output) (*account.Snapshot, error) {
	for i, o := range outputs {
		if o.capture == nil {
			continue
		}
		if len(outputs) > 1 {
			other := outputs[(i+1)%len(outputs)]
			return nil, &InputError{
				File: o.file, Msg: fmt.Sprintf("it is a capture of account %s, of which %s tells too", o.owner.id, other.file),
				Hint: "give one of the two",
			}
		}
		s := o.capture
		s.Source = "capture"
		if s.TakenAt.IsZero() {
			s.TakenAt = o.modTime
			s.Normalize()
		}
		return s, nil
	}
	return nil, nil
}

// builder gathers what the outputs of one account tell.
type builder struct {
	*options
	s       account.Snapshot
	answers map[string]*answer // by call
	members map[string]bool    // of the authorization details
	counted map[string]usage   // of policies as AWS counts it, by ARN
	seen    map[string]place   // entities, by noun and name

	profiles  []account.InstanceProfile // of roles, in the authorization details
	listed    []role                    // by ListRoles
	described []described
	versions  []*output // of GetPolicyVersion
	reportAge time.Time
}

// usage is how often a policy is used, as AWS counts it; whole where both numbers were told.
type usage struct {
	account.Usage
	whole bool
}

// described is a policy of ListPolicies or GetPolicy: all but its document.
type described struct {
	account.Policy
	file string
}

// answer is what there is of one call.
type answer struct {
	whole  bool   // a last page is there
	partly string // the file of a page that says that more follows
	failed string // an error code
}

func (b *builder) note(o *output) {
	a := b.answers[o.call.name]
	if a == nil {
		a = &answer{}
		b.answers[o.call.name] = a
	}
	switch {
	case o.failed != "":
		a.failed = o.failed
	case o.truncated:
		a.partly = o.file
	default:
		a.whole = true
	}
}

// add takes what one output tells.
func (b *builder) add(o *output) error {
	switch o.call.name {
	case authorizationDetails:
		return b.addDetails(o)
	case listRoles:
		b.listed = append(b.listed, o.roles...)
	case listPolicies, getPolicy:
		for _, p := range b.count(o.policies) {
			b.described = append(b.described, described{p, o.file})
		}
	case policyVersion:
		if o.version != nil {
			b.versions = append(b.versions, o)
		}
	case instanceProfiles:
		return instanceProfileKind.merge(b, o, &b.s.InstanceProfiles, o.profiles)
	case virtualDevices:
		return virtualMFAKind.merge(b, o, &b.s.VirtualMFADevices, o.devices)
	case serverCertificates:
		return serverCertKind.merge(b, o, &b.s.ServerCerts, o.certs)
	case samlProviders:
		return samlProviderKind.merge(b, o, &b.s.SAMLProviders, o.saml)
	case oidcProviders:
		return oidcProviderKind.merge(b, o, &b.s.OIDCProviders, o.oidc)
	default:
		b.addNewest(o)
	}
	return nil
}

func (b *builder) addDetails(o *output) error {
	for m := range o.has {
		b.members[m] = true
	}
	roles := make([]account.Role, len(o.roles))
	for i := range o.roles {
		roles[i] = o.roles[i].Role
		b.profiles = append(b.profiles, o.roles[i].profiles...)
	}
	if err := userKind.merge(b, o, &b.s.Users, o.users); err != nil {
		return err
	}
	if err := groupKind.merge(b, o, &b.s.Groups, o.groups); err != nil {
		return err
	}
	if err := roleKind.merge(b, o, &b.s.Roles, roles); err != nil {
		return err
	}
	return policyKind.merge(b, o, &b.s.Policies, b.count(o.policies))
}

// count notes how many holders policies have, and gives the policies without that.
func (b *builder) count(policies []policy) []account.Policy {
	plain := make([]account.Policy, len(policies))
	for i := range policies {
		plain[i] = policies[i].Policy
		u := b.counted[plain[i].ARN]
		if n := policies[i].attached; n != nil {
			u.Attachments = max(u.Attachments, *n)
		}
		if n := policies[i].bounding; n != nil {
			u.Boundaries, u.whole = max(u.Boundaries, *n), u.whole || policies[i].attached != nil
		}
		b.counted[plain[i].ARN] = u
	}
	return plain
}

// addNewest takes an answer that stands for itself; outputs come oldest first.
func (b *builder) addNewest(o *output) {
	switch {
	case o.failed != "":
	case o.call.name == accountSummary:
		b.s.Summary = o.summary
	case o.call.name == passwordPolicy:
		b.s.PasswordPolicy = o.passwords
	case o.call.name == accountAliases:
		b.s.Aliases = o.aliases
	case o.call.name == credentialReport:
		b.addReport(o)
	}
}

// addReport keeps the newest report. A CSV does not say when it was made, so that its file's time counts, unless a report
// with the same rows and a time of its own is there.
func (b *builder) addReport(o *output) {
	age := o.report.Generated
	if age.IsZero() {
		age = o.modTime
	}
	if old := b.s.Report; old != nil && old.Generated.IsZero() != o.report.Generated.IsZero() && reflect.DeepEqual(old.Rows, o.report.Rows) {
		if old.Generated.IsZero() {
			b.s.Report, b.reportAge = o.report, age
		}
		return
	}
	if b.s.Report == nil || age.After(b.reportAge) {
		b.s.Report, b.reportAge = o.report, age
	}
}

// enrichRoles adds what only ListRoles tells of a role, and the instance profiles that only roles tell of.
func (b *builder) enrichRoles() {
	listed := make(map[string]*role, len(b.listed))
	for i := range b.listed {
		listed[b.listed[i].Name] = &b.listed[i]
	}
	for i := range b.s.Roles {
		if l := listed[b.s.Roles[i].Name]; l != nil {
			b.s.Roles[i].MaxSession, b.s.Roles[i].Description = l.MaxSession, l.Description
		}
	}
	for _, p := range b.profiles {
		id := instanceProfileKind.id(p.Name)
		if _, known := b.seen[id]; !known {
			b.seen[id] = place{index: len(b.s.InstanceProfiles)}
			b.s.InstanceProfiles = append(b.s.InstanceProfiles, p)
		}
	}
}
