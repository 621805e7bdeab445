package authz_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

func conditionOf(t *testing.T, text string) *policy.Condition {
	t.Helper()
	doc := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + text + `}}`)
	if len(doc.Statements) != 1 || len(doc.Statements[0].Conditions) != 1 {
		t.Fatalf("%s: not one condition", text)
	}
	return &doc.Statements[0].Conditions[0]
}

func TestVacuous(t *testing.T) {
	t.Parallel()
	home := authz.Home{Partition: "aws", Account: "111122223333", Now: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	tests := []struct {
		condition     string
		want, strange bool // in a policy of an identity, and of a resource
	}{
		{`{"StringLike":{"aws:PrincipalArn":"*"}}`, true, false},
		{`{"StringLike":{"AWS:principalARN":"arn:aws:iam::*"}}`, true, false},
		{`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}}`, true, false},
		{`{"ArnLike":{"aws:PrincipalArn":"arn:*:iam::*:*"}}`, true, false},
		{`{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::${aws:PrincipalAccount}:*"}}`, true, false},
		{`{"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:user/*","arn:aws:iam::*:role/?*"]}}`, true, false},
		{`{"ForAnyValue:StringLike":{"aws:PrincipalArn":"*"}}`, true, false},
		{`{"StringEquals":{"aws:PrincipalArn":"${aws:PrincipalArn}"}}`, true, false},
		{`{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}`, false, false},
		{`{"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:user/0*","arn:aws:iam::*:user/Z*","arn:aws:iam::*:role/*"]}}`, false, false},
		{`{"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:user/?","arn:aws:iam::*:role/?"]}}`, false, false},
		{`{"StringLike":{"aws:PrincipalArn":"*0*"}}`, false, false},
		{`{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:*"}}`, false, false},
		{`{"StringEquals":{"aws:PrincipalArn":"*"}}`, false, false},
		{`{"StringNotLike":{"aws:PrincipalArn":"*"}}`, false, false},
		{`{"StringNotEquals":{"aws:PrincipalArn":"nobody"}}`, false, false},
		{`{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`, true, false},
		{`{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}`, false, false},
		{`{"StringEquals":{"aws:ResourceAccount":["444455556666","111122223333"]}}`, true, false},
		{`{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}`, true, false},
		{`{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}`, true, false},
		{`{"StringEquals":{"aws:ResourceAccount":"444455556666"}}`, false, false},
		{`{"StringNotEquals":{"aws:ResourceAccount":"444455556666"}}`, false, false},
		{`{"StringEquals":{"aws:PrincipalType":["User","AssumedRole"]}}`, true, false},
		{`{"StringEquals":{"aws:PrincipalType":"User"}}`, false, false},

		{`{"Null":{"aws:PrincipalArn":"false"}}`, true, false},
		{`{"Null":{"aws:SourceIp":"false"}}`, true, false},
		{`{"Null":{"aws:CurrentTime":"false"}}`, true, true},
		{`{"Null":{"aws:SecureTransport":"true"}}`, false, false},
		{`{"Null":{"aws:PrincipalOrgID":"false"}}`, false, false},
		{`{"Null":{"aws:MultiFactorAuthPresent":"false"}}`, false, false},
		{`{"Null":{"aws:username":"false"}}`, false, false},

		{`{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, true, false},
		{`{"IpAddress":{"aws:SourceIp":["128.0.0.0/1","::/0","0.0.0.0/1"]}}`, true, false},
		{`{"IpAddress":{"aws:SourceIp":["0.0.0.0/2","64.0.0.0/2","10.0.0.0/8","128.0.0.0/1"]}}`, true, false},
		{`{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/2","192.0.0.1/2"]}}`, true, false},
		{`{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/2"]}}`, false, false},
		{`{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","192.0.0.0/2"]}}`, false, false},
		{`{"IpAddress":{"aws:SourceIp":"0.0.0.0"}}`, false, false},
		{`{"IpAddress":{"aws:SourceIp":"::/0"}}`, false, false},
		{`{"IpAddress":{"aws:VpcSourceIp":"0.0.0.0/0"}}`, false, false},
		{`{"NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, false, false},
		{`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, false, false},

		{`{"DateGreaterThan":{"aws:CurrentTime":"2010-01-01T00:00:00Z"}}`, true, true},
		{`{"DateGreaterThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}`, false, false},
		{`{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}`, false, false},
		{`{"DateLessThan":{"aws:CurrentTime":"9999-12-31"}}`, true, true},
		{`{"DateNotEquals":{"aws:CurrentTime":"2010-01-01"}}`, false, false},
		{`{"NumericGreaterThan":{"aws:EpochTime":"0"}}`, true, true},
		{`{"NumericLessThan":{"aws:EpochTime":"99999999999"}}`, true, true},
		{`{"NumericLessThan":{"aws:MultiFactorAuthAge":"99999999999"}}`, false, false},
		{`{"DateGreaterThan":{"aws:TokenIssueTime":"2010-01-01"}}`, false, false},

		{`{"Bool":{"aws:SecureTransport":"true"}}`, true, true},
		{`{"Bool":{"aws:SecureTransport":"false"}}`, false, false},
		{`{"Bool":{"aws:ViaAWSService":"false"}}`, true, false},
		{`{"Bool":{"aws:ViaAWSService":"true"}}`, false, false},
		{`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, false, false},
		{`{"StringLike":{"aws:RequestedRegion":"*"}}`, true, true},
		{`{"StringLike":{"aws:RequestedRegion":"eu-*"}}`, false, false},
		{`{"StringLike":{"aws:UserAgent":"Mozilla*"}}`, false, false},

		{`{"StringLikeIfExists":{"aws:PrincipalTag/team":"*"}}`, true, true},
		{`{"ForAllValues:StringLike":{"aws:TagKeys":["a","**"]}}`, true, true},
		{`{"ArnLikeIfExists":{"aws:SourceArn":"*"}}`, true, true},
		{`{"StringLikeIfExists":{"aws:PrincipalTag/team":"?*"}}`, false, false},
		{`{"StringLike":{"aws:PrincipalTag/team":"*"}}`, false, false},
		{`{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":"*"}}`, false, false},
		{`{"StringNotLikeIfExists":{"aws:PrincipalTag/team":"*"}}`, false, false},
		{`{"StringEqualsIfExists":{"aws:PrincipalTag/team":"*"}}`, false, false},
		{`{"StringResembles":{"aws:PrincipalArn":"*"}}`, false, false},
	}
	for _, tt := range tests {
		c := conditionOf(t, tt.condition)
		if got := home.Vacuous(c, true); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.condition, got, tt.want)
		}
		abroad := home
		abroad.Strangers = true
		if got := abroad.Vacuous(c, true); got != tt.strange {
			t.Errorf("%s in a policy of a resource: %v, want %v", tt.condition, got, tt.strange)
		}
	}
}

// TestTautology: what an absent key satisfies, and every value, depends on nothing.
func TestTautology(t *testing.T) {
	t.Parallel()
	for operator, want := range map[string]authz.Decision{
		"StringLikeIfExists": authz.Allowed, "ForAllValues:StringLike": authz.Allowed, "ArnLikeIfExists": authz.Allowed,
		"StringLike": authz.Depends, "ForAnyValue:StringLike": authz.Depends, "ForAnyValue:StringLikeIfExists": authz.Depends,
		"StringEqualsIfExists": authz.Depends, "StringNotLikeIfExists": authz.Depends,
	} {
		document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{%q:{"aws:SourceArn":"*"}}}}`, operator)
		p, err := authz.Compile("p", policy.Parse(document))
		if err != nil {
			t.Fatal(err)
		}
		stack := authz.Stack{Identity: []*authz.Policy{p}}
		who := authz.Principal{Kind: authz.User, Account: "111111111111"}
		got := stack.Decide(&authz.Request{Principal: who, Action: "s3:GetObject", Resource: "*", Context: authz.NewContext(true)})
		if got != want {
			t.Errorf("%s: %v, want %v", operator, got, want)
		}
	}
}
