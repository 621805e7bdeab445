package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/rule"
)

// The forms of a policy that fool whoever compares texts. Each rule on what a policy or a trust says shows each of
// them on one of its cases.
const (
	wildcard  = "wildcard"                  // fails by an action with a wildcard
	list      = "list"                      // fails by a list of actions
	notAction = "NotAction"                 // fails by a NotAction
	object    = "object-valued Statement"   // fails by a Statement that is no list
	cancelled = "Deny that cancels"         // passes for a Deny of everything, beside an Allow
	partly    = "Deny that does not cancel" // fails in spite of a Deny on some resource, of some principal, or under a condition
	saved     = "condition that saves"      // passes with an Allow under a condition
	failsOpen = "condition that fails open" // fails with an Allow under a condition that an absent key meets
	boundary  = "boundary"                  // judged within a permissions boundary
)

var allForms = []string{wildcard, list, notAction, object, cancelled, partly, saved, failsOpen, boundary}

// exempt are the rules to which forms do not apply, and why.
var exempt = []struct {
	why   string
	forms []string
	rules []string
}{
	{"it looks at names, dates, tags or counts, and at no text of a policy", allForms, []string{
		"aws-policy-deprecated", "bedrock-full-access-attached", "cloudshell-full-access-attached", "inline-policy-on-group-or-role",
		"instance-profile-without-role", "policy-on-no-role", "policy-unused", "required-policy-missing", "role-unused",
		"role-without-boundary", "role-without-tags", "security-audit-role-missing", "unapproved-managed-policy",
	}},
	{"who may assume a role does not depend on its boundary", []string{boundary}, []string{
		"cognito-role-unguarded", "cross-account-role-reads-everything", "cross-account-role-unguarded", "oidc-trust-without-audience",
		"oidc-trust-without-subject", "role-assumed-without-mfa", "role-trusts-anyone", "role-trusts-unknown-account",
		"roles-anywhere-any-certificate", "saml-trust-without-audience", "service-trust-without-source",
		"trust-names-deleted-principal", "trust-to-whole-account",
	}},
	{"it asks documents by themselves, whoever holds them", []string{boundary}, []string{
		"access-key-administration-granted", "access-key-administration-without-tls", "admin-policy-attached", "admin-policy-unattached",
		"assume-role-on-all-roles", "aws-admin-policy-attached", "condition-fails-open", "deny-on-group-without-effect",
		"inline-policy-allows-privilege-escalation", "inline-policy-decrypts-with-all-keys", "mfa-not-enforced-by-policy",
		"not-action-grants-administration", "old-policy-version-grants-more", "pass-role-on-all-roles", "policy-allows-all-of-cloudtrail",
		"policy-allows-all-of-kms", "policy-allows-not-action", "policy-allows-not-resource", "policy-allows-privilege-escalation",
		"policy-allows-whole-services", "policy-decrypts-with-all-keys", "policy-destroys-anything", "policy-document-flawed",
		"policy-obtains-credentials", "policy-opens-any-resource", "policy-reads-all-data", "policy-subscribes-marketplace",
		"policy-without-source-restriction", "service-role-with-wide-access",
	}},
	{"a group has no boundary", []string{boundary}, []string{"group-with-administrator-access"}},
	{"it judges how an Allow is written, whatever a Deny or a condition makes of it", []string{cancelled, saved}, []string{
		"policy-allows-not-action", "policy-allows-not-resource",
	}},
	{"it names a service's whole set of actions; NotAction has a rule of its own", []string{notAction}, []string{"policy-allows-whole-services"}},
	{"it judges a Deny, which is on users or is not", []string{notAction, cancelled, partly, saved, failsOpen}, []string{"deny-on-group-without-effect"}},
	{"it asks for a Deny, and no Deny cancels that", []string{cancelled}, []string{"mfa-not-enforced-by-policy"}},
	{"an old version that nothing is wrong with is not judged by what denies it today", []string{boundary}, []string{"old-policy-version-grants-more"}},
	{"a slip is a slip under any condition", []string{failsOpen}, []string{"policy-document-flawed"}},
	{"a person within a boundary that leaves roles only is still judged by what is granted", []string{cancelled}, []string{"person-acts-without-role"}},
	{"whom it is about depends on the trust, so that what closes it makes it not applicable", []string{cancelled, saved}, []string{
		"cross-account-role-reads-everything",
	}},
	{"whom it is about depends on what a role may do, so that what cancels it makes it not applicable", []string{cancelled, saved}, []string{
		"role-session-too-long",
	}},
	{"whom it is about depends on the trust, so that what closes it makes it not applicable", []string{cancelled}, []string{
		"cross-account-role-unguarded", "role-trusts-unknown-account", "service-trust-without-source",
	}},
	{"it judges how a trust or condition is written, also where a Deny of everybody leaves nobody to use it", []string{cancelled}, []string{
		"condition-fails-open", "role-assumed-without-mfa", "trust-names-deleted-principal", "trust-to-whole-account",
	}},
	{"a principal that is gone meets no condition", []string{saved}, []string{"trust-names-deleted-principal"}},
	{"it is about the names of what such a role holds", []string{notAction, cancelled, partly, saved, failsOpen}, []string{
		"instance-role-with-other-policies", "lambda-role-with-other-policies",
	}},
	{"it judges all roles together", []string{boundary, failsOpen}, []string{"iam-duties-not-split"}},
}

// mirrored rules want a Deny to be there: its forms stand with those that pass.
var mirrored = []string{"mfa-not-enforced-by-policy", "iam-duties-not-split"}

