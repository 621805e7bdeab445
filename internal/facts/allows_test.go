package facts

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// shapes are documents in the forms that a grant can take, each with what it does to iam:PassRole.
var shapes = []struct {
	name, document string
	may, anywhere  bool // on some role; on a role that nobody has in mind
}{
	{"named", policyDocument(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`), true, true},
	{"wildcard", policyDocument(`{"Effect":"Allow","Action":"iam:Pass*","Resource":"arn:aws:iam::*:role/*"}`), true, true},
	{"list", policyDocument(`{"Effect":"Allow","Action":["s3:*","IAM:PASSROLE"],"Resource":["arn:aws:s3:::x","arn:aws:iam::111122223333:role/*"]}`), true, true},
	{"one role", policyDocument(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/app"}`), true, false},
	{"some roles", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:role/app-*"}`), true, false},
	{"users only", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:user/*"}`), false, false},
	{"NotAction", policyDocument(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`), true, true},
	{"NotAction of it", policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), false, false},
	{"NotResource", policyDocument(`{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:role/admin"}`), true, true},
	{"the caller's own", policyDocument(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/${aws:PrincipalTag/team}*"}`), true, false},
	{"all but the caller's own", policyDocument(`{"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/${aws:PrincipalTag/team}*"}`), true, true},
	{"stars", policyDocument(`{"Effect":"Allow","Action":"**","Resource":"**"}`), true, true},
	{"every ARN", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"arn:*"}`), true, true},
	{"the account's", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:*"}`), true, true},
	{"object", `{"Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}}`, true, true},
	{"denied", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`), false, false},
	{"denied on one", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
		`{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/admin"}`), true, true},
	{"denied but on one", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
		`{"Effect":"Deny","Action":"iam:PassRole","NotResource":"arn:aws:iam::111122223333:role/app"}`), true, false},
	{"denied in the account, left elsewhere", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:role/a*"}`,
		`{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/*"}`), false, false},
	{"conditional", policyDocument(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`), true, true},
	{"conditional on what cannot be", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}}`), false, false},
	{"conditional Deny", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
		`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`), true, true},
	{"Deny of all principals of the account", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`,
		`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`), false, false},
}

func TestAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range shapes {
		for ask, want := range map[string]bool{
			"document allows('iam:PassRole')": tt.may, "allows('iam:Pass*')": tt.may,
			"document allowsAll('iam:PassRole')": tt.may, "document allowsOn('iam:PassRole','*')": tt.anywhere,
			"document allowsOn('iam:PassRole','arn:*:iam::*:role/*')": tt.anywhere,
		} {
			got, evidence := onPolicy(t, tt.document, ask)
			if got != gsl.TruthOf(want) || (len(evidence) > 0) != want {
				t.Errorf("%s: %s = %v with %q, want %v", tt.name, ask, got, evidence, want)
			}
		}
	}
	for ask, want := range map[string]bool{
		"allowsAll('s3:GetObject','s3:PutObject')": true, "allowsAll('s3:GetObject','s3:DeleteObject')": false, "allowsAll('s3:*')": false,
		"allowsAll('s3:GetObject*')": false, "allows('s3:*')": true, "allows('ec2:*')": false, "allows('*')": true,
		"allowsOn('s3:GetObject','arn:aws:s3:::in/x')": true, "allowsOn('s3:GetObject','arn:aws:s3:::out/x')": false,
		"allowsOn('s3:GetObject','*')": false, "allowsOn('s3:DeleteObject','s3:GetObject','arn:aws:s3:::in/x')": true, "allows('iam:*')": true, "allows('iam:NoSuchThing')": true, "allows('s3:ListAllMyBuckets')": false,
	} {
		got, _ := onPolicy(t, policyDocument(`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:ListAllMyBuckets"],"Resource":"arn:aws:s3:::in/*"}`,
			`{"Effect":"Allow","Action":"iam:NoSuchThing","Resource":"*"}`), "document "+ask)
		if got != gsl.TruthOf(want) {
			t.Errorf("%s = %v, want %v", ask, got, want)
		}
	}
}

// TestAdmin holds the modes apart: what is possible, and what a plain request gets. Of MFA it is the table of
// operators and effects: long-term keys carry no key.
func TestAdmin(t *testing.T) {
	t.Parallel()
	all := func(condition string) string {
		return `{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + condition + `}`
	}
	but := func(condition string) string {
		return policyDocument(all("{}"), `{"Effect":"Deny","Action":"*","Resource":"*","Condition":`+condition+`}`)
	}
	tests := []struct {
		name, document string
		admin, plain   bool
	}{
		{"Allow, Bool true", policyDocument(all(`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)), true, false},
		{"Allow, BoolIfExists true", policyDocument(all(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`)), true, true},
		{"Deny, Bool false", but(`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`), true, true},
		{"Deny, BoolIfExists false", but(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`), true, false},
		{"Deny, Null true", but(`{"Null":{"aws:MultiFactorAuthPresent":"true"}}`), true, false},
		{"Deny, old MFA", but(`{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}`), true, true},
		{"over TLS", policyDocument(all(`{"Bool":{"aws:SecureTransport":"true"}}`)), true, true},
		{"not over TLS", but(`{"Bool":{"aws:SecureTransport":"false"}}`), true, true},
		{"from an address", policyDocument(all(`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`)), true, false},
		{"but elsewhere", but(`{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`), true, true},
		{"until a day that is over", policyDocument(all(`{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`)), true, false},
		{"several statements", policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, `{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), true, true},
		{"IAM alone", policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), false, false},
		{"all but IAM", policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), false, false},
		{"in another account", policyDocument(all(`{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}`)), false, false},
	}
	for _, tt := range tests {
		for ask, want := range map[string]bool{"admin()": tt.admin, "grantsAdmin()": tt.plain} {
			got, evidence := onPolicy(t, tt.document, "document "+ask)
			if got != gsl.TruthOf(want) || (len(evidence) > 0) != want {
				t.Errorf("%s: %s = %v with %q, want %v", tt.name, ask, got, evidence, want)
			}
		}
	}
}

// TestAdmin_Together: what one policy lacks another may add, and a boundary takes away.
func TestAdmin_Together(t *testing.T) {
	t.Parallel()
	power := account.Document(policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`))
	iamAll := account.Document(policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`))
	tests := []struct {
		name   string
		change func(*account.Snapshot)
		want   gsl.Truth
	}{
		{"one", func(s *account.Snapshot) { s.Policies[1].Document = power }, gsl.False},
		{"both", func(s *account.Snapshot) { s.Policies[1].Document, s.Users[0].Inline[0].Document = power, iamAll }, gsl.True},
		{"both, bounded", func(s *account.Snapshot) {
			s.Policies[1].Document, s.Users[0].Inline[0].Document = power, iamAll
			s.Users[0].Boundary = teamARN
		}, gsl.False},
		{"both, one unread", func(s *account.Snapshot) {
			s.Policies[1].Document, s.Users[0].Inline[0].Document, s.Groups[0].Inline[0].Document = power, iamAll, "{"
		}, gsl.Maybe},
	}
	for _, tt := range tests {
		s := with(func(s *account.Snapshot) {
			s.Policies[0].Document, s.Users[0].Boundary = readS3, ""
			tt.change(s)
		})
		if got, _ := judge(t, s, entity(t, s, "IamUser", "alice"), "IamUser should have admin()"); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestAdmits_Kinds holds each kind to one trust that it names and one that it does not.
func TestAdmits_Kinds(t *testing.T) {
	t.Parallel()
	statement := func(principal, action, condition string) string {
		return policyDocument(`{"Effect":"Allow","Principal":` + principal + `,"Action":"` + action + `","Condition":` + condition + `}`)
	}
	github := func(condition string) string {
		return statement(`{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`, "sts:AssumeRoleWithWebIdentity", condition)
	}
	saml := func(condition string) string {
		return statement(`{"Federated":"arn:aws:iam::111122223333:saml-provider/okta"}`, "sts:AssumeRoleWithSAML", condition)
	}
	logs := func(condition string) string {
		return statement(`{"Service":"scheduler.amazonaws.com"}`, "sts:AssumeRole", condition)
	}
	const issuer = "token.actions.githubusercontent.com"
	tests := []struct {
		name, document, kind string
		want                 bool
	}{
		{"service", logs(`{}`), "service", true},
		{"service of another name", github(`{}`), "service", false},
		{"federated", saml(`{}`), "federated", true},
		{"federated, another action", statement(`{"Federated":"arn:aws:iam::111122223333:saml-provider/okta"}`, "sts:AssumeRole", `{}`), "federated", false},
		{"no subject", github(`{"StringEquals":{"` + issuer + `:aud":"sts.amazonaws.com"}}`), "oidc-without-subject", true},
		{"any repository", github(`{"StringLike":{"` + issuer + `:sub":"repo:*"}}`), "oidc-without-subject", true},
		{"an organization's repositories", github(`{"StringLike":{"` + issuer + `:sub":"repo:acme/*"}}`), "oidc-without-subject", false},
		{"a subject if it exists: it does", github(`{"StringLikeIfExists":{"` + issuer + `:sub":"repo:acme/*"}}`), "oidc-without-subject", false},
		{"all but a subject", github(`{"StringNotLike":{"` + issuer + `:sub":"repo:acme/*"}}`), "oidc-without-subject", true},
		{"no subject of a web identity host", statement(`{"Federated":"cognito-identity.amazonaws.com"}`, "sts:AssumeRoleWithWebIdentity", `{}`), "oidc-without-subject", false},
		{"no audience", github(`{"StringLike":{"` + issuer + `:sub":"repo:acme/*"}}`), "oidc-without-audience", true},
		{"an audience", github(`{"StringEquals":{"` + issuer + `:aud":"sts.amazonaws.com"}}`), "oidc-without-audience", false},
		{"no pool", statement(`{"Federated":"cognito-identity.amazonaws.com"}`, "sts:AssumeRoleWithWebIdentity", `{}`), "oidc-without-audience", true},
		{"no SAML audience", saml(`{}`), "saml-without-audience", true},
		{"a SAML audience", saml(`{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}`), "saml-without-audience", false},
		{"no source", logs(`{}`), "service-without-source", true},
		{"a source account", logs(`{"StringEquals":{"aws:SourceAccount":"111122223333"}}`), "service-without-source", false},
		{"a source", logs(`{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:*:111122223333:schedule-group/*"}}`), "service-without-source", false},
		{"a source of any account", logs(`{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:*:*:schedule-group/*"}}`), "service-without-source", true},
		{"a service that does not say", statement(`{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", `{}`), "service-without-source", false},
		{"deleted", statement(`{"AWS":"AROAJQABLZS4A3QDU576Q"}`, "sts:AssumeRole", `{}`), "deleted-principal", true},
		{"not deleted", statement(`{"AWS":"111122223333"}`, "sts:AssumeRole", `{}`), "deleted-principal", false},
		{"without a guard", statement(`{"AWS":"444455556666"}`, "sts:AssumeRole", `{}`), "other-account-unguarded", true},
		{"with an id", statement(`{"AWS":"444455556666"}`, "sts:AssumeRole", `{"StringEquals":{"sts:ExternalId":"x"}}`), "other-account-unguarded", false},
		{"with any id", statement(`{"AWS":"444455556666"}`, "sts:AssumeRole", `{"StringLike":{"sts:ExternalId":"*"}}`), "other-account-unguarded", true},
		{"own account", statement(`{"AWS":"111122223333"}`, "sts:AssumeRole", `{}`), "other-account-unguarded", false},
	}
	for _, tt := range tests {
		for _, ask := range []string{"admits('" + tt.kind + "')", "assumeRolePolicy.Statement contain [ admits('" + tt.kind + "') ]"} {
			if got, evidence := onTrust(t, tt.document, ask); got != gsl.TruthOf(tt.want) || (len(evidence) > 0) != tt.want {
				t.Errorf("%s: %s = %v with %q, want %v", tt.name, ask, got, evidence, tt.want)
			}
		}
	}
	if got, _ := onTrust(t, logs(`{}`), "admits('anyone','service')"); got != gsl.True {
		t.Errorf("one of two kinds: %v", got)
	}
}

// TestWitness: a request comes with the proof, and what it depends on.
func TestWitness(t *testing.T) {
	t.Parallel()
	witness := func(s *Set, e Entity, expression string) *finding.Witness {
		t.Helper()
		program, faults := gsl.Compile(Schema(), source.File{Text: expression}, gsl.Options{})
		if program == nil {
			t.Fatal(faults)
		}
		var proofs recorder
		env := s.Env(false)
		env.Trace = &proofs
		program.Judge(env, e.Self)
		for _, v := range proofs {
			if w, ok := v.Ref().(*finding.Witness); ok {
				return w
			}
		}
		t.Fatalf("%s: no witness", expression)
		return nil
	}
	s := with(func(s *account.Snapshot) {
		s.Users[0].Boundary = ""
		s.Policies[1].Document = account.Document(policyDocument(
			`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/app","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`))
		s.Roles[1].Trust = account.Document(policyDocument(`{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}`))
	})
	w := witness(s, entity(t, s, "IamUser", "alice"), "IamUser should have allows('iam:PassRole')")
	if w.Principal != "arn:aws:iam::111122223333:user/eng/alice" || w.Action != "iam:PassRole" || w.Resource != "arn:aws:iam::111122223333:role/app" ||
		w.Decision != "Depends" || len(w.Depends) != 1 || !strings.Contains(w.Depends[0], "Bool aws:MultiFactorAuthPresent true") {
		t.Errorf("of a user: %+v", w)
	}
	w = witness(s, entity(t, s, "IamRole", "app"), "IamRole should have admits('other-account-unguarded')")
	if !strings.HasPrefix(w.Principal, "arn:aws:iam::444455556666:role/") || w.Action != "sts:AssumeRole" || w.Resource != "arn:aws:iam::111122223333:role/app" ||
		w.Decision != "Allowed" || len(w.Absent) == 0 {
		t.Errorf("of a trust: %+v", w)
	}
}
