package facts

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// TestCovers asks functions on a document that look beyond one statement, one user, one region or one key.
func TestCovers(t *testing.T) {
	t.Parallel()
	const (
		whole  = "document coversService()"
		listed = "document.Statement with [not Condition] coversService()"
		self   = "document allowsOnSelf('iam:PutUserPolicy')"
		plain  = "document allowsGiven('aws:SecureTransport', 'false', 'iam:CreateAccessKey')"
		absent = "document allowsGiven('iam:PassedToService', '', 'iam:PassRole')"
		table  = "document allowsOn('dynamodb:DeleteTable', '*')"
		others = "document grantsBeyondSelf('iam:CreateAccessKey')"
		roles  = "document grants('sts:AssumeRole')"
	)
	allow := func(action, resource string) string {
		return `{"Effect":"Allow","Action":` + action + `,"Resource":` + resource + `}`
	}
	deny := func(action, resource, condition string) string {
		return `{"Effect":"Deny","Action":` + action + `,"Resource":` + resource + `,"Condition":` + condition + `}`
	}
	const some = `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}`
	tests := []struct {
		name, document, ask string
		want                gsl.Truth
	}{
		{"star", policyDocument(allow(`"sqs:*"`, `"*"`)), whole, gsl.True},
		{"one letter at least", policyDocument(allow(`"sqs:?*"`, `"*"`)), whole, gsl.True},
		{"a service that AWS does not list", policyDocument(allow(`"ambit-none:*"`, `"*"`)), whole, gsl.True},
		{"the bare star", policyDocument(allow(`"*"`, `"*"`)), whole, gsl.False},
		{"brackets are no wildcards", policyDocument(allow(`"sqs:[A-Z]*"`, `"*"`)), whole, gsl.False},
		{"halves", policyDocument(allow(`["tag:*Tag*","tag:Get*"]`, `"*"`), allow(`["tag:Start*","tag:Describe*","tag:List*"]`, `"*"`)), whole, gsl.True},
		{"half of it elsewhere", policyDocument(allow(`"tag:Get*"`, `"*"`), allow(`"tag:?*"`, `"arn:aws:tag:eu-west-1:111122223333:x"`)), whole, gsl.False},
		{"every name of a small service", policyDocument(allow(`"rds-db:connect"`, `"*"`)), whole, gsl.False},
		{"deny", policyDocument(`{"Effect":"Deny","Action":"sqs:*","Resource":"*"}`), whole, gsl.False},
		{"one region", policyDocument(allow(`"sqs:*"`, `"arn:aws:sqs:eu-west-1:111122223333:*"`)), whole, gsl.True},
		{"another service's resources", policyDocument(allow(`["ec2:*","s3:GetObject"]`, `"arn:aws:s3:::*"`)), whole, gsl.False},
		{"beside another service's resources", policyDocument(allow(`"ec2:*"`, `["arn:aws:s3:::*","arn:aws:ec2:*:*:*"]`)), whole, gsl.True},
		{"resources that another service names", policyDocument(allow(`"autoscaling-plans:*"`, `"*"`)), whole, gsl.True},
		{"nothing but all", policyDocument(`{"Effect":"Allow","Action":"sqs:*","NotResource":["arn:aws:sqs:*:*:a","*"]}`), whole, gsl.False},
		{"all but one", policyDocument(`{"Effect":"Allow","Action":"sqs:*","NotResource":"arn:aws:sqs:*:*:a"}`), whole, gsl.True},
		{"another account", policyDocument(allow(`"sqs:*"`, `"arn:aws:sqs:*:999988887777:*"`)), whole, gsl.False},
		{"those that a filter leaves", policyDocument(allow(`"sqs:*"`, `"*"`)), listed, gsl.True},
		{"those that a filter takes", policyDocument(`{"Effect":"Allow","Action":"sqs:*","Resource":"*",` + some + `}`), listed, gsl.False},

		{"self by name", policyDocument(allow(`"iam:Put*"`, `"arn:aws:iam::*:user/${aws:username}"`)), self, gsl.True},
		{"another user", policyDocument(allow(`"iam:Put*"`, `"arn:aws:iam::*:user/bob"`)), self, gsl.False},
		{"everybody", policyDocument(allow(`"iam:*"`, `"*"`)), self, gsl.True},
		{"everybody but self", policyDocument(`{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}"}`), self, gsl.False},
		{"names that end alike", policyDocument(allow(`"iam:CreateAccessKey"`, `"arn:aws:iam::*:user/*${aws:username}"`)), others, gsl.True},
		{"self below a path", policyDocument(allow(`"iam:CreateAccessKey"`, `"arn:aws:iam::*:user/*/${aws:username}"`)), others, gsl.False},

		{"without TLS", policyDocument(allow(`"iam:*"`, `"*"`)), plain, gsl.True},
		{"Deny without TLS", policyDocument(allow(`"iam:*"`, `"*"`), deny(`"*"`, `"*"`, `{"Bool":{"aws:SecureTransport":"false"}}`)), plain, gsl.False},
		{"Deny of something else", policyDocument(allow(`"iam:*"`, `"*"`), deny(`"s3:*"`, `"*"`, `{"Bool":{"aws:SecureTransport":"false"}}`)), plain, gsl.True},
		{"no service", policyDocument(allow(`"iam:*"`, `"*"`), deny(`"iam:PassRole"`, `"*"`, `{"StringNotEquals":{"iam:PassedToService":"a.amazonaws.com"}}`)), absent, gsl.False},
		{"no service, no denial", policyDocument(allow(`"iam:*"`, `"*"`), deny(`"iam:PassRole"`, `"*"`, `{"StringEquals":{"iam:PassedToService":"a.amazonaws.com"}}`)), absent, gsl.True},

		{"all of one region", policyDocument(allow(`"dynamodb:*"`, `"arn:aws:dynamodb:eu-central-1:111122223333:table/*"`)), table, gsl.True},
		{"all of some regions", policyDocument(allow(`"dynamodb:*"`, `"arn:aws:dynamodb:eu-*:*:table/*"`)), table, gsl.True},
		{"some of one region", policyDocument(allow(`"dynamodb:*"`, `"arn:aws:dynamodb:eu-central-1:111122223333:table/a*"`)), table, gsl.False},
		{"one region of another account", policyDocument(allow(`"dynamodb:*"`, `"arn:aws:dynamodb:eu-central-1:999988887777:table/*"`)), table, gsl.False},

		{"roles of others", policyDocument(allow(`"sts:*"`, `"arn:aws:iam::*:role/*"`), `{"Effect":"Deny","Action":"sts:*","Resource":"arn:aws:iam::111122223333:role/*"}`), roles, gsl.True},
		{"roles of nobody", policyDocument(allow(`"sts:*"`, `"arn:aws:iam::*:role/*"`), `{"Effect":"Deny","Action":"sts:*","Resource":"arn:aws:iam::*:role/*"}`), roles, gsl.False},
	}
	for _, tt := range tests {
		if got, _ := onPolicy(t, tt.document, tt.ask); got != tt.want {
			t.Errorf("%s: %s is %v, want %v", tt.name, tt.ask, got, tt.want)
		}
	}
	t.Logf("%d documents", len(tests))
}

