package rules_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/rules"
)

func TestLoad(t *testing.T) {
	c, err := rule.Load(facts.Schema(), rule.Named("rules", rules.FS))
	if err != nil {
		t.Fatal("\n" + err.Error())
	}
	t.Log(len(c.All()), c.Remarks())
}
