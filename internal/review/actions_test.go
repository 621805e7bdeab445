package review

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/policy"
)

func TestLint_actions(t *testing.T) {
	t.Parallel()
	checkSmells(t, UnknownService, policy.Identity, []smellCase{
		{"typed wrong", `{"Action":["s3:*",§"s33:GetObject"]}`, `no service "s33" is known`},
		{"in NotAction", `{"Effect":"Deny","NotAction":§"idontexist:*"}`, `no service "idontexist" is known`},
		{"any letter case", `{"Action":"S3:GETOBJECT"}`, ""},
		{"star", `{"Action":["*","*:*"]}`, ""},
	})
	checkSmells(t, UnknownAction, policy.Identity, []smellCase{
		{"published wrong", `{"Action":["iam:ResyncMFADevice",§"iam:ResyncMFADevicem"]}`, `no action "iam:ResyncMFADevicem" is known`},
		{"an API's name", `{"Action":§"s3:ListObjectsV2"}`, `no action "s3:ListObjectsV2" is known`},
		{"no name", `{"Action":§"s3:"}`, `no action "s3:" is known`},
		{"escaped", `{"Action":§"s3:\u001b[31m"}`, `no action "s3:\x1b[31m" is known`},
	})
	checkSmells(t, EmptyAction, policy.Identity, []smellCase{
		{"no such prefix", `{"Action":["s3:Get*",§"s3:Fetch*"]}`, `no action fits "s3:Fetch*"`},
		{"no service", `{"Action":§"GetObject"}`, `action "GetObject" names no service`},
		{"wildcard in the service", `{"Action":[§"s3*:GetObject",§"*:GetObject"]}`, "action \"s3*:GetObject\" has a wildcard in its service\naction \"*:GetObject\" has a wildcard in its service"},
		{"blanks", `{"Effect":"Deny","NotAction":§"s3:Get* "}`, `no action fits "s3:Get* "`},
		{"question mark", `{"Action":"s3:Get?bject"}`, ""},
	})
	checkSmells(t, RedundantAction, policy.Identity, []smellCase{
		{"covered", `{"Action":["s3:GetObject",§"s3:GetBucketAcl","s3:GetB*","s3:Put*"]}`, `"s3:GetBucketAcl" is covered by "s3:GetB*"`},
		{"any letter case", `{"Action":[§"S3:getobject","s3:Get*"]}`, `"S3:getobject" is covered by "s3:Get*"`},
		{"star covers all", `{"Action":[§"iam:Get*","*",§"*:*"]}`, "\"iam:Get*\" is covered by \"*\"\n\"*:*\" is covered by \"*\""},
		{"twice", `{"Action":["s3:GetObject",§"s3:getObject"]}`, `"s3:getObject" stands in the list twice`},
		{"the same in other words", `{"Action":["s3:Get**",§"s3:Get*"]}`, `"s3:Get*" is covered by "s3:Get**"`},
		{"overlap only", `{"Action":["s3:*Object","s3:Get*"]}`, ""},
		{"another service", `{"Action":["s3:*","sqs:*","sns:Publish"]}`, ""},
		{"another statement", "{\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::a\"}\n{\"Action\":\"s3:GetObject\"}", ""},
	})
	checkSmells(t, AllowNotAction, policy.Identity, []smellCase{
		{"allow", `{"NotAction":§"iam:*"}`, "statement allows every action but the named ones"},
		{"deny", `{"Effect":"Deny","NotAction":"iam:*"}`, ""},
		{"action", `{"Action":"iam:*"}`, ""},
	})
	checkSmells(t, AllowNotAction, policy.ServiceControl, []smellCase{
		{"a ceiling", `{"NotAction":"iam:*","Resource":"*"}`, ""},
	})
}

