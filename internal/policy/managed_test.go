package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/iamref"
)

// TestParse_managed reads what AWS itself writes: every document of its managed policies is without fault,
// fit for an identity, and printed as it was written.
func TestParse_managed(t *testing.T) {
	t.Parallel()
	documents, statements := 0, 0
	for m := range iamref.ManagedPolicies() {
		d := Parse(m.Document)
		if faults := said(d.Faults) + said(d.Check(Identity)); faults != "" {
			t.Errorf("%s %s: %s", m.ARN, m.Version, faults)
		}
		if d.Root == nil || len(d.Statements) == 0 {
			t.Errorf("%s has no statements", m.ARN)
			continue
		}
		if diff := cmp.Diff(m.Document, string(d.Root.AppendJSON(nil))); diff != "" {
			t.Errorf("%s printed (-as written +as printed):\n%s", m.ARN, diff)
		}
		for _, s := range d.Statements {
			if s.Effect == "" || len(s.Action) == 0 || len(s.Resource) == 0 || d.Pointer(s.Node) != s.Pointer {
				t.Errorf("%s%s: read as %+v", m.ARN, s.Pointer, s)
			}
			statements++
		}
		documents++
	}
	if documents == 0 {
		t.Fatal("no documents")
	}
	t.Logf("%d documents, %d statements", documents, statements)
}

func BenchmarkParseManaged(b *testing.B) {
	var documents []string
	for m := range iamref.ManagedPolicies() {
		documents = append(documents, m.Document)
	}
	b.SetBytes(int64(len(strings.Join(documents, ""))))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range documents {
			Parse(text)
		}
	}
}
