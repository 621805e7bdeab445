package diff

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/reviewtest"
)

// FuzzDocuments: no document differs from itself in another layout, and authz confirms every witness.
func FuzzDocuments(f *testing.F) {
	f.Add(reviewtest.Typical, strings.Replace(reviewtest.Typical, "BoolIfExists", "Bool", 1), uint8(policy.Identity))
	f.Add(`{"Statement":{"Effect":"Allow","Action":"sts:*","Principal":{"AWS":["*","1"]}}}`, `{"Statement":{"Effect":"Allow","Action":"*","NotPrincipal":"*","Condition":{"Null":{"x":true}}}}`, uint8(policy.Trust))
	f.Add(`{"Statement":{"Effect":"Deny","NotAction":"x:*y","NotResource":["arn:a:*","*:${a:b}?"]}}`, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, uint8(policy.ServiceControl))
	f.Fuzz(func(t *testing.T, x, y string, kind uint8) {
		k := policy.DocumentKind(kind%5 + 1)
		a, b := policy.Parse(x), policy.Parse(y)
		if len(a.Faults)+len(b.Faults) > 0 {
			if _, err := Documents(a, b, k); err == nil {
				t.Error("a document with faults is compared")
			}
			return
		}
		confirm(t, a, b, k)
		if same, err := Documents(a, policy.Parse(a.Format()), k); err != nil || len(same.Changes) > 0 {
			t.Errorf("a document differs from itself: %v %v", same, err)
		}
	})
}

func BenchmarkDocuments(b *testing.B) {
	wider := strings.Replace(strings.Replace(reviewtest.Typical, `"s3:GetObject", "s3:Get*"`, `"s3:*"`, 1), `"Bool"`, `"BoolIfExists"`, 1)
	b.Run("typical", func(b *testing.B) { benchmarkDocuments(b, reviewtest.Typical, wider, true) })
	b.Run("same", func(b *testing.B) { benchmarkDocuments(b, reviewtest.Typical, reviewtest.Typical, false) })
	managed := func(name string) string {
		m, ok := iamref.ManagedPolicy("arn:aws:iam::aws:policy/" + name)
		if !ok {
			b.Fatal(name)
		}
		return m.Document
	}
	b.Run("everything", func(b *testing.B) {
		benchmarkDocuments(b, managed("AdministratorAccess"), managed("PowerUserAccess"), true)
	})
	b.Run("large", func(b *testing.B) { benchmarkDocuments(b, managed("ReadOnlyAccess"), managed("SecurityAudit"), true) })
	b.Run("largest", func(b *testing.B) {
		benchmarkDocuments(b, managed("AmazonSageMakerFullAccess"), managed("AmazonEC2FullAccess"), true)
	})
}

func benchmarkDocuments(b *testing.B, x, y string, differ bool) {
	b.Helper()
	first, second := policy.Parse(x), policy.Parse(y)
	b.ReportAllocs()
	for b.Loop() {
		d, err := Documents(first, second, policy.Identity)
		if err != nil || (len(d.Changes) > 0) != differ || len(d.Unproven) > 0 {
			b.Fatal(err, len(d.Changes), d.Unproven)
		}
	}
}

// BenchmarkDocumentsHostile is the worst that a comparison can cost: of each hostile document with one that allows all
// but denies something under a condition, and with one that denies all.
func BenchmarkDocumentsHostile(b *testing.B) {
	other := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Effect":"Deny","Action":["s3:*","ec2:*"],"NotResource":["arn:aws:s3:::*x*/*"],"Condition":{"StringLike":{"aws:PrincipalTag/t":["*a*","*b*"]}}}]}`)
	none := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`)
	for name, text := range reviewtest.Hostile() {
		doc := policy.Parse(text)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Documents(doc, other, policy.Identity); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+", denied", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Documents(doc, none, policy.Identity); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
