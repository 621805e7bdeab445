package facts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// judge runs an expression on one entity; evidence is what the run proved.
func judge(t *testing.T, s *Set, e Entity, expression string) (valid gsl.Truth, evidence []string) {
	t.Helper()
	program, faults := gsl.Compile(Schema(), source.File{Text: expression}, gsl.Options{})
	if program == nil {
		t.Fatalf("%s: %+v", expression, faults)
	}
	env := s.Env(false)
	valid = program.Judge(env, e.Self).Valid
	var proofs recorder
	env.Trace = &proofs
	if again := program.Judge(env, e.Self).Valid; again != valid {
		t.Fatalf("%s: %v, and %v when traced", expression, valid, again)
	}
	for _, found := range new(Describer).Describe(e, proofs...) {
		evidence = append(evidence, found.Document+found.Pointer)
	}
	return valid, evidence
}

// judgeWith runs an expression with settings.
func judgeWith(t *testing.T, s *Set, e Entity, expression string, settings map[string]gsl.Value) gsl.Truth {
	t.Helper()
	program, faults := gsl.Compile(Schema(), source.File{Text: expression}, gsl.Options{Settings: settings})
	if program == nil {
		t.Fatalf("%s: %+v", expression, faults)
	}
	return program.Judge(s.Env(false), e.Self).Valid
}

type recorder []gsl.Value

func (r *recorder) Evidence(v gsl.Value)         { *r = append(*r, v) }
func (r *recorder) Field(string, gsl.Value)      {}
func (r *recorder) UnknownReason(string, string) {}

