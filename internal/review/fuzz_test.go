package review

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/reviewtest"
)

// FuzzLint: smells stand inside the text, at a node that their pointer names, and do not depend on the layout.
func FuzzLint(f *testing.F) {
	f.Add(reviewtest.Typical, uint8(policy.Identity))
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

// gist is what smells say, wherever they stand.
func gist(smells []Smell) map[string]int {
	all := map[string]int{}
	for _, s := range smells {
		all[fmt.Sprint(s.Rule, s.Pointer)]++
	}
	return all
}

func BenchmarkLint(b *testing.B) {
	doc := policy.Parse(reviewtest.Typical)
	b.ReportAllocs()
	for b.Loop() {
		if len(Lint(doc, policy.Identity)) == 0 {
			b.Fatal("no smells")
		}
	}
}

// BenchmarkLintHostile is the worst that a document can cost.
func BenchmarkLintHostile(b *testing.B) {
	for name, text := range reviewtest.Hostile() {
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
