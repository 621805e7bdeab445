package review

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/reviewtest"
)

func TestLint_failOpen(t *testing.T) {
	t.Parallel()
	checkSmells(t, MFAFailsOpen, policy.Identity, []smellCase{
		{"BoolIfExists", `{"Action":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":§"true"}}}`, `BoolIfExists holds where "aws:MultiFactorAuthPresent" is absent`},
		{"as text", `{"Action":"*","Condition":{"StringEqualsIfExists":{"AWS:multifactorauthpresent":§"true"}}}`, `StringEqualsIfExists holds where "AWS:multifactorauthpresent" is absent`},
		{"negated", `{"Action":"*","Condition":{"StringNotEquals":{"aws:MultiFactorAuthPresent":§"false"}}}`, `StringNotEquals holds where "aws:MultiFactorAuthPresent" is absent`},
		{"age", `{"Action":"*","Condition":{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":§"3600"}}}`, `NumericLessThanIfExists holds where "aws:MultiFactorAuthAge" is absent`},
		{"for all", `{"Action":"*","Condition":{"ForAllValues:Bool":{"aws:MultiFactorAuthPresent":§"true"}}}`, `ForAllValues:Bool holds where "aws:MultiFactorAuthPresent" is absent`},
		{"guarded", `{"Action":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"},"Null":{"aws:MultiFactorAuthPresent":"false"}}}`, ""},
		{"Bool", `{"Action":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, ""},
		{"deny", `{"Effect":"Deny","Action":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`, ""},
	})
	checkSmells(t, MFAFailsOpen, policy.Trust, []smellCase{
		{"trust", `{"Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"},"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":§true}}}`, `BoolIfExists holds where "aws:MultiFactorAuthPresent" is absent`},
	})
	checkSmells(t, MFADenyMissesKeys, policy.Identity, []smellCase{
		{"Bool", `{"Effect":"Deny","Action":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":§"false"}}}`, `Bool does not hold where "aws:MultiFactorAuthPresent" is absent`},
		{"age", `{"Effect":"Deny","Action":"*","Condition":{"NumericGreaterThan":{"aws:MultiFactorAuthAge":§"3600"}}}`, `NumericGreaterThan does not hold where "aws:MultiFactorAuthAge" is absent`},
		{"BoolIfExists", `{"Effect":"Deny","Action":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`, ""},
		{"those who have MFA", `{"Effect":"Deny","Action":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`, ""},
		{"allow", `{"Action":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`, ""},
		{"another statement catches keys", "{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"}}}\n{\"Effect\":\"Deny\",\"Action\":\"*\",\"Condition\":{\"Null\":{\"aws:MultiFactorAuthAge\":true}}}", ""},
		{"another statement catches fewer", "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":§\"false\"}}}\n{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Condition\":{\"Null\":{\"aws:MultiFactorAuthAge\":true}}}", `Bool does not hold where "aws:MultiFactorAuthPresent" is absent`},
	})
	checkSmells(t, FailsOpen, policy.Identity, []smellCase{
		{"organization", `{"Action":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":§"o-1"}}}`, `StringEqualsIfExists holds where "aws:PrincipalOrgID" is absent`},
		{"tag", `{"Action":"*","Condition":{"StringLikeIfExists":{"aws:PrincipalTag/team":§"a"}}}`, `StringLikeIfExists holds where "aws:PrincipalTag/team" is absent`},
		{"boundary", `{"Action":"iam:CreateRole","Condition":{"ArnEqualsIfExists":{"iam:PermissionsBoundary":§"arn:aws:iam::123456789012:policy/fence"}}}`, `ArnEqualsIfExists holds where "iam:PermissionsBoundary" is absent`},
		{"a key that some actions lack", `{"Action":"ec2:*","Condition":{"StringEqualsIfExists":{"ec2:InstanceType":"t3.micro"}}}`, ""},
		{"deny", `{"Effect":"Deny","Action":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}}`, ""},
	})
	checkSmells(t, FailsOpen, policy.Trust, []smellCase{
		{"external id", `{"Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"},"Condition":{"StringEqualsIfExists":{"sts:ExternalId":§"x"}}}`, `StringEqualsIfExists holds where "sts:ExternalId" is absent`},
	})
	checkSmells(t, NegatedWithoutGuard, policy.Identity, []smellCase{
		{"text", `{"Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":§"a"}}}`, `StringNotEquals holds where "aws:PrincipalTag/team" is absent`},
		{"address", `{"Action":"*","Condition":{"NotIpAddress":{"aws:SourceIp":§"203.0.113.0/24"}}}`, `NotIpAddress holds where "aws:SourceIp" is absent`},
		{"guarded", `{"Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"a"},"Null":{"aws:principaltag/team":"false"}}}`, ""},
		{"guarded by a pattern", `{"Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"a"},"StringLike":{"aws:PrincipalTag/team":"*"}}}`, ""},
		{"always there", `{"Action":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-east-1"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}}`, ""},
		{"for any", `{"Action":"*","Condition":{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}}`, ""},
		{"deny", `{"Effect":"Deny","Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"a"}}}`, ""},
	})
	checkSmells(t, NegatedWithoutGuard, policy.Resource, []smellCase{
		{"anonymous callers have no ARN", `{"Action":"s3:GetObject","Principal":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":§"arn:aws:iam::*:role/x"}}}`, `ArnNotLike holds where "aws:PrincipalArn" is absent`},
	})
	checkSmells(t, NegatedWithoutGuard, policy.ServiceControl, []smellCase{
		{"a ceiling", `{"Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"a"}}}`, ""},
	})
	checkSmells(t, ForAllWithoutGuard, policy.Identity, []smellCase{
		{"tags", `{"Action":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":§["a"]}}}`, `ForAllValues:StringEquals holds where "aws:TagKeys" is absent or empty`},
		{"negated", `{"Action":"*","Condition":{"ForAllValues:StringNotEquals":{"aws:CalledVia":§["a"]}}}`, `ForAllValues:StringNotEquals holds where "aws:CalledVia" is absent or empty`},
		{"guarded", `{"Action":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":false}}}`, ""},
		{"guarded by another", `{"Action":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}}`, ""},
		{"deny", `{"Effect":"Deny","Action":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}}`, ""},
	})
}