// policyDocument is a document of the statements, in the present version of the language.
func policyDocument(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// onPolicy judges an expression on a policy with that document.
func onPolicy(t *testing.T, document, expression string) (gsl.Truth, []string) {
	t.Helper()
	s := with(func(s *account.Snapshot) { s.Policies[0].Document = account.Document(document) })
	return judge(t, s, entity(t, s, "IamPolicy", "read"), "IamPolicy should have "+expression)
}

const deactivate = "document grants('iam:DeactivateMFADevice')"

func TestGrants(t *testing.T) {
	t.Parallel()
	allow := func(action, resource string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":%s,"Resource":%s}`, action, resource)
	}
	deny := func(action, resource string) string {
		return fmt.Sprintf(`{"Effect":"Deny","Action":%s,"Resource":%s}`, action, resource)
	}
	const one = `"iam:DeactivateMFADevice"`
	tests := []struct {
		name     string
		document string
		ask      string
		want     bool
	}{
		{"named", policyDocument(allow(one, `"*"`)), deactivate, true},
		{"one of several", policyDocument(allow(`["s3:GetObject","iam:DeactivateMFADevice"]`, `"*"`)), deactivate, true},
		{"one of several asked", policyDocument(allow(one, `"*"`)), "document grants('iam:CreateUser','iam:DeactivateMFADevice')", true},
		{"another", policyDocument(allow(`"iam:ListMFADevices"`, `"*"`)), deactivate, false},
		{"letter case", policyDocument(allow(`"IAM:deactivatemfaDEVICE"`, `"*"`)), deactivate, true},
		{"star", policyDocument(allow(`"*"`, `"*"`)), deactivate, true},
		{"star colon star", policyDocument(allow(`"*:*"`, `"*"`)), deactivate, true},
		{"service star", policyDocument(allow(`"iam:*"`, `"*"`)), deactivate, true},
		{"part", policyDocument(allow(`"iam:*MFA*"`, `"*"`)), deactivate, true},
		{"question mark", policyDocument(allow(`"iam:DeactivateMFADevic?"`, `"*"`)), deactivate, true},
		{"question mark is one", policyDocument(allow(`"iam:DeactivateMFADevice?"`, `"*"`)), deactivate, false},
		{"dot is a dot", policyDocument(allow(`"iam:DeactivateMFADev.ce"`, `"*"`)), deactivate, false},
		{"stray space", policyDocument(allow(`" iam:*"`, `"*"`)), deactivate, false},
		{"single statement", `{"Statement":` + allow(one, `"*"`) + `}`, deactivate, true},
		{"NotAction elsewhere", policyDocument(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`), deactivate, true},
		{"NotAction of it", policyDocument(`{"Effect":"Allow","NotAction":["s3:*","iam:*"],"Resource":"*"}`), deactivate, false},
		{"two NotActions intersect", policyDocument(
			`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, `{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`), deactivate, true},
		{"with a condition", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"a:b":"true"}}}`), deactivate, true},

		{"resource of its type", policyDocument(allow(one, `"arn:aws:iam::111122223333:user/*"`)), deactivate, true},
		{"resource of another type", policyDocument(allow(one, `["arn:aws:iam::111122223333:mfa/*","arn:aws:iam::111122223333:role/*"]`)), deactivate, false},
		{"wildcards on both sides", policyDocument(allow(one, `"arn:aws:iam::*:*/boss"`)), deactivate, true},
		{"resource of another service", policyDocument(allow(`"*"`, `"arn:aws:s3:::bucket"`)), deactivate, false},
		{"one resource of the service", policyDocument(allow(`"*"`, `["arn:aws:s3:::b","arn:aws:iam::1:user/x"]`)), deactivate, true},
		{"other partition", policyDocument(allow(`"*"`, `"arn:aws-us-gov:iam::1:user/x"`)), deactivate, true},
		{"wildcard partition", policyDocument(allow(`"*"`, `"arn:*:iam::*:*"`)), deactivate, true},
		{"wildcard over the service", policyDocument(allow(`"*"`, `"arn:aws:*"`)), deactivate, true},
		{"iam in another service's name", policyDocument(allow(`"*"`, `"arn:aws:s3:::x:iam:y"`)), deactivate, false},
		{"roles for sts", policyDocument(allow(`"sts:AssumeRole"`, `"arn:aws:iam::1:role/x"`)), "document grants('sts:AssumeRole')", true},
		{"buckets for sts", policyDocument(allow(`"*"`, `"arn:aws:s3:::x"`)), "document grants('sts:AssumeRole')", false},
		{"NotResource", policyDocument(`{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::1:user/x"}`), deactivate, true},
		{"NotResource of everything", policyDocument(`{"Effect":"Allow","Action":"iam:*","NotResource":"*"}`), deactivate, false},
		{"no resource", policyDocument(`{"Effect":"Allow","Action":"iam:*"}`), deactivate, false},

		{"denied", policyDocument(allow(`"*"`, `"*"`), deny(one, `"*"`)), deactivate, false},
		{"denied first", policyDocument(deny(one, `"*"`), allow(`"*"`, `"*"`)), deactivate, false},
		{"denied by wildcard", policyDocument(allow(`"*"`, `"*"`), deny(`["s3:*","IAM:*"]`, `["x","*"]`)), deactivate, false},
		{"denied by NotAction", policyDocument(allow(`"*"`, `"*"`), `{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}`), deactivate, false},
		{"NotAction spares it", policyDocument(allow(`"*"`, `"*"`), `{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`), deactivate, true},
		{"denied on one resource", policyDocument(allow(`"*"`, `"*"`), deny(one, `"arn:aws:iam::1:mfa/x"`)), deactivate, true},
		{"denied on all but one", policyDocument(allow(`"*"`, `"*"`), `{"Effect":"Deny","Action":"*","NotResource":"arn:aws:iam::1:user/x"}`), deactivate, true},
		{"denied on all but another type", policyDocument(allow(`"*"`, `"*"`), `{"Effect":"Deny","Action":"*","NotResource":"arn:aws:iam::1:mfa/x"}`), deactivate, false},
		{"denied on a condition", policyDocument(allow(`"*"`, `"*"`),
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`), deactivate, true},
		{"denied with an empty condition", policyDocument(allow(`"*"`, `"*"`), `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{}}`), deactivate, false},
		{"another is denied", policyDocument(allow(`"*"`, `"*"`), deny(`"iam:CreateUser"`, `"*"`)), deactivate, true},
		{
			"one denied, another left", policyDocument(allow(`"*"`, `"*"`), deny(one, `"*"`)),
			"document grants('iam:DeactivateMFADevice','iam:CreateUser')", true,
		},

		{"pattern", policyDocument(allow(`"iam:*"`, `"*"`)), "document grants('iam:*')", true},
		{"pattern by more", policyDocument(allow(`"*"`, `"*"`)), "document grants('iam:*')", true},
		{"pattern by less", policyDocument(allow(`"iam:Get*"`, `"*"`)), "document grants('iam:*')", false},
		{"pattern by one", policyDocument(allow(`"iam:?"`, `"*"`)), "document grants('iam:*')", false},
		{"pattern by NotAction", policyDocument(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`), "document grants('iam:*')", true},
		{"pattern but for one", policyDocument(`{"Effect":"Allow","NotAction":"iam:PassRole","Resource":"*"}`), "document grants('iam:*')", false},
		{"pattern, one denied", policyDocument(allow(`"*"`, `"*"`), deny(`"iam:PassRole"`, `"*"`)), "document grants('iam:*')", true},
		{"pattern denied", policyDocument(allow(`"*"`, `"*"`), deny(`"iam:*"`, `"*"`)), "document grants('iam:*')", false},
		{"everything", policyDocument(allow(`"*"`, `"arn:aws:s3:::x"`)), "document grants('*')", true},
		{"everything but", policyDocument(allow(`"s3:*"`, `"*"`)), "document grants('*:*')", false},

		{"roles of services alone", policyDocument(allow(`"iam:PutRolePolicy"`, `"arn:aws:iam::*:role/aws-service-role/*"`)), "document grants('iam:PutRolePolicy')", false},
		{"AWS's policies alone", policyDocument(allow(`"iam:CreatePolicyVersion"`, `"arn:aws:iam::aws:policy/*"`)), "document grants('iam:CreatePolicyVersion')", false},
		{"roles, those of services too", policyDocument(allow(`"iam:PutRolePolicy"`, `"arn:aws:iam::*:role/*"`)), "document grants('iam:PutRolePolicy')", true},

		{"a statement", policyDocument(allow(one, `"*"`)), "document.Statement contain [ grants('iam:DeactivateMFADevice') ]", true},
		{"a denied statement", policyDocument(allow(one, `"*"`), deny(`"*"`, `"*"`)), "document.Statement contain [ grants('iam:DeactivateMFADevice') ]", false},
		{"what is no document", policyDocument(allow(one, `"*"`)), "name grants('iam:DeactivateMFADevice')", false},
		{"the policy itself", policyDocument(allow(one, `"*"`)), "grants('iam:DeactivateMFADevice')", true},
	}
	for _, tt := range tests {
		got, evidence := onPolicy(t, tt.document, tt.ask)
		if got != gsl.TruthOf(tt.want) {
			t.Errorf("%s: %v, want %v\n%s", tt.name, got, tt.want, tt.document)
		}
		if (len(evidence) > 0) != tt.want {
			t.Errorf("%s: evidence %q", tt.name, evidence)
		}
	}
}

