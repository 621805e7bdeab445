package facts

import (
	"slices"
	"strings"
	"testing"

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
