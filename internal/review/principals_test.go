package review

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/policy"
)

func TestLint_principals(t *testing.T) {
	t.Parallel()
	checkSmells(t, AllowNotPrincipal, policy.Resource, []smellCase{
		{"allow", `{"Action":"s3:*","NotPrincipal":{"AWS":§"123456789012"}}`, "statement allows everybody but the named principals"},
		{"deny", `{"Effect":"Deny","Action":"s3:*","NotPrincipal":{"AWS":"123456789012"}}`, ""},
	})
	checkSmells(t, PrincipalWildcard, policy.Trust, []smellCase{
		{"role", `{"Action":"sts:AssumeRole","Principal":{"AWS":["123456789012",§"arn:aws:iam::123456789012:role/*"]}}`, `principal "arn:aws:iam::123456789012:role/*" has a wildcard`},
		{"any service", `{"Action":"sts:AssumeRole","Principal":{"Service":§"*"}}`, `principal "*" has a wildcard`},
		{"exception", `{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":§"arn:aws:iam::*:root"}}`, `principal "arn:aws:iam::*:root" has a wildcard`},
		{"everybody", `{"Action":"sts:AssumeRole","Principal":"*"}` + "\n" + `{"Action":"sts:AssumeRole","Principal":{"AWS":"*"}}`, ""},
	})
	checkSmells(t, OpenPrincipal, policy.Trust, []smellCase{
		{"star", `{"Action":"sts:AssumeRole","Principal":§"*"}`, "statement allows everybody, without a condition"},
		{"AWS star", `{"Action":"sts:AssumeRole","Principal":{"AWS":["123456789012",§"*"]}}`, "statement allows everybody, without a condition"},
		{"with a condition", `{"Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`, ""},
		{"deny", `{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"}`, ""},
	})
	checkSmells(t, OpenPrincipal, policy.ResourceControl, []smellCase{
		{"a ceiling", `{"Effect":"Deny","Action":"s3:*","Principal":"*","Resource":"*"}`, ""},
	})
	checkSmells(t, DeletedPrincipal, policy.Trust, []smellCase{
		{"user", `{"Action":"sts:AssumeRole","Principal":{"AWS":§"AIDACKCEVSQ6C2EXAMPLE"}}`, `principal "AIDACKCEVSQ6C2EXAMPLE" is the id of a deleted user or role`},
		{"role", `{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":["123456789012",§"AROADBQP57FF2AEXAMPLE"]}}`, `principal "AROADBQP57FF2AEXAMPLE" is the id of a deleted user or role`},
		{"ARN", `{"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:role/AROADBQP57FF2AEXAMPLE"}}`, ""},
		{"service", `{"Action":"sts:AssumeRole","Principal":{"Service":"AROADBQP57FF2AEXAMPLE"}}`, ""},
	})
	checkSmells(t, ConfusedDeputy, policy.Trust, []smellCase{
		{"sends its source", `{"Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com",§"events.amazonaws.com"]}}`, `statement trusts "events.amazonaws.com" whoever it acts for`},
		{"with a condition", `{"Action":"sts:AssumeRole","Principal":{"Service":"events.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}`, ""},
		{"does not send it", `{"Action":"sts:AssumeRole","Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com","sns.amazonaws.com"]}}`, ""},
		{"deny", `{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"Service":"events.amazonaws.com"}}`, ""},
	})
	checkSmells(t, ConfusedDeputy, policy.Resource, []smellCase{
		{"sends its source", `{"Action":"sqs:SendMessage","Resource":"*","Principal":{"Service":§"sns.amazonaws.com"}}`, `statement trusts "sns.amazonaws.com" whoever it acts for`},
		{"with a condition", `{"Action":"sqs:SendMessage","Resource":"*","Principal":{"Service":"sns.amazonaws.com"},"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:*:1:t"}}}`, ""},
		{"sends it to roles only", `{"Action":"sqs:SendMessage","Resource":"*","Principal":{"Service":"ecs-tasks.amazonaws.com"}}`, ""},
	})
}
