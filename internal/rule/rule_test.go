package rule_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/rules"
)

// good is a rule that loads; tests break it.
const good = `-- rule.yaml --
id: user-too-old
title: Users are young
severity: low
entity: [IamUser]
category: Test
message: 'User {name} is old'
evidence: [createDate]
references: [https://example.com/why]
aliases:
  prowler: [iam_old_user]
  securityhub: [IAM.5, IAM.500]
  cis: {"3.0": ["1.99"]}
frameworks:
  house: [H-1, H-2]
settings:
  days: {type: duration-days, default: 90, meaning: the limit}
  names: {type: list, default: [], meaning: who is exempt}
-- rule.gsl --
IamUser where isRoot=false and not name matches(setting('names'))
  should not have createDate olderThan(setting('days'), 'days')
-- vendor/IAM.500.gsl --
IamUser should have createDate
-- why.md --
Old users know too much.
-- fix/console.md --
Delete the
user.

1. Now.
-- fix/cli.md --
None.
-- fix/terraform.md --
None.
-- fail/old.json --
{"schema": "ambit.account/1", "account": "111122223333"}
-- fail/old.yaml --
about: an old user
settings: {days: 1}
subjects: {fail: [alice], pass: [bob]}
-- pass/young.json --
{"schema": "ambit.account/1", "account": "111122223333"}
`

const frameworks = `frameworks:
  house: {title: House Rules, aliases: [hr]}
  cis-3.0: {title: CIS 3.0}
  empty: {title: Nobody}
`

