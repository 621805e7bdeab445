package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// TestProve: what a function knows to be guilty is what evidence points at.
func TestProve(t *testing.T) {
	t.Parallel()
	const policyARN = "arn:aws:iam::111122223333:policy/team/read"
	allow := func(rest string) string { return policyDocument(`{"Effect":"Allow",` + rest + `}`) }
	trust := func(principal string) string {
		return allow(`"Principal":` + principal + `,"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)
	}
	for _, tt := range []struct {
		on         func(*testing.T, string, string) (gsl.Truth, []string)
		document   string
		expression string
		want       string
	}{
		{onPolicy, allow(`"Action":["s3:*","iam:*MFA*"],"Resource":"*"`), deactivate, "/Statement/0/Action/1"},
		{onPolicy, allow(`"Action":"*","Resource":"*"`), deactivate, "/Statement/0/Action"},
		{onPolicy, allow(`"NotAction":["s3:*"],"Resource":"*"`), deactivate, "/Statement/0/NotAction"},
		{onPolicy, allow(`"Action":["s3:*","iam:*"],"Resource":"*"`), "document.Statement contain [ grants('iam:CreateUser') ]", "/Statement/0/Action/1"},
		{onPolicy, allow(`"Action":["s3:*","*"],"Resource":"*"`), "document grantsAdmin()", "/Statement/0/Action/1"},
		{onPolicy, allow(`"Action":"s3:*","NotResource":["x"]`), "document.Statement contain [ NotResource ]", "/Statement/0/NotResource"},
		{onPolicy, allow(`"Action":["s3:*","iam:x"],"Resource":"*"`), "document.Statement contain [ Action contain ['iam:%'] ]", "/Statement/0/Action/1"},
		{onTrust, trust(`{"AWS":["111122223333","999988887777"]}`), "assumeRolePolicy admits('other-account')", "/Statement/0/Principal/AWS/1"},
		{onTrust, trust(`{"AWS":["111122223333","*"]}`), "assumeRolePolicy admits('anyone')", "/Statement/0/Principal/AWS/1"},
		{onTrust, trust(`{"Service":["a.amazonaws.com"]}`), "assumeRolePolicy admits('service')", "/Statement/0/Principal/Service/0"},
		{onTrust, trust(`{"AWS":["111122223333","AIDAJQABLZS4A3QDU576Q"]}`), "assumeRolePolicy admits('deleted-principal')", "/Statement/0/Principal/AWS/1"},
		{onTrust, trust(`"*"`), "assumeRolePolicy.Statement contain [ requires('aws:MultiFactorAuthPresent') ]", "/Statement/0/Condition/Bool/aws:MultiFactorAuthPresent"},
	} {
		valid, got := tt.on(t, tt.document, tt.expression)
		title := policyARN
		if len(got) > 0 && got[0][0] == 't' {
			title = "trust policy"
		}
		if diff := cmp.Diff([]string{title + tt.want}, got); diff != "" || valid != gsl.True {
			t.Errorf("%s on %s: %v\n%s", tt.expression, tt.document, valid, diff)
		}
	}
}