func TestLint_hitsServices(t *testing.T) {
	t.Parallel()
	checkSmells(t, DenyHitsServices, policy.Identity, []smellCase{
		{"address", `{"Effect":"Deny","Action":"*","Condition":{"NotIpAddress":{"aws:SourceIp":§"203.0.113.0/24"}}}`, "statement denies requests that AWS services forward, which come from other addresses"},
		{"address, but for services", `{"Effect":"Deny","Action":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},"Bool":{"aws:ViaAWSService":"false"}}}`, ""},
		{"allow", `{"Action":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`, ""},
		{"organization of an identity", `{"Effect":"Deny","Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}`, ""},
	})
	checkSmells(t, DenyHitsServices, policy.ResourceControl, []smellCase{
		{"organization", `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":§"o-1"}}}`, "statement denies AWS services, which belong to no organization"},
		{"organization, but for services", `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`, ""},
	})
}

// TestNeedsKey_property: a statement that is said to need a key does not hold without it.
func TestNeedsKey_property(t *testing.T) {
	t.Parallel()
	names := []string{"StringEquals", "StringNotLike", "Null", "BoolIfExists", "ForAllValues:StringLike", "ForAnyValue:StringNotEquals", "Nonsense"}
	rapid.Check(t, func(t *rapid.T) {
		var s policy.Statement
		all := true
		for range rapid.IntRange(1, 3).Draw(t, "conditions") {
			name := rapid.SampledFrom(names).Draw(t, "operator")
			value := rapid.SampledFrom([]string{"true", "false"}).Draw(t, "value")
			s.Conditions = append(s.Conditions, policy.Condition{Operator: name, Key: "aws:TagKeys", Values: []policy.Value{{Text: value}}})
			all = reviewtest.Holds(t, name, value, authz.NewContext(false)) && all
		}
		if needsKey(&s, "AWS:tagkeys") && all {
			t.Fatalf("%+v holds without its key", s.Conditions)
		}
	})
}
