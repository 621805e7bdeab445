package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// simulation is a request for simulation made ready: what is left open is an action and a resource.
type simulation struct {
	*asked
	stack   authz.Stack
	caller  authz.Principal
	sources map[*authz.Policy]*simulated
	missing []string
}

// simulate answers a window of the pairs of actions and resources. Where pairs are dear it answers fewer than
// were asked for, as IAM may.
func (c *Call) simulate(a *asked, w *window) ([]types.EvaluationResult, paged, error) {
	if err := a.check(); err != nil {
		return nil, paged{}, err
	}
	work := a.work()
	if work > simulationWork {
		return nil, paged{}, invalidInput("policies and context values are too long together")
	}
	s, err := c.prepare(a)
	if err != nil {
		return nil, paged{}, err
	}
	first := 0
	if w.begun {
		if first, err = strconv.Atoi(w.after); err != nil || first < 0 || first > len(a.actions)*len(a.resources) {
			return nil, paged{}, invalid("invalid marker: pass the one of the answer before")
		}
	}
	end := min(first+min(w.limit, simulationWork/work), len(a.actions)*len(a.resources))
	out := []types.EvaluationResult{}
	for i := first; i < end; i++ {
		r, err := s.result(a.actions[i/len(a.resources)], a.resources[i%len(a.resources)])
		if err != nil {
			return nil, paged{}, err
		}
		out = append(out, r)
	}
	if end < len(a.actions)*len(a.resources) {
		return out, paged{true, w.marker(strconv.Itoa(end))}, nil
	}
	return out, paged{}, nil
}

// prepare compiles the policies and finds out who asks.
func (c *Call) prepare(a *asked) (*simulation, error) {
	s := &simulation{asked: a, sources: map[*authz.Policy]*simulated{}, caller: authz.Principal{Kind: authz.User, Account: string(c.st.id)}}
	if a.caller != nil {
		p, err := authz.ParsePrincipal(*a.caller)
		if err != nil || p.Kind != authz.User && p.Kind != authz.Role {
			return nil, invalidInput("callerArn %.128q must be the ARN of a user or role", *a.caller)
		}
		s.caller = p
	}
	s.stack.Identity = s.compile(a.identity)
	if len(a.boundary) > 0 {
		s.stack.Boundary = s.compile(a.boundary)
	}
	for _, level := range a.organization {
		s.stack.SCPs = append(s.stack.SCPs, s.compile(level))
	}
	docs := slices.Concat(a.identity, a.boundary)
	resource, err := s.resourcePolicy()
	if err != nil {
		return nil, err
	}
	s.stack.Resource = s.compile([]simulated{resource})[0]
	if a.resourcePolicy != nil {
		docs = append(docs, resource)
	} else {
		delete(s.sources, s.stack.Resource)
	}
	s.missing = s.notGiven(contextKeys(docs))
	return s, nil
}

