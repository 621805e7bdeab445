package facts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
)

// TestFields holds the table of what each part feeds against what becomes unknown without it.
func TestFields(t *testing.T) {
	t.Parallel()
	for _, part := range account.Parts() {
		t.Run(string(part), func(t *testing.T) {
			t.Parallel()
			set := with(func(s *account.Snapshot) { lose(s, part) })
			var lost []string
			for name, known := range knownProperties(set) {
				if !known {
					lost = append(lost, name)
				}
			}
			for _, typ := range Schema().Entities {
				if set.MissingEntities(typ.Name) != nil {
					lost = append(lost, typ.Name+".*")
				}
			}
			if diff := cmp.Diff(Fields(part), summarise(lost)); diff != "" {
				t.Errorf("Fields(%s) (-got +is lost)\n%s", part, diff)
			}
		})
	}
}

// TestLost holds what a gap on one entity is said to cost against what is unknown because of it: all that is, and
// nothing that never is.
func TestLost(t *testing.T) {
	t.Parallel()
	const refused = account.Document(`{"Statement": 1}`)
	said, was := map[account.Part]map[string]bool{}, map[account.Part]map[string]bool{}
	for name, change := range map[string]func(*account.Snapshot){
		"no row of a user":       func(s *account.Snapshot) { s.Report.Rows = s.Report.Rows[:2] },
		"no row of the root":     func(s *account.Snapshot) { s.Report.Rows, s.Summary = s.Report.Rows[1:], nil },
		"user without a date":    func(s *account.Snapshot) { s.Users[1].Created, s.Report.Rows = time.Time{}, s.Report.Rows[:2] },
		"policy of a user":       func(s *account.Snapshot) { s.Users[0].Inline[0].Document = refused },
		"policy of a group":      func(s *account.Snapshot) { s.Groups[0].Inline[0].Document = refused },
		"group that is not read": func(s *account.Snapshot) { s.Users[1].Groups = []string{"gone"} },
		"trust":                  func(s *account.Snapshot) { s.Roles[0].Trust = refused },
		"policy of a role":       func(s *account.Snapshot) { s.Roles[0].Inline = []account.InlinePolicy{{Name: "x", Document: refused}} },
		"managed policy":         func(s *account.Snapshot) { s.Policies[0].Document = refused },
		"policy that is not read": func(s *account.Snapshot) {
			for _, attached := range []*[]string{&s.Users[0].Attached, &s.Groups[0].Attached, &s.Roles[0].Attached} {
				*attached = append(*attached, "arn:aws:iam::111122223333:policy/gone")
			}
		},
		"provider": func(s *account.Snapshot) { s.OIDCProviders[0] = account.OIDCProvider{ARN: s.OIDCProviders[0].ARN} },
	} {
		set := with(change)
		var lost, listed []string
		for _, g := range set.Gaps() {
			if g.Subject == "" {
				continue
			}
			if said[g.Part] == nil {
				said[g.Part], was[g.Part] = map[string]bool{}, map[string]bool{}
			}
			for _, field := range Lost(g) {
				said[g.Part][field] = true
				listed = append(listed, field)
			}
			for field, known := range knownProperties(set) {
				if !known {
					lost = append(lost, field)
					was[g.Part][field] = true
				}
			}
		}
		if len(listed) == 0 {
			t.Errorf("%s: no gap", name)
		}
		for _, field := range lost {
			if !slices.Contains(listed, field) && !strings.HasPrefix(field, "Iam.stats.") {
				t.Errorf("%s: %s is unknown, and not among %q", name, field, listed)
			}
		}
	}
	for part, fields := range said {
		for field := range fields {
			if !was[part][field] {
				t.Errorf("a gap on one subject of %s never makes %s unknown", part, field)
			}
		}
	}
}

// TestUsage reads how often a policy is used where nobody, and where not everybody, was read who may hold it.
func TestUsage(t *testing.T) {
	t.Parallel()
	told := func(attachments, boundaries int, parts ...account.Part) *Set {
		return with(func(s *account.Snapshot) {
			for _, part := range parts {
				lose(s, part)
			}
			for i := range s.Policies {
				if s.Policies[i].ARN == teamARN {
					s.Policies[i].Usage = &account.Usage{Attachments: attachments, Boundaries: boundaries}
				}
			}
		})
	}
	nobody := []account.Part{account.PartUsers, account.PartGroups, account.PartRoles}
	for name, tt := range map[string]struct {
		set                     *Set
		attachments, boundaries string
	}{
		"all read":            {told(9, 9), "2", "2"},
		"nobody read":         {told(9, 8, nobody...), "9", "8"},
		"used by nobody":      {told(0, 0, nobody...), "0", "0"},
		"roles not read":      {told(2, 2, account.PartRoles), "2", "2"},
		"more than was told":  {told(0, 0, account.PartRoles), "1", "1"},
		"groups bound nobody": {told(7, 7, account.PartGroups), "7", "2"},
	} {
		p := entity(t, tt.set, "IamPolicy", "read")
		for path, want := range map[string]string{"attachmentCount": tt.attachments, "permissionsBoundaryUsageCount": tt.boundaries} {
			property, v := Find(p.Type, p.Self, path)
			if got := Text(property, v, 0); got != want {
				t.Errorf("%s: %s is %s, want %s", name, path, got, want)
			}
		}
	}
}

// summarise drops what a whole type, or the whole of an object, says already.
func summarise(lost []string) []string {
	slices.Sort(lost)
	var out []string
	for _, name := range lost {
		typ, _, _ := strings.Cut(name, ".")
		if name == typ+".*" || !slices.Contains(lost, typ+".*") {
			out = append(out, name)
		}
	}
	all := true
	var rest []string
	for _, c := range counters {
		all = all && slices.Contains(out, "Iam.stats."+c.gsl)
	}
	for _, name := range out {
		if !all || !strings.HasPrefix(name, "Iam.stats.") {
			rest = append(rest, name)
		}
	}
	if all {
		rest = append(rest, "Iam.stats.*")
	}
	slices.Sort(rest)
	return rest
}

// lose takes a part out of a snapshot and leaves a gap in its place.
func lose(s *account.Snapshot, part account.Part) {
	s.Gaps = append(s.Gaps, account.Gap{Part: part, Call: "iam:Read", Error: "AccessDenied", Permission: "iam:Read"})
	switch part {
	case account.PartUsers:
		s.Users = nil
	case account.PartGroups:
		s.Groups = nil
	case account.PartRoles:
		s.Roles = nil
	case account.PartPolicies:
		s.Policies = slices.DeleteFunc(s.Policies, func(p account.Policy) bool { return !strings.Contains(p.ARN, ":aws:policy") })
	case account.PartManagedDocuments:
		s.Policies = slices.DeleteFunc(s.Policies, func(p account.Policy) bool { return strings.Contains(p.ARN, ":aws:policy") })
	case account.PartInstanceProfiles:
		s.InstanceProfiles = nil
	case account.PartCredentials:
		s.Report = nil
	case account.PartSummary:
		s.Summary = nil
	case account.PartPasswordPolicy:
		s.PasswordPolicy = nil
	case account.PartVirtualMFA:
		s.VirtualMFADevices = nil
	case account.PartServerCerts:
		s.ServerCerts = nil
	case account.PartSAML:
		s.SAMLProviders = nil
	case account.PartOIDC:
		s.OIDCProviders = nil
	case account.PartAliases:
		s.Aliases = nil
	case account.PartMaxSession:
		for i := range s.Roles {
			s.Roles[i].MaxSession = 0
		}
	}
}
