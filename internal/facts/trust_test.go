package facts

import (
	"fmt"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// onTrust judges an expression on a role with that trust policy.
func onTrust(t *testing.T, document, expression string) (gsl.Truth, []string) {
	t.Helper()
	s := with(func(s *account.Snapshot) { s.Roles[1].Trust = account.Document(document) })
	return judge(t, s, entity(t, s, "IamRole", "app"), "IamRole should have "+expression)
}

func TestAdmits(t *testing.T) {
	t.Parallel()
	trust := func(principal string) string {
		return policyDocument(`{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"}`)
	}
	conditioned := func(principal, condition string) string {
		return policyDocument(`{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole","Condition":` + condition + `}`)
	}
	acting := func(action string) string {
		return policyDocument(`{"Effect":"Allow","Principal":{"AWS":"999988887777"},` + action + `}`)
	}
	const other = `{"AWS":"arn:aws:iam::999988887777:root"}`
	const everyone = `{"AWS":"*"}`
	tests := []struct {
		name, document string
		other, anyone  bool
	}{
		{"own root", trust(`{"AWS":"arn:aws:iam::111122223333:root"}`), false, false},
		{"own id", trust(`{"AWS":"111122223333"}`), false, false},
		{"own role", trust(`{"AWS":["arn:aws:iam::111122223333:role/a","arn:aws:sts::111122223333:assumed-role/a/b"]}`), false, false},
		{"other root", trust(other), true, false},
		{"other id", trust(`{"AWS":"999988887777"}`), true, false},
		{"other user among own", trust(`{"AWS":["111122223333","arn:aws:iam::999988887777:user/x"]}`), true, false},
		{"other session", trust(`{"AWS":"arn:aws:sts::999988887777:assumed-role/a/b"}`), true, false},
		{"gov partition", trust(`{"AWS":"arn:aws-us-gov:iam::999988887777:root"}`), true, false},
		{"china partition", trust(`{"AWS":"arn:aws-cn:iam::999988887777:role/x"}`), true, false},
		{"bare star", trust(`"*"`), true, true},
		{"star", trust(everyone), true, true},
		{"star in a list", trust(`{"AWS":["111122223333","*"]}`), true, true},
		{"star beside all providers", trust(`{"AWS":"*","Federated":"*"}`), true, true},
		{"star beside all services, which a condition keeps out", conditioned(`{"AWS":"*","Service":"*"}`, `{"Bool":{"aws:PrincipalIsAWSService":"false"}}`), true, true},
		{"service", trust(`{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}`), false, false},
		{"federated", trust(`{"Federated":"arn:aws:iam::999988887777:saml-provider/x"}`), false, false},
		{"deleted user", trust(`{"AWS":"AIDAJQABLZS4A3QDU576Q"}`), false, false},
		{"deleted role", trust(`{"AWS":"AROAJQABLZS4A3QDU576Q"}`), false, false},
		{"service and other", trust(`{"Service":"ec2.amazonaws.com","AWS":"999988887777"}`), true, false},
		{"NotPrincipal", policyDocument(`{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`), true, true},
		{"Deny alone", policyDocument(`{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}`), false, false},
		{"single statement", `{"Statement":{"Effect":"Allow","Principal":` + other + `,"Action":"sts:AssumeRole"}}`, true, false},

		{"sts star", acting(`"Action":"sts:*"`), true, false},
		{"star action", acting(`"Action":"*"`), true, false},
		{"action in a list", acting(`"Action":["sts:TagSession","STS:assumerole"]`), true, false},
		{"part of the action", acting(`"Action":"sts:Assume*"`), true, false},
		{"tag session alone", acting(`"Action":"sts:TagSession"`), false, false},
		{"NotAction", acting(`"NotAction":"sts:TagSession"`), true, false},
		{"NotAction of it", acting(`"NotAction":"sts:*"`), false, false},

		{"denied to everyone", policyDocument(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
			`{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:*"}`), false, false},
		{"denied to one", policyDocument(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
			`{"Effect":"Deny","Principal":{"AWS":"999988887777"},"Action":"sts:*"}`), true, true},
		{"denied on a condition", policyDocument(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
			`{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), true, true},

		{"own account only", conditioned(everyone, `{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`), false, false},
		{"own account, letter case", conditioned(everyone, `{"stringequals":{"AWS:principalaccount":["111122223333"]}}`), false, false},
		{"own account by the resource's", conditioned(everyone, `{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}`), false, false},
		{"own account if it exists: it always does", conditioned(everyone, `{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}`), false, false},
		{"an organization if it exists", conditioned(everyone, `{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}`), true, true},
		{"denied to all but an organization", policyDocument(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
			`{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}}`), true, false},
		{"own and another account", conditioned(everyone, `{"StringEquals":{"aws:PrincipalAccount":["111122223333","999988887777"]}}`), true, false},
		{"not own account", conditioned(everyone, `{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}`), true, true},
		{"account pattern", conditioned(everyone, `{"StringLike":{"aws:PrincipalAccount":"1*"}}`), true, true},
		{"own role only", conditioned(everyone, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x*"}}`), false, false},
		{"other's role only", conditioned(everyone, `{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/x"}}`), true, false},
		{"a role name of any account", conditioned(everyone, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}`), true, true},
		{"an organization", conditioned(everyone, `{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}`), true, false},
		{"any organization", conditioned(everyone, `{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`), true, true},
		{"a path of an organization", conditioned(everyone, `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-abc/r-1/*"}}`), true, false},
		{"all values of a path", conditioned(everyone, `{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-abc/r-1/*"}}`), true, true},
		{"an external id", conditioned(everyone, `{"StringEquals":{"sts:ExternalId":"x"}}`), true, true},
	}
	for _, tt := range tests {
		for kind, want := range map[string]bool{"other-account": tt.other, "anyone": tt.anyone} {
			got, evidence := onTrust(t, tt.document, fmt.Sprintf("assumeRolePolicy admits('%s')", kind))
			if got != gsl.TruthOf(want) || (len(evidence) > 0) != want {
				t.Errorf("%s: admits(%s) = %v with %q, want %v", tt.name, kind, got, evidence, want)
			}
			if own, _ := onTrust(t, tt.document, fmt.Sprintf("admits('%s')", kind)); own != got {
				t.Errorf("%s: the role admits(%s) = %v, its policy %v", tt.name, kind, own, got)
			}
		}
	}
}

// TestAdmits_Statement: one guarded statement does not excuse an open one.
func TestAdmits_Statement(t *testing.T) {
	t.Parallel()
	const rule = `assumeRolePolicy.Statement contain [ admits('other-account') and not ` +
		`(requires('aws:MultiFactorAuthPresent','true') or requires('sts:ExternalId')) ]`
	guarded := `{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	open := `{"Effect":"Allow","Principal":{"AWS":"888877776666"},"Action":"sts:AssumeRole"}`
	if got, evidence := onTrust(t, policyDocument(guarded, open), rule); got != gsl.True || len(evidence) == 0 || evidence[0] != "trust policy/Statement/1/Principal/AWS" {
		t.Errorf("open beside guarded: %v, %q", got, evidence)
	}
	if got, _ := onTrust(t, policyDocument(guarded), rule); got != gsl.False {
		t.Errorf("guarded: %v", got)
	}
	if got, _ := onTrust(t, `{"Statement":`+open+`}`, rule); got != gsl.True {
		t.Errorf("single statement: %v", got)
	}
	if got, _ := onTrust(t, "{", rule); got != gsl.Maybe {
		t.Errorf("faulty: %v", got)
	}
}

func TestRequires(t *testing.T) {
	t.Parallel()
	const mfa = "aws:MultiFactorAuthPresent"
	tests := []struct {
		name, condition, ask string
		want                 bool
	}{
		{"none", `{}`, "requires('" + mfa + "')", false},
		{"Bool", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, "requires('" + mfa + "','true')", true},
		{"Bool literal", `{"Bool":{"aws:MultiFactorAuthPresent":true}}`, "requires('" + mfa + "','true')", true},
		{"Bool True", `{"Bool":{"aws:MultiFactorAuthPresent":"True"}}`, "requires('" + mfa + "','true')", true},
		{"Bool false", `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, "requires('" + mfa + "','true')", false},
		{"Bool true or false", `{"Bool":{"aws:MultiFactorAuthPresent":["true","false"]}}`, "requires('" + mfa + "','true')", false},
		{"BoolIfExists", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`, "requires('" + mfa + "','true')", false},
		{"Null", `{"Null":{"aws:MultiFactorAuthPresent":"false"}}`, "requires('" + mfa + "')", false},
		{"another key", `{"Bool":{"aws:SecureTransport":"true"}}`, "requires('" + mfa + "','true')", false},
		{"key's letter case", `{"Bool":{"AWS:multifactorauthpresent":"true"}}`, "requires('" + mfa + "','true')", true},
		{"age", `{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}`, "requires('aws:MultiFactorAuthAge')", true},
		{"age if it exists", `{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"3600"}}`, "requires('aws:MultiFactorAuthAge')", false},
		{"external id", `{"StringEquals":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", true},
		{"one of two external ids", `{"StringEquals":{"sts:ExternalId":["x","y"]}}`, "requires('sts:ExternalId')", true},
		{"ignore case", `{"StringEqualsIgnoreCase":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", true},
		{"pattern", `{"StringLike":{"sts:ExternalId":"x-*"}}`, "requires('sts:ExternalId')", true},
		{"any value", `{"StringLike":{"sts:ExternalId":"*"}}`, "requires('sts:ExternalId')", false},
		{"any address", `{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}`, "requires('aws:SourceIp')", false},
		{"an address", `{"IpAddress":{"aws:SourceIp":["10.0.0.0/8"]}}`, "requires('aws:SourceIp')", true},
		{"any value of some length", `{"StringLike":{"sts:ExternalId":["??*"]}}`, "requires('sts:ExternalId')", false},
		{"any service", `{"StringLike":{"iam:PassedToService":"*.amazonaws.com"}}`, "requires('iam:PassedToService')", false},
		{"any organization", `{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`, "requires('aws:PrincipalOrgID')", false},
		{"an organization", `{"StringLike":{"aws:PrincipalOrgID":"o-abc*"}}`, "requires('aws:PrincipalOrgID')", true},
		{"any principal of an account", `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}}`, "requires('aws:PrincipalArn')", false},
		{"any role", `{"StringLike":{"aws:PrincipalArn":"*:role/*"}}`, "requires('aws:PrincipalArn')", false},
		{"some roles", `{"StringLike":{"aws:PrincipalArn":"*:role/app-*"}}`, "requires('aws:PrincipalArn')", true},
		{"AWS's policies", `{"ArnLike":{"iam:PolicyARN":["arn:aws:iam::111122223333:policy/x","arn:aws-cn:iam::aws:policy/*"]}}`, "requires('iam:PolicyARN')", false},
		{"AWS's policies for jobs", `{"ArnLike":{"iam:PolicyARN":"arn:aws:iam::aws:policy/job-function/*"}}`, "requires('iam:PolicyARN')", true},
		{"no policy's ARN", `{"StringLike":{"iam:PolicyARN":"*/*"}}`, "requires('iam:PolicyARN')", false},
		{"services of one beginning", `{"StringLike":{"iam:PassedToService":"ec2*"}}`, "requires('iam:PassedToService')", true},
		{"any value beside one", `{"StringLike":{"sts:ExternalId":["x","**"]}}`, "requires('sts:ExternalId')", false},
		{"negated", `{"StringNotEquals":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", false},
		{"negated pattern", `{"StringNotLike":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", false},
		{"for any value", `{"ForAnyValue:StringEquals":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", true},
		{"for all values", `{"ForAllValues:StringEquals":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", false},
		{"two operators", `{"StringEqualsIfExists":{"sts:ExternalId":"x"},"StringEquals":{"sts:ExternalId":"x"}}`, "requires('sts:ExternalId')", true},
		{"no values", `{"StringEquals":{"sts:ExternalId":[]}}`, "requires('sts:ExternalId')", false},
		{"arn", `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::1:role/x"}}`, "requires('aws:PrincipalArn')", true},
		{"address", `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, "requires('aws:SourceIp')", true},
	}
	for _, tt := range tests {
		document := policyDocument(`{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sts:AssumeRole","Condition":` + tt.condition + `}`)
		got, _ := onTrust(t, document, "assumeRolePolicy.Statement contain [ "+tt.ask+" ]")
		if got != gsl.TruthOf(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got, _ := onTrust(t, trustEC2, "assumeRolePolicy requires('a')"); got != gsl.False {
		t.Errorf("a document requires nothing: %v", got)
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	s := New(company())
	tests := []struct {
		typ, who, expression string
		want                 gsl.Truth
	}{
		{"IamPolicy", "AdministratorAccess", "arn matches('arn:aws:iam::aws:policy/*')", gsl.True},
		{"IamPolicy", "AdministratorAccess", "arn matches('arn:*:iam::aws:policy/Administrator?ccess')", gsl.True},
		{"IamPolicy", "AdministratorAccess", "arn matches('arn:aws:iam::aws:policy/administratoraccess')", gsl.False},
		{"IamPolicy", "AdministratorAccess", "name matches('administrator*')", gsl.True},
		{"IamPolicy", "AdministratorAccess", "name matches('PowerUserAccess','AdministratorAccess')", gsl.True},
		{"IamPolicy", "AdministratorAccess", "name matches('Administrator')", gsl.False},
		{"IamPolicy", "AdministratorAccess", "name matches(setting('denied'))", gsl.True},
		{"IamPolicy", "read", "name matches(setting('denied'))", gsl.False},
		{"IamPolicy", "read", "name matches(setting('none'))", gsl.False},
		{"IamUser", "alice", "attachedGroups matches('dev*')", gsl.True},
		{"IamUser", "alice", "attachedGroups matches('ops*')", gsl.False},
		{"IamUser", "<root_account>", "path matches('*')", gsl.False},
	}
	settings := map[string]gsl.Value{
		"denied": gsl.ListOf(&gsl.Strings{"arn:aws:iam::aws:policy/AdministratorAccess", "Admin*"}), "none": gsl.ListOf(nil),
	}
	for _, tt := range tests {
		got := judgeWith(t, s, entity(t, s, tt.typ, tt.who), tt.typ+" should have "+tt.expression, settings)
		if got != tt.want {
			t.Errorf("%s %s: %s = %v, want %v", tt.typ, tt.who, tt.expression, got, tt.want)
		}
	}
	s = with(func(s *account.Snapshot) { lose(s, account.PartUsers) })
	if got := judgeWith(t, s, entity(t, s, "IamUser", "alice"), "IamUser should have attachedGroups matches('dev*')", nil); got != gsl.Maybe {
		t.Errorf("unknown groups match: %v", got)
	}
}
