package account

import "time"

// RootUser is the name of the root user's row in the credential report, and of the root IamUser.
const RootUser = "<root_account>"

// CredentialReport is the account's credential report, up to four hours old when AWS hands it out.
type CredentialReport struct {
	Generated time.Time    `json:"generated,omitzero"` // zero: the CSV alone does not say
	Rows      []Credential `json:"rows"`
}

// Credential is one row of the credential report. A zero time is AWS's N/A or no_information.
type Credential struct {
	User            string    `json:"user"`
	ARN             string    `json:"arn,omitempty"`
	Created         time.Time `json:"created,omitzero"`
	PasswordEnabled *bool     `json:"passwordEnabled,omitempty"` // nil: not_supported (root)
	PasswordUsed    time.Time `json:"passwordLastUsed,omitzero"`
	PasswordChanged time.Time `json:"passwordLastChanged,omitzero"`
	PasswordNext    time.Time `json:"passwordNextRotation,omitzero"`
	MFA             bool      `json:"mfaActive,omitempty"`
	Keys            [2]KeyRow `json:"keys,omitzero"`
	Certs           [2]Cert   `json:"certificates,omitzero"`
}

// KeyRow is what the report says of one access-key slot. A slot without a key is the zero KeyRow.
// The report holds no key ids: user and Rotated (the creation time) name a key.
type KeyRow struct {
	Active      bool      `json:"active,omitempty"`
	Rotated     time.Time `json:"lastRotated,omitzero"`
	Used        time.Time `json:"lastUsed,omitzero"`
	UsedRegion  string    `json:"lastUsedRegion,omitempty"`
	UsedService string    `json:"lastUsedService,omitempty"`
}

// Exists reports whether the slot holds a key, active or not.
func (k KeyRow) Exists() bool { return k.Active || !k.Rotated.IsZero() }

// Cert is what the report says of one signing-certificate slot.
type Cert struct {
	Active  bool      `json:"active,omitempty"`
	Rotated time.Time `json:"lastRotated,omitzero"`
}

// Confirmation is what a live call said of one user after the credential report was read.
// It wins over the report's row. A nil list was not asked for.
type Confirmation struct {
	User       string     `json:"user"`
	At         time.Time  `json:"at"`
	MFADevices *[]string  `json:"mfaDevices,omitempty"` // serial numbers
	Keys       *[]LiveKey `json:"keys,omitempty"`
}

// LiveKey is one key as ListAccessKeys gives it.
type LiveKey struct {
	ID      string    `json:"id"`
	Active  bool      `json:"active"`
	Created time.Time `json:"created"`
}
