package assess_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/source"
)

var taken = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

const mfaAdmin = account.Document(`{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"s3:*","Resource":"*"},
{"Effect":"Allow","Action":["iam:*MFA*"],"Resource":"*"}]}`)

// company has two users, of whom one lacks MFA, a group, and a policy that both hold by it.
func company(change ...func(*account.Snapshot)) *facts.Set {
	yes := true
	s := &account.Snapshot{
		Account: "111122223333", Partition: "aws", TakenAt: taken, Aliases: []string{"acme"},
		Users: []account.User{{Name: "alice", Groups: []string{"devs"}}, {Name: "bob", Groups: []string{"devs"}}},
		Groups: []account.Group{{
			Name: "devs", Attached: []string{"arn:aws:iam::111122223333:policy/devices"},
		}},
		Policies: []account.Policy{{ARN: "arn:aws:iam::111122223333:policy/devices", Document: mfaAdmin}},
		Report: &account.CredentialReport{Generated: taken, Rows: []account.Credential{
			{User: account.RootUser, MFA: true},
			{User: "alice", PasswordEnabled: &yes, MFA: true},
			{User: "bob", PasswordEnabled: &yes, PasswordUsed: taken.AddDate(0, 0, -100)},
		}},
		Summary: map[string]int{"AccountMFAEnabled": 1},
	}
	for _, c := range change {
		c(s)
	}
	s.Normalize()
	return facts.New(s)
}

// program compiles one text.
func program(t *testing.T, text string) *gsl.Program {
	t.Helper()
	p, faults := gsl.Compile(assess.Schema(), source.File{Text: text}, gsl.Options{})
	if p == nil {
		t.Fatalf("%s: %+v", text, faults)
	}
	return p
}

// compiled is a rule of one text or several.
func compiled(t *testing.T, r rule.Rule, texts ...string) *rule.Compiled {
	t.Helper()
	if r.ID == "" {
		r.ID = "some-rule"
	}
	r.Severity = finding.High
	c := &rule.Compiled{Rule: &r}
	for _, text := range texts {
		p := program(t, text)
		c.Programs = append(c.Programs, p)
		if len(r.Entities) < len(texts) && p.Entity() != nil {
			r.Entities = append(r.Entities, p.Entity().Name)
		}
	}
	return c
}

// verdicts are the findings in short: "bob fail".
func verdicts(findings []finding.Finding) string {
	lines := make([]string, len(findings))
	for i, f := range findings {
		lines[i] = fmt.Sprintf("%s %s %s", f.Subject.Type, f.Subject.Name, f.Verdict)
	}
	return strings.Join(lines, "\n")
}

func lose(part account.Part) func(*account.Snapshot) {
	return func(s *account.Snapshot) {
		s.Gaps = append(s.Gaps, account.Gap{Part: part, Call: "iam:Read", Error: "AccessDenied: no", Permission: "iam:Read"})
		switch part {
		case account.PartUsers:
			s.Users = nil
		case account.PartCredentials:
			s.Report = nil
		case account.PartGroups:
			s.Groups = nil
		}
	}
}

