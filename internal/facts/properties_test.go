package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

func TestProperties(t *testing.T) {
	t.Parallel()
	s := New(company())
	tests := []struct{ typ, name, path, want string }{
		{"IamUser", "alice", "id", "AIDAALICE"},
		{"IamUser", "alice", "type", "IamUser"},
		{"IamUser", "alice", "arn", "arn:aws:iam::111122223333:user/eng/alice"},
		{"IamUser", "alice", "path", "/eng/"},
		{"IamUser", "alice", "accountNumber", "111122223333"},
		{"IamUser", "alice", "region", "none"},
		{"IamUser", "alice", "source", "db"},
		{"IamUser", "alice", "vpc", "none"},
		{"IamUser", "alice", "dome9Id", "none"},
		{"IamUser", "alice", "tags", "key team, value core"},
		{"IamUser", "alice", "createDate", "2024-12-27"},
		{"IamUser", "alice", "isRoot", "false"},
		{"IamUser", "alice", "passwordEnabled", "true"},
		{"IamUser", "alice", "hasConsoleAccess", "true"},
		{"IamUser", "alice", "passwordLastUsed", "2026-01-29"},
		{"IamUser", "alice", "passwordLastChanged", "2025-12-22"},
		{"IamUser", "alice", "passwordNextRotation", "never"},
		{"IamUser", "alice", "passwordLastActivity", "2026-01-29"},
		{"IamUser", "alice", "lastActivity", "2026-01-30"},
		{"IamUser", "alice", "mfaActive", "true"},
		{"IamUser", "alice", "mfaType", "Virtual"},
		{"IamUser", "alice", "virtualMfaEnabled", "true"},
		{"IamUser", "alice", "firstAccessKey.isActive", "true"},
		{"IamUser", "alice", "firstAccessKey.lastRotated", "2025-10-23"},
		{"IamUser", "alice", "firstAccessKey.lastUsedDate", "2026-01-30"},
		{"IamUser", "alice", "firstAccessKey.lastUsedRegion", "us-east-1"},
		{"IamUser", "alice", "firstAccessKey.lastUsedService", "s3"},
		{"IamUser", "alice", "secondAccessKey.isActive", "false"},
		{"IamUser", "alice", "secondAccessKey.lastUsedDate", "never"},
		{"IamUser", "alice", "secondAccessKey.lastUsedRegion", "none"},
		{"IamUser", "alice", "firstCertificate", "isActive true, lastRotated 2025-12-02"},
		{"IamUser", "alice", "secondCertificate", "none"},
		{"IamUser", "alice", "managedPolicies", "AdministratorAccess"},
		{"IamUser", "alice", "managedPolicies.arn", adminARN},
		{"IamUser", "alice", "inlinePolicies.name", "own"},
		{"IamUser", "alice", "attachedGroups", "devs"},
		{"IamUser", "alice", "combinedPolicies.name", "own, AdministratorAccess, in, read, AdministratorAccess"},
		{"IamUser", "alice", "combinedPolicies.relationType", "Inline, DirectlyAttached, " + strings.Repeat("Group, ", 2) + "Group"},
		{"IamUser", "alice", "combinedPolicies.id", "none, " + adminARN + ", none, " + teamARN + ", " + adminARN},
		{"IamUser", "alice", "permissionsBoundary.arn", teamARN},
		{"IamUser", "bob", "permissionsBoundary", "none"},
		{"IamUser", "bob", "firstAccessKey", "none"},
		{"IamUser", "bob", "passwordLastUsed", "never"},
		{"IamUser", "bob", "passwordLastActivity", "2026-01-22"},
		{"IamUser", "bob", "lastActivity", "never"},
		{"IamUser", "bob", "mfaType", "none"},
		{"IamUser", "bob", "virtualMfaEnabled", "false"},
		{"IamUser", "bob", "tags", "none"},

		{"IamUser", "<root_account>", "id", ""},
		{"IamUser", "<root_account>", "arn", "arn:aws:iam::111122223333:root"},
		{"IamUser", "<root_account>", "path", "none"},
		{"IamUser", "<root_account>", "isRoot", "true"},
		{"IamUser", "<root_account>", "managedPolicies", "none"},
		{"IamUser", "<root_account>", "passwordEnabled", "none"},
		{"IamUser", "<root_account>", "hasConsoleAccess", "true"},
		{"IamUser", "<root_account>", "mfaActive", "true"},
		{"IamUser", "<root_account>", "mfaType", "Hardware"},
		{"IamUser", "<root_account>", "createDate", "2023-05-07"},

		{"IamRole", "app", "assumeRolePolicy.Statement", ""},
		{"IamRole", "app", "description", "runs it"},
		{"IamRole", "app", "roleLastUsed.lastUsedDate", "2026-01-28"},
		{"IamRole", "app", "roleLastUsed.region", "eu-west-1"},
		{"IamRole", "app", "lastActivityDate", "2026-01-28"},
		{"IamRole", "app", "maxSessionDuration", "3600"},
		{"IamRole", "app", "isServiceLinked", "false"},
		{"IamRole", "app", "permissionsBoundary", "read"},
		{"IamRole", "app", "combinedPolicies.relationType", "AssumeRole, DirectlyAttached, DirectlyAttached"},
		{"IamRole", "AWSServiceRoleForSupport", "isServiceLinked", "true"},
		{"IamRole", "AWSServiceRoleForSupport", "roleLastUsed.lastUsedDate", "never"},
		{"IamRole", "AWSServiceRoleForSupport", "roleLastUsed.region", "none"},
		{"IamRole", "AWSServiceRoleForSupport", "lastActivityDate", "2025-07-15"},
		{"IamRole", "AWSServiceRoleForSupport", "path", "/aws-service-role/support.amazonaws.com/"},

		{"IamGroup", "devs", "users", "alice"},
		{"IamGroup", "devs", "users.arn", "arn:aws:iam::111122223333:user/eng/alice"},
		{"IamGroup", "devs", "managedPolicies", "read, AdministratorAccess"},
		{"IamGroup", "devs", "inlinePolicies", "in"},
		{"IamGroup", "devs", "createDate", "2024-09-18"},

		{"IamPolicy", "read", "attachmentCount", "2"},
		{"IamPolicy", "read", "permissionsBoundaryUsageCount", "2"},
		{"IamPolicy", "read", "users", "none"},
		{"IamPolicy", "read", "groups", "devs"},
		{"IamPolicy", "read", "roles", "app"},
		{"IamPolicy", "read", "boundaryUsers", "alice"},
		{"IamPolicy", "read", "boundaryRoles.arn", "arn:aws:iam::111122223333:role/app"},
		{"IamPolicy", "read", "isAwsManaged", "false"},
		{"IamPolicy", "read", "defaultVersionId", "v2"},
		{"IamPolicy", "read", "versionCount", "2"},
		{"IamPolicy", "read", "updateDate", "2025-12-12"},
		{"IamPolicy", "read", "document.Statement.Action", "s3:Get*"},
		{"IamPolicy", "AdministratorAccess", "attachmentCount", "3"},
		{"IamPolicy", "AdministratorAccess", "isAwsManaged", "true"},
		{"IamPolicy", "AdministratorAccess", "versionCount", "none"},
		{"IamPolicy", "AdministratorAccess", "versions", "none"},

		{"Iam", "acme", "id", "111122223333"},
		{"Iam", "acme", "aliases", "acme"},
		{"Iam", "acme", "passwordPolicy.enabledInAccount", "true"},
		{"Iam", "acme", "passwordPolicy.minPasswordLength", "14"},
		{"Iam", "acme", "passwordPolicy.maxPasswordAge", "90"},
		{"Iam", "acme", "passwordPolicy.expirePasswords", "true"},
		{"Iam", "acme", "passwordPolicy.passwordReusePrevention", "24"},
		{"Iam", "acme", "passwordPolicy.requireSymbols", "true"},
		{"Iam", "acme", "passwordPolicy.requireNumbers", "false"},
		{"Iam", "acme", "credentialReportGeneratedTime", "2026-01-31"},
		{"Iam", "acme", "stats.accountMfaEnabled", "1"},
		{"Iam", "acme", "stats.accountAccessKeysPresent", "0"},

		{"IamAccessKey", "alice/2025-10-23T12:00:00Z", "arn", "arn:aws:iam::111122223333:user/eng/alice"},
		{"IamAccessKey", "alice/2025-10-23T12:00:00Z", "user", "alice"},
		{"IamAccessKey", "alice/2025-10-23T12:00:00Z", "slot", "1"},
		{"IamAccessKey", "alice/2025-10-23T12:00:00Z", "isRoot", "false"},
		{"IamAccessKey", "alice/2025-10-23T12:00:00Z", "createDate", "2025-10-23"},
		{"IamAccessKey", "alice/2025-10-23T12:00:00Z", "lastActivityDate", "2026-01-30"},
		{"IamAccessKey", "alice/2025-07-15T12:00:00Z", "lastActivityDate", "2025-07-15"},
		{"IamAccessKey", "alice/2025-07-15T12:00:00Z", "lastUsedDate", "never"},
		{"IamAccessKey", "alice/2025-07-15T12:00:00Z", "slot", "2"},

		{"IamServerCertificate", "www", "expiration", "2026-02-20"},
		{"IamServerCertificate", "www", "uploadDate", "2025-04-06"},
		{"IamInstanceProfile", "web", "roles.arn", "arn:aws:iam::111122223333:role/app"},
		{"VirtualMfaDevice", "alice", "isAssigned", "true"},
		{"VirtualMfaDevice", "alice", "user", "alice"},
		{"VirtualMfaDevice", "alice", "enableDate", "2026-01-01"},
		{"VirtualMfaDevice", "spare", "isAssigned", "false"},
		{"VirtualMfaDevice", "spare", "user", "none"},
		{"VirtualMfaDevice", "spare", "serialNumber", "arn:aws:iam::111122223333:mfa/spare"},
		{"IamSamlProvider", "okta", "validUntil", "2028-01-01"},
		{"IamOidcProvider", "token.actions.githubusercontent.com", "clientIds", "sts.amazonaws.com"},
		{"IamOidcProvider", "token.actions.githubusercontent.com", "url", "token.actions.githubusercontent.com"},
	}
	covered := map[string]bool{}
	for _, tt := range tests {
		covered[tt.typ] = true
		got := read(t, s, tt.typ, tt.name, tt.path)
		if tt.path == "assumeRolePolicy.Statement" {
			if !strings.Contains(got, "ec2.amazonaws.com") {
				t.Errorf("%s %s.%s = %q", tt.typ, tt.name, tt.path, got)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("%s %s.%s = %q, want %q", tt.typ, tt.name, tt.path, got, tt.want)
		}
	}
	for _, typ := range Schema().Entities {
		if !covered[typ.Name] {
			t.Errorf("no property of %s is tested", typ.Name)
		}
	}
}

// TestSchema holds every property to its declared kind, and every name to one meaning.
func TestSchema(t *testing.T) {
	t.Parallel()
	for set := range slices.Values([]*Set{New(company()), New(&account.Snapshot{Account: ownAccount, Partition: "aws"})}) {
		for _, typ := range Schema().Entities {
			if typ.Doc == "" {
				t.Errorf("%s has no doc", typ.Name)
			}
			for e := range set.Entities(typ.Name) {
				checkKinds(t, typ.Name, e.Type, e.Self)
			}
		}
	}
	names := map[string]bool{}
	for _, typ := range Schema().Entities {
		names[strings.ToLower(typ.Name)] = true
	}
	for _, p := range Schema().Planned {
		if lower := strings.ToLower(p.Name); names[lower] || p.Why == "" {
			t.Errorf("planned %s: stands twice, or has no why", p.Name)
		} else {
			names[lower] = true
		}
	}
}

func checkKinds(t *testing.T, prefix string, typ *gsl.Type, self any) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range typ.Properties {
		name := prefix + "." + p.Name
		if seen[p.Name] || p.Doc == "" {
			t.Errorf("%s stands twice, or has no doc", name)
		}
		seen[p.Name] = true
		v := p.Get(self)
		if v.Kind() != p.Kind && v.Kind() != gsl.Null && v.Kind() != gsl.Unknown {
			t.Errorf("%s is declared %v and reads %v", name, p.Kind, v.Kind())
		}
		if p.Elem != nil && v.Kind() == gsl.Object {
			checkKinds(t, name, p.Elem, v.Ref())
		}
	}
}

