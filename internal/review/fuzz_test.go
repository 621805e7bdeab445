package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// typical is a document of the usual size with a little of everything in it.
const typical = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Buckets",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:Get*", "s3:ListBucket", "s3:ListAllMyBuckets"],
      "Resource": ["arn:aws:s3:::example", "arn:aws:s3:::example/${aws:username}/*"],
      "Condition": {
        "StringEquals": {"aws:PrincipalOrgID": "o-0123456789", "aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}
      }
    },
    {"Sid": "Pass", "Effect": "Allow", "Action": ["iam:PassRole", "iam:*AccessKey*"], "Resource": "*"},
    {
      "Sid": "NothingWithoutMFA",
      "Effect": "Deny",
      "NotAction": ["iam:ListMFADevices", "iam:EnableMFADevice", "sts:GetSessionToken"],
      "Resource": "*",
      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
    }
  ]
}
`

// FuzzLint: smells stand inside the text, at a node that their pointer names, and do not depend on the layout.
func FuzzLint(f *testing.F) {
	f.Add(typical, uint8(policy.Identity))
	f.Add(`{"Statement":[{"Effect":"Allow","Action":"sts:*","Principal":{"Service":["events.amazonaws.com","*"],"AWS":"*"},"Condition":{"ForAllValues:StringNotEquals":{"aws:TagKeys":[]}}}]}`, uint8(policy.Trust))
	f.Add(`{"Statement":{"Effect":"Deny","NotAction":["*:x","s3:**?"],"NotResource":["arn:","${x"],"NotPrincipal":"*"}}`, uint8(policy.ResourceControl))
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		k := policy.DocumentKind(kind%5 + 1)
		doc := policy.Parse(text)
		smells := Lint(doc, k)
		for _, s := range smells {
			if s.Span.Start.Offset < 0 || s.Span.End.Offset > len(text) || s.Span.Start.Offset > s.Span.End.Offset {
				t.Errorf("%s stands at %+v of %d bytes", s.Rule, s.Span, len(text))
			}
			if s.Message == "" || s.Why == "" || s.Rule.about().Why == "" {
				t.Errorf("incomplete: %+v", s)
			}
		}
		if len(doc.Faults) > 0 {
			if len(smells) < len(doc.Faults) {
				t.Errorf("%d smells of a document with %d faults", len(smells), len(doc.Faults))
			}
			return
		}
		if diff := cmp.Diff(gist(smells), gist(Lint(policy.Parse(doc.Format()), k))); diff != "" {
			t.Errorf("smells of the same document in another layout (-as written +formatted):\n%s", diff)
		}
	})
}

// FuzzDiff: no document differs from itself in another layout, and authz confirms every witness.
func FuzzDiff(f *testing.F) {
	f.Add(typical, strings.Replace(typical, "BoolIfExists", "Bool", 1), uint8(policy.Identity))
	f.Add(`{"Statement":{"Effect":"Allow","Action":"sts:*","Principal":{"AWS":["*","1"]}}}`, `{"Statement":{"Effect":"Allow","Action":"*","NotPrincipal":"*","Condition":{"Null":{"x":true}}}}`, uint8(policy.Trust))
	f.Add(`{"Statement":{"Effect":"Deny","NotAction":"x:*y","NotResource":["arn:a:*","*:${a:b}?"]}}`, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, uint8(policy.ServiceControl))
	f.Fuzz(func(t *testing.T, x, y string, kind uint8) {
		k := policy.DocumentKind(kind%5 + 1)
		a, b := policy.Parse(x), policy.Parse(y)
		if len(a.Faults)+len(b.Faults) > 0 {
			if _, err := Diff(a, b, k); err == nil {
				t.Error("a document with faults is compared")
			}
			return
		}
		confirm(t, a, b, k)
		if same, err := Diff(a, policy.Parse(a.Format()), k); err != nil || len(same.Changes) > 0 {
			t.Errorf("a document differs from itself: %v %v", same, err)
		}
	})
}

// gist is what smells say, wherever they stand.
func gist(smells []Smell) map[string]int {
	all := map[string]int{}
	for _, s := range smells {
		all[fmt.Sprint(s.Rule, s.Pointer)]++
	}
	return all
}

// hostile are documents that policy.Parse takes, made to cost much.
func hostile() map[string]string {
	const wildcards = 1 << 15 // the most that policy.Parse takes
	statement := func(elements string) string {
		return `{"Effect":"Allow",` + elements + `}`
	}
	document := func(statements string) string { return `{"Version":"2012-10-17","Statement":[` + statements + `]}` }
	fill := func(each func(i int) string) string {
		const full = maxText - 600
		var b strings.Builder
		for i := 0; b.Len() < full; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(each(i))
		}
		return b.String()
	}
	some := func(n int, each func(i int) string) string {
		var out []string
		for i := range n {
			out = append(out, each(i))
		}
		return strings.Join(out, ",")
	}
	letter := func(i int) string { return string(rune('c' + i)) }
	return map[string]string{
		"many statements": document(fill(func(i int) string {
			return statement(fmt.Sprintf(`"Action":"s3:Get%d*","Resource":"arn:aws:s3:::b%d/*"`, i, i))
		})),
		"many denials": document(fill(func(i int) string {
			return fmt.Sprintf(`{"Effect":"%s","Action":"s3:*","Resource":"arn:aws:s3:::*%d/*"}`, []string{"Deny", "Allow"}[i%2], i)
		})),
		"everything, often": document(fill(func(int) string { return statement(`"Action":"*","Resource":"*"`) })),
		"NotAction, often":  document(fill(func(i int) string { return statement(fmt.Sprintf(`"NotAction":"s3:%d","Resource":"*"`, i)) })),
		"wild actions": document(statement(`"Resource":"*","Action":[` + fill(func(i int) string {
			return fmt.Sprintf(`"ec2:*%d*a*e*"`, i)
		}) + `]`)),
		"wild resources": document(statement(`"Action":"ec2:*","Resource":[` + fill(func(i int) string {
			return fmt.Sprintf(`"arn:aws:ec2:*:*:*%d*/*a"`, i)
		}) + `]`)),
		"unknown actions": document(statement(`"Resource":"*","Action":[` + fill(func(i int) string {
			return fmt.Sprintf(`"ec2:Describ%dInstances"`, i)
		}) + `]`)),
		"unknown keys": document(statement(`"Action":"s3:*","Resource":"*","Condition":{` + fill(func(i int) string {
			return fmt.Sprintf(`"StringEquls%d":{"aws:Prncpal%d":"x"},"ForAllValues:StringLike%d":{"aws:Tag%d":"*${aws:usr%d}"}`, i, i, i, i, i)
		}) + `}`)),
		"one long action":   document(statement(`"Resource":"*","Action":"ec2:` + strings.Repeat("*a", wildcards-100) + `"`)),
		"one long resource": document(statement(`"Action":"s3:*","Resource":["arn:aws:s3:::` + strings.Repeat("*a", wildcards/2-100) + `","arn:aws:s3:::` + strings.Repeat("*b", wildcards/2-100) + `"]`)),
		"long patterns": document(some(8, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"arn:aws:s3:::` + strings.Repeat("*ab", 4000) + letter(i) + `*"`)
		})),
		"long bound patterns": document(some(31, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"arn:` + strings.Repeat("*a", 500) + "*" + letter(i) + `*:s3:::y"`)
		})),
		"question marks": document(some(20, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"arn:aws:s3:::*` + letter(i) + strings.Repeat("?", 1000) + `"`)
		})),
		"long conditions": document(some(8, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/t":"` + strings.Repeat("*"+letter(i), 2000) + `"}}`)
		})),
		"variables between stars": document(some(20, func(i int) string {
			return statement(fmt.Sprintf(`"Action":"s3:*","Resource":"arn:aws:s3:::*${aws:PrincipalTag/t%d}*%s"`, i%5, strings.Repeat("*b", 300)))
		})),
		"many services": document(some(100, func(i int) string {
			return statement(fmt.Sprintf(`"Action":"*","Resource":"arn:*:*:*%s%d"`, strings.Repeat("*a", 100), i))
		})),
		"every type of resource": document(statement(`"Action":"*","Resource":[` + some(1500, func(i int) string {
			return fmt.Sprintf(`"arn:aws:*:*:*:*%d*/*a"`, i)
		}) + `]`)),
		"MFA denials": document(fill(func(i int) string {
			return fmt.Sprintf(`{"Effect":"Deny","Action":"s3:A%d","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"},"Null":{"aws:MultiFactorAuthPresent":"true"}}}`, i)
		})),
	}
}