// TestForms wants of every rule on policies or trusts a case of each form, or a reason why there is none.
func TestForms(t *testing.T) {
	t.Parallel()
	excused := map[string]bool{}
	for _, e := range exempt {
		for _, r := range e.rules {
			for _, form := range e.forms {
				excused[r+" "+form] = true
			}
		}
	}
	shown := 0
	for _, r := range catalogue(t).All() {
		if !strings.Contains(r.File.Name, "policy/") && !strings.Contains(r.File.Name, "trust/") {
			continue
		}
		have := formsOf(t, r)
		for _, form := range allForms {
			switch key := r.ID + " " + form; {
			case have[form]:
				shown++
			case !excused[key]:
				t.Errorf("%s: no case shows a %s", r.ID, form)
			}
			delete(excused, r.ID+" "+form)
		}
	}
	for key := range excused {
		t.Errorf("exempt names no rule: %s", key)
	}
	if shown < 350 {
		t.Errorf("only %d forms", shown)
	}
	t.Logf("%d forms", shown)
}

// formsOf are the forms that a rule's cases show, through the verdicts that the rule gives.
func formsOf(t *testing.T, r *rule.Rule) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	for i := range r.Cases {
		snap := decode(t, &r.Cases[i])
		compiled, err := r.Compile(assess.Schema(), r.Cases[i].Settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range assess.Run(facts.New(snap), assess.Options{Rules: []*rule.Compiled{compiled}}) {
			if f.Verdict == finding.Fail || f.Verdict == finding.Pass {
				note(have, r.ID, f.Verdict == finding.Fail, spokenFor(snap, *f.Subject))
			}
		}
	}
	return have
}

// subject is what speaks for one that was judged.
type subject struct {
	documents []*policy.Document
	bounded   bool
}

func note(have map[string]bool, id string, fails bool, s subject) {
	if s.bounded {
		have[boundary] = true
	}
	allows, denies, deniesSome := false, false, false
	wrong := fails || slices.Contains(mirrored, id)
	for _, d := range s.documents {
		for i := range d.Statements {
			st := &d.Statements[i]
			shape(have, st, wrong)
			if st.Effect == policy.Deny {
				all := deniesAll(st)
				denies, deniesSome = denies || all, deniesSome || !all
				continue
			}
			allows = true
			for _, c := range st.Conditions {
				opens := holdsWithout(c.Operator)
				have[failsOpen] = have[failsOpen] || fails && opens
				have[saved] = have[saved] || !fails && !opens
			}
		}
	}
	have[cancelled] = have[cancelled] || !fails && allows && denies
	have[partly] = have[partly] || fails && allows && deniesSome
}

// shape notes how a statement is written, where that made the verdict wrong.
func shape(have map[string]bool, st *policy.Statement, wrong bool) {
	if !wrong {
		return
	}
	have[object] = have[object] || st.Pointer == "/Statement"
	have[notAction] = have[notAction] || st.NotAction
	have[list] = have[list] || len(st.Action) > 1
	for _, a := range st.Action {
		have[wildcard] = have[wildcard] || strings.ContainsAny(a.Text, "*?")
	}
}

// deniesAll reports whether a Deny holds for every resource or principal, whatever the request.
func deniesAll(st *policy.Statement) bool {
	if len(st.Conditions) > 0 {
		return false
	}
	everything := func(v policy.Value) bool { return v.Text == "*" }
	if len(st.Resource) > 0 {
		return slices.ContainsFunc(st.Resource, everything)
	}
	return slices.ContainsFunc(st.Principal, func(p policy.Principal) bool { return everything(p.Value) })
}

// holdsWithout reports whether an operator may hold where its key is absent.
func holdsWithout(operator string) bool {
	lower := strings.ToLower(operator)
	return strings.HasSuffix(lower, "ifexists") || strings.HasPrefix(lower, "forall") || strings.Contains(lower, "not") || lower == "null"
}

// spokenFor gathers the documents of a policy, user, group or role; of a list those of all users and roles.
func spokenFor(s *account.Snapshot, of finding.Subject) (found subject) {
	whole := strings.HasPrefix(of.Type, "List<")
	add := func(texts ...account.Document) {
		for _, text := range texts {
			if text != "" {
				found.documents = append(found.documents, policy.Parse(string(text)))
			}
		}
	}
	hold := func(arns []string, inline []account.InlinePolicy) {
		for i := range inline {
			add(inline[i].Document)
		}
		for i := range s.Policies {
			if p := &s.Policies[i]; slices.Contains(arns, p.ARN) {
				add(p.Document)
				for k := range p.Versions {
					add(p.Versions[k].Document)
				}
			}
		}
	}
	hold([]string{of.ARN}, nil)
	for i := range s.Roles {
		if r := &s.Roles[i]; whole || r.ARN == of.ARN {
			add(r.Trust)
			hold(append(slices.Clone(r.Attached), r.Boundary), r.Inline)
			found.bounded = found.bounded || r.Boundary != ""
		}
	}
	for i := range s.Groups {
		if g := &s.Groups[i]; g.ARN == of.ARN {
			hold(g.Attached, g.Inline)
		}
	}
	for i := range s.Users {
		u := &s.Users[i]
		if !whole && u.ARN != of.ARN {
			continue
		}
		hold(append(slices.Clone(u.Attached), u.Boundary), u.Inline)
		found.bounded = found.bounded || u.Boundary != ""
		for k := range s.Groups {
			if slices.Contains(u.Groups, s.Groups[k].Name) {
				hold(s.Groups[k].Attached, s.Groups[k].Inline)
			}
		}
	}
	return found
}
