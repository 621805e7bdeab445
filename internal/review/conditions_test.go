package review

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/policy"
)

func TestLint_conditions(t *testing.T) {
	t.Parallel()
	checkSmells(t, UnknownOperator, policy.Identity, []smellCase{
		{"typed wrong", `{"Action":"s3:*","Condition":{"StringEqual":{"aws:username":§"x"}}}`, `condition operator "StringEqual" is not known`},
		{"NullIfExists", `{"Action":"s3:*","Condition":{"NullIfExists":{"aws:username":§"true"}}}`, `condition operator "NullIfExists" is not known`},
		{"typed set operator", `{"Action":"s3:*","Condition":{"ForAnyValues:StringEquals":{"aws:TagKeys":§["x"]}}}`, `condition operator "ForAnyValues:StringEquals" is not known`},
		{"hostile", `{"Action":"s3:*","Condition":{"":{"aws:username":§"x"}}}`, `condition operator "" is not known`},
		{"fine", `{"Action":"s3:*","Condition":{"stringequals":{"aws:username":"x"},"ForAllValues:StringLikeIfExists":{"aws:TagKeys":"x"},"BinaryEquals":{"x:y":"QQ=="},"Null":{"aws:username":true}}}`, ""},
	})
	checkSmells(t, UnknownKey, policy.Identity, []smellCase{
		{"typed wrong", `{"Action":"s3:*","Condition":{"StringEquals":{"aws:PrincipalOrgId":"o-1","aws:PrincipleOrgID":§"o-1"}}}`, `condition key "aws:PrincipleOrgID" is not known`},
		{"no service", `{"Action":"s3:*","Condition":{"StringEquals":{"SourceIp":§"o-1"}}}`, `condition key "SourceIp" is not known`},
		{"a tag without its name", `{"Action":"s3:*","Condition":{"StringEquals":{"aws:ResourceTag":§"x"}}}`, `condition key "aws:ResourceTag" is not known`},
		{"a tag", `{"Action":"s3:*","Condition":{"StringEquals":{"aws:ResourceTag/a:b":"x"}}}`, ""},
		{"a provider's claim", `{"Action":"s3:*","Condition":{"StringEquals":{"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub":"x","idp.example.com/realms/x:groups":"y"}}}`, ""},
	})
	checkSmells(t, MismatchedOperator, policy.Identity, []smellCase{
		{"text for an address", `{"Action":"s3:*","Condition":{"StringEquals":{"aws:SourceIp":§"203.0.113.1"}}}`, "StringEquals compares String values, and aws:SourceIp is of type IPAddress"},
		{"text for a truth", `{"Action":"s3:*","Condition":{"StringEquals":{"aws:SecureTransport":§"true"}}}`, "StringEquals compares String values, and aws:SecureTransport is of type Bool"},
		{"number for text", `{"Action":"s3:*","Condition":{"NumericEquals":{"aws:PrincipalAccount":§"123456789012"}}}`, "NumericEquals compares Numeric values, and aws:PrincipalAccount is of type String"},
		{"ARN for text", `{"Action":"s3:*","Condition":{"ArnLike":{"aws:SourceAccount":§"arn:aws:iam::1:x"}}}`, "ArnLike compares ARN values, and aws:SourceAccount is of type String"},
		{"fine", `{"Action":"s3:*","Condition":{"StringLike":{"aws:PrincipalArn":"*"},"ArnLike":{"aws:SourceVpcArn":"arn:aws:ec2:::x"},"NumericLessThan":{"aws:EpochTime":"1","aws:RequestTag/n":"5"},"ArnEquals":{"aws:RequestTag/a":"arn:aws:s3:::b"},"Null":{"aws:SourceIp":"true"},"BinaryEquals":{"aws:username":"QQ=="}}}`, ""},
	})
	checkSmells(t, MalformedValue, policy.Identity, []smellCase{
		{"truth", `{"Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":[true,"True",§"yes"]},"Null":{"aws:username":§"0"}}}`, "\"yes\" is not true or false\n\"0\" is not true or false"},
		{"number", `{"Action":"s3:*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":[3600,"1.5",§"1h"]}}}`, `"1h" is not a number`},
		{"date", `{"Action":"s3:*","Condition":{"DateLessThan":{"aws:CurrentTime":["2026-01-31","2026-01-31T00:00:00Z","2026","1700000000",§"31.1.2026"]}}}`, `"31.1.2026" is not a date such as 2026-01-31T00:00:00Z`},
		{"address", `{"Action":"s3:*","Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::1",§"203.0.113.0/33",§"10.0.0"]}}}`, "\"203.0.113.0/33\" is not an address or a range such as 203.0.113.0/24\n\"10.0.0\" is not an address or a range such as 203.0.113.0/24"},
		{"variable", `{"Action":"s3:*","Condition":{"IpAddress":{"aws:SourceIp":§"${aws:PrincipalTag/ip}"},"ArnLike":{"aws:SourceArn":["*","${aws:PrincipalTag/arn}",§"topic"]}}}`, "\"${aws:PrincipalTag/ip}\" is not an address or a range such as 203.0.113.0/24\n\"topic\" is not an ARN"},
	})
	checkSmells(t, LiteralWildcard, policy.Identity, []smellCase{
		{"equals", `{"Action":"s3:*","Condition":{"StringEquals":{"s3:prefix":["",§"home/*"]}}}`, `StringEquals compares the star in "home/*" with a star`},
		{"in a trust", `{"Action":"s3:*","Condition":{"ForAnyValue:StringNotEqualsIgnoreCase":{"aws:TagKeys":§"a*"}}}`, `ForAnyValue:StringNotEqualsIgnoreCase compares the star in "a*" with a star`},
		{"like", `{"Action":"s3:*","Condition":{"StringLike":{"s3:prefix":"home/*"},"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::*"}}}`, ""},
		{"escaped star", `{"Action":"s3:*","Condition":{"StringEquals":{"s3:prefix":"${*}"}}}`, ""},
	})
	checkSmells(t, MissingSetOperator, policy.Identity, []smellCase{
		{"tag keys", `{"Action":"s3:*","Condition":{"StringEquals":{"aws:TagKeys":§"team"}}}`, "aws:TagKeys may have many values, and StringEquals does not say whether all or any of them count"},
		{"with it", `{"Action":"s3:*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"team"},"Null":{"aws:TagKeys":"false"}}}`, ""},
	})
	checkSmells(t, NeedlessSetOperator, policy.Identity, []smellCase{
		{"one value", `{"Action":"s3:*","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":§"o-1"}}}`, "aws:PrincipalOrgID has one value, and ForAllValues:StringEquals takes it for many"},
		{"many values", `{"Action":"s3:*","Condition":{"ForAllValues:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}}}`, ""},
	})
}

