package simulate_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/simulate"
)

// TestRun_cases reads the evaluator's own cases as a user would give them.
func TestRun_cases(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../authz/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	cases, err := simulate.Read("cases.json", f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		if r := simulate.Run(&cases[i]); r.Outcome() != simulate.Passed {
			t.Errorf("%s: got %v %s, want %s", cases[i].ID, r.Decision, r.Fault, cases[i].Expected)
		}
	}
	if len(cases) < 194 {
		t.Errorf("only %d cases", len(cases))
	}
	t.Logf("%d cases", len(cases))
}

const yamlCase = `
id: reader
request:
  principal: arn:aws:iam::111111111111:user/alice
  action: s3:GetObject
  resource: arn:aws:s3:::b/k
  context: {aws:PrincipalTag/team: red, s3:max-keys: 10}
identityPolicies:
  - Version: 2012-10-17
    Statement:
      Effect: Allow
      Action: s3:Get*
      Resource: "*"
      Condition:
        StringEquals: {aws:PrincipalTag/team: red}
        NumericLessThan: {s3:max-keys: 11}
expected: Allowed
`

func TestRead(t *testing.T) {
	t.Parallel()
	one := `{"id":"a","request":{"principal":"arn:aws:iam::111111111111:user/a","action":"s3:GetObject","resource":"*"},"expected":"ImplicitlyDenied"}`
	for name, tc := range map[string]struct {
		text string
		want int
	}{
		"one case":         {one, 1},
		"list":             {"[" + one + "," + one + "]", 2},
		"lines":            {one + "\n" + one + "\n" + one, 3},
		"file":             {`{"cases":[` + one + `]}`, 1},
		"yaml":             {yamlCase, 1},
		"yaml documents":   {yamlCase + "---" + yamlCase, 2},
		"text of a policy": {strings.Replace(one, `"expected"`, `"identityPolicies":["{\"Version\":\"2012-10-17\",\"Statement\":[]}"],"expected"`, 1), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases, err := simulate.Read("f", strings.NewReader(tc.text))
			if err != nil || len(cases) != tc.want {
				t.Fatalf("got %d cases, %v, want %d", len(cases), err, tc.want)
			}
			for i := range cases {
				if r := simulate.Run(&cases[i]); r.Outcome() != simulate.Passed {
					t.Errorf("%s: got %v %s", cases[i].ID, r.Decision, r.Fault)
				}
			}
		})
	}
}

func TestRead_faults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"empty":            {" \n", "empty"},
		"truncated":        {"[\n{\"id\":", "f:"},
		"misspelt member":  {"[{\"id\":\"a\"},\n{\"id\":\"b\",\n\"identityPolices\":[]}]", `f:3: not a case: unknown member "identityPolices"`},
		"member of a file": {"{\"cases\":[\n{\"id\":\"b\",\n\"request\":{\"acton\":\"\"}}]}", `f:3: not a case: unknown member "acton"`},
		"member of YAML":   {"id: x\n# remark\nrequest:\n  principal: a\n  acton: b\n", `f:5: not a case: unknown member "acton"`},
		"second document":  {"id: x\n---\nid: y\ntopik: z\n", `f:4: not a case: unknown member "topik"`},
		"wrong kind":       {"id: [1]", "f:1: not a case: /id cannot be a list"},
		"no JSON":          {"[\n{\"id\": 1,}\n]", "f:2:"},
		"no YAML":          {"id: x\n  : :\n bad", "f:1: did not find"},
		"no case":          {`{"cases":[]}`, "no case"},
		"yaml alias":       {"id: &x a\nnote: *x", "anchor"},
		"yaml of a scalar": {"hello", "f:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if cases, err := simulate.Read("f", strings.NewReader(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got %d cases, %v, want an error with %q", len(cases), err, tc.want)
			}
		})
	}
}

