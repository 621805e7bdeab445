package review

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
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

// TestCoversResource_property: what is said to be covered is decided alike by authz.
func TestCoversResource_property(t *testing.T) {
	t.Parallel()
	part := rapid.StringMatching(`[ab*?:]{0,4}`)
	pattern := rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return "*"
		case 1:
			return "arn:a" + part.Draw(t, "short")
		}
		return "arn:" + part.Draw(t, "partition") + ":" + part.Draw(t, "service") + "::" + part.Draw(t, "account") + ":" + part.Draw(t, "resource")
	})
	positive := 0
	rapid.Check(t, func(t *rapid.T) {
		wide, narrow := pattern.Draw(t, "wide"), pattern.Draw(t, "narrow")
		if !coversResource(wide, narrow) && overlapResource(wide, narrow) {
			return
		}
		positive++
		w, n := onlyResource(t, wide), onlyResource(t, narrow)
		for range 40 {
			text := instance(t, padded(narrow))
			inWide, inNarrow := fitsOne(w, text), fitsOne(n, text)
			if coversResource(wide, narrow) && inNarrow && !inWide {
				t.Fatalf("%s is said to cover %s, and %s fits only that", wide, narrow, text)
			}
			if !overlapResource(wide, narrow) && inNarrow && inWide {
				t.Fatalf("%s fits %s and %s, which are said not to overlap", text, wide, narrow)
			}
		}
	})
	if positive == 0 {
		t.Error("nothing was ever covered")
	}
}

// instance is some text that may fit a pattern.
func instance(t *rapid.T, pattern string) string {
	out := []byte{}
	for i := range len(pattern) {
		switch pattern[i] {
		case '*':
			out = append(out, rapid.StringMatching(`[ab:]{0,3}`).Draw(t, "star")...)
		case '?':
			out = append(out, rapid.SampledFrom([]byte("ab:")).Draw(t, "one"))
		default:
			out = append(out, pattern[i])
		}
	}
	return string(out)
}

func onlyResource(tb interface{ Fatal(args ...any) }, pattern string) *authz.Policy {
	p, err := authz.Compile("p", &policy.Document{Version: modern, Statements: []policy.Statement{{
		Effect: policy.Allow, Action: []policy.Value{{Text: "*"}}, Resource: []policy.Value{{Text: pattern}},
	}}})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func fitsOne(p *authz.Policy, resource string) bool {
	stack := authz.Stack{Identity: []*authz.Policy{p}}
	return stack.Decide(&authz.Request{
		Principal: authz.Principal{Kind: authz.User, Account: "1"}, Action: "x:y", Resource: resource,
	}) == authz.Allowed
}
