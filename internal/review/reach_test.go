package review

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

func TestLint_statements(t *testing.T) {
	t.Parallel()
	checkSmells(t, DeniedAnyway, policy.Identity, []smellCase{
		{"everything denied", "§{\"Action\":\"s3:Get*\"}\n{\"Effect\":\"Deny\",\"Action\":\"*\"}", "statement allows only what the statement in line 1 denies"},
		{"denied before", "{\"Sid\":\"No\",\"Effect\":\"Deny\",\"Action\":\"s3:*\"}\n§{\"Action\":[\"s3:GetObject\",\"S3:Put*\"],\"Resource\":\"arn:aws:s3:::b/*\"}", "statement allows only what statement \"No\" in line 1 denies"},
		{"NotAction denies the rest", "§{\"Action\":\"s3:*\"}\n{\"Effect\":\"Deny\",\"NotAction\":\"iam:*\"}", "statement allows only what the statement in line 1 denies"},
		{"NotResource denies the rest", "§{\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::b/*\"}\n{\"Effect\":\"Deny\",\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::c*\"}", "statement allows only what the statement in line 1 denies"},
		{"the same condition", "§{\"Action\":\"s3:*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":true},\"StringEquals\":{\"aws:username\":\"x\"}}}\n{\"Effect\":\"Deny\",\"Action\":\"*\",\"Condition\":{\"bool\":{\"AWS:SecureTransport\":true}}}", "statement allows only what the statement in line 1 denies"},
		{"NotAction lets pass", "{\"Action\":\"iam:*\"}\n{\"Effect\":\"Deny\",\"NotAction\":\"iam:Get*\"}", ""},
		{"under a condition", "{\"Action\":\"s3:Get*\"}\n{\"Effect\":\"Deny\",\"Action\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":false}}}", ""},
		{"another resource", "{\"Action\":\"s3:Get*\"}\n{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::b/*\"}", ""},
		{"some actions", "{\"Action\":\"s3:*\"}\n{\"Effect\":\"Deny\",\"Action\":\"s3:Get*\"}", ""},
	})
	checkSmells(t, RedundantStatement, policy.Identity, []smellCase{
		{"covered before", "{\"Action\":\"s3:*\"}\n§{\"Action\":\"s3:Get*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":true}}}", "statement says only what the statement in line 1 says too"},
		{"covered behind", "§{\"Action\":[\"s3:GetObject\",\"sqs:SendMessage\"]}\n{\"Action\":[\"sqs:Send*\",\"s3:*\"]}", "statement says only what the statement in line 1 says too"},
		{"equal: the later", "{\"Action\":\"s3:*\"}\n§{\"Action\":\"s3:*\"}", "statement says only what the statement in line 1 says too"},
		{"deny", "{\"Effect\":\"Deny\",\"Action\":\"*\"}\n§{\"Effect\":\"Deny\",\"Action\":\"s3:*\"}", "statement says only what the statement in line 1 says too"},
		{"two NotActions", "§{\"NotAction\":[\"s3:*\",\"iam:*\"]}\n{\"NotAction\":\"s3:Get*\"}", "statement says only what the statement in line 1 says too"},
		{"fewer are excepted", "{\"NotAction\":\"s3:*\",\"Resource\":\"arn:aws:sqs:::q\"}\n{\"NotAction\":[\"s3:Get*\"],\"Resource\":\"arn:aws:sqs:::q2\"}", ""},
		{"names of all actions do not cover those of tomorrow", "{\"Action\":[\"sqs:AddPermission\",\"sqs:RemovePermission\"]}\n{\"Action\":\"sqs:*Permission\",\"Resource\":\"arn:aws:sqs:::q\"}", ""},
		{"another condition", "{\"Action\":\"s3:*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":true}}}\n{\"Action\":\"s3:Get*\"}", ""},
		{"other effect", "{\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::b\"}\n{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::c\"}", ""},
	})
	checkSmells(t, RedundantStatement, policy.Trust, []smellCase{
		{"everybody anyway", `§{"Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}` + "\n" + `{"Action":"sts:AssumeRole","Principal":"*"}`, "statement says only what the statement in line 1 says too"},
		{"another principal", `{"Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}` + "\n" + `{"Action":"sts:AssumeRole","Principal":{"AWS":"123456789013"}}`, ""},
		{"among others", `{"Action":"sts:*","Principal":{"AWS":["1","2"],"Service":"x"}}` + "\n" + `§{"Action":"sts:AssumeRole","Principal":{"AWS":"2"}}`, "statement says only what the statement in line 1 says too"},
	})
}

