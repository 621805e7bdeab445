package directory

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

const (
	longestDocument = 131_072 // IAM API reference, policyDocumentType
	longestResource = 2048    // IAM API reference, ResourceNameType
	// simulationWork bounds one answer: bytes of policies times bytes of what they are held against, for each result.
	simulationWork = 1 << 29
)

// actionName is an action as a simulation takes it: no wildcards. Source: IAM API reference, SimulateCustomPolicy.
var actionName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,64}$`)

// simulated is a policy document of a simulation, with the id and type by which the answer calls it.
type simulated struct {
	id       string
	typ      types.PolicySourceType
	document *policy.Document
}

// typeIAM is what IAM answers as the type of identity policies, stored or given, though its reference lists other
// names.
const typeIAM types.PolicySourceType = "IAM Policy"

// asked is what both operations ask, their inputs apart.
type asked struct {
	identity, boundary     []simulated
	organization           [][]simulated
	actions, resources     []string
	resourcePolicy, caller *string
	owner                  *string
	handling               *string
	entries                []types.ContextEntry
	context                *authz.Context
}

func simulateCustomPolicy(c *Call, in *iam.SimulateCustomPolicyInput) (*iam.SimulateCustomPolicyOutput, error) {
	w, err := c.window("SimulateCustomPolicy", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	if len(in.PolicyInputList) == 0 {
		return nil, invalidInput("policyInputList must hold a policy")
	}
	a := asked{
		actions: in.ActionNames, resources: in.ResourceArns, resourcePolicy: in.ResourcePolicy, caller: in.CallerArn,
		owner: in.ResourceOwner, handling: in.ResourceHandlingOption, entries: in.ContextEntries,
		context: c.st.callerContext(text(in.CallerArn)),
	}
	if err := a.give(in.PolicyInputList, in.PermissionsBoundaryPolicyInputList); err != nil {
		return nil, err
	}
	for i, level := range in.OrderedOrganizationPolicyInputList {
		name := "OrderedOrganizationPolicyInputList." + strconv.Itoa(i+1)
		docs, err := inputPolicies(name, level.ServiceControlPolicyInputList, policy.ServiceControl)
		if err != nil {
			return nil, err
		}
		a.organization = append(a.organization, docs)
	}
	results, p, err := c.simulate(&a, &w)
	return &iam.SimulateCustomPolicyOutput{EvaluationResults: results, IsTruncated: p.truncated, Marker: p.marker}, err
}

func simulatePrincipalPolicy(c *Call, in *iam.SimulatePrincipalPolicyInput) (*iam.SimulatePrincipalPolicyOutput, error) {
	w, err := c.window("SimulatePrincipalPolicy", in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	held, err := c.st.held(text(in.PolicySourceArn))
	if err != nil {
		return nil, err
	}
	if err := held.exclude(in.PolicyExclusionList); err != nil {
		return nil, err
	}
	a := asked{
		actions: in.ActionNames, resources: in.ResourceArns, resourcePolicy: in.ResourcePolicy, caller: in.CallerArn,
		owner: in.ResourceOwner, handling: in.ResourceHandlingOption, entries: in.ContextEntries,
	}
	if a.identity, err = parseAll(held.identity); err != nil {
		return nil, err
	}
	if a.boundary, err = parseAll(held.boundary); err != nil {
		return nil, err
	}
	if a.caller == nil && !held.group {
		a.caller = in.PolicySourceArn
	}
	a.context = c.st.callerContext(text(a.caller))
	if err := a.give(in.PolicyInputList, in.PermissionsBoundaryPolicyInputList); err != nil {
		return nil, err
	}
	results, p, err := c.simulate(&a, &w)
	return &iam.SimulatePrincipalPolicyOutput{EvaluationResults: results, IsTruncated: p.truncated, Marker: p.marker}, err
}

// give adds the policies that stand in the request; a boundary there takes the place of the entity's.
func (a *asked) give(identity, boundary []string) error {
	docs, err := inputPolicies("PolicyInputList", identity, policy.Identity)
	if err != nil {
		return err
	}
	a.identity = append(a.identity, docs...)
	if len(boundary) == 0 {
		return nil
	}
	if len(boundary) > 1 {
		return invalidInput("permissionsBoundaryPolicyInputList takes one policy, not %d", len(boundary))
	}
	a.boundary, err = inputPolicies("PermissionsBoundaryPolicyInputList", boundary, policy.Identity)
	return err
}

// inputPolicies reads the documents of a request's list.
func inputPolicies(list string, documents []string, kind policy.DocumentKind) ([]simulated, error) {
	out := make([]simulated, 0, len(documents))
	for i := range documents {
		id := list + "." + strconv.Itoa(i+1)
		d, err := inputPolicy(id, documents[i], kind)
		if err != nil {
			return nil, err
		}
		out = append(out, simulated{id, typeIAM, d})
	}
	return out, nil
}

func inputPolicy(id, document string, kind policy.DocumentKind) (*policy.Document, error) {
	if len(document) > longestDocument {
		return nil, invalidInput("policy %s is longer than %d characters", id, longestDocument)
	}
	d := policy.Parse(document)
	faults := d.Faults
	if len(faults) == 0 {
		faults = d.Check(kind)
	}
	if len(faults) > 0 {
		at := faults[0].Span.Start
		return nil, invalidInput("policy %s: %s (line %d, column %d)", id, faults[0].Message, at.Line, at.Column)
	}
	return d, nil
}

// storedPolicy is a document of the account, under the name that a simulation gives it.
type storedPolicy struct {
	id, arn  string // arn: of a managed policy
	kind     kind   // of an inline policy's owner
	owner    string
	name     string
	document account.Document
}

// parseAll reads documents of the account. One that IAM would not have stored cannot be evaluated.
func parseAll(list []storedPolicy) ([]simulated, error) {
	out := make([]simulated, 0, len(list))
	for _, p := range list {
		d := policy.Parse(string(p.document))
		if len(d.Faults) > 0 {
			return nil, unevaluated("policy " + p.id + " cannot be evaluated: " + d.Faults[0].Message)
		}
		out = append(out, simulated{p.id, typeIAM, d})
	}
	return out, nil
}

// check judges what is asked, policies apart, and fills in what may be left out.
func (a *asked) check() error {
	if len(a.actions) == 0 {
		return invalidInput("actionNames must name an action")
	}
	for _, name := range a.actions {
		if !actionName.MatchString(name) {
			return invalidInput("action %.128q must be service:Name, without wildcards", name)
		}
	}
	if len(a.resources) == 0 {
		a.resources = []string{"*"}
	}
	for _, r := range a.resources {
		if _, err := arn.Parse(r); len(r) > longestResource || r != "*" && err != nil {
			return invalidInput("resource %.128q must be an ARN of at most %d characters, or *", r, longestResource)
		}
	}
	if a.handling != nil && !strings.HasPrefix(*a.handling, "EC2-") {
		return invalidInput("resourceHandlingOption %.64q is not one of IAM's", *a.handling)
	}
	return a.setContext()
}

// setContext puts the entries into the context, in place of what the caller decides.
func (a *asked) setContext() error {
	for i := range a.entries {
		e := &a.entries[i]
		base, many := strings.CutSuffix(string(e.ContextKeyType), "List")
		switch types.ContextKeyTypeEnum(base) {
		case types.ContextKeyTypeEnumString, types.ContextKeyTypeEnumNumeric, types.ContextKeyTypeEnumBoolean,
			types.ContextKeyTypeEnumIp, types.ContextKeyTypeEnumBinary, types.ContextKeyTypeEnumDate:
		default:
			return invalidInput("contextKeyType %.40q of %.128q is not one of IAM's", e.ContextKeyType, text(e.ContextKeyName))
		}
		switch {
		case text(e.ContextKeyName) == "":
			return invalidInput("context entry %d has no ContextKeyName", i+1)
		case many:
			a.context.SetMany(*e.ContextKeyName, e.ContextKeyValues)
		case len(e.ContextKeyValues) != 1:
			return invalidInput("context key %.128q of type %s must have one value, not %d", *e.ContextKeyName, base, len(e.ContextKeyValues))
		default:
			a.context.Set(*e.ContextKeyName, e.ContextKeyValues[0])
		}
	}
	return nil
}

// work is the cost of one result at the most.
func (a *asked) work() int {
	policies, request := len(text(a.resourcePolicy)), 0
	for _, r := range a.resources {
		request = max(request, len(r))
	}
	for _, list := range append(a.organization, a.identity, a.boundary) {
		for _, p := range list {
			policies += len(p.document.Text)
		}
	}
	for _, e := range a.entries {
		for _, v := range e.ContextKeyValues {
			request += len(v) + 1
		}
	}
	if policies > math.MaxInt32 || request > math.MaxInt32 {
		return math.MaxInt
	}
	return policies*request + 1
}
