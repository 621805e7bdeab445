package facts

import (
	"slices"

	"github.com/ambit-iam/ambit/internal/account"
)

// Fields names the GSL properties that a part of the account feeds, sorted, such as "IamUser.mfaActive";
// "IamRole.*" stands for a whole entity type. It says what a gap costs.
func Fields(part account.Part) []string { return slices.Clone(fields[part]) }

var fields = map[account.Part][]string{
	account.PartUsers: {
		"IamGroup.users", "IamPolicy.*", "IamUser.attachedGroups", "IamUser.combinedPolicies", "IamUser.id",
		"IamUser.inlinePolicies", "IamUser.managedPolicies", "IamUser.permissionsBoundary", "IamUser.tags",
	},
	account.PartGroups: {"IamGroup.*", "IamPolicy.*", "IamUser.combinedPolicies"},
	account.PartRoles:  {"IamPolicy.*", "IamRole.*"},
	account.PartPolicies: {
		"IamGroup.combinedPolicies.policyDocument", "IamPolicy.*", "IamRole.combinedPolicies.policyDocument",
		"IamUser.combinedPolicies.policyDocument",
	},
	account.PartManagedDocuments: {
		"IamGroup.combinedPolicies.policyDocument", "IamPolicy.createDate", "IamPolicy.defaultVersionId", "IamPolicy.document",
		"IamPolicy.id", "IamPolicy.tags", "IamPolicy.updateDate", "IamPolicy.versionCount", "IamRole.combinedPolicies.policyDocument",
		"IamUser.combinedPolicies.policyDocument",
	},
	account.PartInstanceProfiles: {"IamInstanceProfile.*"},
	account.PartCredentials: {
		"Iam.credentialReportGeneratedTime", "IamAccessKey.*", "IamUser.createDate", "IamUser.firstAccessKey", "IamUser.firstCertificate",
		"IamUser.hasConsoleAccess", "IamUser.lastActivity", "IamUser.mfaActive", "IamUser.mfaType", "IamUser.passwordEnabled",
		"IamUser.passwordLastActivity", "IamUser.passwordLastChanged", "IamUser.passwordLastUsed", "IamUser.passwordNextRotation",
		"IamUser.secondAccessKey", "IamUser.secondCertificate", "IamUser.virtualMfaEnabled",
	},
	account.PartSummary:        {"Iam.stats.*", "IamUser.hasConsoleAccess"},
	account.PartPasswordPolicy: {"Iam.passwordPolicy"},
	account.PartVirtualMFA:     {"IamUser.mfaType", "IamUser.virtualMfaEnabled", "VirtualMfaDevice.*"},
	account.PartServerCerts:    {"IamServerCertificate.*"},
	account.PartSAML:           {"IamSamlProvider.*"},
	account.PartOIDC:           {"IamOidcProvider.*"},
	account.PartAliases:        {"Iam.aliases"},
	account.PartMaxSession:     {"IamRole.maxSessionDuration"},
}