// resourcePolicy is the request's; without one, a policy that leaves the resource to the caller's account, for a
// simulation looks up no policy of a resource.
func (s *simulation) resourcePolicy() (simulated, error) {
	if s.asked.resourcePolicy == nil {
		return simulated{document: policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` +
			s.caller.Account + `"},"Action":"*","Resource":"*"}}`)}, nil
	}
	switch {
	case s.asked.caller == nil:
		return simulated{}, invalidInput("resourcePolicy needs a callerArn")
	case s.caller.Kind == authz.Role:
		return simulated{}, invalidInput("resource policies are not simulated for roles")
	}
	d, err := inputPolicy("ResourcePolicy", *s.asked.resourcePolicy, policy.Resource)
	return simulated{"ResourcePolicy", types.PolicySourceTypeResource, d}, err
}

// compile prepares documents without faults.
func (s *simulation) compile(docs []simulated) []*authz.Policy {
	out := make([]*authz.Policy, 0, len(docs))
	for i := range docs {
		p, err := authz.Compile(docs[i].id, docs[i].document)
		if err != nil { // it was parsed without a fault: this cannot be
			p = authz.Refused(docs[i].id)
		}
		s.sources[p] = &docs[i]
		out = append(out, p)
	}
	return out
}

// notGiven keeps the keys that neither the entries nor the caller give.
func (s *simulation) notGiven(keys []string) []string {
	out := []string{}
	for _, k := range keys {
		if !s.context.Has(k) {
			out = append(out, k)
		}
	}
	return out
}

// result decides one action on one resource. No key is unknown here: what still depends is a match beyond authz's
// budget.
func (s *simulation) result(action, resource string) (types.EvaluationResult, error) {
	e := s.stack.Explain(&authz.Request{
		Principal: s.caller, Action: action, Resource: resource, ResourceAccount: s.ownerOf(resource), Context: s.context,
	})
	if e.Decision == authz.Depends {
		return types.EvaluationResult{}, unevaluated("a pattern is too long for what it is held against")
	}
	out := types.EvaluationResult{
		EvalActionName: &action, EvalResourceName: &resource, EvalDecision: decisionShape(e.Decision),
		MatchedStatements: s.matched(&e), MissingContextValues: s.missing,
	}
	if s.stack.Boundary != nil {
		out.PermissionsBoundaryDecisionDetail = &types.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: allowedBy(&e, authz.Boundary)}
	}
	if s.stack.SCPs != nil {
		out.OrganizationsDecisionDetail = &types.OrganizationsDecisionDetail{AllowedByOrganizations: allowedBy(&e, authz.ServiceControl)}
	}
	if resource != "*" {
		out.ResourceSpecificResults = []types.ResourceSpecificResult{{
			EvalResourceName: &resource, EvalResourceDecision: out.EvalDecision, MatchedStatements: out.MatchedStatements,
			MissingContextValues: s.missing, PermissionsBoundaryDecisionDetail: out.PermissionsBoundaryDecisionDetail,
		}}
	}
	return out, nil
}

// ownerOf is the account of a resource. Only a simulation with a resource policy crosses accounts.
func (s *simulation) ownerOf(resource string) string {
	if s.asked.resourcePolicy == nil {
		return s.caller.Account
	}
	if a, err := arn.Parse(resource); err == nil && arn.IsAccountID(a.Account) {
		return a.Account
	}
	owner := text(s.owner)
	if a, err := arn.Parse(owner); err == nil {
		owner = a.Account
	}
	if owner == "" {
		return s.caller.Account
	}
	return owner
}

func decisionShape(d authz.Decision) types.PolicyEvaluationDecisionType {
	switch d {
	case authz.Allowed:
		return types.PolicyEvaluationDecisionTypeAllowed
	case authz.ExplicitlyDenied:
		return types.PolicyEvaluationDecisionTypeExplicitDeny
	case authz.ImplicitlyDenied, authz.Depends:
	}
	return types.PolicyEvaluationDecisionTypeImplicitDeny
}

// matched are the deciding statements of identity and resource policies.
func (s *simulation) matched(e *authz.Explanation) []types.Statement {
	out := []types.Statement{}
	for _, m := range e.Deciding() {
		source, ok := s.sources[m.Policy]
		if !ok || m.Layer != authz.Identity && m.Layer != authz.Resource {
			continue
		}
		node := m.Statement.Node
		out = append(out, types.Statement{
			SourcePolicyId: &source.id, SourcePolicyType: source.typ,
			StartPosition: position(source.document.Text, node.Pos.Offset), EndPosition: position(source.document.Text, node.End),
		})
	}
	return out
}

// position is a place of a text; lines and columns begin at 1.
func position(text string, offset int) *types.Position {
	before := text[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return &types.Position{Line: int32(1 + strings.Count(before, "\n")), Column: int32(1 + utf8.RuneCountInString(before[line:]))}
}

// allowedBy reports whether a ceiling lets the request through.
func allowedBy(e *authz.Explanation, l authz.Layer) bool {
	for _, m := range e.Matches {
		if m.Layer == l && m.Effect == policy.Deny {
			return false
		}
	}
	if e.Decision == authz.ImplicitlyDenied {
		return !slices.Contains(e.Missing, l)
	}
	return slices.ContainsFunc(e.Matches, func(m authz.Match) bool { return m.Layer == l })
}
