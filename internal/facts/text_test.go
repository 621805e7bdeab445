package facts

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

func TestText(t *testing.T) {
	t.Parallel()
	names := gsl.Strings{"a", "b", "c", "d", "e", "f", "g"}
	created := &gsl.Property{Name: "createDate", Kind: gsl.Number, Date: true}
	tests := []struct {
		name     string
		property *gsl.Property
		value    gsl.Value
		most     int
		want     string
	}{
		{"null", nil, gsl.Value{}, 0, "none"},
		{"unknown", nil, gsl.UnknownOf("users"), 0, "unknown"},
		{"true", nil, gsl.BoolOf(true), 0, "true"},
		{"number", nil, gsl.NumberOf(14), 0, "14"},
		{"fraction", nil, gsl.NumberOf(0.5), 0, "0.5"},
		{"date", created, gsl.NumberOf(1767225600), 0, "2026-01-01"},
		{"no date", created, gsl.NumberOf(gsl.NoDate), 0, "never"},
		{"empty list", nil, gsl.ListOf(nil), 0, "none"},
		{"whole list", nil, gsl.ListOf(&names), 0, "a, b, c, d, e, f, g"},
		{"part of a list", nil, gsl.ListOf(&names), 5, "a, b, c, d, e and 2 more"},
		{"list that fits", nil, gsl.ListOf(&names), 7, "a, b, c, d, e, f, g"},
		{"list of unknowns", nil, gsl.ListOf(&gsl.Values{gsl.StringOf("a"), gsl.UnknownOf("x")}), 0, "a, unknown"},
		{"hostile", nil, gsl.StringOf("\x1b[31m\u202ex\r\n"), 0, `\x1b[31m\u202ex\r\n`},
		{"plain", nil, gsl.StringOf(`=1+1 <script> "é" 名`), 0, `=1+1 <script> "é" 名`},
		{"object of no type", nil, gsl.PointerOf(new(int)), 0, "none"},
	}
	for _, tt := range tests {
		if got := Text(tt.property, tt.value, tt.most); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Text(nil, gsl.StringOf(strings.Repeat("é", 1000)), 0); len([]rune(got)) != maxText || !strings.HasSuffix(got, "…") {
		t.Errorf("long text has %d runes", len([]rune(got)))
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) {
		s.Roles[1].Trust = account.Document(policyDocument(
			`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"x"}}}`))
		s.Policies[0].Document = `{"Statement":{"Effect":"Allow","Action":["a:b","a:c"],"Resource":"*","Condition":{"StringLike":{"a.b:sub":"x"}}}}`
	})
	for path, want := range map[string]string{
		"document.Statement.Action": "a:b, a:c", "document.Statement.Condition.StringLike.a.b:sub": "x", "document.Nothing": "none",
		"document.Statement.Effect.x": "none", "nothing": "none", "groups.name": "devs", "groups.nothing": "none", "arn.x": "none",
	} {
		if got := read(t, s, "IamPolicy", "read", path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	e := entity(t, s, "IamRole", "app")
	if p, _ := Find(e.Type, e.Self, "roleLastUsed.lastUsedDate"); p == nil || !p.Date {
		t.Errorf("property %+v, want a date", p)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) {
		s.Policies[0].Document = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\",\n     \"Action\": [\"iam:*\"], \"Resource\": \"*\"}\n  ]\n}"
		s.Users[0].Inline = []account.InlinePolicy{{Name: "x\x1b", Document: s.Policies[0].Document}}
	})
	alice := entity(t, s, "IamUser", "alice")
	read := entity(t, s, "IamPolicy", "read")
	_, statements := Find(read.Type, read.Self, "document.Statement")
	statement := statements.Sequence().At(0)
	_, action := Find(read.Type, read.Self, "document.Statement")
	actions, _ := action.Sequence().At(0).Ref().(gsl.Record).Lookup("Action")

	got := new(Describer).Describe(read, statement)
	if len(got) != 1 {
		t.Fatalf("%d pieces of evidence, want 1", len(got))
	}
	want := got[0]
	if want.Document != teamARN || want.Pointer != "/Statement/0" || want.Line != 4 || want.Column != 5 ||
		want.Text != `{"Effect": "Allow", "Action": ["iam:*"], "Resource": "*"}` {
		t.Errorf("evidence %+v", want)
	}
	if got := new(Describer).Describe(read, actions); len(got) != 1 || got[0].Pointer != "/Statement/0/Action" || got[0].Line != 5 {
		t.Errorf("the list of actions: %+v", got)
	}
	first := actions.Sequence().At(0)
	for name, proofs := range map[string][]gsl.Value{"an action": {first}, "an action and its statement": {first, statement}} {
		got := new(Describer).Describe(read, proofs...)
		if len(got) != 1 || got[0].Pointer != "/Statement/0/Action/0" || got[0].Text != want.Text || len(got[0].Marks) != 1 ||
			got[0].Text[got[0].Marks[0].Start:got[0].Marks[0].End] != `"iam:*"` {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got = new(Describer).Describe(alice, statement)
	if len(got) != 2 || got[0].Document != `inline policy "x\x1b"` || got[1].Document != teamARN {
		t.Errorf("the same text in two policies of a user: %+v", got)
	}
	app := entity(t, s, "IamRole", "AWSServiceRoleForSupport")
	if got := new(Describer).Describe(app, statement); got != nil {
		t.Errorf("a statement of others: %+v", got)
	}
	_, managed := Find(alice.Type, alice.Self, "managedPolicies")
	if got := new(Describer).Describe(alice, managed.Sequence().At(0)); len(got) != 1 || got[0].Pointer != "/managedPolicies/0" || got[0].Text != "AdministratorAccess" {
		t.Errorf("an attached policy: %+v", got)
	}
	_, key := Find(alice.Type, alice.Self, "secondAccessKey")
	if got := new(Describer).Describe(alice, key); len(got) != 1 || got[0].Pointer != "/secondAccessKey" {
		t.Errorf("a key: %+v", got)
	}
	if got := new(Describer).Describe(alice, gsl.StringOf("x")); got != nil {
		t.Errorf("a text: %+v", got)
	}
}
