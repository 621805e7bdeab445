package authz_test

import (
	"slices"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// TestPolicy_TargetKeys: in conditions and in variables, wherever those stand; other keys are none.
func TestPolicy_TargetKeys(t *testing.T) {
	t.Parallel()
	for document, want := range map[string][]string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"AWS:ResourceTag/Team":"x","aws:PrincipalTag/team":"x"}}}}`:   {"aws:resourcetag/team"},
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"iam:PermissionsBoundary":"true"}}}}`:                                  {"iam:permissionsboundary"},
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/a":"${aws:ResourceTag/b}"}}}}`:                {"aws:resourcetag/b"},
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/${iam:ResourceTag/b}"}}}}`: {"iam:resourcetag/b"},
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:role/${aws:ResourceTag/b}"}}`:                                                  {"aws:resourcetag/b"},
		`{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:role/${aws:ResourceTag/b}"}}`:                                                                         nil,
	} {
		p, err := authz.Compile("p", policy.Parse(document))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.TargetKeys(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", document, got, want)
		}
	}
	c := authz.NewContext(false)
	c.SetMany("a", []string{"x", "y"})
	c.Set("b", "x:y")
	if one, other := c.Spell([]string{"a"}), c.Spell([]string{"b"}); one == other || one != c.Spell([]string{"a"}) {
		t.Errorf("%q and %q", one, other)
	}
}
