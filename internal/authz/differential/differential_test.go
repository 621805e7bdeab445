package differential

import (
	"bufio"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// TestSimulator asks authz and the simulator the same random questions.
func TestSimulator(t *testing.T) {
	module := os.Getenv("AMBIT_IAM_SIMULATE")
	node, err := exec.LookPath("node")
	if module == "" || err != nil {
		t.Skip("SKIPPED: no second judge of decisions: set AMBIT_IAM_SIMULATE to the module of @cloud-copilot/iam-simulate, with node on the PATH")
	}
	count := 5000
	if n, err := strconv.Atoi(os.Getenv("AMBIT_DIFFERENTIAL")); err == nil {
		count = n
	}
	ask := startSimulator(t, node, module)
	excused, wrong := map[string]int{}, 0
	seen := map[string]int{}
	for i := range count {
		w := generator{rand.New(rand.NewPCG(1, uint64(i)))}.world()
		theirs := ask(&w)
		ours := w.decide(t)
		seen[strings.SplitN(theirs, "{", 2)[0]]++
		if ours == theirs {
			continue
		}
		if why := w.excuse(ours, theirs); why != "" {
			excused[why]++
			continue
		}
		if wrong++; wrong <= 5 {
			text, _ := json.MarshalIndent(w.simulation(), "", " ")
			t.Errorf("request %d: authz says %s, the simulator %s\n%s", i, ours, theirs, text)
		}
	}
	t.Logf("%d requests, %v, %d differ without an excuse, documented differences: %v", count, seen, wrong, excused)
}

// startSimulator runs the simulator for the whole test and gives the function that asks it.
func startSimulator(t *testing.T, node, module string) func(*world) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), node, "simulate.mjs", module)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	return func(w *world) string {
		text, err := json.Marshal(w.simulation())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(in, string(text)+"\n"); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() {
			t.Fatalf("the simulator ended: %v", lines.Err())
		}
		return w.read(t, lines.Bytes())
	}
}

// read takes the simulator's answer. It leaves out keys that it holds the request cannot carry: so must we.
func (w *world) read(t *testing.T, line []byte) string {
	t.Helper()
	var answer struct {
		Result  string   `json:"result"`
		Error   string   `json:"error"`
		Ignored []string `json:"ignored"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		t.Fatal(err)
	}
	for _, k := range answer.Ignored {
		delete(w.context, k)
	}
	if answer.Error != "" {
		return "error: " + answer.Error
	}
	return answer.Result
}

type namedPolicy struct {
	Name   string   `json:"name"`
	Policy document `json:"policy"`
}

type orgPolicies struct {
	OrgIdentifier string        `json:"orgIdentifier"`
	Policies      []namedPolicy `json:"policies"`
}

func namedPolicies(docs []document) []namedPolicy {
	out := []namedPolicy{}
	for i, d := range docs {
		out = append(out, namedPolicy{"p" + strconv.Itoa(i), d})
	}
	return out
}

func organization(levels [][]document) []orgPolicies {
	out := []orgPolicies{}
	for i, l := range levels {
		out = append(out, orgPolicies{"o" + strconv.Itoa(i), namedPolicies(l)})
	}
	return out
}

// simulation is the request in the simulator's own shape.
func (w *world) simulation() document {
	d := document{
		"request": document{
			"principal": w.principal, "action": w.action,
			"resource":         document{"resource": w.resource, "accountId": w.owner},
			"contextVariables": w.context,
		},
		"identityPolicies":        namedPolicies(w.identity),
		"serviceControlPolicies":  organization(w.scps),
		"resourceControlPolicies": organization(w.rcps),
	}
	if w.boundary != nil {
		d["permissionBoundaryPolicies"] = namedPolicies(w.boundary)
	}
	if w.session != nil {
		d["sessionPolicy"] = w.session
	}
	if w.resourcePolicy != nil {
		d["resourcePolicy"] = w.resourcePolicy
	}
	return d
}

func (w *world) decide(t *testing.T) string {
	t.Helper()
	p, err := authz.ParsePrincipal(w.principal)
	if err != nil {
		t.Fatal(err)
	}
	s := &authz.Stack{Identity: compile(t, w.identity), SCPs: compileLevels(t, w.scps), RCPs: compileLevels(t, w.rcps)}
	if w.boundary != nil {
		s.Boundary = compile(t, w.boundary)
	}
	if w.session != nil {
		s.Session = compile(t, []document{w.session})
	}
	if w.resourcePolicy != nil {
		s.Resource = compile(t, []document{w.resourcePolicy})[0]
	}
	c := authz.NewContext(false)
	for k, v := range w.context {
		switch v := v.(type) {
		case string:
			c.Set(k, v)
		case []string:
			c.SetMany(k, v)
		}
	}
	return s.Decide(&authz.Request{Principal: p, Action: w.action, Resource: w.resource, ResourceAccount: w.owner, Context: c}).String()
}

func compile(t *testing.T, docs []document) []*authz.Policy {
	t.Helper()
	var out []*authz.Policy
	for _, d := range docs {
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		p, err := authz.Compile("p", policy.Parse(string(text)))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		out = append(out, p)
	}
	return out
}

func compileLevels(t *testing.T, levels [][]document) [][]*authz.Policy {
	t.Helper()
	var out [][]*authz.Policy
	for _, l := range levels {
		out = append(out, compile(t, l))
	}
	return out
}

// The documented differences: each sentence stands in docs/semantics.md.
const (
	excuseSession  = "a resource policy that names the session passes by the session policy's implicit deny"
	excuseVariable = "a variable without a value"
	excuseFamily   = "NotIpAddress of a single address of the other family"
	excuseEmpty    = "Null on a key that is there and empty"
)

// TestExcuses_documented: no difference is excused that the page on semantics does not own up to.
func TestExcuses_documented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, sentence := range []string{excuseSession, excuseVariable, excuseFamily, excuseEmpty} {
		if !strings.Contains(string(page), "**"+sentence+"**") {
			t.Errorf("docs/semantics.md does not say %q", sentence)
		}
	}
}

// excuse names the documented difference (docs/semantics.md) that a case falls under, or "".
func (w *world) excuse(ours, theirs string) string {
	if w.session != nil && w.resourcePolicy != nil && ours == "Allowed" && theirs == "ImplicitlyDenied" {
		return excuseSession
	}
	text, _ := json.Marshal(w.simulation())
	if _, given := w.context["AWS:username"]; !given && strings.Contains(string(text), "${aws:username}") {
		return excuseVariable
	}
	if ip, _ := w.context["aws:SourceIp"].(string); strings.Contains(ip, ":") && strings.Contains(string(text), "NotIpAddress") {
		return excuseFamily
	}
	if list, ok := w.context["aws:TagKeys"].([]string); ok && len(list) == 0 && strings.Contains(string(text), `"Null"`) {
		return excuseEmpty
	}
	return ""
}