func TestLint_managesPermissions(t *testing.T) {
	t.Parallel()
	checkSmells(t, ManagesPermissions, policy.Identity, []smellCase{
		{"few", `{"Action":["sqs:SendMessage",§"sqs:*"]}`, `"sqs:*" reaches sqs:AddPermission, sqs:RemovePermission, sqs:SetQueueAttributes`},
		{"one", `{"Action":§"sqs:Add*"}`, `"sqs:Add*" reaches sqs:AddPermission`},
		{"named, so meant", `{"Action":"sqs:AddPermission"}`, ""},
		{"wildcard that stays away", `{"Action":["sqs:Send*","sqs:Get*"]}`, ""},
		{"deny", `{"Effect":"Deny","Action":"sqs:*"}`, ""},
		{"denied elsewhere", "{\"Action\":\"sqs:*\"}\n{\"Effect\":\"Deny\",\"Action\":[\"sqs:*Permission\",\"sqs:Set*\"]}", ""},
		{"denied on one queue only", "{\"Action\":§\"sqs:*\"}\n{\"Effect\":\"Deny\",\"Action\":\"sqs:*Permission\",\"Resource\":\"arn:aws:sqs:*:*:q\"}", `"sqs:*" reaches sqs:AddPermission, sqs:RemovePermission, sqs:SetQueueAttributes`},
		{"denied under a condition", "{\"Action\":§\"sqs:*\"}\n{\"Effect\":\"Deny\",\"Action\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":false}}}", `"sqs:*" reaches sqs:AddPermission, sqs:RemovePermission, sqs:SetQueueAttributes`},
	})
	checkSmells(t, ManagesPermissions, policy.ServiceControl, []smellCase{{"a ceiling", `{"Action":"*","Resource":"*"}`, ""}})
	smells := Lint(policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}}`), policy.Identity)
	for _, s := range smells {
		if s.Rule == ManagesPermissions {
			if len(s.Actions) < 200 || !strings.HasSuffix(s.Message, " more") || strings.Contains(strings.Join(s.Actions, " "), " s3:") {
				t.Errorf("%s: %d actions", s.Message, len(s.Actions))
			}
			return
		}
	}
	t.Errorf("NotAction does not reach permissions: %+v", smells)
}

func TestLint_passRole(t *testing.T) {
	t.Parallel()
	const said = "statement passes any role to any service"
	checkSmells(t, PassRoleAnywhere, policy.Identity, []smellCase{
		{"star", `{"Action":"iam:PassRole","Resource":§"*"}`, said},
		{"wildcard, every role", `{"Action":["s3:*","iam:Pass*"],"Resource":["arn:aws:s3:::b",§"arn:aws:iam::*:role/*"]}`, said},
		{"every role of one account", `{"Action":"iam:*","Resource":§"arn:aws:iam::123456789012:role/*"}`, said},
		{"any resource of one account", `{"Action":"*","Resource":§"arn:aws:iam::123456789012:*"}`, said},
		{"NotAction", `{"NotAction":"s3:*","Resource":§"*"}`, said},
		{"NotResource", `{"Action":"iam:PassRole","NotResource":[§"arn:aws:iam::*:role/admin"]}`, said},
		{"fails open", `{"Action":"iam:PassRole","Resource":§"*","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, said},
		{"to a service", `{"Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, ""},
		{"for a resource", `{"Action":"iam:PassRole","Resource":"*","Condition":{"ArnLike":{"iam:AssociatedResourceArn":"arn:aws:ec2:*:*:instance/*"}}}`, ""},
		{"one path", `{"Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/app/*"}`, ""},
		{"denied", "{\"Action\":\"iam:PassRole\",\"Resource\":\"*\"}\n{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\"}", ""},
		{"excepted", `{"NotAction":"iam:*","Resource":"*"}`, ""},
		{"another action", `{"Action":"iam:GetRole","Resource":"*"}`, ""},
	})
}

func TestClosestAction(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, want string }{
		{"s3:GetObjects", "s3:GetObject"},
		{"s3:getobjects", "s3:GetObject"},
		{"S33:GetObject", "s3:GetObject"},
		{"iam:ResyncMFADevicem", "iam:ResyncMFADevice"},
		{"cloudwatch:PutLogEvents", "logs:PutLogEvents"},
		{"dynamodbb:Get*", "dynamodb:Get*"},
		{"s3: GetObject", "s3:GetObject"},
		{" s3:GetObject ", "s3:GetObject"},
		{"s3:Fetch*", ""},
		{"nothing", ""},
		{"completelyunknown:Thing", ""},
		{"", ""},
		{"s3:" + strings.Repeat("x", 200), ""},
	}
	for _, tt := range tests {
		if got := ClosestAction(tt.name); got != tt.want {
			t.Errorf("%.40q: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
