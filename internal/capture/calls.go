package capture

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
)

// call is one call of the AWS API whose saved output Read understands.
type call struct {
	name    string         // as gaps name it: service and operation
	command string         // as one types it behind `aws`
	members []string       // of its output, any of which marks it
	parts   []account.Part // that it feeds
}

const (
	authorizationDetails = "iam:GetAccountAuthorizationDetails"
	credentialReport     = "iam:GetCredentialReport"
	accountSummary       = "iam:GetAccountSummary"
	passwordPolicy       = "iam:GetAccountPasswordPolicy"
	accountAliases       = "iam:ListAccountAliases"
	virtualDevices       = "iam:ListVirtualMFADevices"
	serverCertificates   = "iam:ListServerCertificates"
	samlProviders        = "iam:ListSAMLProviders"
	oidcProviders        = "iam:ListOpenIDConnectProviders"
	instanceProfiles     = "iam:ListInstanceProfiles"
	listRoles            = "iam:ListRoles"
	listUsers            = "iam:ListUsers"
	listGroups           = "iam:ListGroups"
	listPolicies         = "iam:ListPolicies"
	getPolicy            = "iam:GetPolicy"
	policyVersion        = "iam:GetPolicyVersion"
	callerIdentity       = "sts:GetCallerIdentity"
)

var calls = []call{
	{
		authorizationDetails, "iam get-account-authorization-details",
		[]string{"UserDetailList", "GroupDetailList", "RoleDetailList"},
		[]account.Part{account.PartUsers, account.PartGroups, account.PartRoles, account.PartPolicies},
	},
	{credentialReport, "iam get-credential-report", []string{"Content"}, []account.Part{account.PartCredentials}},
	{accountSummary, "iam get-account-summary", []string{"SummaryMap"}, []account.Part{account.PartSummary}},
	{passwordPolicy, "iam get-account-password-policy", []string{"PasswordPolicy"}, []account.Part{account.PartPasswordPolicy}},
	{accountAliases, "iam list-account-aliases", []string{"AccountAliases"}, []account.Part{account.PartAliases}},
	{virtualDevices, "iam list-virtual-mfa-devices", []string{"VirtualMFADevices"}, []account.Part{account.PartVirtualMFA}},
	{serverCertificates, "iam list-server-certificates", []string{"ServerCertificateMetadataList"}, []account.Part{account.PartServerCerts}},
	{samlProviders, "iam list-saml-providers", []string{"SAMLProviderList"}, []account.Part{account.PartSAML}},
	{oidcProviders, "iam list-open-id-connect-providers", []string{"OpenIDConnectProviderList"}, []account.Part{account.PartOIDC}},
	{instanceProfiles, "iam list-instance-profiles", []string{"InstanceProfiles"}, []account.Part{account.PartInstanceProfiles}},
	{listRoles, "iam list-roles", []string{"Roles"}, []account.Part{account.PartMaxSession}},
	{listUsers, "iam list-users", []string{"Users"}, nil},
	{listGroups, "iam list-groups", []string{"Groups"}, nil},
	{listPolicies, "iam list-policies", []string{"Policies"}, nil},
	{getPolicy, "iam get-policy", []string{"Policy"}, nil},
	{policyVersion, "iam get-policy-version", []string{"PolicyVersion"}, nil},
	{callerIdentity, "sts get-caller-identity", []string{"Account"}, nil},
}

// reportStates are what GenerateCredentialReport answers. Source: the API model iam/2010-05-08 of botocore.
var reportStates = []string{"STARTED", "INPROGRESS", "COMPLETE"}

// callOf is the call that has a member of this name in its output, or nil.
func callOf(member string) *call {
	for i := range calls {
		if slices.Contains(calls[i].members, member) {
			return &calls[i]
		}
	}
	return nil
}

// callNamed is the call of an operation such as GetCredentialReport, or nil.
func callNamed(operation string) *call {
	for i := range calls {
		if _, name, _ := strings.Cut(calls[i].name, ":"); name == operation {
			return &calls[i]
		}
	}
	return nil
}

// recognised lists in words what Read understands.
func recognised() string {
	commands := make([]string, len(calls))
	for i := range calls {
		commands[i] = calls[i].command
	}
	return "a capture of ambit collect, or the JSON output of one of: aws " + strings.Join(commands, ", ")
}