func folder(files map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func load(tb testing.TB, files map[string]string) (*rule.Catalogue, error) {
	tb.Helper()
	return rule.Load(assess.Schema(), rule.Named("mine", folder(files)))
}

func goodCatalogue(tb testing.TB) *rule.Catalogue {
	tb.Helper()
	c, err := load(tb, map[string]string{
		"frameworks.yaml": frameworks, "a/user-too-old.txtar": good,
		"b/user-too-new.txtar": strings.NewReplacer("user-too-old", "user-too-new", "iam_old_user", "iam_new_user", "IAM.500", "IAM.600").Replace(good),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	t.Parallel()
	r := goodCatalogue(t).All()[1]
	if r.ID != "user-too-old" || r.Severity != finding.Low || r.NextStep() != "Delete the user." || r.File.Name != "mine/a/user-too-old.txtar" {
		t.Errorf("got %q, %v, %q, %q", r.ID, r.Severity, r.NextStep(), r.File.Name)
	}
	wantAliases := map[string][]string{"prowler": {"iam_old_user"}, "securityhub": {"IAM.5", "IAM.500"}, "cis": {"CIS-3.0:1.99"}}
	if diff := cmp.Diff(wantAliases, r.Aliases); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string][]string{"house": {"H-1", "H-2"}, "cis-3.0": {"1.99"}}, r.Frameworks); diff != "" {
		t.Error(diff)
	}
	if len(r.Cases) != 2 || r.Cases[0].Name != "fail/old" || r.Cases[0].About != "an old user" || len(r.Vendor) != 1 {
		t.Errorf("cases %+v, published %+v", r.Cases, r.Vendor)
	}
}

// TestParse_faults breaks the good rule in one place each, and wants the place and the cure.
func TestParse_faults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string
		want           []string
	}{
		{"unknown key", "title: Users", "titel: Users", []string{"mine/user-too-old.txtar:3:1", `did you mean "title"?`}},
		{"bad severity", "severity: low", "severity: lwo", []string{"4:11", "want informational"}},
		{"bad id", "id: user-too-old", "id: User_Old", []string{"2:5", "lower-case"}},
		{"other file name", "id: user-too-old", "id: user-too-young", []string{"2:5", "user-too-young.txtar"}},
		{"missing title", "title: Users are young\n", "", []string{"lacks title"}},
		{"full stop", "Users are young", "Users are young.", []string{"3:8", "full stop"}},
		{"no https", "https://example.com/why", "http://example.com", []string{"9:14", "https"}},
		{"unknown peer", "prowler:", "prowlr:", []string{"11:3", `did you mean "prowler"?`}},
		{"unknown framework", "house: [", "hous: [", []string{"15:3", `did you mean "house"?`}},
		{"unknown CIS version", `{"3.0": ["1.99"]}`, `{"3.1": ["1.99"]}`, []string{"13:9", `did you mean "cis-3.0"?`}},
		{"unknown property in message", "{name}", "{nane}", []string{"7:10", `did you mean "name"?`}},
		{"unknown property in evidence", "[createDate]", "[createdDate]", []string{"8:12", `did you mean "createDate"?`}},
		{"unknown entity", "entity: [IamUser]", "entity: [IamUsr]", []string{"5:10", `did you mean "IamUser"?`}},
		{"entity without expression", "entity: [IamUser]", "entity: [IamUser, IamRole]", []string{"5:19", "no expression judges IamRole"}},
		{"expression without entity", "IamUser where isRoot", "IamRole should have name\n\nIamUser where isRoot", []string{"20:1", "IamRole"}},
		{"two expressions on one entity", "-- vendor", "\nIamUser should have name\n-- vendor", []string{"23:1", "second expression"}},
		{"syntax of GSL", "should not have", "shuold not have", []string{"21:3", "should"}},
		{"unknown function", "olderThan", "olderThn", []string{"21:30", `did you mean "olderThan"?`}},
		{"unknown setting in GSL", "setting('days')", "setting('day')", []string{"21:48", "days"}},
		{"setting type", "type: duration-days", "type: days", []string{"17:16", "duration-days"}},
		{"setting default", "default: 90", "default: soon", []string{"17:40", "whole number of days"}},
		{"setting without meaning", ", meaning: the limit", "", []string{"17:3", "meaning"}},
		{"setting without default", "default: [], ", "", []string{"18:3", "default"}},
		{"vendor that is no alias", "vendor/IAM.500.gsl", "vendor/IAM.501.gsl", []string{"22:1", "IAM.501"}},
		{"vendor of two expressions", "should have createDate\n-- why", "should have createDate\n\nIamUser should have name\n-- why", []string{"22:1", "one expression"}},
		{"no why", "-- why.md --\nOld users know too much.\n", "", []string{"lacks its section why.md"}},
		{"empty remedy", "-- fix/cli.md --\nNone.", "-- fix/cli.md --", []string{"lacks its section fix/cli.md"}},
		{"unknown section", "-- why.md --", "-- wy.md --", []string{`did you mean "why.md"?`}},
		{"section twice", "-- why.md --", "-- why.md --\nx\n-- why.md --", []string{"stands twice"}},
		{"text in front", "-- rule.yaml --", "hello\n-- rule.yaml --", []string{"1:1", "before the first section"}},
		{"no failing case", "-- fail/old", "-- pass/old", []string{"no failing case"}},
		{"no passing case", "-- pass/young.json --", "-- unknown/young.json --", []string{"no passing case"}},
		{"orphan YAML", "-- fail/old.yaml --", "-- fail/older.yaml --", []string{"fail/older.yaml", "beside a capture"}},
		{"unknown key of a case", "about: an", "abuot: an", []string{`did you mean "about"?`}},
		{"verdict of a case", "pass: [bob]", "pas: [bob]", []string{`did you mean "pass"?`}},
		{"case without its verdict", "subjects: {fail: [alice], pass: [bob]}", "subjects: {pass: [bob]}", []string{"must list a subject"}},
		{"setting of a case", "settings: {days: 1}", "settings: {day: 1}", []string{`did you mean "days"?`}},
		{"value of a case", "settings: {days: 1}", "settings: {days: -1}", []string{"not negative"}},
		{"no sections", good, "hello\n", []string{"no section"}},
		{"no header", "-- rule.yaml --\n", "-- x --\n", []string{"lacks its section rule.yaml"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(good, tt.old) < 1 {
				t.Fatalf("the good rule lacks %q", tt.old)
			}
			_, err := load(t, map[string]string{"frameworks.yaml": frameworks, "user-too-old.txtar": strings.Replace(good, tt.old, tt.new, 1)})
			le, ok := errors.AsType[*rule.LoadError](err)
			if !ok {
				t.Fatalf("got %v, want a *LoadError", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(le.Error(), want) {
					t.Errorf("the error lacks %q:\n%v", want, le)
				}
			}
		})
	}
}

