package assess_test

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/source"
)

// ladder has a user who can write policies for herself, one who cannot, an administrator, and a role that the
// second user may assume and that may do what the first does.
func ladder(change ...func(*account.Snapshot)) *facts.Set {
	allow := func(action, resource string) []account.InlinePolicy {
		return []account.InlinePolicy{{Name: "own", Document: account.Document(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`)}}
	}
	trust := account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}`)
	s := &account.Snapshot{
		Account: "111122223333", Partition: "aws", TakenAt: taken,
		Users: []account.User{
			{Name: "writer", Inline: allow("iam:PutUserPolicy", "arn:aws:iam::111122223333:user/writer")},
			{Name: "reader", Inline: allow("s3:GetObject", "*")},
			{Name: "climber", Inline: allow("sts:AssumeRole", "arn:aws:iam::111122223333:role/lift")},
			{Name: "root-like", Inline: allow("*", "*")},
		},
		Roles: []account.Role{{Name: "lift", Trust: trust, Inline: allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/lift")}},
	}
	for _, c := range change {
		c(s)
	}
	s.Normalize()
	return facts.New(s)
}

func TestReaches(t *testing.T) {
	t.Parallel()
	c := compiled(t, rule.Rule{Message: "{name}"}, "IamUser where isRoot=false should not have reaches('admin')", "IamRole should not have reaches('admin')")
	run := func(change ...func(*account.Snapshot)) map[string]finding.Finding {
		out := map[string]finding.Finding{}
		for _, f := range assess.Run(ladder(change...), assess.Options{Rules: []*rule.Compiled{c}}) {
			out[f.Subject.Name] = f
		}
		return out
	}
	got := run()
	for name, want := range map[string]finding.Verdict{
		"writer": finding.Fail, "reader": finding.Pass, "climber": finding.Fail, "root-like": finding.Pass, "lift": finding.Fail,
	} {
		if got[name].Verdict != want {
			t.Errorf("%s: %s, want %s", name, got[name].Verdict, want)
		}
	}
	f := got["climber"]
	if f.Told().Witness == nil || f.Told().Witness.Action != "sts:AssumeRole" || !strings.HasSuffix(f.Told().Witness.Principal, ":user/climber") || f.Told().Witness.Decision != "Allowed" {
		t.Errorf("witness %+v", f.Told().Witness)
	}
	var told []string
	for _, e := range f.Told().Evidence {
		told = append(told, e.Text)
	}
	all := strings.Join(told, "\n")
	for _, want := range []string{"step 1: ", "sts:AssumeRole on arn:aws:iam::111122223333:role/lift", "step 2: ", "iam:PutRolePolicy", `"Effect":"Allow"`} {
		if !strings.Contains(all, want) {
			t.Errorf("the evidence lacks %q:\n%s", want, all)
		}
	}
	got = run(func(s *account.Snapshot) { s.Users[1].Inline[0].Document = "{" })
	for name, want := range map[string]finding.Verdict{"writer": finding.Fail, "reader": finding.Unknown, "climber": finding.Fail} {
		if got[name].Verdict != want {
			t.Errorf("with a faulty document, %s: %s, want %s", name, got[name].Verdict, want)
		}
	}
	if got = run(lose(account.PartGroups)); got["writer"].Verdict != finding.Unknown {
		t.Errorf("without groups, writer: %s", got["writer"].Verdict)
	}
}

func TestFailsOpen(t *testing.T) {
	t.Parallel()
	c := compiled(t, rule.Rule{}, "IamPolicy should not have document.Statement contain [failsOpen()]")
	tests := []struct {
		name, effect, condition string
		want                    finding.Verdict
	}{
		{"MFA", "Allow", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, finding.Pass},
		{"MFA if it exists", "Allow", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`, finding.Fail},
		{"Deny without MFA that keys escape", "Deny", `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, finding.Fail},
		{"Deny without MFA", "Deny", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, finding.Pass},
		{"an endpoint if it exists", "Allow", `{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}`, finding.Fail},
		{"not an endpoint", "Allow", `{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`, finding.Fail},
		{"an instance type if it exists", "Allow", `{"StringEqualsIfExists":{"ec2:InstanceType":"t3.micro"}}`, finding.Pass},
		{"none", "Allow", `{}`, finding.Pass},
	}
	for _, tt := range tests {
		set := company(func(s *account.Snapshot) {
			s.Policies[0].Document = account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"` + tt.effect +
				`","Action":"*","Resource":"*","Condition":` + tt.condition + `}]}`)
		})
		f := failing(t, assess.Run(set, assess.Options{Rules: []*rule.Compiled{c}}), "devices")
		if f.Verdict != tt.want || (len(f.Told().Evidence) > 0) != (tt.want == finding.Fail) {
			t.Errorf("%s: %s with %+v, want %s", tt.name, f.Verdict, f.Told().Evidence, tt.want)
		}
	}
}

// TestFailsOpen_long: the last of many statements is judged like the first.
func TestFailsOpen_long(t *testing.T) {
	t.Parallel()
	statement := func(action string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}}`
	}
	set := company(func(s *account.Snapshot) {
		s.Policies[0].Document = account.Document(`{"Version":"2012-10-17","Statement":[` + strings.Repeat(statement("s3:GetObject")+",", 60) + statement("sqs:ListQueues") + `]}`)
	})
	for _, function := range []string{"failsOpen()", "not guarded()"} {
		c := compiled(t, rule.Rule{}, "IamPolicy should not have document.Statement contain [Action='sqs:ListQueues' and "+function+"]")
		if f := failing(t, assess.Run(set, assess.Options{Rules: []*rule.Compiled{c}}), "devices"); f.Verdict != finding.Fail {
			t.Errorf("%s: %s", function, f.Verdict)
		}
	}
}

func TestGuarded(t *testing.T) {
	t.Parallel()
	c := compiled(t, rule.Rule{}, "IamPolicy should have document.Statement contain [guarded()]")
	tests := []struct {
		name, effect, condition string
		want                    finding.Verdict
	}{
		{"none", "Allow", `{}`, finding.Fail},
		{"a tag", "Allow", `{"StringEquals":{"aws:PrincipalTag/team":"a"}}`, finding.Pass},
		{"every principal", "Allow", `{"StringLike":{"aws:PrincipalArn":"*"}}`, finding.Fail},
		{"every address", "Deny", `{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, finding.Fail},
		{"MFA if it exists", "Allow", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`, finding.Fail},
		{"MFA", "Allow", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, finding.Pass},
		{"a Deny without MFA that keys escape", "Deny", `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, finding.Pass},
		{"two that hold nothing back", "Allow", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"},"Null":{"aws:userid":"false"}}`, finding.Fail},
		{"one of two", "Allow", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"aws:PrincipalTag/team":"a"}}`, finding.Pass},
		{"one key of two of an operator", "Allow", `{"StringLike":{"aws:PrincipalArn":"*","aws:RequestedRegion":"eu-*"}}`, finding.Pass},
		{"a number nobody reaches, which wants MFA", "Allow", `{"NumericLessThan":{"aws:MultiFactorAuthAge":"999999999"}}`, finding.Pass},
	}
	for _, tt := range tests {
		set := company(func(s *account.Snapshot) {
			s.Policies[0].Document = account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"` + tt.effect +
				`","Action":"*","Resource":"*","Condition":` + tt.condition + `}]}`)
		})
		if f := failing(t, assess.Run(set, assess.Options{Rules: []*rule.Compiled{c}}), "devices"); f.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, f.Verdict, tt.want)
		}
	}
}

