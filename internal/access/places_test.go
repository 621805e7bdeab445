package access

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// oneByOne is what Places.Best means: the strongest answer over all that there is to try.
func oneByOne(w *World, p *Principal, q Question) authz.Decision {
	strongest := authz.ImplicitlyDenied
	for _, r := range w.resourcesFor(p, q.Action) {
		q.Resource = r
		strongest = max(strongest, w.Can(p, &q))
	}
	return strongest
}

var placesActions = []string{
	"sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithSAML", "iam:PassRole", "iam:CreateAccessKey", "iam:CreateUser", "iam:CreateRole",
	"iam:AddUserToGroup", "iam:CreatePolicyVersion", "iam:PutUserPolicy", "iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:GenerateServiceLastAccessedDetails", "s3:GetObject", "s3:ListAllMyBuckets", "kms:Decrypt",
	"future:Thing",
}

// TestPlaces_oneByOne holds the masks to one decision after the other, over accounts with odd trusts and policies.
func TestPlaces_oneByOne(t *testing.T) {
	t.Parallel()
	answers := map[authz.Decision]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		q := Question{Action: rapid.SampledFrom(placesActions).Draw(t, "action")}
		if rapid.Bool().Draw(t, "mfa") {
			q.Keys = map[string][]string{"aws:MultiFactorAuthPresent": {rapid.SampledFrom([]string{"true", "false"}).Draw(t, "value")}}
		}
		places := w.Places(q)
		for i := range w.principals {
			p := &w.principals[i]
			got, resource := places.Best(p)
			if want := oneByOne(w, p, q); got != want {
				t.Fatalf("%s by %s: %v on %s, one by one %v", q.Action, p.ARN, got, resource, want)
			}
			q.Resource = resource
			if may(got) && w.Can(p, &q) != got {
				t.Fatalf("%s by %s on %s is not %v", q.Action, p.ARN, resource, got)
			}
			answers[got]++
		}
	})
	if len(answers) != 4 {
		t.Errorf("not every answer came up: %v", answers)
	}
}

// TestWorld_oneByOne holds what-can --beyond to one decision after the other, over the same accounts.
func TestWorld_oneByOne(t *testing.T) {
	t.Parallel()
	counts := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p, q := &w.principals[rapid.IntRange(0, 6).Draw(t, "p")], &w.principals[rapid.IntRange(0, 6).Draw(t, "q")]
		denied := deniedResources(q)
		for _, action := range placesActions {
			a, _ := iamref.ActionOf(action)
			d, differ := w.exceedsBy(p, q, Question{Action: action}, w.ofForm(&a, denied))
			counts[differ]++
			if differ {
				one := Question{Action: action, Resource: d.Resource}
				if mine, theirs := w.Can(p, &one), w.Can(q, &one); !may(mine) || may(theirs) || mine != d.Decision || theirs != d.Against {
					t.Fatalf("%s on %s: %v and %v, said %v and %v", action, d.Resource, mine, theirs, d.Decision, d.Against)
				}
				continue
			}
			for i := range w.principals {
				one := Question{Action: action, Resource: w.principals[i].ARN}
				if !w.principals[i].Linked && w.isOf(&a, one.Resource) && may(w.Can(p, &one)) && !may(w.Can(q, &one)) {
					t.Fatalf("%s may do %s on %s, which %s may not, and nothing says so", p.ARN, action, one.Resource, q.ARN)
				}
			}
		}
	})
	if counts[true] == 0 || counts[false] == 0 {
		t.Errorf("%v", counts)
	}
}