// TestParse_ordered: faults of one place stand in the same order in every run.
func TestParse_ordered(t *testing.T) {
	t.Parallel()
	first := ""
	for range 20 {
		_, err := load(t, map[string]string{"frameworks.yaml": frameworks, "x.txtar": "-- rule.yaml --\nid: x\n"})
		if err == nil || first != "" && err.Error() != first {
			t.Fatalf("got %v\nafter\n%s", err, first)
		}
		first = err.Error()
	}
}

func TestLoad_duplicates(t *testing.T) {
	t.Parallel()
	one := map[string]string{"frameworks.yaml": frameworks, "user-too-old.txtar": good}
	_, err := rule.Load(assess.Schema(), rule.Named("first", folder(one)), rule.Named("second", folder(map[string]string{"user-too-old.txtar": good})))
	if err == nil || !strings.Contains(err.Error(), "second/user-too-old.txtar") || !strings.Contains(err.Error(), "first/user-too-old.txtar") {
		t.Errorf("got %v", err)
	}
	_, err = rule.Load(assess.Schema(), folder(one), rule.Named("second", folder(map[string]string{"frameworks.yaml": "frameworks: {mine: {title: House rules}}"})))
	if err == nil || !strings.Contains(err.Error(), "already names framework house") {
		t.Errorf("got %v", err)
	}
}

func TestCatalogue_Resolve(t *testing.T) {
	t.Parallel()
	c := goodCatalogue(t)
	tests := []struct {
		name string
		want string // ids, or part of the error
	}{
		{"user-too-old", "user-too-old"},
		{"USER-TOO-OLD", "user-too-old"},
		{" ambit:user-too-old ", "user-too-old"},
		{"iam_old_user", "user-too-old"},
		{"prowler:iam_old_user", "user-too-old"},
		{"IAM.5", "user-too-new, user-too-old"},
		{"SecurityHub:iam.5", "user-too-new, user-too-old"},
		{"CIS-3.0:1.99", "user-too-new, user-too-old"},
		{"house:H-1", "user-too-new, user-too-old"},
		{"hr:h-2", "user-too-new, user-too-old"},
		{"securityhub:iam_old_user", `did you mean`},
		{"user-to-old", `did you mean "user-too-old"?`},
		{"zzz", "ambit rules list"},
		{"", "ambit rules list"},
	}
	for _, tt := range tests {
		list, err := c.Resolve(tt.name)
		if got := ids(list); err == nil && got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.name, got, tt.want)
		}
		if err != nil {
			if ne, ok := errors.AsType[*rule.NameError](err); !ok || ne.Name != tt.name || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q: got %v, want %s", tt.name, err, tt.want)
			}
		}
	}
}

