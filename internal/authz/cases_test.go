package authz_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// microCase is one case of testdata/cases.json: one rule of AWS's documentation each.
type microCase struct {
	ID      string `json:"id"`
	Request struct {
		Principal       string         `json:"principal"`
		Action          string         `json:"action"`
		Resource        string         `json:"resource"`
		ResourceAccount string         `json:"resourceAccount"`
		Context         map[string]any `json:"context"`
	} `json:"request"`
	IdentityPolicies     []json.RawMessage   `json:"identityPolicies"`
	PermissionBoundaries []json.RawMessage   `json:"permissionBoundaries"`
	ResourcePolicy       json.RawMessage     `json:"resourcePolicy"`
	SessionPolicy        json.RawMessage     `json:"sessionPolicy"`
	SCPs                 [][]json.RawMessage `json:"scps"`
	RCPs                 [][]json.RawMessage `json:"rcps"`
	Expected             string              `json:"expected"`
	Confidence           string              `json:"confidence"`
}

// readCases reads a file of cases.
func readCases(t *testing.T, name string) []microCase {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []microCase `json:"cases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// TestCases holds the evaluator to the documented cases, and to our choice in the contested ones.
func TestCases(t *testing.T) {
	t.Parallel()
	cases := append(readCases(t, "cases.json"), readCases(t, "evasions.json")...)
	if len(cases) < 194+100 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			stack, request := c.build(t)
			if got := stack.Decide(request).String(); got != c.Expected {
				t.Errorf("%s (%s): got %s, want %s", c.ID, c.Confidence, got, c.Expected)
			}
			if got := stack.Prepare(request).Decide(request.Resource); got != stack.Decide(request) {
				t.Errorf("Prepare says %v", got)
			}
			if e := stack.Explain(request); e.Decision != stack.Decide(request) {
				t.Errorf("Explain says %v", e.Decision)
			}
		})
	}
	t.Logf("%d cases", len(cases))
}

// TestCases_contested: the page on semantics tells our choice in every contested case.
func TestCases_contested(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	cases := readCases(t, "cases.json")
	contested := 0
	for _, c := range cases {
		if c.Confidence != "contested" {
			continue
		}
		if contested++; !strings.Contains(string(page), "| `"+c.ID+"` |") {
			t.Errorf("docs/semantics.md has no row for %s", c.ID)
		}
	}
	if contested != 14 {
		t.Errorf("%d contested cases, want 14", contested)
	}
}

func (c *microCase) build(t *testing.T) (*authz.Stack, *authz.Request) {
	t.Helper()
	p, err := authz.ParsePrincipal(c.Request.Principal)
	if err != nil {
		t.Fatal(err)
	}
	ctx := authz.NewContext(false)
	for k, v := range c.Request.Context {
		switch v := v.(type) {
		case string:
			ctx.Set(k, v)
		case []any:
			values := []string{}
			for _, x := range v {
				values = append(values, x.(string))
			}
			ctx.SetMany(k, values)
		default:
			t.Fatalf("context %s: %T", k, v)
		}
	}
	s := &authz.Stack{
		Identity: compileAll(t, c.IdentityPolicies),
		Boundary: compileAll(t, c.PermissionBoundaries),
		SCPs:     compileLevels(t, c.SCPs),
		RCPs:     compileLevels(t, c.RCPs),
	}
	if len(c.SessionPolicy) > 4 {
		s.Session = compileAll(t, []json.RawMessage{c.SessionPolicy})
	}
	if len(c.ResourcePolicy) > 4 {
		if all := compileAll(t, []json.RawMessage{c.ResourcePolicy}); len(all) > 0 {
			s.Resource = all[0]
		}
	}
	return s, &authz.Request{
		Principal: p, Action: c.Request.Action, Resource: c.Request.Resource,
		ResourceAccount: c.Request.ResourceAccount, Context: ctx,
	}
}

// compileAll leaves out documents that AWS would have refused, as a simulator must.
func compileAll(t *testing.T, docs []json.RawMessage) []*authz.Policy {
	t.Helper()
	var out []*authz.Policy
	for _, d := range docs {
		p, err := authz.Compile("case", policy.Parse(string(d)))
		if err != nil {
			t.Log(err)
			continue
		}
		out = append(out, p)
	}
	return out
}

func compileLevels(t *testing.T, levels [][]json.RawMessage) [][]*authz.Policy {
	t.Helper()
	var out [][]*authz.Policy
	for _, l := range levels {
		out = append(out, compileAll(t, l))
	}
	return out
}
