package read

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

const (
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	power    = "arn:aws:iam::aws:policy/PowerUserAccess"
)

// managedAccount has one AWS managed policy attached and another as a boundary only.
func managedAccount() *account.Snapshot {
	version := func(id, text string) account.Version {
		return account.Version{ID: id, Created: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Document: account.Document(text)}
	}
	policy := func(arn string, present account.Version, stored ...account.Version) account.Policy {
		return account.Policy{ARN: arn, Version: present.ID, Document: present.Document, Versions: append(stored, present)}
	}
	old := version("v1", `{"Statement":[{"Effect":"Allow","Action":"s3:Old","Resource":"*"}]}`)
	s := &account.Snapshot{
		Account: "111122223333", TakenAt: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		Users: []account.User{{Name: "ann", Attached: []string{readOnly}}},
		Roles: []account.Role{{Name: "ops", Boundary: power, Trust: `{"Statement":[]}`}},
		Policies: []account.Policy{
			policy(readOnly, version("v7", `{"Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`), old),
			policy(power, version("v3", `{"Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}`), old),
		},
	}
	s.Normalize()
	return s
}

// TestAccount_managed shows which documents of AWS managed policies are fetched, and by how many calls.
func TestAccount_managed(t *testing.T) {
	t.Parallel()
	known := func(versions map[string]string) func(string) (string, string, bool) {
		return func(arn string) (string, string, bool) {
			version, ok := versions[arn]
			return version, `{"Statement":[]}`, ok
		}
	}
	refused := sandbox.Fault{Code: "AccessDenied", Status: 403, Message: "no"}
	tests := []struct {
		name     string
		managed  func(string) (string, string, bool)
		inject   map[string]sandbox.Fault
		fetched  int
		lists    int
		versions []string // of power and read only
		known    []bool   // whether the document is the known one; else AWS's, or none
		gaps     []account.Gap
	}{
		{"all known", known(map[string]string{readOnly: "v7", power: "v3"}), nil, 0, 2, []string{"v3", "v7"}, []bool{true, true}, nil},
		{"one is newer", known(map[string]string{readOnly: "v6", power: "v3"}), nil, 1, 2, []string{"v3", "v7"}, []bool{true, false}, nil},
		{"one is unheard of", known(map[string]string{readOnly: "v7"}), nil, 1, 2, []string{"v3", "v7"}, []bool{false, true}, nil},
		{"none known", nil, nil, 2, 2, []string{"v3", "v7"}, []bool{false, false}, nil},
		{
			"newer, and may not be fetched", known(map[string]string{readOnly: "v6", power: "v3"}),
			map[string]sandbox.Fault{"GetPolicyVersion": refused},
			1, 2,
			[]string{"v3", "v7"},
			[]bool{true, false},
			[]account.Gap{{Account: "111122223333", Call: "iam:GetPolicyVersion", Error: "AccessDenied: no", Permission: "iam:GetPolicyVersion", Part: account.PartManagedDocuments, Subject: readOnly}},
		},
		{
			"may not be listed", known(map[string]string{readOnly: "v6"}),
			map[string]sandbox.Fault{"ListPolicies": refused},
			0, 1,
			[]string{"", "v6"},
			[]bool{false, true},
			[]account.Gap{{Account: "111122223333", Call: "iam:ListPolicies", Error: "AccessDenied: no", Permission: "iam:ListPolicies", Part: account.PartManagedDocuments}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := managedAccount()
			c, _ := open(t, sandbox.Settings{Inject: test.inject}, want)
			got, err := Account(t.Context(), c, Options{Managed: test.managed, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			calls := c.Calls()
			if calls["iam:GetPolicyVersion"] != test.fetched || calls["iam:ListPolicies"] != test.lists {
				t.Errorf("calls: %v", calls)
			}
			if len(got.Policies) != 2 || got.Policies[0].ARN != power || got.Policies[1].ARN != readOnly {
				t.Fatalf("got %+v", got.Policies)
			}
			for i, p := range got.Policies {
				document := want.Policies[i].Document
				if test.known[i] {
					document = `{"Statement":[]}`
				} else if test.inject != nil {
					document = ""
				}
				if p.Version != test.versions[i] || p.Document != document {
					t.Errorf("%s: version %q, document %s", p.Name, p.Version, p.Document)
				}
			}
			if diff := cmp.Diff(test.gaps, got.Gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAccount_managed_unlisted has AWS not list what is in use, as it may happen when it changes while we read.
func TestAccount_managed_unlisted(t *testing.T) {
	t.Parallel()
	s := managedAccount()
	r := newReader(openOnly(t, s), Options{Now: time.Now})
	r.snapshot.Account = s.Account
	r.snapshot.Users = []account.User{{Name: "ann", Attached: []string{"arn:aws:iam::aws:policy/Brand/New"}}}
	if err := r.managedPolicies(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := r.finish()
	if len(got.Gaps) != 1 || got.Gaps[0].Subject != "arn:aws:iam::aws:policy/Brand/New" || !strings.Contains(got.Gaps[0].Error, "read again") {
		t.Errorf("gaps %+v", got.Gaps)
	}
	if !slices.ContainsFunc(got.Policies, func(p account.Policy) bool { return p.Name == "New" && p.Path == "/Brand/" && p.Document == "" }) {
		t.Errorf("policies %+v", got.Policies)
	}
}

func TestIsAWSManaged(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]bool{
		readOnly: true, "arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess": true, "arn:aws:iam::111122223333:policy/aws": false,
		"arn:aws:iam::111122223333:policy/aws:policy/x": false, "": false, "aws": false,
	} {
		if got := isAWSManaged(arn); got != want {
			t.Errorf("%s: got %v", arn, got)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"as AWS sends it", "%7B%22Statement%22%3A%5B%5D%7D", `{"Statement":[]}`},
		{"plain", `{"Resource":"arn:aws:s3:::b/100%25"}`, `{"Resource":"arn:aws:s3:::b/100%25"}`},
		{"plain after a line", "\n {\"a\":\"%41\"}", `{"a":"%41"}`},
		{"encoded after a blank", "%20%0A%7B%7D", "{}"},
		{"a plus is a plus", "%7B%22a%22%3A%221+1%2B1%22%7D", `{"a":"1+1+1"}`},
		{"broken escape", "%7B%zz", "%7B%zz"},
		{"not an object", "%22x%22", `"x"`},
		{"empty", "", ""},
	}
	for _, test := range tests {
		if got := document(&test.text); string(got) != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if got := document(nil); got != "" {
		t.Errorf("none: got %q", got)
	}
}

// TestDocument_encoded gives back whatever document was encoded, as it would be if it had come plain.
func TestDocument_encoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plain := "{" + rapid.String().Draw(t, "text") + "}"
		for _, encoded := range []string{url.PathEscape(plain), strings.ReplaceAll(url.QueryEscape(plain), "+", "%20")} {
			if got, want := document(&encoded), document(&plain); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	})
}