// TestGuarded_opposites looks at a statement on everything, with others beside it.
func TestGuarded_opposites(t *testing.T) {
	t.Parallel()
	c := compiled(t, rule.Rule{}, "IamPolicy should have document.Statement contain-all [guarded()]")
	allow := func(action, condition string) string {
		return `{"Effect":"Allow","Action":` + action + `,"Resource":"*","Condition":{` + condition + `}}`
	}
	const (
		in, notIn  = `"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-west-2"]}`, `"StringNotEquals":{"aws:RequestedRegion":["eu-west-2","eu-west-1"]}`
		here, away = `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, `"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`
		mine       = `"StringEquals":{"aws:RequestedRegion":"${aws:PrincipalTag/region}"}`
		other      = `"StringNotEquals":{"aws:RequestedRegion":"${aws:PrincipalTag/region}"}`
	)
	tests := []struct {
		name       string
		statements []string
		want       finding.Verdict
	}{
		{"opposites", []string{allow(`"*"`, in), allow(`"*"`, notIn)}, finding.Fail},
		{"there or not", []string{allow(`"*"`, `"Null":{"aws:SourceVpc":"true"}`), allow(`["*"]`, `"Null":{"aws:SourceVpc":"false"}`)}, finding.Fail},
		{"alone", []string{allow(`"*"`, in)}, finding.Pass},
		{"other actions", []string{allow(`"*"`, in), allow(`"s3:*"`, notIn)}, finding.Pass},
		{"other values", []string{allow(`"*"`, in), allow(`"*"`, `"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}`)}, finding.Pass},
		{"a Deny", []string{allow(`"*"`, in), `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{` + notIn + `}}`}, finding.Pass},
		{"one more condition", []string{allow(`"*"`, in), allow(`"*"`, notIn+","+here)}, finding.Pass},
		{"beside the same", []string{allow(`"*"`, in+","+here), allow(`"*"`, here+","+notIn)}, finding.Pass},
		{"one of each missing", []string{allow(`"*"`, in+","+here), allow(`"*"`, notIn+","+here), allow(`"*"`, in+","+away)}, finding.Pass},
		{"variables", []string{allow(`"*"`, mine), allow(`"*"`, other)}, finding.Pass},
	}
	for _, tt := range tests {
		set := company(func(s *account.Snapshot) {
			s.Policies[0].Document = account.Document(`{"Version":"2012-10-17","Statement":[` + strings.Join(tt.statements, ",") + `]}`)
		})
		if f := failing(t, assess.Run(set, assess.Options{Rules: []*rule.Compiled{c}}), "devices"); f.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, f.Verdict, tt.want)
		}
	}
}

