package policy_test

import (
	"slices"
	"testing"

	"github.com/ambit-iam/ambit/internal/policy"
)

// TestConditionValues: in the order of the statements, whatever the operator and the letter case of the key.
func TestConditionValues(t *testing.T) {
	t.Parallel()
	doc := policy.Parse(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceArn":["b","a"],"aws:SourceAccount":"1"}}},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnNotLikeIfExists":{"AWS:sourcearn":"c"}}}]}`)
	if got, want := policy.ConditionValues(doc.Statements, "aws:SourceArn"), []string{"b", "a", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := policy.ConditionValues(doc.Statements, "aws:SourceIp"); got != nil {
		t.Errorf("of a key that no condition has: %q", got)
	}
}
