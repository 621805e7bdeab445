package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// TestReviewer: a reviewer of many documents says of each what Lint says.
func TestReviewer(t *testing.T) {
	t.Parallel()
	var r Reviewer
	n, smells := 0, 0
	for m := range iamref.ManagedPolicies() {
		if n++; n%8 != 0 {
			continue
		}
		doc := policy.Parse(m.Document)
		want := Lint(doc, policy.Identity)
		if diff := cmp.Diff(want, r.Lint(doc, policy.Identity)); diff != "" {
			t.Fatalf("%s: %s", m.ARN, diff)
		}
		smells += len(want)
		for _, only := range []Rule{MismatchedAction, ManagesPermissions, RedundantResource} {
			for _, s := range r.Lint(doc, policy.Identity, only) {
				if s.Rule != only {
					t.Fatalf("%s: %s where only %s was asked for", m.ARN, s.Rule, only)
				}
			}
		}
	}
	if n < 1000 || smells < 100 {
		t.Errorf("%d documents, %d smells", n, smells)
	}
}
