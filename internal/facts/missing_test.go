package facts

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// find gives a property's value.
func find(t *testing.T, s *Set, typeName, name, path string) gsl.Value {
	t.Helper()
	e := entity(t, s, typeName, name)
	_, v := Find(e.Type, e.Self, path)
	return v
}

// TestDocuments: a document that is missing or faulty is unknown, with a gap that names it and its fault.
func TestDocuments(t *testing.T) {
	t.Parallel()
	const broken = account.Document("{\"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"a:b\", \"Action\": \"c:d\", \"Resource\": \"*\"}]}")
	tests := []struct {
		name            string
		change          func(*account.Snapshot)
		typ, entity     string
		path            string // of the unknown
		subject, detail string // of the gap
	}{
		{
			"faulty policy", func(s *account.Snapshot) { s.Policies[0].Document = broken },
			"IamPolicy", "read", "document", teamARN, "line 2, column 38: element \"Action\"",
		},
		{
			"faulty inline policy", func(s *account.Snapshot) { s.Users[0].Inline[0].Document = broken },
			"IamUser", "alice", "inlinePolicies.document", "arn:aws:iam::111122223333:user/eng/alice", `inline policy "own", line 2`,
		},
		{
			"faulty trust policy", func(s *account.Snapshot) { s.Roles[1].Trust = broken },
			"IamRole", "app", "assumeRolePolicy", "arn:aws:iam::111122223333:role/app", "trust policy, line 2",
		},
		{
			"no trust policy", func(s *account.Snapshot) { s.Roles[1].Trust = "" },
			"IamRole", "app", "assumeRolePolicy", "arn:aws:iam::111122223333:role/app", "no document of trust policy",
		},
		{
			"document that was not read", func(s *account.Snapshot) { s.Policies[1].Document = "" },
			"IamPolicy", "AdministratorAccess", "document", adminARN, "no document of " + adminARN,
		},
		{
			"policy that was not read", func(s *account.Snapshot) { s.Policies = s.Policies[:1] },
			"IamPolicy", "AdministratorAccess", "document", adminARN, "no document of " + adminARN,
		},
		{
			"group that was not read", func(s *account.Snapshot) { s.Groups = nil },
			"IamUser", "alice", "combinedPolicies", "arn:aws:iam::111122223333:user/eng/alice", `no group "devs"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := with(tt.change)
			v := find(t, s, tt.typ, tt.entity, tt.path)
			if v.Kind() == gsl.List {
				v = v.Sequence().At(0)
			}
			if v.Kind() != gsl.Unknown {
				t.Fatalf("%s is %v, want unknown", tt.path, v.Kind())
			}
			gap, ok := s.Gap(v.Text())
			if !ok || gap.Subject != tt.subject || !strings.Contains(gap.Error, tt.detail) || gap.Account != ownAccount {
				t.Errorf("gap of %q = %+v", v.Text(), gap)
			}
			if len(s.Gaps()) == 0 {
				t.Error("Gaps() does not have it")
			}
		})
	}
}

// TestDocuments_Shared: one text is parsed once, and its fault is a gap on each who uses it.
func TestDocuments_Shared(t *testing.T) {
	t.Parallel()
	s := New(company())
	if len(s.documents) != 3 {
		t.Errorf("%d documents, want allowAll, readS3 and trustEC2", len(s.documents))
	}
	s = with(func(s *account.Snapshot) { s.Roles[0].Trust, s.Roles[1].Trust = "{", "{" })
	if len(s.Gaps()) != 2 {
		t.Errorf("gaps %+v, want one for each role", s.Gaps())
	}
}

func TestMissingEntities(t *testing.T) {
	t.Parallel()
	report := func(s *account.Snapshot) { lose(s, account.PartCredentials) }
	tests := []struct {
		name   string
		change func(*account.Snapshot)
		typ    string
		want   string // in the gap's text; empty: no gap
	}{
		{"all there", func(*account.Snapshot) {}, "IamUser", ""},
		{"all keys there", func(*account.Snapshot) {}, "IamAccessKey", ""},
		{"roles", func(s *account.Snapshot) { lose(s, account.PartRoles) }, "iamrole", "AccessDenied"},
		{"policies held by unread roles", func(s *account.Snapshot) { lose(s, account.PartRoles) }, "IamPolicy", "AccessDenied"},
		{"users whom the report names", func(s *account.Snapshot) { lose(s, account.PartUsers) }, "IamUser", ""},
		{"users without a report", func(s *account.Snapshot) { lose(s, account.PartUsers); report(s) }, "IamUser", "AccessDenied"},
		{"keys without users", func(s *account.Snapshot) { lose(s, account.PartUsers); report(s) }, "IamAccessKey", "AccessDenied"},
		{"keys without a report", report, "IamAccessKey", `AccessDenied (access keys of "alice", "bob")`},
		{"keys of one user", func(s *account.Snapshot) { s.Report.Rows = s.Report.Rows[:2] }, "IamAccessKey", `(access keys of "bob")`},
		{"report left out", func(s *account.Snapshot) { s.Report = nil }, "IamAccessKey", "the input holds no credential report"},
		{"the account is always there", report, "Iam", ""},
	}
	for _, tt := range tests {
		gap := with(tt.change).MissingEntities(tt.typ)
		switch {
		case gap == nil && tt.want != "":
			t.Errorf("%s: no gap", tt.name)
		case gap != nil && (tt.want == "" || !strings.Contains(gap.Error, tt.want)):
			t.Errorf("%s: gap %+v, want %q", tt.name, gap, tt.want)
		}
	}
}

// TestUsers_FromReport: where users were not read, the report's rows name them, and only that is unknown
// which the report does not say.
func TestUsers_FromReport(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) { lose(s, account.PartUsers) })
	for path, want := range map[string]string{
		"mfaActive": "true", "passwordEnabled": "true", "createDate": "2024-12-27", "path": "/eng/", "attachedGroups": "unknown",
		"managedPolicies": "unknown", "combinedPolicies": "unknown", "inlinePolicies": "unknown", "tags": "unknown", "id": "unknown",
		"permissionsBoundary": "unknown", "isRoot": "false", "mfaType": "Virtual",
	} {
		if got := read(t, s, "IamUser", "alice", path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	if got, _ := judge(t, s, entity(t, s, "IamUser", "alice"), "IamUser should have grants('iam:*')"); got != gsl.Maybe {
		t.Errorf("a user whose policies were not read grants: %v", got)
	}
	if got := s.List("IamUser").Len(); got != 3 {
		t.Errorf("%d users, want root, alice and bob", got)
	}
	if got := read(t, s, "IamPolicy", "read", "attachmentCount"); got != "unknown" {
		t.Errorf("attachmentCount = %q", got)
	}
}

// TestUsers_Deleted: a row whose user is gone is no user.
func TestUsers_Deleted(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) { s.Users = s.Users[:1] })
	for e := range s.Entities("IamUser") {
		if e.Subject.Name == "bob" {
			t.Error("bob was deleted, and is a user")
		}
	}
}

// TestUnlisted: of a user who could not be listed all is unknown, but that it is not the root user.
func TestUnlisted(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) { lose(s, account.PartUsers); lose(s, account.PartCredentials) })
	self := s.Unlisted("iamuser")
	constant := map[string]bool{
		"type": true, "dome9Id": true, "accountNumber": true, "region": true, "source": true, "vpc": true, "isRoot": true,
	}
	for _, p := range userType().Properties {
		if v := p.Get(self); (v.Kind() == gsl.Unknown) == constant[p.Name] {
			t.Errorf("%s is %v", p.Name, v.Kind())
		}
	}
	e := Entity{Type: userType(), Self: self}
	if got, _ := judge(t, s, e, "IamUser should have grants('iam:*')"); got != gsl.Maybe {
		t.Errorf("it grants: %v", got)
	}
	if New(company()).Unlisted("IamUser") != nil || s.Unlisted("IamRole") != nil {
		t.Error("Unlisted gives users only, and only where some are missing")
	}
}

// TestNew_Empty: the least of a snapshot has an account, a root user and no surprises.
func TestNew_Empty(t *testing.T) {
	t.Parallel()
	s := New(&account.Snapshot{Account: ownAccount, Partition: "aws-cn"})
	if got := read(t, s, "IamUser", account.RootUser, "arn"); got != "arn:aws-cn:iam::111122223333:root" {
		t.Errorf("root = %q", got)
	}
	if got := s.Account().Subject.Name; got != ownAccount {
		t.Errorf("account is called %q", got)
	}
	if len(s.Gaps()) != 2 {
		t.Errorf("gaps %+v, want the report and the summary", s.Gaps())
	}
}

// TestOIDC_Listed: ListOpenIDConnectProviders gives no details.
func TestOIDC_Listed(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) {
		s.OIDCProviders = []account.OIDCProvider{{ARN: s.OIDCProviders[0].ARN}}
	})
	const name = "token.actions.githubusercontent.com"
	if got := read(t, s, "IamOidcProvider", name, "clientIds"); got != "unknown" {
		t.Errorf("clientIds = %q", got)
	}
	if got := read(t, s, "IamOidcProvider", name, "url"); got != name {
		t.Errorf("url = %q", got)
	}
}