// TestEntities holds the order and the subjects of each type.
func TestEntities(t *testing.T) {
	t.Parallel()
	s := New(company())
	tests := []struct{ typ, want string }{
		{"Iam", "acme"},
		{"iamuser", "<root_account> alice bob"},
		{"IamGroup", "devs"},
		{"IamRole", "AWSServiceRoleForSupport app"},
		{"IamPolicy", "read AdministratorAccess"},
		{"IamAccessKey", "alice/2025-10-23T12:00:00Z alice/2025-07-15T12:00:00Z"},
		{"VirtualMfaDevice", "alice spare"},
		{"Lambda", ""},
	}
	for _, tt := range tests {
		var names []string
		for e := range s.Entities(tt.typ) {
			names = append(names, e.Subject.Name)
			if e.Subject.Account != ownAccount || !strings.EqualFold(e.Subject.Type, tt.typ) || e.Subject.ARN == "" {
				t.Errorf("subject %+v", e.Subject)
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.typ, got, tt.want)
		}
		if got := s.List(tt.typ).Len(); got != len(names) {
			t.Errorf("List(%s) has %d, Entities %d", tt.typ, got, len(names))
		}
	}
}

// TestPasswordPolicy_None: an account without a policy has the least of everything.
func TestPasswordPolicy_None(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) { s.PasswordPolicy = nil })
	for path, want := range map[string]string{
		"enabledInAccount": "false", "minPasswordLength": "0", "requireSymbols": "false", "maxPasswordAge": "0", "expirePasswords": "false",
	} {
		if got := read(t, s, "Iam", "acme", "passwordPolicy."+path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
}