// TestTagsOfTargets holds that tags which nobody knows make no answer a no.
func TestTagsOfTargets(t *testing.T) {
	t.Parallel()
	for _, condition := range []string{
		`{"StringEquals":{"aws:ResourceTag/team":"a"}}`, `{"StringNotEquals":{"aws:ResourceTag/team":"a"}}`, `{"Null":{"iam:ResourceTag/team":"true"}}`,
	} {
		held := policyDocument(`{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":` + condition + `}`)
		kept := policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":`+condition+`}`)
		for _, ask := range []string{
			"document allows('iam:PutRolePolicy')", "document grants('iam:*')", "document allowsOn('iam:PutRolePolicy', '*')", "document grantsBeyondSelf('iam:PutUserPolicy')",
		} {
			for _, document := range []string{held, kept} {
				if got, _ := onPolicy(t, document, ask); got != gsl.True {
					t.Errorf("%s on %s is %v", ask, document, got)
				}
			}
		}
		if got, _ := onPolicy(t, kept, "document grantsAdmin()"); got != gsl.True {
			t.Errorf("grantsAdmin on %s is %v", kept, got)
		}
	}
}

func TestAdmitsBeyond(t *testing.T) {
	t.Parallel()
	allow := func(principal, condition string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole","Condition":{` + condition + `}}`
	}
	const ask = "assumeRolePolicy admitsBeyond('222233334444')"
	tests := []struct {
		name, document string
		want           gsl.Truth
	}{
		{"own", policyDocument(allow(`{"AWS":"111122223333"}`, "")), gsl.False},
		{"listed", policyDocument(allow(`{"AWS":"arn:aws:iam::222233334444:root"}`, "")), gsl.False},
		{"other", policyDocument(allow(`{"AWS":["222233334444","999988887777"]}`, "")), gsl.True},
		{"listed in a path", policyDocument(allow(`{"AWS":"arn:aws:iam::999988887777:role/:222233334444:/x"}`, "")), gsl.True},
		{"everybody", policyDocument(allow(`"*"`, "")), gsl.True},
		{"everybody of a listed account", policyDocument(allow(`"*"`, `"StringEquals":{"aws:PrincipalAccount":"222233334444"}`)), gsl.False},
		{"organization", policyDocument(allow(`{"AWS":"999988887777"}`, `"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}`)), gsl.False},
		{"organization, if any", policyDocument(allow(`{"AWS":"999988887777"}`, `"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abcdefghij"}`)), gsl.True},
		{"denied", policyDocument(allow(`{"AWS":"999988887777"}`, ""), `{"Effect":"Deny","Principal":{"AWS":"999988887777"},"Action":"*"}`), gsl.False},
	}
	for _, tt := range tests {
		if got, _ := onTrust(t, tt.document, ask); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
