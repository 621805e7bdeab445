package rules_test

import (
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/source"
)

// mutations are slips of the pen: a text of a rule's GSL and what it turns into. A rule that still passes all of
// its cases after one of them is not proved by them.
var mutations = []struct{ from, to string }{
	// The language.
	{" and ", " or "},
	{" or ", " and "},
	{"not ", ""},
	{"should have", "should not have"},
	{"should not have", "should have"},
	{"=true", "=false"},
	{"=false", "=true"},
	{"> 0", ">= 0"},
	{"> 0", "> 1"},
	{">= ", "> "},
	{"<= ", "< "},
	{"0,", "1,"},
	{"45,", "46,"},
	{"45,", "44,"},
	{"90,", "89,"},
	// Conditions that are left out.
	{"isRoot=false and ", ""},
	{"isRoot=true and ", ""},
	{"where isRoot=false ", ""},
	{"where isRoot=true ", ""},
	{"where isAwsManaged=false ", ""},
	{"isAwsManaged=false and ", ""},
	{"where isServiceLinked=false ", ""},
	{"attachmentCount > 0", "name"},
	{"passwordEnabled=true", "name"},
	{"hasConsoleAccess=true or ", ""},
	{"firstAccessKey.isActive=true or ", ""},
	{" or permissionsBoundaryUsageCount > 0", ""},
	{"passwordPolicy.maxPasswordAge > 0 and ", ""},
	{" exclude stats.users=0", ""},
	{"Effect='Allow' and ", ""},
	{" and NotAction", ""},
	// Properties that are confused.
	{"first", "second"},
	{"second", "first"},
	{"users", "groups"},
	{"groups", "roles"},
	{"roles", "users"},
	{"arn matches", "name matches"},
	{"name matches", "arn matches"},
	{"inlinePolicies", "managedPolicies"},
	{"lastActivityDate", "lastRotated"},
	{"lastActivityDate", "createDate"},
	{"lastRotated", "lastActivityDate"},
	{"passwordLastActivity", "passwordLastUsed"},
	{"passwordLastActivity", "passwordLastChanged"},
	{"'Hardware'", "'Virtual'"},
	{"policy/", "%"},
	// Settings and arguments that are confused or left out.
	{"'denied'", "'allowed'"},
	{"'allowed'", "'denied'"},
	{"'exceptions'", "'allowed'"},
	{"'other-account'", "'anyone'"},
	{", 'true'", ""},
	{"grantsBeyondSelf", "grants"},
	{"grantsAdmin()", "grants('s3:GetObject')"},
	{"'iam:DeactivateMFADevice', ", ""},
	{"'iam:EnableMFADevice', ", ""},
	{"'iam:ResyncMFADevice', ", ""},
	{"'iam:DeleteVirtualMFADevice',", ""},
	{",\n    'iam:CreateVirtualMFADevice'", ""},
	{"'iam:ListMFADevices', ", ""},
	{", 'iam:ListVirtualMFADevices'", ""},
}

// TestCasesProve breaks each rule in every way of the table, and wants one of its cases to notice.
func TestCasesProve(t *testing.T) {
	t.Parallel()
	var total atomic.Int64
	t.Cleanup(func() {
		if n := total.Load(); n < 300 {
			t.Errorf("only %d broken rules were tried", n)
		}
		t.Logf("%d broken rules", total.Load())
	})
	for _, r := range catalogue(t).All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			total.Add(breakRule(t, r))
		})
	}
}

func breakRule(t *testing.T, r *rule.Rule) (tried int64) {
	t.Helper()
	const marker = "-- rule.gsl --\n"
	begin := strings.Index(r.File.Text, marker) + len(marker)
	end := begin + strings.Index(r.File.Text[begin:], "\n-- ")
	gsl := r.File.Text[begin:end]
	snapshots := make([]*account.Snapshot, len(r.Cases))
	for i, c := range r.Cases {
		snapshots[i] = decode(t, &c)
	}
	for _, m := range mutations {
		for _, at := range regexp.MustCompile(regexp.QuoteMeta(m.from)).FindAllStringIndex(gsl, -1) {
			broken := gsl[:at[0]] + m.to + gsl[at[1]:]
			q, faults := rule.Parse(source.File{Name: r.File.Name, Text: r.File.Text[:begin] + broken + r.File.Text[end:]}, assess.Schema())
			if hasErrors(faults) {
				continue // it does not even compile
			}
			tried++
			if !noticed(t, q, snapshots) {
				t.Errorf("no case notices %q in place of %q: %s", m.to, m.from, strings.Join(strings.Fields(broken), " "))
			}
		}
	}
	return tried
}

func hasErrors(faults []rule.Fault) bool {
	for _, f := range faults {
		if f.Severity == source.Error {
			return true
		}
	}
	return false
}

func noticed(t *testing.T, r *rule.Rule, snapshots []*account.Snapshot) bool {
	t.Helper()
	for i, c := range r.Cases {
		compiled, err := r.Compile(assess.Schema(), c.Settings)
		if err != nil {
			return true
		}
		if c.Check(assess.Run(facts.New(snapshots[i]), assess.Options{Rules: []*rule.Compiled{compiled}})) != nil {
			return true
		}
	}
	return false
}