// TestRun_refused: a document that AWS would refuse grants nothing, and stops an answer that it could change.
func TestRun_refused(t *testing.T) {
	t.Parallel()
	allow := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	bad := `{"Version":"2012-10-17","Statement":[{"Effect":"deny","Action":"*","Resource":"*"}]}`
	for name, tc := range map[string]struct {
		policies string
		fault    bool
		decision string
	}{
		"alone":          {bad, false, "ImplicitlyDenied"},
		"beside a grant": {allow + "," + bad, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases, err := simulate.Read("f", strings.NewReader(`{"request":{"principal":"arn:aws:iam::111111111111:user/a","action":"s3:GetObject","resource":"*"},"identityPolicies":[`+tc.policies+`]}`))
			if err != nil {
				t.Fatal(err)
			}
			r := simulate.Run(&cases[0])
			if (r.Fault != "") != tc.fault || tc.decision != "" && r.Decision.String() != tc.decision {
				t.Errorf("got %v, fault %q", r.Decision, r.Fault)
			}
			if len(r.Remarks) == 0 {
				t.Error("nothing is said of the refused document")
			}
		})
	}
}

// TestRun_requests: what a request leaves unsaid, and how its values are written, decides as it would at AWS.
func TestRun_requests(t *testing.T) {
	t.Parallel()
	const user, role = "arn:aws:iam::111111111111:user/a", "arn:aws:iam::111111111111:role/r"
	policies := func(condition string) string {
		return `"identityPolicies":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"` + condition + `}]}]`
	}
	toSession := `,"resourcePolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/r/s"},"Action":"*","Resource":"*"}]}`
	for name, tc := range map[string]struct {
		principal, resource, context, rest string
		want, fault                        string
	}{
		"a queue of another account": {user, "arn:aws:sqs:us-east-1:222222222222:q", "", policies(""), "ImplicitlyDenied", ""},
		"a queue of its own":         {user, "arn:aws:sqs:us-east-1:111111111111:q", "", policies(""), "Allowed", ""},
		"an account as a number": {
			user, "*", `"aws:ResourceAccount":123456789012`,
			policies(`,"Condition":{"StringEquals":{"aws:ResourceAccount":"123456789012"}}`), "Allowed", "",
		},
		"numbers in a list": {
			user, "*", `"aws:TagKeys":[1700000000, true]`,
			policies(`,"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["1700000000","true"]}}`), "Allowed", "",
		},
		"a key of nothing":    {user, "*", `"aws:x":null`, policies(""), "", "context aws:x: want a text"},
		"an unknown operator": {user, "*", "", policies(`,"Condition":{"StringEqual":{"aws:username":"a"}}`), "", `no condition operator "StringEqual"`},
		"any session":         {role, "*", "", policies("") + toSession, "", "arn:aws:sts::111111111111:assumed-role/r/NAME"},
		"another session":     {"arn:aws:sts::111111111111:assumed-role/r/t", "*", "", policies("") + toSession, "Allowed", ""},
		"a dear pattern":      {user, strings.Repeat("a", 2100), "", strings.Replace(policies(""), `"Resource":"*"`, `"Resource":"`+strings.Repeat("*a", 2099)+`*b*a"`, 1), "", "too long to match"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases, err := simulate.Read("f", strings.NewReader(`{"request":{"principal":"`+tc.principal+`","action":"sqs:SendMessage","resource":"`+tc.resource+`","context":{`+tc.context+`}},`+tc.rest+`}`))
			if err != nil {
				t.Fatal(err)
			}
			r := simulate.Run(&cases[0])
			if tc.fault != "" {
				if !strings.Contains(r.Fault, tc.fault) {
					t.Errorf("got %v, fault %q, want %q", r.Decision, r.Fault, tc.fault)
				}
				return
			}
			if r.Fault != "" || r.Decision.String() != tc.want {
				t.Errorf("got %v, fault %q, want %s", r.Decision, r.Fault, tc.want)
			}
		})
	}
}
