package account

// Part names a section of a Snapshot that is read, or missing, as a whole.
type Part string

// The parts of a Snapshot.
const (
	PartUsers            Part = "users"
	PartGroups           Part = "groups"
	PartRoles            Part = "roles"
	PartPolicies         Part = "policies"
	PartManagedDocuments Part = "managedDocuments" // documents of AWS managed policies
	PartInstanceProfiles Part = "instanceProfiles"
	PartCredentials      Part = "credentialReport"
	PartSummary          Part = "summary"
	PartPasswordPolicy   Part = "passwordPolicy"
	PartVirtualMFA       Part = "virtualMfaDevices"
	PartServerCerts      Part = "serverCertificates"
	PartSAML             Part = "samlProviders"
	PartOIDC             Part = "oidcProviders"
	PartAliases          Part = "aliases"
	PartMaxSession       Part = "maxSession"
)

// Gap is something that could not be read. A rule that reads what it covers says unknown.
type Gap struct {
	Account    ID     `json:"account,omitempty"`
	Call       string `json:"call"`                 // such as iam:GetCredentialReport, or a file's name
	Error      string `json:"error"`                // one line, safe to print, without secrets
	Permission string `json:"permission,omitempty"` // the action to grant; empty when no grant helps
	Part       Part   `json:"part"`                 // what is missing
	Subject    string `json:"subject,omitempty"`    // ARN of the one entity it concerns; empty: the whole part
}
