package account_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
)

func TestNewDocument(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"plain":                {`{"a":1}`, `{"a":1}`},
		"percent-encoded":      {"%7B%22a%22%3A%20%22x%2By+z%22%7D", `{"a": "x+y+z"}`},
		"lower-case escapes":   {"%7b%22a%22%3a1%7d", `{"a":1}`},
		"broken escapes":       {"%7B%2", "%7B%2"},
		"percent inside":       {`{"a":"%7B"}`, `{"a":"%7B"}`},
		"space around":         {"\n  {\"a\":1}\n", `{"a":1}`},
		"nested":               {"{\n      \"a\": 1\n    }", "{\n  \"a\": 1\n}"},
		"tabs":                 {"{\n\t\t\"a\": 1\n\t}", "{\n\t\"a\": 1\n}"},
		"stands alone":         {"{\n  \"a\": 1\n}", "{\n  \"a\": 1\n}"},
		"blank line":           {"{\n\n    \"a\": 1\n  }", "{\n\n  \"a\": 1\n}"},
		"CRLF":                 {"{\r\n    \"a\": 1\r\n  }", "{\r\n  \"a\": 1\r\n}"},
		"escaped bytes no UTF": {"%7B%22a%22%3A%22%ff%22%7D", "{\"a\":\"\ufffd\"}"},
		"empty":                {"", ""},
	} {
		if got := account.NewDocument(tt.text); string(got) != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestNewDocument_settles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := account.NewDocument(string(doc(t)))
		if twice := account.NewDocument(string(once)); twice != once {
			t.Fatalf("once %q, twice %q", once, twice)
		}
	})
}

func TestSnapshot_Normalize(t *testing.T) {
	t.Parallel()
	generated := time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600))
	s := &account.Snapshot{
		Account: "111122223333", Partition: "aws-us-gov",
		Groups: []account.Group{{Name: "b", ARN: "arn:aws-us-gov:iam::111122223333:group/x/y/b"}, {Name: "a", Path: "/p/"}},
		Users: []account.User{{
			Name: "u", Groups: []string{"b", "a", "b"}, Attached: []string{}, Tags: []account.Tag{{Key: "z"}, {Key: "a"}},
		}},
		Policies: []account.Policy{
			{Name: "own", Version: "v10", Versions: []account.Version{{ID: "v10"}, {ID: "v2"}}},
			{ARN: "arn:aws-us-gov:iam::aws:policy/service-role/Runner"},
		},
		Report: &account.CredentialReport{Generated: generated, Rows: []account.Credential{
			{User: "u", Created: generated}, {User: account.RootUser},
		}},
		Gaps: []account.Gap{{Call: "x", Part: account.PartUsers}, {Call: "x", Part: account.PartUsers}},
	}
	s.Normalize()
	utc := generated.UTC()
	want := &account.Snapshot{
		Schema: account.SchemaV1, Account: "111122223333", Partition: "aws-us-gov", TakenAt: utc,
		Groups: []account.Group{
			{Name: "a", Path: "/p/", ARN: "arn:aws-us-gov:iam::111122223333:group/p/a"},
			{Name: "b", Path: "/x/y/", ARN: "arn:aws-us-gov:iam::111122223333:group/x/y/b"},
		},
		Users: []account.User{{
			Name: "u", Path: "/", ARN: "arn:aws-us-gov:iam::111122223333:user/u", Created: utc, Groups: []string{"a", "b"},
			Tags: []account.Tag{{Key: "a"}, {Key: "z"}},
		}},
		Policies: []account.Policy{
			{
				Name: "own", Path: "/", ARN: "arn:aws-us-gov:iam::111122223333:policy/own", Version: "v10",
				Versions: []account.Version{{ID: "v2"}, {ID: "v10"}},
			},
			{Name: "Runner", Path: "/service-role/", ARN: "arn:aws-us-gov:iam::aws:policy/service-role/Runner"},
		},
		Report: &account.CredentialReport{Generated: utc, Rows: []account.Credential{
			{User: account.RootUser, ARN: "arn:aws-us-gov:iam::111122223333:root"},
			{User: "u", ARN: "arn:aws-us-gov:iam::111122223333:user/u", Created: utc},
		}},
		Gaps: []account.Gap{{Account: "111122223333", Call: "x", Part: account.PartUsers}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
}

func TestSnapshot_Gap(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	s := &account.Snapshot{Gaps: []account.Gap{
		{Call: "one", Part: account.PartManagedDocuments, Subject: arn}, {Call: "all", Part: account.PartUsers},
	}}
	for _, tt := range []struct {
		part     account.Part
		on       string
		gap, got string
	}{
		{account.PartUsers, arn, "all", "all"},
		{account.PartManagedDocuments, arn, "", "one"},
		{account.PartManagedDocuments, "other", "", ""},
		{account.PartRoles, arn, "", ""},
	} {
		if got := call(s.Gap(tt.part)); got != tt.gap {
			t.Errorf("Gap(%s): got %q, want %q", tt.part, got, tt.gap)
		}
		if got := call(s.GapOn(tt.part, tt.on)); got != tt.got {
			t.Errorf("GapOn(%s, %s): got %q, want %q", tt.part, tt.on, got, tt.got)
		}
	}
}

func call(g *account.Gap) string {
	if g == nil {
		return ""
	}
	return g.Call
}

// TestTags holds the json tags, which others marshal by, to the tables of the capture: every field written once, in
// the order of the struct and under its tag's name.
func TestTags(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var check func(typ reflect.Type)
	check = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Array || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() || seen[typ] {
			return
		}
		seen[typ] = true
		var want []string
		for field := range typ.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			want = append(want, name)
			check(field.Type)
		}
		if diff := cmp.Diff(want, account.TableNames(typ)); diff != "" {
			t.Errorf("%s: %s", typ, diff)
		}
	}
	check(reflect.TypeFor[account.Snapshot]())
	if len(seen) != 24 {
		t.Errorf("checked %d types, want 24", len(seen))
	}
}