// TestCovers_property: authz never lets a statement hold where one that is said to cover it does not.
func TestCovers_property(t *testing.T) {
	t.Parallel()
	actions := []string{"*", "s3:*", "s3:Get*", "S3:getobject", "s3:G?tObject", "iam:*", "iam:PassRole", "x:y"}
	resources := []string{"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a", "arn:aws:s3:::*", "arn:aws:iam::*:role/x", "arn:aws:s3:::b/${aws:username}"}
	conditions := []string{"", `"Bool":{"aws:SecureTransport":"true"}`, `"Null":{"aws:username":"false"}`, `"Bool":{"aws:SecureTransport":"true"},"Null":{"aws:username":"false"}`}
	values := func(t *rapid.T, of []string, label string) string {
		list := rapid.SliceOfN(rapid.SampledFrom(of), 1, 3).Draw(t, label)
		return `["` + strings.Join(list, `","`) + `"]`
	}
	not := func(t *rapid.T, name string) string {
		if rapid.IntRange(0, 3).Draw(t, "not"+name) == 0 {
			return "Not" + name
		}
		return name
	}
	statement := func(t *rapid.T) string {
		return fmt.Sprintf(`{"Effect":"Allow",%q:%s,%q:%s,"Condition":{%s}}`, not(t, "Action"), values(t, actions, "actions"),
			not(t, "Resource"), values(t, resources, "resources"), rapid.SampledFrom(conditions).Draw(t, "condition"))
	}
	covered := 0
	rapid.Check(t, func(t *rapid.T) {
		doc := policy.Parse(`{"Version":"2012-10-17","Statement":[` + statement(t) + "," + statement(t) + `]}`)
		l := linter{doc: doc, kind: policy.Identity, count: map[Rule]int{}, steps: maxSteps}
		if len(doc.Faults) > 0 || !l.covers(&doc.Statements[0], &doc.Statements[1]) {
			return
		}
		covered++
		wide, narrow := alone(t, doc, 0), alone(t, doc, 1)
		for _, a := range []string{"s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "iam:PassRole", "iam:GetRole", "x:y", "x:z"} {
			for _, r := range []string{"*", "arn:aws:s3:::b", "arn:aws:s3:::b/a", "arn:aws:s3:::b/c", "arn:aws:s3:::c", "arn:aws:iam::1:role/x"} {
				for i := range 8 {
					c := authz.NewContext(false)
					if i&1 != 0 {
						c.Set("aws:username", []string{"a", "c"}[i/4])
					}
					c.Set("aws:SecureTransport", fmt.Sprint(i&2 != 0))
					request := &authz.Request{Principal: authz.Principal{Kind: authz.User, Account: "1"}, Action: a, Resource: r, Context: c}
					if narrow.Decide(request) == authz.Allowed && wide.Decide(request) != authz.Allowed {
						t.Fatalf("%s\nallows %s on %s, and\n%s\ndoes not", doc.Snippet(doc.Statements[1].Node, 500), a, r, doc.Snippet(doc.Statements[0].Node, 500))
					}
				}
			}
		}
	})
	if covered == 0 {
		t.Error("nothing was ever covered")
	}
}

// alone is one statement of a document as an identity policy.
func alone(tb interface{ Fatal(args ...any) }, doc *policy.Document, i int) authz.Stack {
	p, err := authz.Compile("p", &policy.Document{Version: doc.Version, Statements: doc.Statements[i : i+1]})
	if err != nil {
		tb.Fatal(err)
	}
	return authz.Stack{Identity: []*authz.Policy{p}}
}
