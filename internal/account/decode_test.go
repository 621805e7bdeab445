package account_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
)

const small = `{
  "schema": "ambit.account/1",
  "account": "111122223333",
  "takenAt": "2026-01-31T09:00:00+01:00",
  "users": [
    {"name": "=1+1", "tags": [{"key": "<script>", "value": "a,b"}], "groups": ["nowhere", "admins"]},
    {"name": "bob", "path": "/eng/", "attached": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
  ],
  "roles": [
    {
      "name": "deploy",
      "trust": {
        "Version": "2012-10-17",
        "Statement": []
      }
    }
  ],
  "policies": [{"arn": "arn:aws:iam::aws:policy/job-function/Billing", "document": "%7B%22Version%22%3A%222012-10-17%22%7D"}],
  "credentialReport": {"rows": [{"user": "<root_account>", "mfaActive": true}, {"user": "bob"}]}
}`

func decode(t *testing.T, text string) *account.Snapshot {
	t.Helper()
	s, err := account.Decode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got := decode(t, small)
	want := &account.Snapshot{
		Schema: account.SchemaV1, Account: "111122223333", Partition: "aws",
		TakenAt: time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC),
		Users: []account.User{
			{
				Name: "=1+1", Path: "/", ARN: "arn:aws:iam::111122223333:user/=1+1",
				Groups: []string{"admins", "nowhere"}, Tags: []account.Tag{{Key: "<script>", Value: "a,b"}},
			},
			{
				Name: "bob", Path: "/eng/", ARN: "arn:aws:iam::111122223333:user/eng/bob",
				Attached: []string{"arn:aws:iam::aws:policy/AdministratorAccess"},
			},
		},
		Roles: []account.Role{{
			Name: "deploy", Path: "/", ARN: "arn:aws:iam::111122223333:role/deploy",
			Trust: "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}",
		}},
		Policies: []account.Policy{{
			Name: "Billing", ARN: "arn:aws:iam::aws:policy/job-function/Billing", Path: "/job-function/",
			Document: `{"Version":"2012-10-17"}`,
		}},
		Report: &account.CredentialReport{Rows: []account.Credential{
			{User: "<root_account>", ARN: "arn:aws:iam::111122223333:root", MFA: true},
			{User: "bob", ARN: "arn:aws:iam::111122223333:user/eng/bob"},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	const head = `{"schema": "ambit.account/1", "account": "111122223333"`
	for name, tt := range map[string]struct{ text, want string }{
		"empty":            {``, `line 1, column 1: the text ends in the middle of a value`},
		"cut off":          {head + ",\n\"users\": [{\"name\": \"bo", `line 2, column 23: the text ends in the middle of a value at "/users/0`},
		"not JSON":         {head + ` "users": []}`, `line 1, column 57: not JSON: invalid character '"' after object value`},
		"no schema":        {`{"account": "111122223333"}`, `capture without a schema (begin it with "schema": "ambit.account/1")`},
		"no account":       {`{"schema": "ambit.account/1"}`, `capture without an account`},
		"short account":    {`{"schema": "ambit.account/1", "account": "123"}`, `line 1, column 42: account id "123" is not twelve digits`},
		"other schema":     {`{"schema": "ambit.run/1", "run": {}}`, `unknown schema "ambit.run/1" at "/schema" (known: ambit.account/1; this is what ambit said of an account, not the account: ambit collect --out FILE saves it)`},
		"newer schema":     {`{"planets": [{"x": [1]}], "schema": "ambit.account/2"}`, `update ambit`},
		"newer inside":     {`{"users": [{"name": "a", "x": {"y": 1}, "z": 2}], "schema": "ambit.account/2"}`, `update ambit`},
		"unknown member":   {head + ",\n \"users\": [{\"name\": \"a\", \"nome\": 1}]}", `line 2, column 26: unknown member "nome" at "/users/0/nome" (known here: name, id, arn`},
		"member twice":     {head + `, "users": [], "users": []}`, `member "users" stands twice`},
		"inner twice":      {head + `, "users": [{"name": "a", "name": "b"}]}`, `member "name" stands twice at "/users/0/name"`},
		"user twice":       {head + `, "users": [{"name": "Bob"}, {"name": "bob"}]}`, `user "bob" stands twice`},
		"nameless":         {head + `, "groups": [{"path": "/"}]}`, `group without a name`},
		"wrong kind":       {head + `, "users": {}}`, `want a list, found an object at "/users"`},
		"number for text":  {head + `, "users": [{"name": 12}]}`, `want a string, found 12 at "/users/0/name"`},
		"huge number":      {head + `, "roles": [{"name": "r", "maxSession": 1e999}]}`, `want a whole number, found 1e999`},
		"bad time":         {head + `, "takenAt": "yesterday"}`, `want a time such as 2026-01-31T08:00:00Z, found "yesterday"`},
		"time past 9999":   {head + `, "takenAt": "9999-12-31T23:59:59-10:00"}`, `want a time`},
		"unknown part":     {head + `, "gaps": [{"call": "x", "error": "y", "part": "z"}]}`, `unknown part of an account: z`},
		"not UTF-8":        {head + ", \"source\": \"\xff\"}", `invalid UTF-8`},
		"more behind":      {head + `} {}`, `more text behind the capture`},
		"third key":        {head + `, "credentialReport": {"rows": [{"user": "a", "keys": [{}, {}, {}]}]}}`, `want at most two`},
		"nested too deep":  {head + `, "policies": [{"name": "p", "document": ` + strings.Repeat("[", 20000) + `}]}`, `exceeded max depth`},
		"runes in columns": {head + `, "source": "ééé", "x": 1}`, `line 1, column 75: unknown member "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := account.Decode(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := decode(t, small).Encode(&out); err != nil {
		t.Fatal(err)
	}
	want := `{
  "schema": "ambit.account/1",
  "account": "111122223333",
  "partition": "aws",
  "takenAt": "2026-01-31T08:00:00Z",
  "users": [
    {
      "name": "=1+1",
      "arn": "arn:aws:iam::111122223333:user/=1+1",
      "path": "/",
      "groups": ["admins", "nowhere"],
      "tags": [
        {"key": "<script>", "value": "a,b"}
      ]
    },
    {
      "name": "bob",
      "arn": "arn:aws:iam::111122223333:user/eng/bob",
      "path": "/eng/",
      "attached": ["arn:aws:iam::aws:policy/AdministratorAccess"]
    }
  ],
  "roles": [
    {
      "name": "deploy",
      "arn": "arn:aws:iam::111122223333:role/deploy",
      "path": "/",
      "trust": {
        "Version": "2012-10-17",
        "Statement": []
      }
    }
  ],
  "policies": [
    {
      "name": "Billing",
      "arn": "arn:aws:iam::aws:policy/job-function/Billing",
      "path": "/job-function/",
      "document": {"Version":"2012-10-17"}
    }
  ],
  "credentialReport": {
    "rows": [
      {
        "user": "<root_account>",
        "arn": "arn:aws:iam::111122223333:root",
        "mfaActive": true
      },
      {
        "user": "bob",
        "arn": "arn:aws:iam::111122223333:user/eng/bob"
      }
    ]
  }
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
