package directory

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// presetQuotas are a new account's quotas, by their names in the account summary.
// Source: IAM User Guide, "IAM and AWS STS quotas".
var presetQuotas = map[string]int{
	"UsersQuota": 5000, "GroupsQuota": 300, "RolesQuota": 1000, "PoliciesQuota": 1500, "InstanceProfilesQuota": 1000,
	"ServerCertificatesQuota": 20, "AccessKeysPerUserQuota": 2, "SigningCertificatesPerUserQuota": 2, "GroupsPerUserQuota": 10,
	"AttachedPoliciesPerUserQuota": 10, "AttachedPoliciesPerGroupQuota": 10, "AttachedPoliciesPerRoleQuota": 10,
	"UserPolicySizeQuota": 2048, "GroupPolicySizeQuota": 5120, "RolePolicySizeQuota": 10240, "PolicySizeQuota": 6144,
	"AssumeRolePolicySizeQuota": 2048, "VersionsPerPolicyQuota": 5, "PolicyVersionsInUseQuota": 10000,
	"GlobalEndpointTokenVersion": 1,
}

// quota is a quota of the account: the fixture's where it has one.
func (s *state) quota(name string) int {
	if q, ok := s.quotas[name]; ok {
		return q
	}
	return presetQuotas[name]
}

func getAccountSummary(c *Call, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	out := &iam.GetAccountSummaryOutput{SummaryMap: make(map[string]int32)}
	for name, n := range c.st.summary() {
		out.SummaryMap[name] = int32(min(n, 1<<31-1))
	}
	return out, nil
}

// summary counts what there is, beside the quotas; keys of the fixture's that it does not know stay.
func (s *state) summary() map[string]int {
	out := make(map[string]int, 40)
	maps.Copy(out, s.quotas)
	for name := range presetQuotas {
		out[name] = s.quota(name)
	}
	local, assigned := 0, 0
	for m := range s.policies.all() {
		local += flag(!isAWS(m.ARN))
	}
	for d := range s.devices.all() {
		assigned += flag(d.User != "")
	}
	maps.Copy(out, map[string]int{
		"Users": s.users.len(), "Groups": s.groups.len(), "Roles": s.roles.len(), "Policies": local,
		"InstanceProfiles": s.profiles.len(), "ServerCertificates": s.certs.len(), "MFADevices": s.devices.len(),
		"MFADevicesInUse": assigned, "Providers": s.saml.len() + s.oidc.len(), "PolicyVersionsInUse": len(s.uses()),
		"AccountMFAEnabled":                 flag(len(s.root.mfa) > 0),
		"AccountPasswordPresent":            flag(s.root.login != nil),
		"AccountAccessKeysPresent":          flag(s.root.keys != [2]*accessKey{}),
		"AccountSigningCertificatesPresent": flag(s.root.signing != [2]*signingCert{}),
	})
	return out
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func getAccountPasswordPolicy(c *Call, _ *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
	p := c.st.password
	if p == nil {
		return nil, noSuch("password policy", "of account "+string(c.st.id))
	}
	out := &types.PasswordPolicy{
		MinimumPasswordLength: new(int32(p.MinLength)), RequireSymbols: p.Symbols, RequireNumbers: p.Numbers,
		RequireUppercaseCharacters: p.Uppercase, RequireLowercaseCharacters: p.Lowercase,
		AllowUsersToChangePassword: p.AllowChange, ExpirePasswords: p.MaxAge > 0,
	}
	if p.MaxAge > 0 {
		out.MaxPasswordAge = new(int32(p.MaxAge))
	}
	if p.MaxAge > 0 || p.HardExpiry {
		out.HardExpiry = &p.HardExpiry
	}
	if p.Reuse > 0 {
		out.PasswordReusePrevention = new(int32(p.Reuse))
	}
	return &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: out}, nil
}
