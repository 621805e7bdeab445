package account

import (
	"cmp"
	"slices"
	"strings"
)

// Part names a section of a Snapshot that is read, or missing, as a whole.
type Part string

// The parts of a Snapshot.
const (
	PartUsers            Part = "users"
	PartGroups           Part = "groups"
	PartRoles            Part = "roles"
	PartPolicies         Part = "policies"
	PartManagedDocuments Part = "managedDocuments" // documents of AWS managed policies
	PartInstanceProfiles Part = "instanceProfiles"
	PartCredentials      Part = "credentialReport"
	PartSummary          Part = "summary"
	PartPasswordPolicy   Part = "passwordPolicy"
	PartVirtualMFA       Part = "virtualMfaDevices"
	PartServerCerts      Part = "serverCertificates"
	PartSAML             Part = "samlProviders"
	PartOIDC             Part = "oidcProviders"
	PartAliases          Part = "aliases"
	PartMaxSession       Part = "maxSession"
)

// Gap is something that could not be read. A rule that reads what it covers says unknown.
type Gap struct {
	Account    ID     `json:"account,omitempty"`
	Call       string `json:"call"`                 // such as iam:GetCredentialReport, or a file's name
	Error      string `json:"error"`                // one line, safe to print, without secrets
	Permission string `json:"permission,omitempty"` // the action to grant; empty when no grant helps
	Part       Part   `json:"part"`                 // what is missing
	Subject    string `json:"subject,omitempty"`    // ARN of the one entity it concerns; empty: the whole part
}

var parts = []Part{
	PartUsers, PartGroups, PartRoles, PartPolicies, PartManagedDocuments, PartInstanceProfiles, PartCredentials,
	PartSummary, PartPasswordPolicy, PartVirtualMFA, PartServerCerts, PartSAML, PartOIDC, PartAliases, PartMaxSession,
}

// Parts lists every part.
func Parts() []Part { return slices.Clone(parts) }

func (p Part) known() bool { return slices.Contains(parts, p) }

// Gap is the gap that leaves the whole part unread, or nil where the part was read.
func (s *Snapshot) Gap(part Part) *Gap {
	return s.gap(part, "")
}

// GapOn is the gap that leaves unread what part says of the entity arn: one on that entity, else one on the
// whole part, else nil.
func (s *Snapshot) GapOn(part Part, arn string) *Gap {
	if g := s.gap(part, arn); g != nil {
		return g
	}
	return s.gap(part, "")
}

func (s *Snapshot) gap(part Part, subject string) *Gap {
	for i := range s.Gaps {
		if g := &s.Gaps[i]; g.Part == part && g.Subject == subject {
			return g
		}
	}
	return nil
}

// compareGaps orders gaps by every field.
func compareGaps(a, b Gap) int {
	return cmp.Or(
		strings.Compare(string(a.Part), string(b.Part)),
		strings.Compare(a.Subject, b.Subject),
		strings.Compare(a.Call, b.Call),
		strings.Compare(a.Error, b.Error),
		strings.Compare(a.Permission, b.Permission),
		strings.Compare(string(a.Account), string(b.Account)),
	)
}
