package sandbox_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

const (
	bobARN     = "arn:aws:iam::111122223333:user/bob"
	adaARN     = "arn:aws:iam::111122223333:user/eng/Ada"
	visitorARN = "arn:aws:iam::111122223333:role/visitor"
	danARN     = "arn:aws:iam::111122223333:user/dan"

	onlyHTTPS = "{\"Version\":\"2012-10-17\",\n \"Statement\":[\n  {\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::${aws:PrincipalTag/team}/*\",\n   \"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"true\"}}}]}"
	allowAll  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
)

// simulated is company with a user whose policies have conditions, a boundary and a group.
func simulated() *account.Snapshot {
	s := company()
	s.Users = append(s.Users, account.User{
		Name: "dan", Created: day(10), Boundary: limitARN, Attached: []string{adminARN}, Tags: []account.Tag{{Key: "team", Value: "red"}},
		Inline: []account.InlinePolicy{{Name: "https", Document: onlyHTTPS}},
	})
	return s
}

// answers are the results of a simulation in short: action resource decision policies [missing].
func answers(results []types.EvaluationResult) []string {
	var out []string
	for _, r := range results {
		line := []string{*r.EvalActionName, *r.EvalResourceName, string(r.EvalDecision)}
		for _, m := range r.MatchedStatements {
			line = append(line, fmt.Sprintf("%s@%d:%d-%d:%d", *m.SourcePolicyId, m.StartPosition.Line, m.StartPosition.Column, m.EndPosition.Line, m.EndPosition.Column))
		}
		if len(r.MissingContextValues) > 0 {
			line = append(line, fmt.Sprint(r.MissingContextValues))
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

func entry(key string, kind types.ContextKeyTypeEnum, values ...string) types.ContextEntry {
	return types.ContextEntry{ContextKeyName: &key, ContextKeyType: kind, ContextKeyValues: values}
}

// TestSimulatePrincipalPolicy is a table of decisions on the policies that entities hold.
func TestSimulatePrincipalPolicy(t *testing.T) {
	t.Parallel()
	client, _ := clients(server(t, sandbox.Options{}, simulated()), home)
	for name, tt := range map[string]struct {
		in   iam.SimulatePrincipalPolicyInput
		want []string
	}{
		"a group's deny": {
			iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(adaARN), ActionNames: []string{"s3:GetObject"}},
			[]string{"s3:GetObject * explicitDeny group_readers_read@3:16-3:66"},
		},
		"nothing": {
			iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String("arn:aws:iam::111122223333:user/new-hire"), ActionNames: []string{"s3:GetObject"}},
			[]string{"s3:GetObject * implicitDeny"},
		},
		"boundary": {
			iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(danARN), ActionNames: []string{"iam:CreateUser", "s3:GetObject"}, ResourceArns: []string{"arn:aws:s3:::blue/x"},
			},
			[]string{
				"iam:CreateUser arn:aws:s3:::blue/x implicitDeny [aws:SecureTransport]",
				"s3:GetObject arn:aws:s3:::blue/x allowed AdministratorAccess@1:38-1:84 [aws:SecureTransport]",
			},
		},
		"another boundary": {
			iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(danARN), ActionNames: []string{"iam:CreateUser"}, PermissionsBoundaryPolicyInputList: []string{allowAll},
			},
			[]string{"iam:CreateUser * allowed AdministratorAccess@1:38-1:84 [aws:SecureTransport]"},
		},
		"without its managed policies, with a key": {
			iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(danARN), ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{"arn:aws:s3:::red/x", "arn:aws:s3:::blue/x"},
				ContextEntries:      []types.ContextEntry{entry("aws:securetransport", types.ContextKeyTypeEnumBoolean, "true")},
				PolicyExclusionList: []types.PolicyIdentifier{&types.PolicyIdentifierMemberPolicyArn{Value: "arn:aws:iam::aws:policy/Admin*"}},
			},
			[]string{
				"s3:GetObject arn:aws:s3:::red/x allowed user_dan_https@3:2-4:55",
				"s3:GetObject arn:aws:s3:::blue/x implicitDeny",
			},
		},
		"without any": {
			iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(danARN), ActionNames: []string{"s3:GetObject"}, PolicyExclusionList: []types.PolicyIdentifier{
					&types.PolicyIdentifierMemberPolicyType{Value: types.PolicyIdentifierPolicyTypeAwsManaged},
					&types.PolicyIdentifierMemberInlinePolicyIdentifier{Value: types.InlinePolicyIdentifierType{
						AttachmentName: aws.String("d?n"), AttachmentType: types.AttachmentTypeUser, PolicyName: aws.String("https"),
					}},
				},
			},
			[]string{"s3:GetObject * implicitDeny"},
		},
		"as bob, on a bucket of another account": {
			iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(danARN), CallerArn: aws.String(bobARN), ActionNames: []string{"s3:GetObject", "s3:PutObject"},
				ResourceArns: []string{"arn:aws:s3:::red/x"}, ResourceOwner: aws.String("444455556666"), PermissionsBoundaryPolicyInputList: []string{allowAll},
				ResourcePolicy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + bobARN + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::red/*"}]}`),
			},
			[]string{
				"s3:GetObject arn:aws:s3:::red/x allowed AdministratorAccess@1:38-1:84 ResourcePolicy@1:38-1:169 [aws:PrincipalTag/team aws:SecureTransport]",
				"s3:PutObject arn:aws:s3:::red/x implicitDeny [aws:PrincipalTag/team aws:SecureTransport]",
			},
		},
		"a group of its own": {
			iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String("arn:aws:iam::111122223333:group/admins"), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{visitorARN}},
			[]string{"sts:AssumeRole " + visitorARN + " allowed AdministratorAccess@1:38-1:84"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := client.SimulatePrincipalPolicy(t.Context(), &tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, answers(out.EvaluationResults)); diff != "" {
				t.Error(diff)
			}
			for _, r := range out.EvaluationResults {
				if (*r.EvalResourceName != "*") != (len(r.ResourceSpecificResults) == 1) {
					t.Errorf("%d results of single resources for %s", len(r.ResourceSpecificResults), *r.EvalResourceName)
				}
			}
		})
	}
}

// TestSimulateCustomPolicy: the layers that come with the request.
func TestSimulateCustomPolicy(t *testing.T) {
	t.Parallel()
	client, _ := clients(server(t, sandbox.Options{}, simulated()), home)
	level := func(documents ...string) types.OrderedOrganizationPolicyType {
		return types.OrderedOrganizationPolicyType{ServiceControlPolicyInputList: documents}
	}
	out, err := client.SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
		ActionNames: []string{"s3:GetObject", "ec2:RunInstances"}, PolicyInputList: []string{readS3, allowAll},
		PermissionsBoundaryPolicyInputList: []string{allowAll}, OrderedOrganizationPolicyInputList: []types.OrderedOrganizationPolicyType{level(allowAll), level(readS3)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"s3:GetObject * allowed PolicyInputList.1@1:38-1:116 PolicyInputList.2@1:37-1:83",
		"ec2:RunInstances * implicitDeny",
	}
	if diff := cmp.Diff(want, answers(out.EvaluationResults)); diff != "" {
		t.Error(diff)
	}
	for i, allowed := range []bool{true, false} {
		r := out.EvaluationResults[i]
		if got := r.OrganizationsDecisionDetail.AllowedByOrganizations; got != allowed {
			t.Errorf("%s: allowed by the organization %v", *r.EvalActionName, got)
		}
		if !r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary {
			t.Errorf("%s: the boundary stops it", *r.EvalActionName)
		}
	}
	keys, err := client.GetContextKeysForCustomPolicy(t.Context(), &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::${aws:username}/${*}","Condition":{"StringLike":{"aws:PrincipalOrgID":"${aws:PrincipalTag/org, 'none'}"}}}}`,
		`{"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::${aws:userid}","Condition":{"Null":{"AWS:username":"true"}}}}`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"aws:PrincipalOrgID", "aws:PrincipalTag/org", "aws:username"}, keys.ContextKeyNames); diff != "" {
		t.Error(diff)
	}
	held, err := client.GetContextKeysForPrincipalPolicy(t.Context(), &iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: aws.String(danARN)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"aws:PrincipalTag/team", "aws:SecureTransport"}, held.ContextKeyNames); diff != "" {
		t.Error(diff)
	}
}

// TestSimulate_pages: pages of any size, put together, are the whole answer.
func TestSimulate_pages(t *testing.T) {
	t.Parallel()
	client, _ := clients(server(t, sandbox.Options{}, simulated()), home)
	in := iam.SimulateCustomPolicyInput{PolicyInputList: []string{readS3}}
	for i := range 7 {
		in.ActionNames = append(in.ActionNames, fmt.Sprintf("s3:Get%d", i))
		in.ResourceArns = append(in.ResourceArns, fmt.Sprintf("arn:aws:s3:::b/%d", i))
	}
	whole, err := client.SimulateCustomPolicy(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.EvaluationResults) != 49 || whole.IsTruncated {
		t.Fatalf("%d results", len(whole.EvaluationResults))
	}
	for _, size := range []int32{1, 10, 48, 49} {
		in.MaxItems = &size
		var got []types.EvaluationResult
		for p := iam.NewSimulateCustomPolicyPaginator(client, &in); p.HasMorePages(); {
			page, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.EvaluationResults...)
		}
		if diff := cmp.Diff(answers(whole.EvaluationResults), answers(got)); diff != "" {
			t.Errorf("pages of %d:\n%s", size, diff)
		}
	}
}

// TestSimulate_errors: what IAM refuses is refused with its codes.
func TestSimulate_errors(t *testing.T) {
	t.Parallel()
	s := simulated()
	s.Users = append(s.Users, account.User{Name: "broken", Created: day(1), Inline: []account.InlinePolicy{{Name: "x", Document: `{"Statement":{}}`}}})
	client, _ := clients(server(t, sandbox.Options{}, s), home)
	custom := func(change func(*iam.SimulateCustomPolicyInput)) error {
		in := &iam.SimulateCustomPolicyInput{ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{readS3}}
		change(in)
		_, err := client.SimulateCustomPolicy(t.Context(), in)
		return err
	}
	principal := func(arn string, change func(*iam.SimulatePrincipalPolicyInput)) error {
		in := &iam.SimulatePrincipalPolicyInput{ActionNames: []string{"s3:GetObject"}, PolicySourceArn: &arn}
		change(in)
		_, err := client.SimulatePrincipalPolicy(t.Context(), in)
		return err
	}
	plain := func(*iam.SimulatePrincipalPolicyInput) {}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"wildcard action": {custom(func(in *iam.SimulateCustomPolicyInput) { in.ActionNames = []string{"s3:*"} }), "InvalidInput 400"},
		"no action":       {custom(func(in *iam.SimulateCustomPolicyInput) { in.ActionNames = []string{} }), "InvalidInput 400"},
		"no policy":       {custom(func(in *iam.SimulateCustomPolicyInput) { in.PolicyInputList = []string{} }), "InvalidInput 400"},
		"faulty policy": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.PolicyInputList = []string{`{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`}
		}), "InvalidInput 400"},
		"resource policy as identity policy": {custom(func(in *iam.SimulateCustomPolicyInput) { in.PolicyInputList = []string{trustEC2} }), "InvalidInput 400"},
		"no ARN":                             {custom(func(in *iam.SimulateCustomPolicyInput) { in.ResourceArns = []string{"bucket"} }), "InvalidInput 400"},
		"two boundaries": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.PermissionsBoundaryPolicyInputList = []string{readS3, readS3}
		}), "InvalidInput 400"},
		"resource policy without a caller": {custom(func(in *iam.SimulateCustomPolicyInput) { in.ResourcePolicy = aws.String(trustEC2) }), "InvalidInput 400"},
		"resource policy for a role": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.ResourcePolicy, in.CallerArn = aws.String(trustEC2), aws.String(visitorARN)
		}), "InvalidInput 400"},
		"session as caller": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.CallerArn = aws.String("arn:aws:sts::111122223333:assumed-role/visitor/x")
		}), "InvalidInput 400"},
		"unknown type of key": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.ContextEntries = []types.ContextEntry{entry("a:b", "strings", "x")}
		}), "InvalidInput 400"},
		"two values": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.ContextEntries = []types.ContextEntry{entry("a:b", types.ContextKeyTypeEnumString, "x", "y")}
		}), "InvalidInput 400"},
		"too much": {custom(func(in *iam.SimulateCustomPolicyInput) {
			in.PolicyInputList = slices.Repeat([]string{strings.Replace(allowAll, "*", strings.Repeat("*", 100_000), 1)}, 5)
			in.ContextEntries = []types.ContextEntry{entry("a:b", types.ContextKeyTypeEnumString, strings.Repeat("x", 100_000))}
		}), "InvalidInput 400"},
		"handling":        {custom(func(in *iam.SimulateCustomPolicyInput) { in.ResourceHandlingOption = aws.String("any") }), "InvalidInput 400"},
		"bad marker":      {custom(func(in *iam.SimulateCustomPolicyInput) { in.Marker = aws.String("x") }), "ValidationError 400"},
		"nobody":          {principal("arn:aws:iam::111122223333:user/nobody", plain), "NoSuchEntity 404"},
		"another path":    {principal("arn:aws:iam::111122223333:user/Ada", plain), "NoSuchEntity 404"},
		"another account": {principal("arn:aws:iam::444455556666:role/x/audit", plain), "NoSuchEntity 404"},
		"a policy":        {principal(auditARN, plain), "InvalidInput 400"},
		"stored and bad":  {principal("arn:aws:iam::111122223333:user/broken", plain), "PolicyEvaluation 500"},
		"exclusion": {principal(danARN, func(in *iam.SimulatePrincipalPolicyInput) {
			in.PolicyExclusionList = []types.PolicyIdentifier{&types.PolicyIdentifierMemberPolicyArn{Value: "*"}}
		}), "InvalidInput 400"},
	} {
		if got := code(tt.err); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// TestSimulate_hostile: the dearest request that is taken has fewer results than it asks for, since its work is bounded; a match
// beyond the evaluator's budget is an error, not an answer.
func TestSimulate_hostile(t *testing.T) {
	t.Parallel()
	client, _ := clients(server(t, sandbox.Options{}, simulated()), home)
	ask := func(pattern, value string) (*iam.SimulateCustomPolicyOutput, error) {
		return client.SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
			ActionNames: slices.Repeat([]string{"s3:GetObject"}, 1000), MaxItems: aws.Int32(1000), PolicyInputList: []string{
				`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"a:b":"` + pattern + `"}}}}`,
			},
			ContextEntries: []types.ContextEntry{entry("a:b", types.ContextKeyTypeEnumString, value)},
		})
	}
	out, err := ask("*"+strings.Repeat("a?", 1000)+"b*c", strings.Repeat("a", 2000))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out.EvaluationResults); n == 0 || n >= 1000 || !out.IsTruncated {
		t.Errorf("%d results, truncated %v", n, out.IsTruncated)
	}
	if _, err := ask(strings.Repeat("*a", 10_000)+"b*", strings.Repeat("a", 20_000)); code(err) != "PolicyEvaluation 500" {
		t.Errorf("beyond the budget: %s", code(err))
	}
}

// TestSimulate_awsCLI asks with the AWS CLI.
func TestSimulate_awsCLI(t *testing.T) {
	t.Parallel()
	cli, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("SKIPPED: no AWS CLI to ask the simulation with")
	}
	s := server(t, sandbox.Options{}, simulated())
	aws := func(arguments ...string) string {
		cmd := exec.CommandContext(t.Context(), cli, append([]string{"iam"}, append(arguments, "--output", "text")...)...)
		var out, errors bytes.Buffer
		cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), s.Env(home)...), &out, &errors
		if err := cmd.Run(); err != nil {
			return strings.TrimSpace(errors.String())
		}
		return strings.Join(strings.Fields(out.String()), " ")
	}
	const decisions = "EvaluationResults[].[EvalActionName,EvalResourceName,EvalDecision,MatchedStatements[0].SourcePolicyId,MissingContextValues[0]]"
	for _, step := range []struct {
		command []string
		want    string
	}{
		{
			[]string{"simulate-principal-policy", "--policy-source-arn", danARN, "--action-names", "s3:GetObject", "iam:CreateUser", "--resource-arns", "arn:aws:s3:::red/x", "--query", decisions},
			"s3:GetObject arn:aws:s3:::red/x allowed AdministratorAccess aws:SecureTransport iam:CreateUser arn:aws:s3:::red/x implicitDeny None aws:SecureTransport",
		},
		{
			[]string{"simulate-principal-policy", "--policy-source-arn", adaARN, "--action-names", "s3:GetObject", "--page-size", "1", "--query", decisions},
			"s3:GetObject * explicitDeny group_readers_read None",
		},
		{
			[]string{
				"simulate-custom-policy", "--policy-input-list", onlyHTTPS, "--action-names", "s3:GetObject", "--resource-arns", "arn:aws:s3:::red/x", "--query", decisions,
				"--context-entries", "ContextKeyName=aws:SecureTransport,ContextKeyType=boolean,ContextKeyValues=true", "ContextKeyName=aws:PrincipalTag/team,ContextKeyType=string,ContextKeyValues=red",
			},
			"s3:GetObject arn:aws:s3:::red/x allowed PolicyInputList.1 None",
		},
		{[]string{"get-context-keys-for-custom-policy", "--policy-input-list", onlyHTTPS, "--query", "ContextKeyNames"}, "aws:PrincipalTag/team aws:SecureTransport"},
		{
			[]string{"simulate-principal-policy", "--policy-source-arn", danARN + "x", "--action-names", "s3:GetObject"},
			"An error occurred (NoSuchEntity) when calling the SimulatePrincipalPolicy operation: user " + danARN + "x cannot be found",
		},
	} {
		got := aws(step.command...)
		if at := strings.Index(got, "An error occurred"); at > 0 { // versions differ in what they put before
			got = got[at:]
		}
		if got != step.want {
			t.Errorf("aws iam %s\n got %q\nwant %q", strings.Join(step.command, " "), got, step.want)
		}
	}
}
