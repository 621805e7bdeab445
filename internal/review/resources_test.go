package review

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/policy"
)

func TestLint_resources(t *testing.T) {
	t.Parallel()
	checkSmells(t, MalformedResource, policy.Identity, []smellCase{
		{"a name", `{"Action":"s3:*","Resource":["arn:aws:s3:::b",§"b"]}`, `resource "b" is neither an ARN nor "*"`},
		{"too short", `{"Action":"s3:*","Resource":§"arn:aws:s3:b"}`, `resource "arn:aws:s3:b" is neither an ARN nor "*"`},
		{"no service", `{"Action":"s3:*","NotResource":§"arn:aws::::b"}`, `resource "arn:aws::::b" is neither an ARN nor "*"`},
		{"fine", `{"Action":"s3:*","Resource":["*","arn:aws:s3:::b","arn:*:s3:*:*:*"]}`, ""},
	})
	checkSmells(t, AllowNotResource, policy.Identity, []smellCase{
		{"allow", `{"Action":"s3:GetObject","NotResource":[§"arn:aws:s3:::secret/*"]}`, "statement allows its actions on every resource but the named ones"},
		{"deny", `{"Effect":"Deny","Action":"s3:GetObject","NotResource":"arn:aws:s3:::open/*"}`, ""},
	})
	checkSmells(t, RedundantResource, policy.Identity, []smellCase{
		{"covered", `{"Action":"s3:*","Resource":[§"arn:aws:s3:::b/x/*","arn:aws:s3:::b/*"]}`, `"arn:aws:s3:::b/x/*" is covered by "arn:aws:s3:::b/*"`},
		{"star", `{"Action":"s3:*","Resource":["*",§"arn:aws:s3:::b/*"]}`, `"arn:aws:s3:::b/*" is covered by "*"`},
		{"twice", `{"Action":"s3:*","Resource":["arn:aws:s3:::b",§"arn:aws:s3:::b"]}`, `"arn:aws:s3:::b" stands in the list twice`},
		{"variable covered", `{"Action":"s3:*","Resource":[§"arn:aws:s3:::b/${aws:username}","arn:aws:s3:::b/*"]}`, `"arn:aws:s3:::b/${aws:username}" is covered by "arn:aws:s3:::b/*"`},
		{"variable does not cover", `{"Action":"s3:*","Resource":["arn:aws:s3:::b/${aws:username}/*","arn:aws:s3:::b/bob/*"]}`, ""},
		{"bucket and its objects", `{"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`, ""},
		{"letter case counts", `{"Action":"s3:*","Resource":["arn:aws:s3:::b/X","arn:aws:s3:::b/x"]}`, ""},
		{"a star that stops at a colon", `{"Action":"sqs:*","Resource":["arn:aws:sqs:eu-*-1:*:q","arn:aws:sqs:eu-west-1:*:q"]}`, ""},
	})
}

func TestLint_mismatches(t *testing.T) {
	t.Parallel()
	checkSmells(t, MismatchedAction, policy.Identity, []smellCase{
		{"bucket action on objects", `{"Action":["s3:GetObject",§"s3:ListBucket"],"Resource":"arn:aws:s3:::b/*"}`, `"s3:ListBucket" names a resource of type accesspoint or bucket, and no resource of the statement can be one`},
		{"object action on a bucket", `{"Action":[§"s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b"}`, `"s3:GetObject" names a resource of type accesspointobject or object, and no resource of the statement can be one`},
		{"no resource at all", `{"Effect":"Deny","Action":[§"s3:ListAllMyBuckets","s3:ListBucket"],"Resource":"arn:aws:s3:::b"}`, `"s3:ListAllMyBuckets" names no resource, and the statement wants one`},
		{"another service", `{"Action":[§"sqs:Send*"],"Resource":"arn:aws:sns:*:*:t"}`, `"sqs:Send*" names a resource of type queue, and no resource of the statement can be one`},
		{"user action on a role", `{"Action":§"iam:DeleteUser","Resource":"arn:aws:iam::123456789012:role/x"}`, `"iam:DeleteUser" names a resource of type user, and no resource of the statement can be one`},
		{"bucket prefix", `{"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b*"}`, ""},
		{"some of a pattern", `{"Action":"s3:Get*","Resource":"arn:aws:s3:::b"}`, ""},
		{"star", `{"Action":["s3:ListAllMyBuckets","s3:GetObject"],"Resource":["*","arn:aws:s3:::b/*"]}`, ""},
		{"variable", `{"Action":["iam:DeleteUser"],"Resource":"arn:aws:iam::*:user/${aws:username}"}`, ""},
		{"NotResource", `{"Effect":"Deny","Action":["s3:ListAllMyBuckets"],"NotResource":"arn:aws:s3:::b"}`, ""},
		{"NotAction", `{"Effect":"Deny","NotAction":["s3:ListAllMyBuckets"],"Resource":"arn:aws:s3:::b"}`, ""},
		{"unknown action", `{"Action":["s3:Nonsense"],"Resource":"arn:aws:s3:::b"}`, ""},
		{"short ARN is faulty anyway", `{"Action":["s3:ListBucket"],"Resource":"arn:aws:sns"}`, ""},
	})
	checkSmells(t, UnusedResource, policy.Identity, []smellCase{
		{"bucket for objects only", `{"Action":"s3:GetObject","Resource":[§"arn:aws:s3:::b","arn:aws:s3:::b/*"]}`, `no action of the statement names a resource like "arn:aws:s3:::b"`},
		{"both used", `{"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`, ""},
		{"an unknown action may be for it", `{"Action":["s3:GetObject","s3:Nonsense"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`, ""},
	})
}