func TestRun_Verdicts(t *testing.T) {
	t.Parallel()
	const mfa = "IamUser where passwordEnabled=true should have mfaActive=true"
	noRow := func(s *account.Snapshot) { s.Report.Rows = s.Report.Rows[:2] }
	both := func(s *account.Snapshot) { lose(account.PartUsers)(s); lose(account.PartCredentials)(s) }
	tests := []struct {
		name   string
		texts  []string
		change func(*account.Snapshot)
		want   string
	}{
		{"where, pass and fail", []string{mfa}, nil, "IamUser <root_account> not-applicable\nIamUser alice pass\nIamUser bob fail"},
		{"an unknown subject", []string{mfa}, noRow, "IamUser <root_account> not-applicable\nIamUser alice pass\nIamUser bob unknown"},
		{
			"whether it concerns is unknown",
			[]string{"IamUser where passwordEnabled=true should have path"},
			noRow,
			"IamUser <root_account> not-applicable\nIamUser alice pass\nIamUser bob unknown",
		},
		{"no report", []string{mfa}, lose(account.PartCredentials), "IamUser <root_account> unknown\nIamUser alice unknown\nIamUser bob unknown"},
		{
			"decided in spite of a gap",
			[]string{"IamUser should have mfaActive=true or isRoot=false"},
			lose(account.PartCredentials),
			"IamUser <root_account> pass\nIamUser alice pass\nIamUser bob pass",
		},
		{
			"excluded",
			[]string{"IamUser should have mfaActive=true exclude name='bob'"},
			nil,
			"IamUser <root_account> pass\nIamUser alice pass\nIamUser bob not-applicable",
		},
		{
			"perhaps excluded",
			[]string{"IamUser should have attachedGroups isEmpty() exclude passwordEnabled=true"},
			noRow,
			"IamUser <root_account> pass\nIamUser alice not-applicable\nIamUser bob unknown",
		},
		{
			"users that could not be listed",
			[]string{"IamUser where passwordEnabled=true should have mfaActive=true"},
			both,
			"IamUser <root_account> unknown\nIamUser acme unknown",
		},
		{
			"a rule on root when users could not be listed",
			[]string{"IamUser where isRoot=true should have mfaActive=true"},
			both,
			"IamUser <root_account> pass",
		},
		{
			"several types",
			[]string{"IamUser where isRoot=false should have attachedGroups", "IamGroup should not have users"},
			nil,
			"IamGroup devs fail\nIamUser <root_account> not-applicable\nIamUser alice pass\nIamUser bob pass",
		},
		{"the same type twice: the worst counts", []string{"IamGroup should have users", "IamGroup should have name='x'"}, nil, "IamGroup devs fail"},
		{"nothing to judge", []string{"IamServerCertificate should have path"}, nil, "IamServerCertificate acme not-applicable"},
		{"list", []string{"List<IamUser> should have items contain [ name='bob' ]"}, nil, "List<IamUser> acme pass"},
		{"list that fails", []string{"List<IamRole> should have items"}, nil, "List<IamRole> acme fail"},
		{"list of what could not be listed", []string{"List<IamGroup> should have items"}, lose(account.PartGroups), "List<IamGroup> acme unknown"},
		{"the account", []string{"Iam should have stats.accountMfaEnabled=1"}, nil, "Iam acme pass"},
		{
			"a query is an alert",
			[]string{"IamUser where name='bob'"},
			nil,
			"IamUser <root_account> not-applicable\nIamUser alice not-applicable\nIamUser bob fail",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			change := func(*account.Snapshot) {}
			if tt.change != nil {
				change = tt.change
			}
			got := assess.Run(company(change), assess.Options{Rules: []*rule.Compiled{compiled(t, rule.Rule{}, tt.texts...)}})
			if diff := cmp.Diff(tt.want, verdicts(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, f := range got {
				if f.ID != finding.NewID("some-rule", f.Subject) || f.Severity != finding.High || f.Rule != "some-rule" {
					t.Errorf("finding %+v", f)
				}
				if f.Verdict == finding.Unknown && f.Told().Why == "" {
					t.Errorf("%s is unknown without a reason", f.Subject.Name)
				}
			}
		})
	}
}

// TestRun_NoType: a planned type is unknown, the rule `true` passes.
func TestRun_NoType(t *testing.T) {
	t.Parallel()
	run := func(entity, text string) finding.Finding {
		c := compiled(t, rule.Rule{Entities: []string{entity}}, text)
		return assess.Run(company(), assess.Options{Rules: []*rule.Compiled{c}})[0]
	}
	if f := run("Lambda", "Lambda should have executionRoleArn"); f.Verdict != finding.Unknown || !strings.Contains(f.Told().Why, "does not read Lambda yet") ||
		f.Subject.Type != "Lambda" || f.Subject.Account != "111122223333" {
		t.Errorf("planned: %+v", f)
	}
	if f := run("List<LogProfile>", "List<LogProfile> should have items"); f.Verdict != finding.Unknown || f.Subject.Type != "List<LogProfile>" {
		t.Errorf("planned list: %+v", f)
	}
	if f := run("Iam", "true"); f.Verdict != finding.Pass || f.Subject.Type != "Iam" {
		t.Errorf("true: %+v", f)
	}
}

func failing(t *testing.T, findings []finding.Finding, name string) *finding.Finding {
	t.Helper()
	for i := range findings {
		if findings[i].Subject.Name == name {
			return &findings[i]
		}
	}
	t.Fatalf("no finding on %s", name)
	return nil
}

func TestRun_Why(t *testing.T) {
	t.Parallel()
	many := func(s *account.Snapshot) {
		for i := range 7 {
			s.Users = append(s.Users, account.User{Name: fmt.Sprintf("user-%d", i), Groups: []string{"devs"}})
		}
		s.Groups[0].Name = "devs\x1b[1m"
		for i := range s.Users {
			s.Users[i].Groups = []string{"devs\x1b[1m"}
		}
	}
	tests := []struct {
		name, message, text, subject string
		change                       func(*account.Snapshot)
		want                         string
	}{
		{
			"text and date", "User {name} last signed in on {passwordLastUsed}", "IamUser should have mfaActive=true", "bob", nil,
			"User bob last signed in on 2025-10-23",
		},
		{"never, null, flag", "{createDate} {firstAccessKey.lastUsedDate} {mfaActive}", "IamUser should have mfaActive=true", "bob", nil, "never none false"},
		{"no placeholder", "a fact", "IamUser should have mfaActive=true", "bob", nil, "a fact"},
		{"open brace", "{name} {", "IamUser should have mfaActive=true", "bob", nil, "bob {"},
		{"list of objects", "held by {groups} and {users}", "IamPolicy should have roles", "devices", nil, "held by devs and none"},
		{
			"long list, hostile name", "{name}: {users}", "IamGroup should not have users", "devs\x1b[1m", many,
			`devs\x1b[1m: alice, bob, user-0, user-1, user-2 and 4 more`,
		},
		{"on a list", "account {name} ({accountNumber})", "List<IamRole> should have items", "acme", nil, "account acme (111122223333)"},
	}
	for _, tt := range tests {
		change := func(*account.Snapshot) {}
		if tt.change != nil {
			change = tt.change
		}
		c := compiled(t, rule.Rule{Message: tt.message}, tt.text)
		if got := failing(t, assess.Run(company(change), assess.Options{Rules: []*rule.Compiled{c}}), tt.subject).Told().Why; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestRun_WhyUnknown: an unknown names the field, the call, the error and the permission.
func TestRun_WhyUnknown(t *testing.T) {
	t.Parallel()
	why := func(text, subject string, change ...func(*account.Snapshot)) string {
		t.Helper()
		f := failing(t, assess.Run(company(change...), assess.Options{Rules: []*rule.Compiled{compiled(t, rule.Rule{}, text)}}), subject)
		if f.Verdict != finding.Unknown || len(f.Told().Evidence) != 0 || len(f.Told().Missing) == 0 {
			t.Errorf("%s: %+v", text, f)
		}
		for _, m := range f.Told().Missing { // the sentence tells what the list does
			for _, part := range []string{m.Field, m.Call, m.Error, m.Permission} {
				if !strings.Contains(f.Told().Why, part) {
					t.Errorf("%s: %q is not in %q", text, part, f.Told().Why)
				}
			}
		}
		return f.Told().Why
	}
	const denied = "iam:Read: AccessDenied: no (grant iam:Read)"
	if got, want := why("IamUser should have mfaActive=true", "bob", lose(account.PartCredentials)), "mfaActive is unknown: "+denied; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := why("IamGroup should have name", "acme", lose(account.PartGroups)), "not every IamGroup could be listed: "+denied; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := why("IamUser should not have grants('iam:*')", "bob", lose(account.PartGroups)); !strings.Contains(got, denied) {
		t.Errorf("a function's unknown: %q", got)
	}
	broken := func(s *account.Snapshot) { s.Policies[0].Document = `{"Statement":[{"Effect":"allow"}]}` }
	got := why("IamPolicy should not have document grants('iam:*')", "devices", broken)
	if !strings.Contains(got, "document is unknown: iam:GetAccountAuthorizationDetails: arn:aws:iam::111122223333:policy/devices, line 1, column") {
		t.Errorf("a faulty document: %q", got)
	}
	got = why("IamUser should have mfaActive=true and attachedGroups isEmpty()", "bob", func(s *account.Snapshot) { s.Report.Rows = s.Report.Rows[:2] },
		func(s *account.Snapshot) { s.Users[1].Groups = nil })
	if !strings.Contains(got, `the credential report has no row of user "bob"`) {
		t.Errorf("a missing row: %q", got)
	}
}

func TestRun_Evidence(t *testing.T) {
	t.Parallel()
	run := func(r rule.Rule, text, subject string, change ...func(*account.Snapshot)) []finding.Evidence {
		t.Helper()
		return failing(t, assess.Run(company(change...), assess.Options{Rules: []*rule.Compiled{compiled(t, r, text)}}), subject).Told().Evidence
	}
	statement := finding.Evidence{
		Document: "arn:aws:iam::111122223333:policy/devices", Pointer: "/Statement/1", Line: 3, Column: 1,
		Text: `{"Effect":"Allow","Action":["iam:*MFA*"],"Resource":"*"}`,
	}
	element := statement
	element.Pointer, element.Column = "/Statement/1/Action/0", 29
	element.Marks = []finding.Mark{{Pointer: element.Pointer, Start: 28, End: 39}}
	const grants = "grants('iam:DeactivateMFADevice')"
	tests := []struct {
		name string
		got  []finding.Evidence
		want []finding.Evidence
	}{
		{"a function's statement", run(rule.Rule{}, "IamPolicy should not have document "+grants, "devices"), []finding.Evidence{element}},
		{
			"proved twice, told once", run(rule.Rule{}, "IamPolicy should not have document.Statement contain [ "+grants+" ]", "devices"),
			[]finding.Evidence{element},
		},
		{"of the group's policy", run(rule.Rule{}, "IamUser should not have "+grants, "bob"), []finding.Evidence{element}},
		{
			"an element of the statement", run(rule.Rule{}, "IamPolicy should not have document.Statement contain [ Action contain ['iam:%'] ]", "devices"),
			[]finding.Evidence{element},
		},
		{
			"a block's element", run(rule.Rule{}, "IamPolicy should not have document.Statement contain [ Action regexMatch /MFA/ ]", "devices"),
			[]finding.Evidence{statement},
		},
		{"the rule's properties", run(rule.Rule{Evidence: []string{"passwordEnabled", "firstAccessKey.isActive", "attachedGroups", "nothing"}},
			"IamUser should have mfaActive=true", "bob"), []finding.Evidence{
			{Pointer: "/passwordEnabled", Text: "passwordEnabled = true"},
			{Pointer: "/firstAccessKey/isActive", Text: "firstAccessKey.isActive = none"},
			{Pointer: "/attachedGroups", Text: "attachedGroups = devs"},
		}},
		{"what the run read", run(rule.Rule{}, "IamUser should have mfaActive=true", "bob"), []finding.Evidence{
			{Pointer: "/mfaActive", Text: "mfaActive = false"},
		}},
		{"not what holds of everybody, and not the name", run(rule.Rule{}, "IamUser where isRoot=false and arn like '%bob' and passwordLastUsed before(0,'days') should have mfaActive=true", "bob"), []finding.Evidence{
			{Pointer: "/passwordLastUsed", Text: "passwordLastUsed = 2025-10-23"},
			{Pointer: "/mfaActive", Text: "mfaActive = false"},
		}},
		{"the name where the condition reads it", run(rule.Rule{}, "IamUser where isRoot=false should have name like 'a%'", "bob"), []finding.Evidence{
			{Pointer: "/name", Text: "name = bob"},
		}},
		{"members of a list", run(rule.Rule{}, "List<IamUser> should not have items contain [ mfaActive=false ]", "acme"), []finding.Evidence{
			{Pointer: "/items", Text: "bob (arn:aws:iam::111122223333:user/bob)"},
		}},
		{"all members by name", run(rule.Rule{Evidence: []string{"users"}}, "IamGroup should not have users", "devs", func(s *account.Snapshot) {
			for i := range 7 {
				s.Users = append(s.Users, account.User{Name: fmt.Sprint("u", i), Groups: []string{"devs"}})
			}
		}), []finding.Evidence{{Pointer: "/users", Text: "users = alice, bob, u0, u1, u2, u3, u4, u5, u6"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}

	statements := strings.TrimSuffix(strings.Repeat(`{"Effect":"Allow","Action":"iam:*","Resource":"*"},`, 60), ",")
	got := run(rule.Rule{}, "IamPolicy should not have document "+grants, "devices", func(s *account.Snapshot) {
		s.Policies[0].Document = account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	})
	if len(got) != 26 || got[25].Text != "and 35 more" {
		t.Errorf("60 statements give %d pieces, the last %+v", len(got), got[len(got)-1])
	}
}

// TestRun_AsPublished: the published text takes our text's place, and reads unknown as null.
func TestRun_AsPublished(t *testing.T) {
	t.Parallel()
	ours := compiled(t, rule.Rule{ID: "a"}, "IamUser where isRoot=false should have mfaActive=true")
	ours.Vendor = []*gsl.Program{
		program(t, "IamUser where name='bob' should have mfaActive=true"), program(t, "IamUser where name='alice' should have mfaActive=true"),
	}
	without := compiled(t, rule.Rule{ID: "b"}, "IamUser where name='bob' should have mfaActive=true")
	set := company(lose(account.PartCredentials))
	run := func(published bool) string {
		return verdicts(assess.Run(set, assess.Options{Rules: []*rule.Compiled{ours, without}, AsPublished: published}))
	}
	const root, alice, bob = "IamUser <root_account> not-applicable\n", "IamUser alice ", "IamUser bob "
	want := root + alice + "unknown\n" + bob + "unknown\n" + root + alice + "not-applicable\n" + bob + "unknown"
	if diff := cmp.Diff(want, run(false)); diff != "" {
		t.Errorf("ours (-want +got)\n%s", diff)
	}
	want = root + alice + "fail\n" + bob + "fail\n" + root + alice + "not-applicable\n" + bob + "unknown"
	if diff := cmp.Diff(want, run(true)); diff != "" {
		t.Errorf("as published (-want +got)\n%s", diff)
	}
}

// TestRun_Order: the order of the rules given does not matter, and neither does a second run.
func TestRun_Order(t *testing.T) {
	t.Parallel()
	all := everyRule(t)
	set := company()
	first := assess.Run(set, assess.Options{Rules: all})
	slices.Reverse(all)
	second := assess.Run(company(), assess.Options{Rules: all})
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ\n%s", diff)
	}
	slices.SortFunc(all, func(a, b *rule.Compiled) int { return strings.Compare(a.Rule.Title, b.Rule.Title) })
	// Two workers, each with every other task.
	third := assess.Run(set, assess.Options{Rules: all, Spread: func(n int, worker func() func(int)) {
		even, odd := worker(), worker()
		for i := n - 1; i >= 0; i-- {
			if i%2 == 0 {
				even(i)
			} else {
				odd(i)
			}
		}
	}})
	if diff := cmp.Diff(first, third); diff != "" {
		t.Errorf("two workers find something else\n%s", diff)
	}
	onBob := func(s *finding.Subject) bool { return s.Name == "bob" }
	want := slices.DeleteFunc(slices.Clone(first), func(f finding.Finding) bool { return !onBob(f.Subject) })
	of := assess.Run(set, assess.Options{Rules: all, Only: onBob})
	of = slices.DeleteFunc(of, func(f finding.Finding) bool { return f.Subject.Name == "acme" }) // the account is judged all the same
	if diff := cmp.Diff(want, of); diff != "" || len(want) == 0 {
		t.Errorf("of one entity\n%s", diff)
	}
	seen := map[string]bool{}
	byRule := map[string]int{}
	for i, f := range first {
		if seen[f.ID] {
			t.Errorf("id %s stands twice: %+v", f.ID, f)
		}
		seen[f.ID] = true
		byRule[f.Rule]++
		if i == 0 {
			continue
		}
		last, this := first[i-1], f
		if strings.Compare(last.Rule+"\x00"+last.Subject.Type+"\x00"+last.Subject.Name, this.Rule+"\x00"+this.Subject.Type+"\x00"+this.Subject.Name) > 0 {
			t.Errorf("%s %s stands behind %s %s", this.Rule, this.Subject.Name, last.Rule, last.Subject.Name)
		}
	}
	if len(byRule) != len(all) {
		t.Errorf("%d rules of %d have a verdict", len(byRule), len(all))
	}
}