func TestGrantsBeyondSelf(t *testing.T) {
	t.Parallel()
	const actions = "('iam:DeactivateMFADevice','iam:DeleteVirtualMFADevice')"
	on := func(version, resource string) string {
		return `{"Version":"` + version + `","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":` + resource + `}]}`
	}
	tests := []struct {
		name, document string
		want           bool
	}{
		{"own user", on("2012-10-17", `"arn:aws:iam::*:user/${aws:username}"`), false},
		{"own device", on("2012-10-17", `"arn:aws:iam::111122223333:mfa/${aws:username}"`), false},
		{"own user under a path", on("2012-10-17", `"arn:aws:iam::*:user/*/${aws:username}"`), false},
		{"both", on("2012-10-17", `["arn:aws:iam::*:mfa/${aws:username}","arn:aws:iam::*:user/${aws:username}"]`), false},
		{"other partition, letter case", on("2012-10-17", `"arn:aws-cn:iam::*:user/${aws:UserName}"`), false},
		{"one more resource", on("2012-10-17", `["arn:aws:iam::*:mfa/${aws:username}","arn:aws:iam::*:user/boss"]`), true},
		{"part of the name", on("2012-10-17", `"arn:aws:iam::*:user/x-${aws:username}"`), true},
		{"begins with the name", on("2012-10-17", `"arn:aws:iam::*:user/${aws:username}*"`), true},
		{"below the name", on("2012-10-17", `"arn:aws:iam::*:user/${aws:username}/*"`), true},
		{"any device", on("2012-10-17", `"arn:aws:iam::*:mfa/*"`), true},
		{"a default", on("2012-10-17", `"arn:aws:iam::*:user/${aws:username, 'boss'}"`), true},
		{"another variable", on("2012-10-17", `"arn:aws:iam::*:user/${aws:PrincipalTag/x}"`), true},
		{"before variables", on("2008-10-17", `"arn:aws:iam::*:user/${aws:username}"`), true},
		{"all but oneself", policyDocument(`{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}"}`), true},
		{"a second statement", policyDocument(
			`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}"}`,
			`{"Effect":"Allow","Action":"iam:Deactivate*","Resource":"*"}`), true},
	}
	for _, tt := range tests {
		if got, _ := onPolicy(t, tt.document, "document grantsBeyondSelf"+actions); got != gsl.TruthOf(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if got, _ := onPolicy(t, tt.document, "document grants"+actions); got != gsl.True {
			t.Errorf("%s: plain grants is %v", tt.name, got)
		}
	}
}

func TestGrantsAdmin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, document string
		want           bool
	}{
		{"star", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`), true},
		{"star colon star", policyDocument(`{"Effect":"Allow","Action":"*:*","Resource":"*"}`), true},
		{"in lists", policyDocument(`{"Effect":"Allow","Action":["s3:*","*"],"Resource":["arn:aws:s3:::x","*"]}`), true},
		{"single statement", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, true},
		{"one service", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), false},
		{"one resource", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::x"}`), false},
		{"with a condition", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true"}}}`), false},
		{"with an empty condition", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}`), true},
		{"NotAction", policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), false},
		{"NotAction beside an Allow", policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`,
			`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), false},
		{"NotAction of nothing", policyDocument(`{"Effect":"Allow","NotAction":"none","Resource":"*"}`), true},
		{"NotResource", policyDocument(`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::x"}`), true},
		{"denied", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"*:*","Resource":"*"}`), false},
		{"denied by NotAction of nothing", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","NotAction":"none","Resource":"*"}`), false},
		{"one service denied", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`), false},
		{"denied on a condition", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`), true},
		{"for every principal", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"*"}}}`), true},
		{"for some principals", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"*:role/*"}}}`), false},
		{"from every address", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`), true},
		{"from some addresses", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}}`), false},
		{"where there is an address", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:SourceIp":"false"}}}`), true},
		{"one condition of two restricts", policyDocument(
			`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:SourceIp":"false"},"StringLike":{"aws:RequestedRegion":"eu-*"}}}`), false},
		{"denied from every address", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`), false},
		{"denied from some addresses", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}}`), true},
	}
	for _, tt := range tests {
		if got, _ := onPolicy(t, tt.document, "document grantsAdmin()"); got != gsl.TruthOf(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestGrants_Identities: all ways by which a policy speaks for an identity count, together and within its boundary.
func TestGrants_Identities(t *testing.T) {
	t.Parallel()
	const mfa = account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*MFA*","Resource":"*"}]}`)
	const denyAll = account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`)
	const tagged = account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"admins"}}}]}`)
	trustedWith := func(action string) account.Document {
		return account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","` + action + `"]}]}`)
	}
	calm := func(s *account.Snapshot) { // nobody has more than s3, or a boundary
		s.Policies[0].Document, s.Policies[1].Document = readS3, readS3
		s.Users[0].Boundary, s.Roles[1].Boundary = "", ""
	}
	tests := []struct {
		name             string
		change           func(*account.Snapshot)
		typ, who         string
		want             gsl.Truth
		evidenceContains string
	}{
		{"nothing", func(*account.Snapshot) {}, "IamUser", "alice", gsl.False, ""},
		{"attached", func(s *account.Snapshot) { s.Policies[1].Document = mfa }, "IamUser", "alice", gsl.True, adminARN},
		{"inline", func(s *account.Snapshot) { s.Users[0].Inline[0].Document = mfa }, "IamUser", "alice", gsl.True, `inline policy "own"/Statement/0`},
		{"group inline", func(s *account.Snapshot) { s.Groups[0].Inline[0].Document = mfa }, "IamUser", "alice", gsl.True, `inline policy "in" of group "devs"`},
		{"group attached", func(s *account.Snapshot) { s.Policies[0].Document = mfa }, "IamUser", "alice", gsl.True, teamARN},
		{"not in the group", func(s *account.Snapshot) { s.Policies[0].Document = mfa }, "IamUser", "bob", gsl.False, ""},
		{"the group", func(s *account.Snapshot) { s.Groups[0].Inline[0].Document = mfa }, "IamGroup", "devs", gsl.True, `inline policy "in"`},
		{"role", func(s *account.Snapshot) { s.Policies[0].Document = mfa }, "IamRole", "app", gsl.True, teamARN},
		{"boundary alone", func(s *account.Snapshot) {
			s.Policies[0].Document = mfa
			s.Roles[1].Boundary = teamARN
			s.Roles[1].Attached, s.Groups[0].Attached = nil, nil
		}, "IamRole", "app", gsl.False, ""},
		{"within the boundary", func(s *account.Snapshot) {
			s.Policies[1].Document = mfa
			s.Policies[0].Document = allowAll
			s.Users[0].Boundary = teamARN
		}, "IamUser", "alice", gsl.True, adminARN},
		{"beyond the boundary", func(s *account.Snapshot) {
			s.Policies[1].Document = mfa
			s.Users[0].Boundary = teamARN
		}, "IamUser", "alice", gsl.False, ""},
		{"a boundary that was not read", func(s *account.Snapshot) {
			s.Policies[1].Document, s.Policies[0].Document = mfa, "{"
			s.Groups[0].Attached, s.Users[0].Boundary = nil, teamARN
			s.Users[0].Attached = []string{adminARN}
		}, "IamUser", "alice", gsl.Maybe, ""},
		{"a boundary that rules it out whatever was not read", func(s *account.Snapshot) {
			s.Policies[1].Document = "{"
			s.Users[0].Boundary = teamARN
		}, "IamUser", "alice", gsl.False, ""},
		{"a Deny of another document counts", func(s *account.Snapshot) {
			s.Policies[1].Document, s.Users[0].Inline[0].Document = mfa, denyAll
		}, "IamUser", "alice", gsl.False, ""},
		{"a Deny of another document, not of all", func(s *account.Snapshot) {
			s.Policies[1].Document = mfa
			s.Users[0].Inline[0].Document = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:user/boss"}]}`
		}, "IamUser", "alice", gsl.True, adminARN},
		{"a condition on who asks", func(s *account.Snapshot) {
			s.Policies[1].Document = `{"Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"bob"}}}]}`
		}, "IamUser", "alice", gsl.False, ""},
		{"one unknown, one that grants: the unknown may deny", func(s *account.Snapshot) {
			s.Policies[1].Document, s.Policies[0].Document = "{", mfa
		}, "IamUser", "alice", gsl.Maybe, ""},
		{"one unknown, none that grants", func(s *account.Snapshot) { s.Policies[1].Document = "{" }, "IamUser", "alice", gsl.Maybe, ""},
		{"a group that was not read", func(s *account.Snapshot) { lose(s, account.PartGroups) }, "IamUser", "alice", gsl.Maybe, ""},
		{"a group that was not read does not matter to others", func(s *account.Snapshot) { lose(s, account.PartGroups) }, "IamUser", "bob", gsl.False, ""},
		{"a role's tag", func(s *account.Snapshot) {
			s.Policies[0].Document, s.Roles[1].Tags, s.Roles[1].Trust = tagged, []account.Tag{{Key: "team", Value: "red"}}, trustedWith("sts:AssumeRole")
		}, "IamRole", "app", gsl.False, ""},
		{"a session's tag in its place", func(s *account.Snapshot) {
			s.Policies[0].Document, s.Roles[1].Tags, s.Roles[1].Trust = tagged, []account.Tag{{Key: "team", Value: "red"}}, trustedWith("sts:TagSession")
		}, "IamRole", "app", gsl.True, teamARN},
		{"a user's tag", func(s *account.Snapshot) {
			s.Policies[1].Document, s.Users[0].Tags = tagged, []account.Tag{{Key: "team", Value: "red"}}
		}, "IamUser", "alice", gsl.False, ""},
		{"root holds no policies", func(*account.Snapshot) {}, "IamUser", account.RootUser, gsl.False, ""},
	}
	for _, tt := range tests {
		s := with(func(s *account.Snapshot) { calm(s); tt.change(s) })
		got, evidence := judge(t, s, entity(t, s, tt.typ, tt.who), tt.typ+" should have grants('iam:DeactivateMFADevice')")
		if got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if !strings.Contains(strings.Join(evidence, "\n"), tt.evidenceContains) || (got == gsl.True) != (len(evidence) > 0) {
			t.Errorf("%s: evidence %q, want %q", tt.name, evidence, tt.evidenceContains)
		}
	}
}

// TestGrants_Check: what cannot be an action is refused when the rule is compiled.
func TestGrants_Check(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		"grants()", "grants('')", "grants('iam')", "grants('iam:')", "grants(':x')", "grants('iam:Pass Role')", "grants('iam:a:b')", "grants(1)",
		"grants('iam:" + strings.Repeat("a", maxAction) + "')", "grantsAdmin('iam:*')",
		"allows()", "allowsAll('x')", "allowsOn('iam:PassRole')", "allowsOn('iam:PassRole','role/x')", "allowsOn('iam:PassRole','arn:aws:iam::*:role/x','*')", "admin('x')",
		"admits()", "admits('nobody')", "requires()", "requires('a','b','c')", "requires(1)", "matches()", "matches(1)",
	} {
		program, faults := gsl.Compile(Schema(), source.File{Text: "IamPolicy should have document " + expression}, gsl.Options{})
		if program != nil || len(faults) == 0 {
			t.Errorf("%s compiled", expression)
		}
	}
}