// TestWorld_Outside_oneByOne: whoever of another account may assume a role, asked one by one, is said to, and nobody else is.
func TestWorld_Outside_oneByOne(t *testing.T) {
	t.Parallel()
	counts := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		said := map[string]map[Outsider]bool{}
		for _, e := range w.Outside() {
			if said[e.Role.ARN] == nil {
				said[e.Role.ARN] = map[Outsider]bool{}
			}
			said[e.Role.ARN][e.Outsider] = true
		}
		asks := func(role *Principal, arn string) bool {
			who, err := authz.ParsePrincipal(arn)
			if err != nil {
				t.Fatal(err)
			}
			c := authz.NewContext(true)
			c.Set("aws:PrincipalArn", arn)
			c.Set("aws:PrincipalAccount", who.Account)
			c.Set("aws:PrincipalIsAWSService", "false")
			stack := authz.Stack{Identity: []*authz.Policy{everything}, RCPs: role.Stack.RCPs, Resource: w.trust[role.ARN]}
			return may(stack.Decide(&authz.Request{
				Principal: who, Action: "sts:AssumeRole", Resource: role.ARN, ResourceAccount: "111122223333", Context: c,
			}))
		}
		for i := range w.principals {
			role := &w.principals[i]
			if role.Role == nil {
				continue
			}
			stranger := asks(role, "arn:aws:iam::123409876512:user/x")
			counts[stranger]++
			if stranger != said[role.ARN][Anyone] {
				t.Fatalf("a stranger and %s: %v, said %v", role.ARN, stranger, said[role.ARN])
			}
			if known := asks(role, "arn:aws:iam::444455556666:user/x"); known && !said[role.ARN][Anyone] && !said[role.ARN][OtherAccount] {
				t.Fatalf("a known account may assume %s, and nothing says so", role.ARN)
			}
		}
	})
	if counts[true] == 0 || counts[false] == 0 {
		t.Errorf("%v", counts)
	}
}

