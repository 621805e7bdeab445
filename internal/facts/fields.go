package facts

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
)

// Fields names the GSL properties that a part of the account feeds, sorted, such as "IamUser.mfaActive";
// "IamRole.*" stands for a whole entity type. It says what a gap costs.
func Fields(part account.Part) []string { return slices.Clone(fields[part]) }

// Lost names the GSL properties that are unknown because of a gap, as Fields does: where the gap concerns one
// entity, only those that are unknown of it, and of those whom it speaks for.
func Lost(g account.Gap) []string {
	if g.Subject == "" {
		return Fields(g.Part)
	}
	if g.Part == account.PartGroups && strings.Contains(g.Subject, ":user/") { // a user in a group that was not read
		return []string{"IamUser.combinedPolicies"}
	}
	if list, ok := fieldsOfOne[g.Part]; ok {
		return slices.Clone(list)
	}
	return Fields(g.Part)
}

// fieldsOfOne are the properties that a part feeds of one entity.
var fieldsOfOne = map[account.Part][]string{
	account.PartUsers: {"IamUser.combinedPolicies.policyDocument", "IamUser.inlinePolicies.document"},
	account.PartGroups: {
		"IamGroup.combinedPolicies.policyDocument", "IamGroup.inlinePolicies.document", "IamUser.combinedPolicies.policyDocument",
	},
	account.PartRoles:       {"IamRole.assumeRolePolicy", "IamRole.combinedPolicies.policyDocument", "IamRole.inlinePolicies.document"},
	account.PartPolicies:    append(Fields(account.PartManagedDocuments), "IamPolicy.versions.document"),
	account.PartCredentials: slices.DeleteFunc(Fields(account.PartCredentials), func(f string) bool { return !strings.HasPrefix(f, "IamUser.") }),
	account.PartOIDC:        {"IamOidcProvider.clientIds", "IamOidcProvider.id", "IamOidcProvider.tags", "IamOidcProvider.thumbprints"},
}

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
		"IamPolicy.id", "IamPolicy.tags", "IamPolicy.updateDate", "IamPolicy.versionCount", "IamPolicy.versions", "IamRole.combinedPolicies.policyDocument",
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
