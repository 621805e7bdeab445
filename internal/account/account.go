// Package account is one AWS account's identity state at one moment.
//
// Contract: a Snapshot is immutable once built; everything that could not be read is a Gap, never an
// empty list. It holds what AWS said, undigested: policy documents stay text.
// Decode and Encode read and write the capture format ambit.account/1, whose members are the json tags below. A
// list that is absent was read and is empty; an absent credentialReport or summary was not read; an absent
// passwordPolicy without a gap means that the account has none. ARNs, paths and the partition may be left out.
// Limits: IAM and STS only. Text from the account is hostile; whoever prints it must escape it.
// Floor: 3.
package account

import "time"

// ID is a twelve-digit account id.
type ID string

// Snapshot is all that was read of one account. Lists are sorted by name (policies by ARN).
type Snapshot struct {
	Schema            string            `json:"schema"` // SchemaV1
	Account           ID                `json:"account"`
	Partition         string            `json:"partition"`
	Aliases           []string          `json:"aliases,omitempty"`
	TakenAt           time.Time         `json:"takenAt"`
	Source            string            `json:"source"` // "aws", "files", "capture", "demo"
	Users             []User            `json:"users,omitempty"`
	Groups            []Group           `json:"groups,omitempty"`
	Roles             []Role            `json:"roles,omitempty"`
	Policies          []Policy          `json:"policies,omitempty"`
	InstanceProfiles  []InstanceProfile `json:"instanceProfiles,omitempty"`
	Report            *CredentialReport `json:"credentialReport,omitempty"`
	Summary           map[string]int    `json:"summary,omitempty"`        // GetAccountSummary's SummaryMap
	PasswordPolicy    *PasswordPolicy   `json:"passwordPolicy,omitempty"` // nil without a gap: the account has none
	VirtualMFADevices []VirtualMFA      `json:"virtualMfaDevices,omitempty"`
	ServerCerts       []ServerCert      `json:"serverCertificates,omitempty"`
	SAMLProviders     []SAMLProvider    `json:"samlProviders,omitempty"`
	OIDCProviders     []OIDCProvider    `json:"oidcProviders,omitempty"`
	Confirmations     []Confirmation    `json:"confirmations,omitempty"`
	Controls          *Controls         `json:"controls,omitempty"` // nil: nobody gave what an organization puts over the account
	Gaps              []Gap             `json:"gaps,omitempty"`
}

// SchemaV1 names the capture format: the same JSON is the capture, the sandbox's fixture and a rule's proof case.
const SchemaV1 = "ambit.account/1"

// Tag is one tag. Keys ignore letter case in IAM; Key keeps what was written.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Document is the text of a policy document, percent-decoded, else as AWS holds it.
type Document string

// InlinePolicy is a policy embedded in one user, group or role.
type InlinePolicy struct {
	Name     string   `json:"name"`
	Document Document `json:"document"`
}

// User is one IAM user. Its credentials are in the credential report's row of the same name.
type User struct {
	Name     string         `json:"name"`
	ID       string         `json:"id,omitempty"`
	ARN      string         `json:"arn,omitempty"` // built from account, path and name where a capture leaves it out
	Path     string         `json:"path,omitempty"`
	Created  time.Time      `json:"created,omitzero"`
	Groups   []string       `json:"groups,omitempty"`   // names
	Attached []string       `json:"attached,omitempty"` // managed policy ARNs
	Inline   []InlinePolicy `json:"inline,omitempty"`
	Boundary string         `json:"boundary,omitempty"` // managed policy ARN
	Tags     []Tag          `json:"tags,omitempty"`
}

// Group is one IAM group. Membership stands with the users.
type Group struct {
	Name     string         `json:"name"`
	ID       string         `json:"id,omitempty"`
	ARN      string         `json:"arn,omitempty"`
	Path     string         `json:"path,omitempty"`
	Created  time.Time      `json:"created,omitzero"`
	Attached []string       `json:"attached,omitempty"`
	Inline   []InlinePolicy `json:"inline,omitempty"`
}

