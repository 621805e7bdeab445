package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// document wraps statements, parted by line breaks.
func document(statements string) *policy.Document {
	return policy.Parse(`{"Version":"2012-10-17","Statement":[` + strings.Join(strings.Split(strings.TrimSpace(statements), "\n"), ",") + `]}`)
}

// lines are the changes of a difference, one a line.
func lines(tb interface {
	Helper()
	Fatal(args ...any)
}, a, b *policy.Document, kind policy.DocumentKind,
) []string {
	tb.Helper()
	d, err := Documents(a, b, kind)
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, c := range d.Changes {
		out = append(out, c.String())
	}
	for _, u := range d.Unproven {
		out = append(out, "unproven: "+strings.Join(u.Actions, ", ")+": "+u.Why)
	}
	return out
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		kind policy.DocumentKind
		a, b string
		want []string
	}{
		{
			"wider actions and resources", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`,
			`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::*"}`,
			[]string{"gained: s3:GetObject on arn:aws:s3:::* except arn:aws:s3:::b/*", "gained: s3:PutObject on arn:aws:s3:::*"},
		},
		{
			"a whole service", policy.Identity,
			`{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}`, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`,
			[]string{"gained: sqs:* but not sqs:SendMessage on *"},
		},
		{
			"everything but one service", policy.Identity,
			`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`, `{"Effect":"Allow","NotAction":"x:y","Resource":"*"}`,
			[]string{"gained: * but not iam:* on *"},
		},
		{
			"a denial taken away", policy.Identity,
			"{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}\n{\"Effect\":\"Deny\",\"Action\":\"s3:Delete*\",\"Resource\":[\"arn:aws:s3:::b\",\"arn:aws:s3:::b/*\"]}",
			`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			[]string{
				"gained: s3:DeleteBucket*, s3:DeleteObject* on arn:aws:s3:::b, arn:aws:s3:::b/*",
			},
		},
		{
			"a denial that nothing allowed", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`,
			"{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}\n{\"Effect\":\"Deny\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::b/*\"}",
			[]string{"lost: s3:GetObject on arn:aws:s3:::b/*", "denied: s3:PutObject on arn:aws:s3:::b/*"},
		},
		{
			"a denial taken away that nothing allowed", policy.Identity,
			`{"Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}`, `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}`,
			[]string{"gained: sqs:SendMessage on *", "undenied: s3:PutObject on arn:aws:s3:::b/*"},
		},
		{
			"a condition that fails open", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}}`,
			[]string{`gained: s3:GetObject on * if Bool aws:MultiFactorAuthPresent "true" does not hold and BoolIfExists aws:MultiFactorAuthPresent "true" holds`},
		},
		{
			"a condition that says the same", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/t":["a*","ab"]},"Null":{"aws:PrincipalTag/t":"false"}}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/t":"a*"}}}`,
			nil,
		},
		{
			"ranges of numbers", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThanEquals":{"aws:MultiFactorAuthAge":"3600"}}}`,
			[]string{`gained: s3:GetObject on * if NumericLessThan aws:MultiFactorAuthAge "3600" does not hold and NumericLessThanEquals aws:MultiFactorAuthAge "3600" holds`},
		},
		{
			"ranges of addresses", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/25","10.0.0.128/25"]}}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/24"}}}`,
			nil,
		},
		{
			"dates", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}}`,
			[]string{`gained: s3:GetObject on * if DateLessThan aws:CurrentTime "2026-01-01T00:00:00Z" does not hold and DateLessThan aws:CurrentTime "2027-01-01T00:00:00Z" holds`},
		},
		{
			"many values", policy.Identity,
			`{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}}`,
			`{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}}`,
			[]string{
				`gained: ec2:CreateTags on * if ForAllValues:StringEquals aws:TagKeys "a, b" does not hold and ForAnyValue:StringEquals aws:TagKeys "a, b" holds`,
				`lost: ec2:CreateTags on * if ForAllValues:StringEquals aws:TagKeys "a, b" holds and ForAnyValue:StringEquals aws:TagKeys "a, b" does not hold`,
			},
		},
		{
			"variables", policy.Identity,
			`{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"}`,
			`{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/*"}`,
			[]string{"gained: iam:CreateAccessKey on arn:aws:iam::*:user/* except arn:aws:iam::*:user/${aws:username}"},
		},
		{
			"a new version of the language", policy.Identity,
			`{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"}`,
			`{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"}`,
			nil,
		},
		{
			"actions without a resource", policy.Identity,
			`{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}`, `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"}`,
			[]string{"lost: s3:ListAllMyBuckets on *"},
		},
		{
			"a pattern that its actions do not name", policy.Identity,
			`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"}`, `{"Effect":"Allow","Action":"s3:ListBucket","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`,
			nil,
		},
		{
			"patterns that say the same in other words", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a*/*","arn:aws:s3:::b/*"]}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/*","arn:aws:s3:::a**/*","arn:aws:s3:::abc/*"]}`,
			nil,
		},
		{
			"split in two", policy.Identity,
			`{"Effect":"Allow","Action":["s3:GetObject","sqs:SendMessage"],"Resource":"*"}`,
			"{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}\n{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}",
			nil,
		},
		{
			"keys and trust, which other policies decide too", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, `{"Effect":"Allow","Action":["kms:Decrypt","sts:AssumeRole","sts:GetCallerIdentity","s3:GetObject"],"Resource":"*"}`,
			[]string{"gained: kms:Decrypt, sts:AssumeRole on *"},
		},
		{
			"an action that is not known", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, `{"Effect":"Allow","Action":["s3:GetObject","future:Do*"],"Resource":"arn:*"}`,
			[]string{"gained: future:Do on arn:*", "lost: s3:GetObject on * except arn:*"}, // the tables say that a request may name none
		},
		{
			"trust: another account, under a condition", policy.Trust,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"222222222222"}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["222222222222","333333333333"]},"Condition":{"StringEquals":{"sts:ExternalId":"q"}}}`,
			[]string{
				`gained: sts:AssumeRole by 333333333333 if StringEquals sts:ExternalId "q" holds`,
				`lost: sts:AssumeRole by 222222222222 if StringEquals sts:ExternalId "q" does not hold`,
			},
		},
		{
			"trust: the same in a condition", policy.Trust,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"222222222222"}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"222222222222"}}}`,
			nil,
		},
		{
			"trust: accounts that a condition names, or a variable", policy.Trust,
			`{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringLike":{"aws:PrincipalAccount":["${aws:PrincipalTag/t}","22*"]}}}`,
			[]string{
				`gained: sts:AssumeRole by anybody if StringLike aws:PrincipalAccount "${aws:PrincipalTag/t}, 22*" holds`,
				`undenied: sts:AssumeRole by anybody if StringLike aws:PrincipalAccount "${aws:PrincipalTag/t}, 22*" does not hold`,
				`undenied: sts:AssumeRole by anybody if StringLike aws:PrincipalAccount "${aws:PrincipalTag/t}, 22*" holds`, // by a federated user
				"unproven: sts:AssumeRole: too many principals to try each",
			},
		},
		{
			"a tag of two patterns, in two cases", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEqualsIgnoreCase":{"aws:PrincipalTag/t":"ab"},"StringNotLike":{"aws:PrincipalTag/t":["a*","*b"]}}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/t":"AB"}}}`,
			nil,
		},
		{
			"a variable that meets another pattern", policy.Identity,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/home/*"}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/home/*","arn:aws:s3:::b/${aws:username}/*"]}`,
			[]string{"gained: s3:GetObject on arn:aws:s3:::b/${aws:username}/*"},
		},
		{
			"two values of one key", policy.Identity,
			`{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":"a"}}}`,
			"{\"Effect\":\"Allow\",\"Action\":\"ec2:CreateTags\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:TagKeys\":\"a\"}}}\n" +
				"{\"Effect\":\"Deny\",\"Action\":\"ec2:CreateTags\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:TagKeys\":\"b\"}}}",
			[]string{
				`lost: ec2:CreateTags on * if StringEquals aws:TagKeys "a" holds and StringEquals aws:TagKeys "b" holds`,
				`denied: ec2:CreateTags on * if StringEquals aws:TagKeys "a" does not hold and StringEquals aws:TagKeys "b" holds`,
			},
		},
		{
			"trust: an account that a condition names beside one that is named", policy.Trust,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"222222222222"}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":["222222222222","333333333333"]}}}`,
			[]string{`gained: sts:AssumeRole by anybody if StringEquals aws:PrincipalAccount "222222222222, 333333333333" holds`},
		},
		{
			"trust: a session and its role", policy.Trust,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/r/example"}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::222222222222:role/r"}}`,
			[]string{"gained: sts:AssumeRole by arn:aws:iam::222222222222:role/r"},
		},
		{
			"trust: only what a trust policy is asked", policy.Trust,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}`,
			`{"Effect":"Allow","Action":"*","Principal":{"Service":"ec2.amazonaws.com"}}`,
			[]string{"gained: sts:AssumeRoleWith*, sts:Set*, sts:TagSession by ec2.amazonaws.com"},
		},
		{
			"trust: one session", policy.Trust,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}`,
			"{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}\n{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"arn:aws:sts::222222222222:assumed-role/r/s\"}}",
			[]string{"gained: sts:AssumeRole by arn:aws:sts::222222222222:assumed-role/r/s"},
		},
		{
			"what no policy decides on", policy.Identity,
			`{"Effect":"Allow","Action":"sts:GetSessionToken","Resource":"*"}`,
			`{"Effect":"Deny","Action":["sts:GetCallerIdentity","sts:GetSessionToken"],"Resource":"*"}`,
			nil,
		},
		{
			"stars", policy.Identity, `{"Effect":"Allow","Action":"**","Resource":"**"}`, `{"Effect":"Allow","Action":"*:*","Resource":"*"}`, nil,
		},
		{
			"an operator that is not known", policy.Identity,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEqual":{"aws:username":"x"}}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEqual":{"aws:username":"y"}}}`,
			[]string{"unproven: sts:AssumeRole: the condition operator StringEqual is not known"},
		},
		{
			"an operator that is not known, in both alike", policy.Identity,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEqual":{"aws:username":"x"}}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEqual":{"aws:username":"x"}}}`,
			nil,
		},
		{
			"resource control of services that have it", policy.ResourceControl,
			`{"Effect":"Deny","Principal":"*","Action":["a4b:*","iam:*","kms:RetireGrant","sqs:SendMessage"],"Resource":"*"}`,
			`{"Effect":"Deny","Principal":"*","Action":"a4b:*","Resource":"*"}`,
			[]string{"gained: sqs:SendMessage on *"},
		},
		{
			"resource: open to the world", policy.Resource,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Principal":{"AWS":"222222222222"}}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Principal":"*"}`,
			[]string{"gained: s3:GetObject on arn:aws:s3:::b/* by anybody"},
		},
		{
			"service control", policy.ServiceControl,
			`{"Effect":"Allow","Action":"*","Resource":"*"}`,
			"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}\n{\"Effect\":\"Deny\",\"NotAction\":[\"iam:*\",\"sts:*\"],\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:RequestedRegion\":\"eu-west-1\"}}}",
			[]string{`lost: * but not iam:*, sts:* on * if StringNotEquals aws:RequestedRegion "eu-west-1" holds`},
		},
		{
			"resource control", policy.ResourceControl,
			`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
			`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}`,
			[]string{`lost: s3:PutObject on * if Bool aws:SecureTransport "false" does not hold and BoolIfExists aws:SecureTransport "false" holds`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, b := document(tt.a), document(tt.b)
			if diff := cmp.Diff(tt.want, lines(t, a, b, tt.kind)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			confirm(t, a, b, tt.kind)
			confirm(t, b, a, tt.kind)
		})
	}
}

// confirm asks authz about every witness, apart from the stacks that Documents uses, and wants of each action pattern
// that it reaches what it says.
func confirm(tb interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
}, a, b *policy.Document, kind policy.DocumentKind,
) Difference {
	tb.Helper()
	d, err := Documents(a, b, kind)
	if err != nil {
		tb.Fatal(err)
	}
	inA, inB := judge(tb, a, kind), judge(tb, b, kind)
	for _, c := range d.Changes {
		before, after := inA(c.Witness), inB(c.Witness)
		if before != c.Witness.A || after != c.Witness.B || turnOf(before, after) != c.Turn || c.Turn == 0 {
			tb.Errorf("%s\nwitness %+v: authz says %s and %s", c, c.Witness, before, after)
		}
		if len(c.Actions) == 0 || len(c.Causes) == 0 || !reachesAction(&c, c.Witness.Action) {
			tb.Errorf("incomplete: %+v", c)
		}
		for _, clause := range c.Conditions {
			if len(clause.Statement.Conditions) == 0 {
				tb.Errorf("%s hangs on a statement without conditions", c)
			}
		}
	}
	return d
}

// reachesAction reports whether a change is about an action.
func reachesAction(c *Change, name string) bool {
	fits := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return element.CoversAction(strings.ToLower(p), strings.ToLower(name)) })
	}
	return fits(c.Actions) && !fits(c.NotActions)
}

// judge puts a document where every other policy allows.
func judge(tb interface{ Fatal(args ...any) }, doc *policy.Document, kind policy.DocumentKind) func(Witness) authz.Decision {
	p := compiled(tb, doc)
	all := []*authz.Policy{compiled(tb, document(`{"Effect":"Allow","Action":"*","Resource":"*"}`))}
	stack := authz.Stack{Identity: all}
	delegation := compiled(tb, document(`{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"*","Resource":"*"}`))
	switch kind {
	case policy.Identity:
		stack.Identity, stack.Resource = []*authz.Policy{p}, delegation
	case policy.ServiceControl:
		stack.SCPs, stack.Resource = [][]*authz.Policy{all, {p}}, delegation
	case policy.ResourceControl:
		stack.RCPs, stack.Resource = [][]*authz.Policy{{p}}, delegation
	default:
		stack.Resource = p
	}
	return func(w Witness) authz.Decision { return stack.Decide(w.Request()) }
}

func compiled(tb interface{ Fatal(args ...any) }, doc *policy.Document) *authz.Policy {
	p, err := authz.Compile("p", doc)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestDocuments_faults(t *testing.T) {
	t.Parallel()
	good := document(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	for _, bad := range []string{"", "{", `{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}`} {
		if _, err := Documents(good, policy.Parse(bad), policy.Identity); err == nil || !strings.Contains(err.Error(), "diff: policy B: line 1") {
			t.Errorf("%q: %v", bad, err)
		}
		if _, err := Documents(policy.Parse(bad), good, policy.Identity); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
}

func TestDocuments_version(t *testing.T) {
	t.Parallel()
	const text = `{"Version":"%s","Statement":{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"}}`
	a, b := policy.Parse(fmt.Sprintf(text, "2008-10-17")), policy.Parse(fmt.Sprintf(text, element.Modern))
	want := []string{ // a document of 2008 is about the user with the name "${aws:username}"
		"gained: iam:CreateAccessKey on arn:aws:iam::*:user/${aws:username}",
		"lost: iam:CreateAccessKey on arn:aws:iam::*:user/${aws:username}",
	}
	if diff := cmp.Diff(want, lines(t, a, b, policy.Identity)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	confirm(t, a, b, policy.Identity)
}

// TestDocuments_managed compares AWS's managed policies with themselves, with their canonical text, and with their
// neighbours, whose differences authz confirms.
func TestDocuments_managed(t *testing.T) {
	t.Parallel()
	const every, most = 40, 10_000
	var last *policy.Document
	n, changes, compared, unproven := 0, 0, 0, 0
	for m := range iamref.ManagedPolicies() {
		if n++; n%every != 0 || len(m.Document) > most {
			continue
		}
		doc := policy.Parse(m.Document)
		if got := lines(t, doc, policy.Parse(doc.Format()), policy.Identity); len(got) > 0 {
			t.Errorf("%s differs from itself: %s", m.Name, got[0])
		}
		if last != nil {
			d := confirm(t, last, doc, policy.Identity)
			changes += len(d.Changes)
			if compared++; len(d.Unproven) > 0 {
				unproven++
			}
		}
		last = doc
	}
	if changes == 0 {
		t.Error("no changes were confirmed")
	}
	if 20*unproven > compared {
		t.Errorf("of %d comparisons %d leave something unproven", compared, unproven)
	}
	t.Logf("%d changes confirmed in %d comparisons", changes, compared)
}

// TestDocuments_variables: more policy variables than can be tried are said, not passed over.
func TestDocuments_variables(t *testing.T) {
	t.Parallel()
	statement := func(n int) string {
		var resources []string
		for i := range n {
			resources = append(resources, fmt.Sprintf(`"arn:aws:s3:::b/${aws:PrincipalTag/t%d}/x"`, i))
		}
		return `{"Effect":"Allow","Action":"s3:GetObject","Resource":[` + strings.Join(resources, ",") + `]}`
	}
	d, err := Documents(document(statement(60)), document(statement(61)), policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Unproven) == 0 || !slices.Contains(d.Unproven[0].Actions, "s3:GetObject") {
		t.Errorf("unproven: %+v, changes: %+v", d.Unproven, d.Changes)
	}
}