// element draws statements whose pieces meet one another often.
type element struct {
	Effect    string
	Action    []string       `json:",omitempty"`
	NotAction []string       `json:",omitempty"`
	Resource  []string       `json:",omitempty"`
	NotRes    []string       `json:"NotResource,omitempty"`
	Condition map[string]any `json:",omitempty"`
}

var (
	drawAction = rapid.SampledFrom([]string{
		"*", "iam:*", "iam:DeactivateMFADevice", "IAM:Deactivate*", "iam:*MFA*", "s3:*", "s3:GetObject", "iam:CreateUser", "*:*Device",
	})
	drawResource = rapid.SampledFrom([]string{
		"*", "arn:aws:iam::1:mfa/x", "arn:aws:s3:::b", "arn:*:iam::*:*", "arn:aws:iam::*:user/${aws:username}",
	})
)

func drawElement(t *rapid.T) element {
	e := element{Effect: rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect")}
	actions := rapid.SliceOfN(drawAction, 1, 3).Draw(t, "actions")
	resources := rapid.SliceOfN(drawResource, 1, 3).Draw(t, "resources")
	if e.Action = actions; rapid.IntRange(0, 3).Draw(t, "not") == 0 {
		e.Action, e.NotAction = nil, actions
	}
	if e.Resource = resources; rapid.IntRange(0, 4).Draw(t, "notResource") == 0 {
		e.Resource, e.NotRes = nil, resources
	}
	if rapid.IntRange(0, 3).Draw(t, "condition") == 0 {
		e.Condition = map[string]any{"Bool": map[string]string{"aws:MultiFactorAuthPresent": "true"}}
	}
	return e
}

func documentOf(t *testing.T, elements []element) *document {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": elements})
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(text))
}

