// Package simulate runs request cases: unit tests of policies.
//
// Contract: a case names a request and every policy that speaks on it; a context key it does not give is
// absent. Read takes JSON (one case, a list, or {"cases": […]}), JSON lines and YAML; a member it does not know
// is an error, since a misspelt policy list would test nothing.
// Limits: 64 MiB of text. A document that AWS would refuse makes its case a fault where it could matter.
// Floor: 4.
package simulate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Case is one request with its policies and, perhaps, the decision that is expected.
type Case struct {
	ID         string             `json:"id"`
	Topic      string             `json:"topic,omitempty"`
	Request    Request            `json:"request"`
	Identity   []jsontext.Value   `json:"identityPolicies"`
	Resource   jsontext.Value     `json:"resourcePolicy"`
	Boundaries []jsontext.Value   `json:"permissionBoundaries"`
	Session    jsontext.Value     `json:"sessionPolicy"`
	SCPs       [][]jsontext.Value `json:"scps"`
	RCPs       [][]jsontext.Value `json:"rcps"`
	Expected   string             `json:"expected,omitempty"` // Allowed, ImplicitlyDenied, ExplicitlyDenied or empty
	Source     string             `json:"source,omitempty"`
	Confidence string             `json:"confidence,omitempty"`
	Note       string             `json:"note,omitempty"`
}

// Request is the request of a case.
type Request struct {
	Principal       string         `json:"principal"`
	Action          string         `json:"action"`
	Resource        string         `json:"resource"`
	ResourceAccount string         `json:"resourceAccount"` // empty: as the resource's ARN says, else the principal's
	Context         map[string]any `json:"context"`         // string, number, bool, or a list of them
}

// Result is what a case came to.
type Result struct {
	Case     *Case
	Decision authz.Decision
	Deciding []authz.Match // the statements that decided
	Missing  []authz.Layer // for an implicit denial: the layers that do not allow
	Levels   []int         // and the levels of service control policies that do not, where those are missing; 0 is the root
	Fault    string        // why the case cannot be decided; Decision is then meaningless
	Remarks  []string      // documents that AWS would refuse, and do not matter here
	refused  string        // the first of those
}

// Outcome is what a case is worth as a test.
type Outcome uint8

// The outcomes. A case without an expectation is no test: it can fail only by a fault.
const (
	Failed Outcome = iota // it has a fault, or came to another decision than it expects
	Passed
	Unexpecting
)

// Outcome holds the decision against what the case expects.
func (r *Result) Outcome() Outcome {
	switch {
	case r.Fault != "":
		return Failed
	case r.Case.Expected == "":
		return Unexpecting
	case r.Case.Expected == r.Decision.String():
		return Passed
	}
	return Failed
}

// Run decides one case.
func Run(c *Case) Result {
	r := Result{Case: c}
	if !expectable(c.Expected) {
		r.Fault = fmt.Sprintf("expected %q: want Allowed, ImplicitlyDenied or ExplicitlyDenied", c.Expected)
		return r
	}
	stack, err := r.stack()
	if err != nil {
		r.Fault = err.Error()
		return r
	}
	request, err := r.request()
	if err != nil {
		r.Fault = err.Error()
		return r
	}
	e := stack.Explain(request)
	r.Decision, r.Missing, r.Levels, r.Deciding = e.Decision, e.Missing, e.Levels, e.Deciding()
	if e.Decision == authz.Depends {
		r.Fault = r.undecided(&request.Principal)
	}
	return r
}

// undecided says why a request whose every key is known has no answer.
func (r *Result) undecided(p *authz.Principal) string {
	switch {
	case r.refused != "":
		return "a document that AWS would refuse decides: " + r.refused
	case slices.ContainsFunc(r.Deciding, func(m authz.Match) bool { return m.Holds == authz.Maybe && !m.Session }):
		return "a pattern decides that takes too long to match"
	}
	return "which session of the role asks decides: name one, such as arn:aws:sts::" + p.Account + ":assumed-role/" + p.Name + "/NAME"
}

