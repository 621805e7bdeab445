package facts

import (
	"strings"
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// TestCredentials changes one thing about a company's credentials and reads what a rule then sees.
func TestCredentials(t *testing.T) {
	t.Parallel()
	row := func(s *account.Snapshot, user string) *account.Credential {
		for i := range s.Report.Rows {
			if s.Report.Rows[i].User == user {
				return &s.Report.Rows[i]
			}
		}
		return nil
	}
	noRow := func(user string) func(*account.Snapshot) {
		return func(s *account.Snapshot) {
			rows := s.Report.Rows[:0]
			for _, r := range s.Report.Rows {
				if r.User != user {
					rows = append(rows, r)
				}
			}
			s.Report.Rows = rows
		}
	}
	confirm := func(c account.Confirmation) func(*account.Snapshot) {
		return func(s *account.Snapshot) { s.Confirmations = append(s.Confirmations, c) }
	}
	devices := func(serials ...string) *[]string { return &serials }
	root, alice, bob := account.RootUser, "alice", "bob"
	tests := []struct {
		name   string
		change func(*account.Snapshot)
		want   map[string]string // "user.path" to text
	}{
		{"no row", noRow(bob), map[string]string{
			"bob.mfaActive": "unknown", "bob.passwordEnabled": "unknown", "bob.hasConsoleAccess": "unknown", "bob.firstAccessKey": "unknown",
			"bob.lastActivity": "unknown", "bob.createDate": "2026-01-21", "bob.mfaType": "unknown", "alice.mfaActive": "true",
		}},
		{"no row but an assigned device", func(s *account.Snapshot) { noRow(alice)(s) }, map[string]string{
			"alice.mfaActive": "true", "alice.mfaType": "Virtual", "alice.passwordEnabled": "unknown",
		}},
		{"the report decides from files", func(s *account.Snapshot) { row(s, alice).MFA = false }, map[string]string{
			"alice.mfaActive": "false", "alice.mfaType": "none", "alice.virtualMfaEnabled": "false",
		}},
		{"hardware", func(s *account.Snapshot) { row(s, bob).MFA = true }, map[string]string{
			"bob.mfaActive": "true", "bob.mfaType": "Hardware", "bob.virtualMfaEnabled": "false",
		}},
		{"virtual list is a gap", func(s *account.Snapshot) { row(s, alice).MFA = true; lose(s, account.PartVirtualMFA) }, map[string]string{
			"alice.mfaActive": "true", "alice.mfaType": "unknown", "alice.virtualMfaEnabled": "unknown", "bob.mfaType": "none",
		}},
		{"confirmed without MFA", confirm(account.Confirmation{User: alice, MFADevices: devices()}), map[string]string{
			"alice.mfaActive": "false", "alice.mfaType": "none",
		}},
		{
			"confirmed with a passkey", confirm(account.Confirmation{User: bob, MFADevices: devices("arn:aws:iam::111122223333:u2f/user/bob/key-1")}),
			map[string]string{"bob.mfaActive": "true", "bob.mfaType": "Hardware"},
		},
		{
			"confirmed with a token", confirm(account.Confirmation{User: bob, MFADevices: devices("GAHT12345678")}),
			map[string]string{"bob.mfaActive": "true", "bob.mfaType": "Hardware"},
		},
		{"confirmed with a virtual device that the list does not have", confirm(account.Confirmation{
			User: bob, MFADevices: devices("GAHT12345678", "arn:aws:iam::111122223333:mfa/phone"),
		}), map[string]string{"bob.mfaActive": "true", "bob.mfaType": "Virtual"}},
		{"confirmed with a passkey in place of the listed virtual device", confirm(account.Confirmation{
			User: alice, MFADevices: devices("arn:aws:iam::111122223333:u2f/user/alice/key"),
		}), map[string]string{"alice.mfaActive": "true", "alice.mfaType": "Hardware"}},
		{"keys were not asked for", confirm(account.Confirmation{User: alice, MFADevices: devices()}), map[string]string{
			"alice.firstAccessKey.isActive": "true",
		}},
		{"both keys deleted", confirm(account.Confirmation{User: alice, Keys: &[]account.LiveKey{}}), map[string]string{
			"alice.firstAccessKey": "none", "alice.secondAccessKey": "none", "alice.lastActivity": "2026-01-29",
		}},
		{"first key deactivated", confirm(account.Confirmation{User: alice, Keys: &[]account.LiveKey{
			{ID: "AKIAONE", Created: daysAgo(100)}, {ID: "AKIATWO", Created: daysAgo(200)},
		}}), map[string]string{
			"alice.firstAccessKey.isActive": "false", "alice.firstAccessKey.lastUsedDate": "2026-01-30", "alice.secondAccessKey.isActive": "false",
		}},
		{"a key newer than the report", confirm(account.Confirmation{User: alice, Keys: &[]account.LiveKey{
			{ID: "AKIANEW", Active: true, Created: daysAgo(0)}, {ID: "AKIATWO", Created: daysAgo(200)},
		}}), map[string]string{
			"alice.firstAccessKey.isActive": "true", "alice.firstAccessKey.lastRotated": "2026-01-31",
			"alice.firstAccessKey.lastUsedDate": "unknown", "alice.secondAccessKey.lastUsedDate": "never", "alice.lastActivity": "unknown",
		}},
		{"confirmed keys of a user without a row", func(s *account.Snapshot) {
			noRow(bob)(s)
			confirm(account.Confirmation{User: bob, Keys: &[]account.LiveKey{{ID: "AKIAB", Active: true, Created: daysAgo(5)}}})(s)
		}, map[string]string{
			"bob.firstAccessKey.isActive": "true", "bob.firstAccessKey.lastUsedRegion": "unknown", "bob.secondAccessKey": "none", "bob.mfaActive": "unknown",
		}},
		{"the second key was used last", func(s *account.Snapshot) { row(s, alice).Keys[1].Used = daysAgo(0) }, map[string]string{
			"alice.lastActivity": "2026-01-31",
		}},
		{"root: summary wins", func(s *account.Snapshot) { s.Summary["AccountMFAEnabled"] = 0 }, map[string]string{
			root + ".mfaActive": "false", root + ".mfaType": "none",
		}},
		{"root: report without summary", func(s *account.Snapshot) { lose(s, account.PartSummary) }, map[string]string{
			root + ".mfaActive": "true", root + ".hasConsoleAccess": "unknown",
		}},
		{"root: password removed by the organization", func(s *account.Snapshot) { s.Summary["AccountPasswordPresent"] = 0 }, map[string]string{
			root + ".hasConsoleAccess": "false",
		}},
		{"root: summary without that counter", func(s *account.Snapshot) { delete(s.Summary, "AccountPasswordPresent") }, map[string]string{
			root + ".hasConsoleAccess": "true",
		}},
		{"root: only the summary", func(s *account.Snapshot) { lose(s, account.PartCredentials) }, map[string]string{
			root + ".mfaActive": "true", root + ".firstAccessKey": "none", root + ".lastActivity": "unknown", root + ".firstCertificate": "unknown",
			"alice.firstAccessKey": "unknown",
		}},
		{"root: keys, and no report", func(s *account.Snapshot) {
			lose(s, account.PartCredentials)
			s.Summary["AccountAccessKeysPresent"] = 1
		}, map[string]string{root + ".firstAccessKey": "unknown"}},
		{"root: neither", func(s *account.Snapshot) { lose(s, account.PartCredentials); lose(s, account.PartSummary) }, map[string]string{
			root + ".mfaActive": "unknown", root + ".hasConsoleAccess": "unknown", root + ".firstAccessKey": "unknown", root + ".isRoot": "true",
		}},
		{"root: virtual device of the console", func(s *account.Snapshot) {
			s.VirtualMFADevices = append(s.VirtualMFADevices, account.VirtualMFA{
				Serial: "arn:aws:iam::111122223333:mfa/root-account-mfa-device", Enabled: daysAgo(9),
			})
		}, map[string]string{root + ".mfaType": "Virtual"}},
		{"root: any virtual device", func(s *account.Snapshot) {
			s.VirtualMFADevices = append(s.VirtualMFADevices, account.VirtualMFA{
				Serial: "arn:aws:iam::111122223333:mfa/phone", User: "arn:aws:iam::111122223333:root", Enabled: daysAgo(9),
			})
		}, map[string]string{root + ".mfaType": "Virtual"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := with(tt.change)
			for path, want := range tt.want {
				user, property, _ := strings.Cut(path, ".")
				if got := read(t, s, "IamUser", user, property); got != want {
					t.Errorf("%s = %q, want %q", path, got, want)
				}
			}
		})
	}
}

// TestAccessKey_Identity: a confirmation adds the id and changes neither name nor subject.
func TestAccessKey_Identity(t *testing.T) {
	t.Parallel()
	before := New(company())
	after := with(func(s *account.Snapshot) {
		s.Confirmations = []account.Confirmation{{User: "alice", Keys: &[]account.LiveKey{{ID: "AKIAONE", Active: true, Created: daysAgo(100)}}}}
	})
	const name = "alice/2025-10-23T12:00:00Z"
	if x, y := entity(t, before, "IamAccessKey", name).Subject, entity(t, after, "IamAccessKey", name).Subject; *x != *y {
		t.Errorf("subject %+v became %+v", x, y)
	}
	if got := read(t, before, "IamAccessKey", name, "id"); got != "none" {
		t.Errorf("id before = %q", got)
	}
	if got := read(t, after, "IamAccessKey", name, "id"); got != "AKIAONE" {
		t.Errorf("id after = %q", got)
	}
	if got := after.List("IamAccessKey").Len(); got != 1 {
		t.Errorf("%d keys, want 1: the other was deleted", got)
	}
}

// TestAccessKey_SameSecond: two keys of one user made in one second are two subjects.
func TestAccessKey_SameSecond(t *testing.T) {
	t.Parallel()
	s := with(func(s *account.Snapshot) {
		for i := range s.Report.Rows {
			k := &s.Report.Rows[i].Keys
			k[1].Rotated = k[0].Rotated.Add(0 * time.Second)
		}
	})
	ids := map[string]bool{}
	for e := range s.Entities("IamAccessKey") {
		ids[e.Subject.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("ids %v, want two", ids)
	}
}