func TestCatalogue_Ruleset(t *testing.T) {
	t.Parallel()
	c := goodCatalogue(t)
	for name, want := range map[string]string{
		"house": "user-too-new, user-too-old", "House Rules": "user-too-new, user-too-old", "HR": "user-too-new, user-too-old",
		"cis-3.0": "user-too-new, user-too-old", "ALL": "user-too-new, user-too-old", "SecurityHub": "user-too-new, user-too-old",
	} {
		list, err := c.Ruleset(name)
		if got := ids(list); err != nil || got != want {
			t.Errorf("%q: got %s, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"hose": `did you mean "house"?`, "empty": "nothing has that name", "zzzzzzz": "--rulesets"} {
		if _, err := c.Ruleset(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
	if all := c.Frameworks(); len(all) != 2 || all[0].Key != "cis-3.0" || all[1].Title != "House Rules" {
		t.Errorf("frameworks %v", all)
	}
}

func TestCatalogue_Configure(t *testing.T) {
	t.Parallel()
	c := goodCatalogue(t)
	got, err := c.Configure(map[string]map[string]any{"iam_old_user": {"days": 3, "names": []any{"a"}}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]map[string]any{"user-too-old": {"days": 3, "names": []any{"a"}}}, got); diff != "" {
		t.Error(diff)
	}
	tests := []struct {
		given map[string]map[string]any
		want  string
	}{
		{map[string]map[string]any{"user-to-old": {}}, `did you mean "user-too-old"?`},
		{map[string]map[string]any{"IAM.5": {"days": 1}}, "stands for 2 rules"},
		{map[string]map[string]any{"user-too-old": {}, "IAM.500": {}}, "settings stand twice"},
		{map[string]map[string]any{"IAM.500": {"dys": 1}}, `did you mean "days"?`},
		{map[string]map[string]any{"IAM.500": {"days": "x"}}, "want a whole number of days"},
		{map[string]map[string]any{"IAM.500": {"names": "x"}}, "want a list of texts"},
		{map[string]map[string]any{"IAM.500": {"names": []any{1}}}, "want a list of texts"},
	}
	for _, tt := range tests {
		_, err := c.Configure(tt.given)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %s", tt.given, err, tt.want)
		}
		if se, ok := errors.AsType[*rule.SettingError](err); ok && (se.As != "IAM.500" || se.Rule != "user-too-old") {
			t.Errorf("%v: the error names rule %q as %q", tt.given, se.Rule, se.As)
		}
	}
}

func TestRule_Compile(t *testing.T) {
	t.Parallel()
	r := goodCatalogue(t).All()[1]
	c, err := r.Compile(assess.Schema(), map[string]any{"days": 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Programs) != 1 || len(c.Vendor) != 1 || c.Programs[0].Entity().Name != "IamUser" || c.Rule != r {
		t.Errorf("got %+v", c)
	}
	for _, given := range []map[string]any{{"day": 1}, {"days": 1.5}, {"days": -1}, {"names": 3}} {
		if _, err := r.Compile(assess.Schema(), given); err == nil {
			t.Errorf("%v: no error", given)
		}
	}
}

func TestCase_Check(t *testing.T) {
	t.Parallel()
	f := func(name string, v finding.Verdict) finding.Finding {
		return finding.Finding{
			Subject: &finding.Subject{Type: "IamUser", Name: name}, Verdict: v,
			Proof: &finding.Proof{Why: "why of " + name, Evidence: []finding.Evidence{{Text: "text of " + name}}},
		}
	}
	fail, pass, unknown, na := f("a", finding.Fail), f("b", finding.Pass), f("c", finding.Unknown), f("d", finding.NotApplicable)
	lists := func(lists map[string][]string) rule.Expect { return rule.Expect{Subjects: lists} }
	tests := []struct {
		name string
		c    rule.Case
		got  []finding.Finding
		want string // part of the error; empty: none
	}{
		{"fails", rule.Case{Verdict: finding.Fail}, []finding.Finding{fail, na}, ""},
		{"a pass beside a fail", rule.Case{Verdict: finding.Fail}, []finding.Finding{fail, pass}, "got pass, want fail"},
		{"nobody fails", rule.Case{Verdict: finding.Fail}, []finding.Finding{na}, "no subject got fail"},
		{"passes", rule.Case{Verdict: finding.Pass}, []finding.Finding{pass, na}, ""},
		{"an unknown beside a pass", rule.Case{Verdict: finding.Pass}, []finding.Finding{pass, unknown}, "got unknown"},
		{"not applicable", rule.Case{Verdict: finding.NotApplicable}, []finding.Finding{na}, ""},
		{"applicable after all", rule.Case{Verdict: finding.NotApplicable}, []finding.Finding{na, pass}, "got pass"},
		{"listed", rule.Case{Verdict: finding.Fail, Expect: lists(map[string][]string{"fail": {"a"}, "pass": {"b"}})}, []finding.Finding{pass, fail, na}, ""},
		{"not listed", rule.Case{Verdict: finding.Fail, Expect: lists(map[string][]string{"fail": {"a"}})}, []finding.Finding{pass, fail}, "pass: got"},
		{"listed and missing", rule.Case{Verdict: finding.Fail, Expect: lists(map[string][]string{"fail": {"a", "b"}})}, []finding.Finding{fail}, "fail: got"},
		{"evidence", rule.Case{Verdict: finding.Fail, Expect: rule.Expect{Evidence: []string{"text of a", "why of"}}}, []finding.Finding{fail}, ""},
		{"evidence of a pass", rule.Case{Verdict: finding.Pass, Expect: rule.Expect{Evidence: []string{"text of b"}}}, []finding.Finding{pass}, "no failing finding tells"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.c.Check(tt.got)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	published := rule.Case{Expect: rule.Expect{Published: map[string][]string{}}}
	if said, err := published.CheckPublished([]finding.Finding{na}); !said || err != nil {
		t.Errorf("got %v, %v", said, err)
	}
	if said, err := published.CheckPublished([]finding.Finding{pass}); !said || err == nil {
		t.Errorf("got %v, %v", said, err)
	}
	if said, _ := (&rule.Case{}).CheckPublished(nil); said {
		t.Error("a case without published says something of it")
	}
}

// FuzzParse wants of any text that it is either refused with faults inside the text, or is a rule that compiles
// and whose texts stand in the file as they are.
func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("-- rule.yaml --\n-- rule.gsl --\n\n\n")
	f.Add(strings.ReplaceAll(good, "\n", "\r\n"))
	f.Add(strings.Replace(good, "-- rule.gsl --\n", "-- rule.gsl --\n\n  \nIamRole should have name\n\n", 1))
	f.Fuzz(func(t *testing.T, text string) {
		r, faults := rule.Parse(source.File{Name: "user-too-old.txtar", Text: text}, assess.Schema())
		broken := false
		for _, fault := range faults {
			broken = broken || fault.Severity == source.Error
			for _, p := range []source.Pos{fault.Span.Start, fault.Span.End} {
				if want := fault.File.Pos(p.Offset); p.Offset > len(text) || p.Line > 0 && p.Line != want.Line {
					t.Fatalf("%q: %v is no place in it (want %v): %s", text, p, want, fault.Message)
				}
			}
		}
		if broken {
			return
		}
		if _, err := r.Compile(assess.Schema(), nil); err != nil {
			t.Fatalf("%q: parsed, but does not compile: %v", text, err)
		}
		for _, section := range []string{r.GSL, r.Why, r.Fix.CLI} {
			if !strings.Contains(text, section) {
				t.Fatalf("%q: section %q is not in it", text, section)
			}
		}
	})
}

// TestNames wants every name of every rule that ships to resolve to it.
func TestNames(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tried := 0
	for _, r := range c.All() {
		names := []string{r.ID}
		for peer, aliases := range r.Aliases {
			for _, id := range aliases {
				names = append(names, id, peer+":"+id, strings.ToUpper(id))
			}
		}
		for key, controls := range r.Frameworks {
			for _, control := range controls {
				names = append(names, key+":"+control)
			}
		}
		for _, name := range names {
			tried++
			list, err := c.Resolve(name)
			if err != nil || !strings.Contains(ids(list), r.ID) {
				t.Errorf("%s of %s: %v, %s", name, r.ID, err, ids(list))
			}
		}
	}
	t.Logf("%d names", tried)
	for _, name := range []string{ // what the issue promises
		"D9.AWS.IAM.86", "D9.AWS.IAM.99", "IAM-068", "IAM.5", "mfa-enabled-for-iam-console-access", "iam_user_mfa_enabled_console_access",
		"CIS-3.0:1.10", "cloudguard:D9.AWS.IAM.86", "control-tower-guardrails:3.0.2",
	} {
		if _, err := c.Resolve(name); err != nil {
			t.Error(err)
		}
	}
	for set, want := range map[string]string{
		"cloudguard-best-practices": "cross-account-role-unguarded, mfa-administration-granted", "cloudguard-soc-2": "mfa-administration-granted",
		"itsg-33": "cross-account-role-unguarded", "hitrust": "cross-account-role-unguarded, mfa-administration-granted",
	} {
		if list, err := c.Ruleset(set); err != nil || ids(list) != want {
			t.Errorf("%s: got %s, %v", set, ids(list), err)
		}
	}
}

func shipped(tb testing.TB) *rule.Catalogue {
	tb.Helper()
	c, err := rule.Load(assess.Schema(), rule.Named("rules", rules.FS))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func ids(list []*rule.Rule) string {
	var names []string
	for _, r := range list {
		names = append(names, r.ID)
	}
	return strings.Join(names, ", ")
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(shipped(b).All())
	}
	b.ReportMetric(float64(n), "rules")
}

func BenchmarkResolve(b *testing.B) {
	c := shipped(b)
	for b.Loop() {
		if _, err := c.Resolve("securityhub:IAM.5"); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleCatalogue_Resolve() {
	c, err := rule.Load(assess.Schema(), rules.FS)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, _ := c.Resolve("IAM-068")
	fmt.Println(list[0].ID)
	_, err = c.Resolve("IAM-086")
	fmt.Println(err)
	// Output:
	// unapproved-managed-policy
	// rule "IAM-086": nothing has that name; did you mean "IAM-068"?
}