// expectable reports whether a case can come to what it expects.
func expectable(decision string) bool {
	switch decision {
	case "", authz.Allowed.String(), authz.ImplicitlyDenied.String(), authz.ExplicitlyDenied.String():
		return true
	}
	return false
}

func (r *Result) request() (*authz.Request, error) {
	c := r.Case
	p, err := authz.ParsePrincipal(c.Request.Principal)
	if err != nil {
		return nil, err
	}
	ctx, err := r.context()
	if err != nil {
		return nil, err
	}
	return &authz.Request{
		Principal: p, Action: c.Request.Action, Resource: c.Request.Resource,
		ResourceAccount: c.Request.owner(), Context: ctx,
	}, nil
}

// owner is the account of the resource, by its ARN where it is not given.
func (r *Request) owner() string {
	if a, err := arn.Parse(r.Resource); r.ResourceAccount == "" && err == nil && arn.IsAccountID(a.Account) {
		return a.Account
	}
	return r.ResourceAccount
}

func (r *Result) stack() (*authz.Stack, error) {
	c, s := r.Case, &authz.Stack{}
	s.Identity = r.compileAll("identity policy", c.Identity)
	s.Boundary = r.compileAll("permissions boundary", c.Boundaries)
	if given(c.Session) {
		s.Session = []*authz.Policy{r.compile("session policy", c.Session)}
	}
	if given(c.Resource) {
		s.Resource = r.compile("resource policy", c.Resource)
	}
	s.SCPs = r.levels("service control policy", c.SCPs)
	s.RCPs = r.levels("resource control policy", c.RCPs)
	if c.Request.Action == "" || c.Request.Resource == "" {
		return nil, errors.New("a request needs a principal, an action and a resource (* where there is none)")
	}
	if !strings.Contains(c.Request.Action, ":") {
		return nil, fmt.Errorf("action %q: want SERVICE:Name, such as s3:GetObject", c.Request.Action)
	}
	if _, known := iamref.ActionOf(c.Request.Action); !known {
		r.Remarks = append(r.Remarks, fmt.Sprintf("no action %q of AWS is known", c.Request.Action))
	}
	return s, nil
}

func given(v jsontext.Value) bool { return len(v) > 0 && string(v) != "null" }

func (r *Result) levels(name string, levels [][]jsontext.Value) [][]*authz.Policy {
	var out [][]*authz.Policy
	for i, l := range levels {
		out = append(out, r.compileAll(fmt.Sprintf("%s of level %d", name, i+1), l))
	}
	return out
}

func (r *Result) compileAll(name string, docs []jsontext.Value) []*authz.Policy {
	var out []*authz.Policy
	for i, d := range docs {
		out = append(out, r.compile(fmt.Sprintf("%s %d", name, i), d))
	}
	return out
}

// compile takes a document as an object, or as a string that holds one.
func (r *Result) compile(name string, v jsontext.Value) *authz.Policy {
	text := string(v)
	if v.Kind() == '"' {
		if b, err := jsontext.AppendUnquote(nil, v); err == nil {
			text = string(b)
		}
	}
	doc := policy.Parse(text)
	p, err := authz.Compile(name, doc)
	if err != nil {
		r.refuse(err.Error())
		return authz.Refused(name)
	}
	for i := range doc.Statements {
		for _, c := range doc.Statements[i].Conditions {
			if !authz.IsOperator(c.Operator) {
				r.refuse(fmt.Sprintf("policy %s: line %d: no condition operator %q of AWS is known", name, c.Node.Pos.Line, c.Operator))
			}
		}
	}
	return p
}

func (r *Result) refuse(why string) {
	r.Remarks = append(r.Remarks, why)
	r.refused = cmp.Or(r.refused, why)
}