func parsed(t *testing.T, text string) *document {
	t.Helper()
	s := with(func(s *account.Snapshot) { s.Policies[0].Document = account.Document(text) })
	doc := s.policies[0].doc.doc
	if doc == nil {
		t.Fatalf("document %s: %+v", text, s.Gaps())
	}
	return doc
}

// TestGrants_Laws: a Deny never grants, order does not matter, and a list of actions is as many statements.
func TestGrants_Laws(t *testing.T) {
	t.Parallel()
	questions := []*question{newAdminQuestion(false), newAdminQuestion(true)}
	one, err := newQuestion(askSome, []string{"iam:DeactivateMFADevice"})
	if err != nil {
		t.Fatal(err)
	}
	some, err := newQuestion(askSome, []string{"iam:*MFADevice"})
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []string{"iam:DeactivateMFADevice", "iam:*", "s3:GetObject"} {
		for _, kind := range []kindOfQuestion{askSome, askAll, askWhole, askOther} {
			q, err := newQuestion(kind, []string{ask})
			if err != nil {
				t.Fatal(err)
			}
			questions = append(questions, q)
		}
		q, err := onQuestion([]string{ask}, "*")
		if err != nil {
			t.Fatal(err)
		}
		questions = append(questions, q)
	}
	run := newRun(New(company()))
	holds := func(q *question, d *document) bool { return q.holds(run, run.onPaper(d)) }
	rapid.Check(t, func(rt *rapid.T) {
		elements := rapid.SliceOfN(rapid.Custom(drawElement), 1, 4).Draw(rt, "statements")
		extra := drawElement(rt)
		extra.Effect = "Deny"
		shuffled := rapid.Permutation(elements).Draw(rt, "order")
		var split []element
		for _, e := range elements {
			if e.Effect == "Allow" && len(e.Action) > 1 {
				for _, a := range e.Action {
					one := e
					one.Action = []string{a}
					split = append(split, one)
				}
				continue
			}
			split = append(split, e)
		}
		doc, more := documentOf(t, elements), documentOf(t, append(slices.Clip(elements), extra))
		again, apart := documentOf(t, shuffled), documentOf(t, split)
		for _, q := range questions {
			got := holds(q, doc)
			if holds(q, more) && !got {
				rt.Errorf("%+v: a Deny made it grant", q)
			}
			if holds(q, again) != got {
				rt.Errorf("%+v: order matters", q)
			}
			if holds(q, apart) != got {
				rt.Errorf("%+v: splitting a list matters", q)
			}
		}
		if holds(one, doc) && !holds(some, doc) {
			rt.Errorf("one is granted, and not its pattern")
		}
	})
}

