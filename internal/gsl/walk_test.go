package gsl_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// TestProgram_Walk: the tests that made the outcome, and what each of them read.
func TestProgram_Walk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule string
		want []string
	}{
		{"IamUser should have mfaActive = true", []string{"mfaActive = true: false, read 0"}},
		{"IamUser should have name = 'Alice' and mfaActive = true", []string{"mfaActive = true: false, read 0"}},
		{"IamUser should have name = 'Alice' and passwordEnabled", []string{"name = 'Alice': true, read Alice", "passwordEnabled: true, read 1"}},
		{"IamUser should have mfaActive or name = 'Bob' or name = 'Eve'", []string{"mfaActive: false, read 0", "name in ('Bob', 'Eve'): false, read Alice"}},
		{"IamUser should have not (mfaActive or name = 'Alice')", []string{"name = 'Alice': true, read Alice"}},
		{
			"IamUser should not have data.many contain [Effect = 'Allow' and (Action = 's3:Put' or Action = 'iam:x')]",
			[]string{"Action in ('s3:Put', 'iam:x'): false, read list", "Effect = 'Allow': false, read Deny"},
		},
		{"IamUser should have data.many contain [Effect = 'Deny' and Action contain ['*']]", []string{"Effect = 'Deny': true, read Deny", "Action contain ['*']: true, read *"}},
		{"IamUser should have data.many contain-all [Effect = 'Deny']", []string{"Effect = 'Deny': false, read Allow"}},
		{"IamUser should have data.many contain-none [Effect = 'Deny']", []string{"Effect = 'Deny': true, read Deny"}},
		{"IamUser should have nothing contain [x = 1]", []string{"nothing contain [x = 1]: false, read null"}},
		{"IamUser should have attachedGroups hasAny('dev')", []string{"attachedGroups hasAny('dev'): true, read list"}},
		{"IamUser should have hidden = 'x'", []string{"hidden = 'x': unknown, read unknown"}},
	} {
		program, _ := gsl.Compile(schema, file(c.rule), gsl.Options{})
		if program == nil {
			t.Fatal(c.rule)
		}
		walk := program.Walk(&gsl.Env{Now: now.Unix()}, alice())
		var got []string
		for _, s := range walk.Check.Reasons() {
			line := syntax.FormatExpr(s.Expr) + ": " + s.Truth.String()
			if v, ok := s.Read(); ok {
				line += ", read " + show(v)
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.rule, diff)
		}
	}
}

// TestProgram_Walk_property: a walk comes to what Judge comes to, and the tests that it names do not depend on one another:
// each has the truth that its own step says.
func TestProgram_Walk_property(t *testing.T) {
	t.Parallel()
	reasons := 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		p, remarks := gsl.Compile(schema, file(text), gsl.Options{})
		if p == nil {
			t.Fatal(remarks)
		}
		env := gsl.Env{Now: now.Unix(), Host: "sandbox", UnknownAsNull: rapid.Bool().Draw(t, "as null")}
		want := p.Judge(&env, alice())
		walk := p.Walk(&env, alice())
		if walk.Judgement != want {
			t.Fatalf("%s: walked to %v, judged %v", text, walk.Judgement, want)
		}
		if walk.Check == nil {
			return // the same for every entity
		}
		if walk.Check.Truth != want.Valid {
			t.Fatalf("%s: the top step is %v, the verdict %v", text, walk.Check.Truth, want.Valid)
		}
		for _, r := range walk.Check.Reasons() {
			reasons++
			if len(r.Reasons()) != 1 || r.Reasons()[0] != r {
				t.Fatalf("%s: the reason %s has reasons of its own", text, syntax.FormatExpr(r.Expr))
			}
		}
	})
	if reasons == 0 {
		t.Fatal("no reason was looked at")
	}
}

func TestStep_Hits(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string][]string{
		"IamUser should have attachedGroups contain ['dev', 'o%']":    {"dev", "ops"},
		"IamUser should have attachedGroups contain ['dev', 'x']":     {"dev"},
		"IamUser should have attachedGroups contain ['x']":            nil,
		"IamUser should have name contain ['Alice']":                  {"Alice"},
		"IamUser should have nothing contain ['Alice']":               nil,
		"IamUser should have attachedGroups contain [$ = 'dev']":      nil,
		"IamUser should have attachedGroups contain-all ['%o%', 'x']": {"ops"},
	} {
		program, _ := gsl.Compile(schema, file(rule), gsl.Options{})
		var got []string
		for _, v := range program.Walk(&gsl.Env{}, alice()).Check.Hits() {
			got = append(got, v.Text())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", rule, diff)
		}
	}
}