func TestChains(t *testing.T) {
	t.Parallel()
	const role = "arn:aws:iam::111122223333:role/"
	may := func(action, resource string) []account.InlinePolicy {
		return []account.InlinePolicy{{Name: "own", Document: account.Document(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`)}}
	}
	trust := func(who string) account.Document {
		return account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + who + `"},"Action":"sts:AssumeRole"}]}`)
	}
	snapshot := func(change func(*account.Snapshot)) *facts.Set {
		s := &account.Snapshot{
			Account: "111122223333", Partition: "aws", TakenAt: taken,
			Users: []account.User{{Name: "u", Inline: may("sts:AssumeRole", role+"middle")}},
			Roles: []account.Role{
				{Name: "first", Trust: trust("111122223333"), Inline: may("sts:AssumeRole", role+"middle")},
				{Name: "middle", Trust: trust("111122223333"), Inline: may("sts:AssumeRole", role+"last")},
				{Name: "last", Trust: trust(role + "middle")},
				{Name: "admin", Trust: trust("111122223333"), Inline: may("*", "*")},
			},
		}
		change(s)
		s.Normalize()
		return facts.New(s)
	}
	c := compiled(t, rule.Rule{}, "IamRole should not have chains()")
	for name, tt := range map[string]struct {
		change func(*account.Snapshot)
		want   map[string]finding.Verdict
	}{
		"whole": {func(*account.Snapshot) {}, map[string]finding.Verdict{
			"first": finding.Fail, "middle": finding.Pass, "last": finding.Pass, "admin": finding.Pass,
		}},
		"distrusted": {func(s *account.Snapshot) { s.Roles[2].Trust = trust(role + "first") }, map[string]finding.Verdict{"first": finding.Pass}},
		"its policy refused": {func(s *account.Snapshot) { s.Roles[0].Inline[0].Document = "{" }, map[string]finding.Verdict{
			"first": finding.Unknown, "middle": finding.Unknown,
		}},
		"one more refused": {
			func(s *account.Snapshot) {
				s.Roles[0].Inline = append(s.Roles[0].Inline, account.InlinePolicy{Name: "x", Document: "{"})
			},
			map[string]finding.Verdict{"first": finding.Unknown},
		},
		"another's refused": {func(s *account.Snapshot) { s.Users[0].Inline[0].Document = "{" }, map[string]finding.Verdict{"first": finding.Fail}},
		"policies not read": {lose(account.PartPolicies), map[string]finding.Verdict{"first": finding.Unknown}},
	} {
		got := map[string]finding.Finding{}
		for _, f := range assess.Run(snapshot(tt.change), assess.Options{Rules: []*rule.Compiled{c}}) {
			got[f.Subject.Name] = f
		}
		for subject, want := range tt.want {
			if got[subject].Verdict != want {
				t.Errorf("%s: %s is %s, want %s", name, subject, got[subject].Verdict, want)
			}
		}
		if f := got["first"]; f.Verdict == finding.Fail && (f.Told().Witness == nil || len(f.Told().Evidence) < 4) {
			t.Errorf("%s: witness %+v, evidence %+v", name, f.Told().Witness, f.Told().Evidence)
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asks, document string
		want           finding.Verdict
		pointer        string
	}{
		"unknown action": {"'unknown-action'", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjects"],"Resource":"*"}]}`, finding.Fail, "/Statement/0/Action/1"},
		"not asked for":  {"'unknown-service'", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjects","Resource":"*"}]}`, finding.Pass, ""},
		"one of several": {"'unknown-service', 'unknown-action'", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjects","Resource":"*"}]}`, finding.Fail, "/Statement/0/Action"},
		"nothing":        {"'unknown-action'", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`, finding.Pass, ""},
		"cannot be read": {"'unknown-action'", `{"Statement": 1}`, finding.Unknown, ""},
	} {
		c := compiled(t, rule.Rule{}, "IamPolicy should not have document remarks("+tt.asks+")")
		set := company(func(s *account.Snapshot) { s.Policies[0].Document = account.Document(tt.document) })
		f := failing(t, assess.Run(set, assess.Options{Rules: []*rule.Compiled{c}}), "devices")
		if f.Verdict != tt.want || tt.pointer != "" && (len(f.Told().Evidence) != 1 || f.Told().Evidence[0].Pointer != tt.pointer || f.Told().Evidence[0].Document == "") {
			t.Errorf("%s: %s with %+v, want %s at %q", name, f.Verdict, f.Told().Evidence, tt.want, tt.pointer)
		}
	}
	p, found := gsl.Compile(assess.Schema(), source.File{Text: "IamPolicy should not have document remarks('unknown-acton')"}, gsl.Options{})
	if p != nil || len(found) != 1 || !strings.Contains(found[0].Message, `did you mean "unknown-action"?`) {
		t.Errorf("a remark that there is not: %v", found)
	}
}