// TestPatterns_Laws holds covers and overlaps against matching of the texts that patterns stand for.
func TestPatterns_Laws(t *testing.T) {
	t.Parallel()
	pattern := rapid.StringMatching(`[abA:*?]{0,6}`)
	text := rapid.StringMatching(`[ab:]{0,6}`)
	rapid.Check(t, func(rt *rapid.T) {
		p, q, s := pattern.Draw(rt, "p"), pattern.Draw(rt, "q"), text.Draw(rt, "s")
		inP, inQ := arn.MatchFold(p, s), arn.MatchFold(q, s)
		if covers(p, q) && inQ && !inP {
			rt.Errorf("covers(%q, %q), but %q fits only the second", p, q, s)
		}
		if inP && inQ && !overlaps(p, q) {
			rt.Errorf("%q fits %q and %q, which do not overlap", s, p, q)
		}
		if overlaps(p, q) != overlaps(q, p) {
			rt.Errorf("overlaps(%q, %q) is not symmetric", p, q)
		}
		if covers(p, q) && !overlaps(p, q) {
			rt.Errorf("%q covers %q without overlap", p, q)
		}
		if covers(p, s) != inP || overlaps(p, s) != inP {
			rt.Errorf("on the plain text %q, covers, overlaps and MatchFold of %q differ", s, p)
		}
		if !covers(p, p) || !covers("*", p) {
			rt.Errorf("%q does not cover itself, or * does not", p)
		}
	})
}
