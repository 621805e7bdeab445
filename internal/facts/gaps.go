package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/source"
)

// Gaps are the snapshot's gaps and those found when it was derived: documents that cannot be read, users
// whom the credential report does not know, parts that a capture leaves out. Do not change it.
func (s *Set) Gaps() []account.Gap { return s.gaps }

// Gap is the gap behind an unknown value, by the value's reason.
func (s *Set) Gap(reason string) (account.Gap, bool) {
	i, ok := s.holes[reason]
	if !ok {
		return account.Gap{}, false
	}
	return s.gaps[i], true
}

// Hole is the reason of the first gap on one of the parts: on the whole part, or on one subject where partly is
// set. It is empty where there is none.
func (s *Set) Hole(partly bool, parts ...account.Part) string {
	first, why := len(s.gaps), ""
	for reason, i := range s.holes {
		if i < first && slices.Contains(parts, s.gaps[i].Part) && (partly || s.gaps[i].Subject == "") {
			first, why = i, reason
		}
	}
	return why
}

// MissingEntities says why Entities may not list every entity of a type, nil where it does.
func (s *Set) MissingEntities(typeName string) *account.Gap {
	for name, gap := range s.incomplete {
		if strings.EqualFold(name, typeName) {
			return &gap
		}
	}
	return nil
}

// reason names a gap: its part, and its subject where it concerns only one.
func reason(part account.Part, subject string) string {
	if subject == "" {
		return string(part)
	}
	return string(part) + " " + subject
}

// note adds a gap, unless one stands already under the same reason, and gives the reason. Detail tells
// apart the gaps of one part and subject.
func (s *Set) note(g account.Gap, detail string) string {
	r := reason(g.Part, g.Subject) + detail
	if _, twice := s.holes[r]; twice {
		return r
	}
	s.add(g, r)
	return r
}

func (s *Set) add(g account.Gap, r string) {
	if g.Account == "" {
		g.Account = s.snap.Account
	}
	if _, twice := s.holes[r]; !twice {
		s.holes[r] = len(s.gaps)
	}
	s.gaps = append(s.gaps, g)
	if g.Subject == "" {
		s.lacks[g.Part] = true
	}
}

// missing is the reason why a part is unknown for one subject: the gap on the part, else the one on the
// subject, else one that is made here.
func (s *Set) missing(g account.Gap) string {
	if s.lacks[g.Part] {
		return string(g.Part)
	}
	return s.note(g, "")
}

// readGaps takes over the snapshot's gaps and adds those that it leaves unsaid.
func (s *Set) readGaps() {
	s.lacks = make(map[account.Part]bool)
	s.holes = make(map[string]int)
	for _, g := range s.snap.Gaps {
		s.add(g, reason(g.Part, g.Subject))
	}
	if s.snap.Report == nil {
		s.note(account.Gap{
			Call: "iam:GetCredentialReport", Permission: "iam:GetCredentialReport", Part: account.PartCredentials,
			Error: "the input holds no credential report",
		}, "")
	}
	if s.snap.Summary == nil {
		s.note(account.Gap{
			Call: "iam:GetAccountSummary", Permission: "iam:GetAccountSummary", Part: account.PartSummary,
			Error: "the input holds no account summary",
		}, "")
	}
}

// partsOf are the parts of the snapshot that list each entity type. Iam is always there; keys stand in the
// credential report; AWS's policies are found with those who hold them.
var partsOf = map[string][]account.Part{
	"IamUser": {account.PartUsers}, "IamGroup": {account.PartGroups}, "IamRole": {account.PartRoles},
	"IamPolicy":            {account.PartPolicies, account.PartRoles, account.PartUsers, account.PartGroups},
	"IamServerCertificate": {account.PartServerCerts}, "IamInstanceProfile": {account.PartInstanceProfiles},
	"VirtualMfaDevice": {account.PartVirtualMFA}, "IamSamlProvider": {account.PartSAML}, "IamOidcProvider": {account.PartOIDC},
}

// findIncomplete says which entity types are not listed in full.
func (s *Set) findIncomplete() {
	s.incomplete = make(map[string]account.Gap)
	for name, parts := range partsOf {
		if i := slices.IndexFunc(parts, func(p account.Part) bool { return s.lacks[p] }); i >= 0 {
			s.incomplete[name] = s.gaps[s.holes[string(parts[i])]]
		}
	}
	if s.lacks[account.PartUsers] && s.snap.Report != nil {
		delete(s.incomplete, "IamUser") // the report's rows name them
	}
	var unknown []string
	hole := ""
	for i := range s.users {
		if u := &s.users[i]; u.keyHole != "" {
			unknown = append(unknown, u.name)
			hole = u.keyHole
		}
	}
	users, noUsers := s.incomplete["IamUser"]
	switch {
	case noUsers:
		s.incomplete["IamAccessKey"] = users
	case len(unknown) > 0:
		s.incomplete["IamAccessKey"] = s.keyGap(hole, unknown)
	}
}

// keyGap says whose keys nobody knows.
func (s *Set) keyGap(hole string, users []string) account.Gap {
	gap := s.gaps[s.holes[hole]]
	gap.Subject = ""
	gap.Error += " (access keys of " + few(users) + ")"
	return gap
}

// few lists at most five names, quoted.
func few(names []string) string {
	const most = 5
	quoted := make([]string, 0, most)
	for _, n := range names[:min(len(names), most)] {
		quoted = append(quoted, strconv.Quote(n))
	}
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(quoted, ", "), more)
	}
	return strings.Join(quoted, ", ")
}

// faultText is what is wrong with a document, in one line.
func faultText(title string, faults []source.Diagnostic) string {
	first := faults[0]
	text := fmt.Sprintf("%s, line %d, column %d: %s", title, first.Span.Start.Line, first.Span.Start.Column, first.Message)
	if more := len(faults) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}