func BenchmarkLint(b *testing.B) {
	doc := policy.Parse(typical)
	b.ReportAllocs()
	for b.Loop() {
		if len(Lint(doc, policy.Identity)) == 0 {
			b.Fatal("no smells")
		}
	}
}

// BenchmarkLintHostile is the worst that a document can cost.
func BenchmarkLintHostile(b *testing.B) {
	for name, text := range hostile() {
		doc := policy.Parse(text)
		if len(doc.Faults) > 0 {
			b.Fatalf("%s: %v", name, doc.Faults[0])
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Lint(doc, policy.Identity)
			}
		})
	}
}

func BenchmarkDiff(b *testing.B) {
	wider := strings.Replace(strings.Replace(typical, `"s3:GetObject", "s3:Get*"`, `"s3:*"`, 1), `"Bool"`, `"BoolIfExists"`, 1)
	b.Run("typical", func(b *testing.B) { benchmarkDiff(b, typical, wider, true) })
	b.Run("same", func(b *testing.B) { benchmarkDiff(b, typical, typical, false) })
	managed := func(name string) string {
		m, ok := iamref.ManagedPolicy("arn:aws:iam::aws:policy/" + name)
		if !ok {
			b.Fatal(name)
		}
		return m.Document
	}
	b.Run("everything", func(b *testing.B) {
		benchmarkDiff(b, managed("AdministratorAccess"), managed("PowerUserAccess"), true)
	})
	b.Run("large", func(b *testing.B) { benchmarkDiff(b, managed("ReadOnlyAccess"), managed("SecurityAudit"), true) })
	b.Run("largest", func(b *testing.B) {
		benchmarkDiff(b, managed("AmazonSageMakerFullAccess"), managed("AmazonEC2FullAccess"), true)
	})
}

func benchmarkDiff(b *testing.B, x, y string, differ bool) {
	b.Helper()
	first, second := policy.Parse(x), policy.Parse(y)
	b.ReportAllocs()
	for b.Loop() {
		d, err := Diff(first, second, policy.Identity)
		if err != nil || (len(d.Changes) > 0) != differ || len(d.Unproven) > 0 {
			b.Fatal(err, len(d.Changes), d.Unproven)
		}
	}
}

// BenchmarkDiffHostile is the worst that a comparison can cost: of each hostile document with one that allows all
// but denies something under a condition, and with one that denies all.
func BenchmarkDiffHostile(b *testing.B) {
	other := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Effect":"Deny","Action":["s3:*","ec2:*"],"NotResource":["arn:aws:s3:::*x*/*"],"Condition":{"StringLike":{"aws:PrincipalTag/t":["*a*","*b*"]}}}]}`)
	none := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`)
	for name, text := range hostile() {
		doc := policy.Parse(text)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Diff(doc, other, policy.Identity); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+", denied", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Diff(doc, none, policy.Identity); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
