package assess_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
)

// TestRun_Sound takes parts of an account away: what is still decided must be decided as it was with all there.
func TestRun_Sound(t *testing.T) {
	t.Parallel()
	all := everyRule(t)
	for i, c := range all {
		if c.Rule.ID != "unapproved-managed-policy" { // not applicable without settings
			continue
		}
		compiled, err := c.Rule.Compile(assess.Schema(), map[string]any{"denied": []any{"*Access", "*-1*"}})
		if err != nil {
			t.Fatal(err)
		}
		all[i] = compiled
	}
	judged := func(change func(*account.Snapshot)) map[string]finding.Finding {
		s := accounttest.Quota(7, accounttest.SmallSize)
		change(s)
		s.Normalize()
		byID := map[string]finding.Finding{}
		for _, f := range assess.Run(facts.New(s), assess.Options{Rules: all}) {
			byID[f.ID] = f
		}
		return byID
	}
	whole := judged(func(*account.Snapshot) {})
	decided, unknown := 0, 0
	for _, part := range account.Parts() {
		for id, f := range judged(func(s *account.Snapshot) { take(s, part) }) {
			if f.Verdict == finding.Unknown {
				unknown++
				continue
			}
			decided++
			if was, ok := whole[id]; !ok || was.Verdict != f.Verdict {
				t.Errorf("without %s, %s says %s of %s %s; with it %q", part, f.Rule, f.Verdict, f.Subject.Type, f.Subject.Name, was.Verdict)
			}
		}
	}
	if decided < 1000 || unknown < 100 {
		t.Errorf("%d decided, %d unknown: too few to show anything", decided, unknown)
	}
}

// take removes a part of an account and leaves a gap.
func take(s *account.Snapshot, part account.Part) {
	lose(part)(s)
	isAWS := func(p account.Policy) bool { return strings.Contains(p.ARN, ":aws:policy/") }
	switch part {
	case account.PartRoles:
		s.Roles = nil
	case account.PartPolicies:
		s.Policies = slices.DeleteFunc(s.Policies, func(p account.Policy) bool { return !isAWS(p) })
	case account.PartManagedDocuments:
		s.Policies = slices.DeleteFunc(s.Policies, isAWS)
	case account.PartInstanceProfiles:
		s.InstanceProfiles = nil
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
