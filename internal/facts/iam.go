package facts

import (
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// iam is the account as a whole.
type iam struct {
	common
	password account.PasswordPolicy // the zero value where the account has none
	enabled  bool                   // the account has a password policy
}

func (i *iam) self() *common { return &i.common }

// whole is v, or unknown where that part of the account is a gap.
func (i *iam) whole(part account.Part, v gsl.Value) gsl.Value {
	if i.set.lacks[part] {
		return gsl.UnknownOf(string(part))
	}
	return v
}

// iamType is Iam.
var iamType = sync.OnceValue(func() *gsl.Type {
	var p properties[iam]
	p.common("Iam", (*iam).self)
	p.list("aliases", nil, "the account's aliases", func(i *iam) gsl.Value {
		return i.whole(account.PartAliases, gsl.ListOf((*gsl.Strings)(&i.set.snap.Aliases)))
	})
	p.object("passwordPolicy", passwordType(), "the password policy; never null", func(i *iam) gsl.Value {
		return i.whole(account.PartPasswordPolicy, gsl.PointerOf(i))
	})
	p.date("credentialReportGeneratedTime", "when the credential report was made", func(i *iam) gsl.Value {
		if i.set.snap.Report == nil {
			return gsl.UnknownOf(string(account.PartCredentials))
		}
		return date(i.set.snap.Report.Generated)
	})
	p.object("stats", statsType(), "the counters of GetAccountSummary", func(i *iam) gsl.Value { return gsl.PointerOf(i) })
	return &gsl.Type{Name: "Iam", Doc: "the account as a whole; one per account", Properties: p}
})

// passwordType is the password policy. An account without one has enabledInAccount false, and the least of all else.
var passwordType = sync.OnceValue(func() *gsl.Type {
	var p properties[iam]
	p.flag("enabledInAccount", "whether the account has a password policy", func(i *iam) gsl.Value { return gsl.BoolOf(i.enabled) })
	flag := func(name, doc string, get func(*account.PasswordPolicy) bool) {
		p.flag(name, doc, func(i *iam) gsl.Value { return gsl.BoolOf(get(&i.password)) })
	}
	flag("requireUppercaseCharacter", "whether an uppercase letter is required", func(w *account.PasswordPolicy) bool { return w.Uppercase })
	flag("requireLowercaseCharacter", "whether a lowercase letter is required", func(w *account.PasswordPolicy) bool { return w.Lowercase })
	flag("requireSymbols", "whether a symbol is required", func(w *account.PasswordPolicy) bool { return w.Symbols })
	flag("requireNumbers", "whether a digit is required", func(w *account.PasswordPolicy) bool { return w.Numbers })
	flag("allowUsersToChangePassword", "whether users may change their own password", func(w *account.PasswordPolicy) bool { return w.AllowChange })
	flag("expirePasswords", "whether passwords expire", func(w *account.PasswordPolicy) bool { return w.MaxAge > 0 })
	flag("hardExpiry", "whether an expired password needs an administrator", func(w *account.PasswordPolicy) bool { return w.HardExpiry })
	number := func(name, doc string, get func(*account.PasswordPolicy) int) {
		p.number(name, doc, func(i *iam) gsl.Value { return gsl.NumberOf(float64(get(&i.password))) })
	}
	number("minPasswordLength", "the least length", func(w *account.PasswordPolicy) int { return w.MinLength })
	number("maxPasswordAge", "days until a password expires; 0: never", func(w *account.PasswordPolicy) int { return w.MaxAge })
	number("passwordReusePrevention", "how many earlier passwords are refused", func(w *account.PasswordPolicy) int { return w.Reuse })
	return &gsl.Type{Name: "PasswordPolicy", Doc: "the account's password policy", Properties: p}
})

// counters are the names of GetAccountSummary's SummaryMap, and of the same in GSL.
// Source: IAM API reference, GetAccountSummary.
var counters = [...]struct{ gsl, aws, doc string }{
	{"accountMfaEnabled", "AccountMFAEnabled", "1 where the root user has MFA"},
	{"accountAccessKeysPresent", "AccountAccessKeysPresent", "1 where the root user has an access key"},
	{"accountPasswordPresent", "AccountPasswordPresent", "1 where the root user has a password"},
	{"accountSigningCertificatesPresent", "AccountSigningCertificatesPresent", "1 where the root user has a signing certificate"},
	{"users", "Users", "users"},
	{"usersQuota", "UsersQuota", "users allowed"},
	{"groups", "Groups", "groups"},
	{"groupsQuota", "GroupsQuota", "groups allowed"},
	{"groupsPerUserQuota", "GroupsPerUserQuota", "groups allowed for one user"},
	{"roles", "Roles", "roles"},
	{"rolesQuota", "RolesQuota", "roles allowed"},
	{"policies", "Policies", "customer managed policies"},
	{"policiesQuota", "PoliciesQuota", "customer managed policies allowed"},
	{"policySizeQuota", "PolicySizeQuota", "characters allowed in a managed policy"},
	{"policyVersionsInUse", "PolicyVersionsInUse", "policy versions in use"},
	{"policyVersionsInUseQuota", "PolicyVersionsInUseQuota", "policy versions allowed to be in use"},
	{"versionsPerPolicyQuota", "VersionsPerPolicyQuota", "versions allowed for one policy"},
	{"attachedPoliciesPerUserQuota", "AttachedPoliciesPerUserQuota", "managed policies allowed on one user"},
	{"attachedPoliciesPerGroupQuota", "AttachedPoliciesPerGroupQuota", "managed policies allowed on one group"},
	{"attachedPoliciesPerRoleQuota", "AttachedPoliciesPerRoleQuota", "managed policies allowed on one role"},
	{"userPolicySizeQuota", "UserPolicySizeQuota", "characters allowed in a user's inline policies"},
	{"groupPolicySizeQuota", "GroupPolicySizeQuota", "characters allowed in a group's inline policies"},
	{"rolePolicySizeQuota", "RolePolicySizeQuota", "characters allowed in a role's inline policies"},
	{"assumeRolePolicySizeQuota", "AssumeRolePolicySizeQuota", "characters allowed in a trust policy"},
	{"accessKeysPerUserQuota", "AccessKeysPerUserQuota", "access keys allowed for one user"},
	{"signingCertificatesPerUserQuota", "SigningCertificatesPerUserQuota", "signing certificates allowed for one user"},
	{"mfaDevices", "MFADevices", "MFA devices"},
	{"mfaDevicesInUse", "MFADevicesInUse", "MFA devices that are assigned"},
	{"serverCertificates", "ServerCertificates", "server certificates"},
	{"serverCertificatesQuota", "ServerCertificatesQuota", "server certificates allowed"},
	{"instanceProfiles", "InstanceProfiles", "instance profiles"},
	{"instanceProfilesQuota", "InstanceProfilesQuota", "instance profiles allowed"},
	{"providers", "Providers", "identity providers"},
	{"globalEndpointTokenVersion", "GlobalEndpointTokenVersion", "version of the tokens of the global STS endpoint"},
}

// statsType is the account summary. A counter that AWS did not give is unknown.
var statsType = sync.OnceValue(func() *gsl.Type {
	var p properties[iam]
	for _, c := range counters {
		p.number(c.gsl, c.doc, func(i *iam) gsl.Value {
			if n, ok := i.set.snap.Summary[c.aws]; ok {
				return gsl.NumberOf(float64(n))
			}
			return gsl.UnknownOf(string(account.PartSummary))
		})
	}
	return &gsl.Type{Name: "AccountSummary", Doc: "the counters of GetAccountSummary", Properties: p}
})