func TestLint_conditionCures(t *testing.T) {
	t.Parallel()
	tests := []struct{ condition, rule, want string }{
		{`{"StringEqual":{"aws:username":"x"}}`, string(UnknownOperator), `did you mean "StringEquals"?`},
		{`{"ForAnyValues:StringEqualIfExists":{"aws:TagKeys":"x"}}`, string(UnknownOperator), `did you mean "ForAnyValue:StringEqualsIfExists"?`},
		{`{"NullIfExists":{"aws:username":"true"}}`, string(UnknownOperator), `write "Null"`},
		{`{"StringEquals":{"aws:PrincipleOrgID":"x"}}`, string(UnknownKey), `did you mean "aws:PrincipalOrgID"?`},
		{`{"StringEquals":{"aws:RequestTags/team":"x"}}`, string(UnknownKey), `did you mean "aws:RequestTag/team"?`},
		{`{"StringEquals":{"iam:PassToService":"x"}}`, string(UnknownKey), `did you mean "iam:PassedToService"?`},
		{`{"StringNotEqualsIgnoreCase":{"aws:username":"x*"}}`, string(LiteralWildcard), `use StringNotLike for a pattern`},
		{`{"ForAllValues:StringEqualsIfExists":{"aws:TagKeys":"x*"}}`, string(LiteralWildcard), `use ForAllValues:StringLikeIfExists for a pattern`},
		{`{"ForAllValues:StringEquals":{"aws:username":"x"}}`, string(NeedlessSetOperator), `write StringEquals`},
	}
	for _, tt := range tests {
		doc := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":` + tt.condition + `}}`)
		cure := "no such smell"
		for _, s := range Lint(doc, policy.Identity) {
			if string(s.Rule) == tt.rule {
				cure = s.Cure
			}
		}
		if cure != tt.want {
			t.Errorf("%s: got %s, want %s", tt.condition, cure, tt.want)
		}
	}
}
