package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// The parts that random documents are made of: few, so that they meet.
var (
	someActions    = []string{"s3:GetObject", "s3:Get*", "s3:PutObject", "s3:*", "*", "iam:CreateAccessKey", "iam:*Key", "s3:ListAllMyBuckets", "sqs:SendMessage"}
	someResources  = []string{"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::b/*x", "arn:aws:s3:::*", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/bob", "arn:aws:s3:::b/${aws:username}/*", "arn:aws:sqs:*:123456789012:q?"}
	someConditions = []string{
		`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, `"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}`, `"Null":{"aws:username":"true"}`,
		`"StringEquals":{"aws:username":"bob"}`, `"StringNotLike":{"aws:PrincipalTag/t":["a*","?b"]}`, `"StringLike":{"aws:PrincipalTag/t":["ab*","b${aws:username}"]}`,
		`"NumericLessThan":{"aws:MultiFactorAuthAge":"100"}`, `"NumericGreaterThanEqualsIfExists":{"aws:MultiFactorAuthAge":"50"}`,
		`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}`, `"ForAnyValue:StringLike":{"aws:TagKeys":"a*"}`,
		`"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, `"NotIpAddress":{"aws:SourceIp":"10.1.0.0/16"}`,
		`"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:1:t*"}`, `"StringEqualsIgnoreCase":{"aws:PrincipalTag/t":"AB"}`,
	}
)

// randomStatement draws one statement of an identity policy.
func randomStatement(t *rapid.T, effect string) string {
	list := func(of []string, label string) string {
		values := rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, 3, rapid.ID[string]).Draw(t, label)
		return `["` + strings.Join(values, `","`) + `"]`
	}
	not := func(name string) string {
		if rapid.IntRange(0, 5).Draw(t, "Not"+name) == 0 {
			return "Not" + name
		}
		return name
	}
	conditions := map[string]string{} // by operator, which may stand once
	for _, c := range rapid.SliceOfN(rapid.SampledFrom(someConditions), 0, 2).Draw(t, "conditions") {
		conditions[c[:strings.Index(c, `":{`)]] = c
	}
	var block []string
	for _, c := range conditions {
		block = append(block, c)
	}
	slices.Sort(block)
	return fmt.Sprintf(`{"Effect":%q,%q:%s,%q:%s,"Condition":{%s}}`, effect, not("Action"), list(someActions, "actions"),
		not("Resource"), list(someResources, "resources"), strings.Join(block, ","))
}

func randomStatements(t *rapid.T, label string) []string {
	var out []string
	for range rapid.IntRange(1, 3).Draw(t, label) {
		out = append(out, randomStatement(t, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect")))
	}
	return out
}

// TestDocuments_same: a document does not differ from itself, from its statements in another order, or from its
// canonical text.
func TestDocuments_same(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		statements := randomStatements(t, "statements")
		doc := document(strings.Join(statements, "\n"))
		others := []*policy.Document{
			doc, policy.Parse(doc.Format()),
			document(strings.Join(rapid.Permutation(statements).Draw(t, "permuted"), "\n")),
			document(strings.Join(append(statements, statements[0]), "\n")),
		}
		for _, other := range others {
			if got := lines(t, doc, other, policy.Identity); len(got) > 0 {
				t.Fatalf("%s\n%s\n%s", doc.Text, other.Text, strings.Join(got, "\n"))
			}
		}
	})
}

// TestDocuments_adds: one more Allow only gains, one more Deny only loses and denies.
func TestDocuments_adds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		statements := randomStatements(t, "statements")
		effect := rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "effect")
		a := document(strings.Join(statements, "\n"))
		b := document(strings.Join(append(statements, randomStatement(t, effect)), "\n"))
		for _, c := range confirm(t, a, b, policy.Identity).Changes {
			if (effect == "Allow") != (c.Turn == Gained) || c.Turn == Undenied {
				t.Fatalf("%s\n%s\n%s", a.Text, b.Text, c)
			}
		}
	})
}

// mirrored is each turn the other way round.
var mirrored = map[Turn]Turn{Gained: Lost, Lost: Gained, Denied: Undenied, Undenied: Denied}

// TestDocuments_complete: what brute force finds, Documents finds; what it finds, authz confirms; and the reverse
// difference is the mirror image.
func TestDocuments_complete(t *testing.T) {
	t.Parallel()
	resources := map[string][]string{
		"s3:GetObject": {"arn:aws:s3:::b/x", "arn:aws:s3:::b/yx", "arn:aws:s3:::b/bob/x", "arn:aws:s3:::c/x"}, "s3:PutObject": {"arn:aws:s3:::b/x", "arn:aws:s3:::c/y"},
		"s3:ListBucket": {"arn:aws:s3:::b"}, "s3:ListAllMyBuckets": {"*"}, "iam:CreateAccessKey": {"arn:aws:iam::1:user/bob", "arn:aws:iam::1:user/eve"},
		"sqs:SendMessage": {"arn:aws:sqs:us-east-1:123456789012:q1", "arn:aws:sqs:us-east-1:123456789012:r"},
	}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		a := document(strings.Join(randomStatements(t, "A"), "\n"))
		b := document(strings.Join(randomStatements(t, "B"), "\n"))
		there, back := confirm(t, a, b, policy.Identity), confirm(t, b, a, policy.Identity)
		inA, inB := judge(t, a, policy.Identity), judge(t, b, policy.Identity)
		if len(there.Unproven)+len(back.Unproven) > 0 {
			t.Fatalf("unproven: %v", there.Unproven)
		}
		for action, list := range resources {
			for _, resource := range list {
				for range 4 {
					w := Witness{Principal: someone.ARN, Action: action, Resource: resource, Context: randomContext(t)}
					turn := turnOf(inA(w), inB(w))
					if turn == 0 {
						continue
					}
					found++
					if !there.says(turn, action) || !back.says(mirrored[turn], action) {
						t.Fatalf("%s\n%s\n%s %+v is not found:\n%v\n%v", a.Text, b.Text, turn, w, there.Changes, back.Changes)
					}
				}
			}
		}
	})
	if found == 0 {
		t.Error("brute force found no difference")
	}
	t.Logf("%d differences found by brute force", found)
}

func randomContext(t *rapid.T) []Setting {
	values := map[string][]string{
		"aws:MultiFactorAuthPresent": {"true", "false"}, "aws:username": {"bob", "eve", "x"}, "aws:PrincipalTag/t": {"a", "ab", "AB", "cb", "bbob", "z"},
		"aws:MultiFactorAuthAge": {"1", "50", "75", "100", "200"}, "aws:SourceIp": {"10.1.2.3", "10.2.2.3", "192.0.2.9"}, "aws:SourceArn": {"arn:aws:sns:x:1:topic", "arn:aws:sns:x:2:topic"},
	}
	var out []Setting
	for _, key := range []string{"aws:MultiFactorAuthPresent", "aws:username", "aws:PrincipalTag/t", "aws:MultiFactorAuthAge", "aws:SourceIp", "aws:SourceArn"} {
		if i := rapid.IntRange(-1, len(values[key])-1).Draw(t, key); i >= 0 {
			out = append(out, Setting{key, values[key][i : i+1], false})
		}
	}
	if rapid.Bool().Draw(t, "tags") {
		out = append(out, Setting{"aws:TagKeys", rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ax", "c"}), 0, 2).Draw(t, "tag keys"), true})
	}
	return out
}

// says reports whether some change turns an action so.
func (d Difference) says(turn Turn, action string) bool {
	return slices.ContainsFunc(d.Changes, func(c Change) bool { return c.Turn == turn && reachesAction(&c, action) })
}

// TestDocuments_trust does the same for trust policies, with callers in place of resources.
func TestDocuments_trust(t *testing.T) {
	t.Parallel()
	principals := []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"222222222222"}`, `{"AWS":["arn:aws:iam::222222222222:role/r","333333333333"]}`, `{"AWS":"arn:aws:iam::222222222222:user/u"}`,
		`{"Service":"ec2.amazonaws.com"}`, `{"AWS":"arn:aws:sts::222222222222:assumed-role/r/s"}`, `{"Federated":"arn:aws:iam::222222222222:saml-provider/p"}`, `{"AWS":"arn:aws:iam::222222222222:root"}`,
	}
	conditions := []string{
		``, `"StringEquals":{"sts:ExternalId":"x"}`, `"StringEqualsIfExists":{"sts:ExternalId":"x"}`, `"StringEquals":{"aws:PrincipalAccount":["222222222222","333333333333"]}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/r"}`, `"Bool":{"aws:PrincipalIsAWSService":"true"}`, `"StringLike":{"aws:PrincipalTag/t":"${aws:PrincipalAccount}*"}`,
	}
	callers := []string{
		"", "arn:aws:iam::222222222222:user/u", "arn:aws:iam::222222222222:user/v", "arn:aws:iam::222222222222:role/r", "arn:aws:sts::222222222222:assumed-role/r/s",
		"arn:aws:sts::222222222222:assumed-role/r/o", "arn:aws:iam::333333333333:root", "arn:aws:iam::444444444444:user/u", "ec2.amazonaws.com", "lambda.amazonaws.com",
		"arn:aws:iam::222222222222:saml-provider/p",
	}
	statements := func(t *rapid.T, label string) string {
		var out []string
		for range rapid.IntRange(1, 3).Draw(t, label) {
			element := rapid.SampledFrom([]string{"Principal", "Principal", "Principal", "NotPrincipal"}).Draw(t, "element")
			out = append(out, fmt.Sprintf(`{"Effect":%q,"Action":%q,%q:%s,"Condition":{%s}}`, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect"),
				rapid.SampledFrom([]string{"sts:AssumeRole", "sts:*", "sts:TagSession"}).Draw(t, "action"), element,
				rapid.SampledFrom(principals).Draw(t, "principal"), rapid.SampledFrom(conditions).Draw(t, "condition")))
		}
		return strings.Join(out, "\n")
	}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := document(statements(t, "A")), document(statements(t, "B"))
		there, back := confirm(t, a, b, policy.Trust), confirm(t, b, a, policy.Trust)
		inA, inB := judge(t, a, policy.Trust), judge(t, b, policy.Trust)
		for _, caller := range callers {
			p, err := authz.ParsePrincipal(caller)
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				w := Witness{Principal: caller, Action: "sts:AssumeRole", Resource: "arn:aws:iam::999999999999:role/example", ResourceAccount: "999999999999"}
				pins(p).each(func(key string, v value) {
					if !v.absent {
						w.Context = append(w.Context, Setting{key, v.texts, false})
					}
				})
				if rapid.Bool().Draw(t, "external id") {
					w.Context = append(w.Context, Setting{"sts:ExternalId", []string{rapid.SampledFrom([]string{"x", "y"}).Draw(t, "id")}, false})
				}
				if rapid.Bool().Draw(t, "tag") {
					w.Context = append(w.Context, Setting{"aws:PrincipalTag/t", []string{rapid.SampledFrom([]string{"222222222222x", "z"}).Draw(t, "t")}, false})
				}
				turn := turnOf(inA(w), inB(w))
				if turn == 0 {
					continue
				}
				if found++; !there.says(turn, w.Action) || !back.says(mirrored[turn], w.Action) {
					t.Fatalf("%s\n%s\n%s %+v is not found:\n%v\n%v", a.Text, b.Text, turn, w, there.Changes, back.Changes)
				}
			}
		}
		if same := confirm(t, a, a, policy.Trust); len(same.Changes)+len(same.Unproven) > 0 {
			t.Fatalf("%s differs from itself: %v", a.Text, same.Changes)
		}
	})
	if found == 0 {
		t.Error("brute force found no difference")
	}
	t.Logf("%d differences found by brute force", found)
}
