package capture

import (
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/wire"
)

// completePolicies brings the managed policies together: those of the authorization details, those that other
// files describe, and the AWS managed ones in use, whose documents may be known beforehand. AWS managed policies
// that nobody uses are left out.
func (b *builder) completePolicies() error {
	used := b.policiesInUse()
	holders := b.holders()
	for arn, u := range b.counted {
		if u.Attachments > holders[arn] { // by somebody of whom no file tells
			used[arn] = true
		}
	}
	index := make(map[string]int, len(b.s.Policies))
	keep := b.s.Policies[:0]
	for _, p := range b.s.Policies {
		if !isAWSManaged(p.ARN) || used[p.ARN] {
			index[p.ARN] = len(keep)
			keep = append(keep, p)
		}
	}
	b.s.Policies = keep
	add := func(p account.Policy) {
		if _, known := index[p.ARN]; !known && (!isAWSManaged(p.ARN) || used[p.ARN]) {
			index[p.ARN] = len(b.s.Policies)
			b.s.Policies = append(b.s.Policies, p)
		}
	}
	for i := range b.described {
		add(b.described[i].Policy)
	}
	for arn := range used {
		if isAWSManaged(arn) {
			add(account.Policy{ARN: arn})
		}
	}
	for i := range b.s.Policies {
		pickDefault(&b.s.Policies[i])
	}
	if err := b.tieVersions(index); err != nil {
		return err
	}
	for i := range b.s.Policies {
		b.completeManaged(&b.s.Policies[i])
	}
	return nil
}

func isAWSManaged(arn string) bool { return strings.Contains(arn, ":iam::aws:policy/") }

// policiesInUse are the ARNs of policies that are attached or used as a boundary.
func (b *builder) policiesInUse() map[string]bool {
	used := map[string]bool{}
	use := func(attached []string, boundary string) {
		for _, arn := range attached {
			used[arn] = true
		}
		if boundary != "" {
			used[boundary] = true
		}
	}
	for i := range b.s.Users {
		use(b.s.Users[i].Attached, b.s.Users[i].Boundary)
	}
	for i := range b.s.Groups {
		use(b.s.Groups[i].Attached, "")
	}
	for i := range b.s.Roles {
		use(b.s.Roles[i].Attached, b.s.Roles[i].Boundary)
	}
	return used
}

// pickDefault takes the document of the default version from among the versions.
func pickDefault(p *account.Policy) {
	for i := range p.Versions {
		if v := &p.Versions[i]; v.ID == p.Version {
			p.Document = v.Document
		}
	}
}

// tieVersions gives the documents of GetPolicyVersion, which does not tell its policy, to their policies: the one
// that the same file describes with this default version, else the only one with this default version whose last
// update is the version's creation.
func (b *builder) tieVersions(index map[string]int) error {
	for _, o := range b.versions {
		arn, found := b.policyOf(o)
		if !found {
			return &InputError{
				File: o.file, Msg: fmt.Sprintf("it holds version %q of a policy and does not tell which", wire.Cut(o.version.ID)),
				Hint: "put the output of aws iam get-policy before it in the same file, or leave it out: " +
					"ambit knows the documents of AWS managed policies",
			}
		}
		if at, known := index[arn]; known && b.s.Policies[at].Document == "" {
			b.s.Policies[at].Document = o.version.Document
		}
	}
	return nil
}

func (b *builder) policyOf(o *output) (arn string, found bool) {
	var here, anywhere []string
	for i := range b.described {
		if d := &b.described[i]; d.file == o.file && d.Version == o.version.ID {
			here = append(here, d.ARN)
		}
	}
	if len(here) == 1 {
		return here[0], true
	}
	for i := range b.s.Policies {
		p := &b.s.Policies[i]
		if p.Version == o.version.ID && !p.Updated.IsZero() && p.Updated.Equal(o.version.Created) {
			anywhere = append(anywhere, p.ARN)
		}
	}
	if len(anywhere) == 1 {
		return anywhere[0], true
	}
	return "", false
}

// completeManaged fills in the document of an AWS managed policy, or notes the gap. A document that is known
// beforehand is of no use where the account's files name a newer version.
func (b *builder) completeManaged(p *account.Policy) {
	if p.Document != "" {
		return
	}
	gap := account.Gap{Call: policyVersion, Error: missing, Part: account.PartPolicies, Subject: p.ARN}
	if isAWSManaged(p.ARN) {
		gap.Part = account.PartManagedDocuments
		version, document, ok := b.lookUp(p.ARN)
		if ok && (p.Version == "" || p.Version == version) {
			p.Version, p.Document = version, account.NewDocument(document)
			return
		}
		if ok {
			gap.Error = fmt.Sprintf("%s; ambit knows version %s, the account has %s", missing, version, p.Version)
		}
	}
	b.s.Gaps = append(b.s.Gaps, gap)
}

func (b *builder) lookUp(arn string) (version, document string, ok bool) {
	if b.managed == nil {
		return "", "", false
	}
	return b.managed(arn)
}