// drawWorld draws a few principals with policies and trusts that are about one another.
func drawWorld(t *rapid.T) *World {
	names := []string{"r0", "r1", "r2", "r3"}
	from := func(label string, texts ...string) string { return rapid.SampledFrom(texts).Draw(t, label) }
	condition := func() string {
		return from("condition", "", "", "", `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`,
			`,"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, `,"Condition":{"StringEquals":{"aws:username":"u0"}}`,
			`,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"x"}}`, `,"Condition":{"StringEquals":{"aws:ResourceTag/team":"x"}}`,
			`,"Condition":{"StringEquals":{"iam:ResourceTag/Team":"${aws:PrincipalTag/team}"}}`, `,"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"${aws:ResourceTag/team}"}}`,
			`,"Condition":{"Null":{"iam:PermissionsBoundary":"true"}}`, `,"Condition":{"ArnEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/p0"}}`)
	}
	document := func(label string) account.Document {
		var statements []string
		for i := range rapid.IntRange(0, 3).Draw(t, label) {
			statements = append(statements, fmt.Sprintf(`{"Effect":%q,%s,%s%s}`, from("effect", "Allow", "Allow", "Allow", "Deny"),
				from("action", `"Action":"*"`, `"Action":["sts:*","iam:Pass*"]`, `"Action":"iam:*"`, `"NotAction":"s3:*"`, `"Action":["sts:AssumeRole","kms:Decrypt"]`),
				from("resource", `"Resource":"*"`, `"Resource":"arn:aws:iam::111122223333:role/r1"`, `"Resource":"arn:aws:iam::111122223333:*/*0"`,
					`"NotResource":"arn:aws:iam::111122223333:role/*"`, `"Resource":"arn:aws:iam::*:user/${aws:username}"`, `"Resource":"arn:aws:iam::444455556666:role/x"`),
				condition()))
			_ = i
		}
		return account.Document(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
	}
	trust := func() account.Document {
		if from("unread", "", "", "", "", "yes") == "yes" {
			return ""
		}
		var statements []string
		for range rapid.IntRange(1, 2).Draw(t, "trusts") {
			statements = append(statements, fmt.Sprintf(`{"Effect":%q,%s,"Action":%s%s}`, from("trust effect", "Allow", "Allow", "Deny"),
				from("who", `"Principal":"*"`, `"Principal":{"AWS":"111122223333"}`, `"Principal":{"AWS":"111122223333"}`, `"Principal":{"AWS":"arn:aws:iam::111122223333:user/u0"}`,
					`"Principal":{"AWS":["arn:aws:iam::111122223333:role/some/path/r2","111122223333"]}`, `"Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/r1/s"}`, `"Principal":{"Service":"ec2.amazonaws.com"}`,
					`"NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/u1","111122223333"]}`, `"Principal":{"AWS":"444455556666"}`),
				from("trust action", `"sts:AssumeRole"`, `"sts:*"`, `["sts:AssumeRole","sts:TagSession"]`), condition()))
		}
		return account.Document(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
	}
	s := &account.Snapshot{Account: "111122223333", Partition: "aws", Policies: []account.Policy{
		{ARN: "arn:aws:iam::111122223333:policy/p0", Document: document("p0")}, {ARN: "arn:aws:iam::111122223333:policy/p1", Document: document("p1")},
	}, Groups: []account.Group{
		{Name: "g", Attached: []string{"arn:aws:iam::111122223333:policy/p1"}},
		{Name: "h", Attached: []string{"arn:aws:iam::111122223333:policy/p0"}, Inline: []account.InlinePolicy{{Name: "i", Document: document("group")}}},
	}}
	tags := func() []account.Tag {
		return map[string][]account.Tag{"x": {{Key: "team", Value: "x"}}, "y": {{Key: "team", Value: "y"}, {Key: "other", Value: "x"}}}[from("team", "x", "y", "none")]
	}
	boundary := func() string { return from("boundary", "", "", "arn:aws:iam::111122223333:policy/p0") }
	for _, name := range []string{"u0", "u1", "u2"} {
		u := account.User{Name: name, Attached: []string{"arn:aws:iam::111122223333:policy/p0"}, Boundary: boundary(), Tags: tags()}
		u.Inline = []account.InlinePolicy{{Name: "i", Document: document("inline")}}
		u.Groups = map[string][]string{"one": {"g"}, "both": {"g", "h"}}[from("member", "one", "both", "no")]
		s.Users = append(s.Users, u)
	}
	for i, name := range names {
		r := account.Role{Name: name, Path: from("path", "/", "/", "/other/", "/aws-reserved/sso.amazonaws.com/"), Trust: trust(), Boundary: boundary(), Tags: tags()}
		r.Inline = []account.InlinePolicy{{Name: "i", Document: document("inline")}}
		r.Attached = map[string][]string{"one": {"arn:aws:iam::111122223333:policy/p1"}}[from("attached", "one", "no")]
		if i == len(names)-1 {
			r.Path = "/aws-service-role/ec2.amazonaws.com/"
		}
		s.Roles = append(s.Roles, r)
	}
	if rapid.Bool().Draw(t, "gap") {
		s.Gaps = append(s.Gaps, account.Gap{Part: account.PartRoles, Call: "iam:ListRoles"})
	}
	if rapid.Bool().Draw(t, "organization") {
		control := func(name string) account.InlinePolicy {
			return account.InlinePolicy{Name: name, Document: document(name)}
		}
		full := account.InlinePolicy{Name: "full", Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`}
		s.Controls = &account.Controls{
			SCPs: []account.ControlLevel{{Policies: []account.InlinePolicy{full, control("scp")}}, {Policies: []account.InlinePolicy{full}}},
			RCPs: []account.ControlLevel{{Policies: []account.InlinePolicy{full, control("rcp")}}},
		}
	}
	s.Normalize()
	return New(s, nil)
}

// BenchmarkPlaces asks at IAM's quotas where everybody may do an action.
func BenchmarkPlaces(b *testing.B) {
	w := New(accounttest.Quota(1, accounttest.FullSize), nil)
	for _, action := range []string{"sts:AssumeRole", "iam:PassRole", "iam:CreateAccessKey", "s3:GetObject"} {
		b.Run(action, func(b *testing.B) {
			able := 0
			for b.Loop() {
				able = 0
				places := w.Places(Question{Action: action})
				for i := range w.principals {
					if d, _ := places.Best(&w.principals[i]); may(d) {
						able++
					}
				}
			}
			b.ReportMetric(float64(able), "able")
		})
	}
}