// Role is one IAM role.
type Role struct {
	Name           string         `json:"name"`
	ID             string         `json:"id,omitempty"`
	ARN            string         `json:"arn,omitempty"`
	Path           string         `json:"path,omitempty"`
	Created        time.Time      `json:"created,omitzero"`
	Description    string         `json:"description,omitempty"`
	Trust          Document       `json:"trust"`
	Attached       []string       `json:"attached,omitempty"`
	Inline         []InlinePolicy `json:"inline,omitempty"`
	Boundary       string         `json:"boundary,omitempty"`
	Tags           []Tag          `json:"tags,omitempty"`
	LastUsed       time.Time      `json:"lastUsed,omitzero"` // zero: never in AWS's tracking period
	LastUsedRegion string         `json:"lastUsedRegion,omitempty"`
	MaxSession     int            `json:"maxSession,omitempty"` // seconds; 0: not read
}

// Policy is one managed policy, customer's or AWS's, with its default version.
type Policy struct {
	Name     string    `json:"name"`
	ID       string    `json:"id,omitempty"`
	ARN      string    `json:"arn,omitempty"`
	Path     string    `json:"path,omitempty"`
	Created  time.Time `json:"created,omitzero"`
	Updated  time.Time `json:"updated,omitzero"`
	Version  string    `json:"version,omitempty"` // default version id, such as v3
	Document Document  `json:"document"`          // of the default version; empty with a gap: not read
	Versions []Version `json:"versions,omitempty"`
	Tags     []Tag     `json:"tags,omitempty"`
	Usage    *Usage    `json:"usage,omitempty"` // nil: not told, or told by the holders themselves
}

// Usage is how often a managed policy is used, as AWS counts it. It stands for holders that were not read.
// Source: IAM API reference, ManagedPolicyDetail.
type Usage struct {
	Attachments int `json:"attachments"` // users, groups and roles that it is attached to
	Boundaries  int `json:"boundaries"`  // users and roles that it is the permissions boundary of
}

// Version is one stored version of a managed policy.
type Version struct {
	ID       string    `json:"id"`
	Created  time.Time `json:"created,omitzero"`
	Document Document  `json:"document,omitempty"`
}

// InstanceProfile ties roles to EC2 instances.
type InstanceProfile struct {
	Name    string    `json:"name"`
	ID      string    `json:"id,omitempty"`
	ARN     string    `json:"arn,omitempty"`
	Path    string    `json:"path,omitempty"`
	Created time.Time `json:"created,omitzero"`
	Roles   []string  `json:"roles,omitempty"` // names
}

// PasswordPolicy is the account's password policy. MaxAge and Reuse are 0 where AWS leaves them out.
type PasswordPolicy struct {
	MinLength   int  `json:"minLength"`
	Symbols     bool `json:"symbols"`
	Numbers     bool `json:"numbers"`
	Uppercase   bool `json:"uppercase"`
	Lowercase   bool `json:"lowercase"`
	AllowChange bool `json:"allowChange"`
	MaxAge      int  `json:"maxAge,omitempty"` // days
	Reuse       int  `json:"reuse,omitempty"`  // passwords remembered
	HardExpiry  bool `json:"hardExpiry,omitempty"`
}

// VirtualMFA is a virtual MFA device. User is the holder's ARN, empty when unassigned.
type VirtualMFA struct {
	Serial  string    `json:"serial"`
	User    string    `json:"user,omitempty"`
	Enabled time.Time `json:"enabled,omitzero"`
	Tags    []Tag     `json:"tags,omitempty"`
}

// ServerCert is the metadata of a server certificate stored in IAM.
type ServerCert struct {
	Name       string    `json:"name"`
	ID         string    `json:"id,omitempty"`
	ARN        string    `json:"arn,omitempty"`
	Path       string    `json:"path,omitempty"`
	Uploaded   time.Time `json:"uploaded,omitzero"`
	Expiration time.Time `json:"expiration,omitzero"`
}

// SAMLProvider is a SAML identity provider.
type SAMLProvider struct {
	ARN        string    `json:"arn"`
	Created    time.Time `json:"created,omitzero"`
	ValidUntil time.Time `json:"validUntil,omitzero"`
}

// OIDCProvider is an OpenID Connect identity provider. ListOpenIDConnectProviders gives only the ARN.
type OIDCProvider struct {
	ARN         string   `json:"arn"`
	URL         string   `json:"url,omitempty"`
	ClientIDs   []string `json:"clientIds,omitempty"`
	Thumbprints []string `json:"thumbprints,omitempty"`
}
