package account_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
)

// survives fails unless encoding and decoding s gives s again, and the same bytes.
func survives(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *account.Snapshot,
) {
	t.Helper()
	var first, second bytes.Buffer
	if err := s.Encode(&first); err != nil {
		t.Fatalf("encode: %v", err)
	}
	back, err := account.Decode(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatalf("decode: %v\n%s", err, first.String())
	}
	if !reflect.DeepEqual(s, back) {
		t.Fatalf("another snapshot came back (-want +got)\n%s\n%s", cmp.Diff(s, back), first.String())
	}
	if err := back.Encode(&second); err != nil {
		t.Fatalf("encode again: %v", err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("other bytes came back: %s", cmp.Diff(first.String(), second.String()))
	}
}

func TestEncode_survives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := snapshots().Draw(t, "snapshot")
		s.Normalize()
		survives(t, s)
	})
}

// snapshots draws accounts with hostile text in every field.
func snapshots() *rapid.Generator[*account.Snapshot] {
	return rapid.Custom(func(t *rapid.T) *account.Snapshot {
		s := &account.Snapshot{
			Account: "111122223333", Partition: word(t), TakenAt: when(t), Source: word(t), Aliases: words(t),
			Users:             many(t, user),
			Groups:            many(t, group),
			Roles:             many(t, role),
			Policies:          many(t, policy),
			InstanceProfiles:  many(t, profile),
			VirtualMFADevices: many(t, device),
			ServerCerts:       many(t, certificate),
			SAMLProviders:     many(t, saml),
			OIDCProviders:     many(t, oidc),
			Confirmations:     many(t, confirmation),
			Gaps:              many(t, gap),
		}
		if rapid.Bool().Draw(t, "controls") {
			s.Controls = &account.Controls{SCPs: many(t, level), RCPs: many(t, level)}
		}
		if rapid.Bool().Draw(t, "report") {
			s.Report = &account.CredentialReport{Generated: when(t), Rows: many(t, credential)}
		}
		if rapid.Bool().Draw(t, "summary") {
			s.Summary = rapid.MapOf(anyText(), rapid.Int()).Draw(t, "counts")
		}
		if rapid.Bool().Draw(t, "passwords") {
			s.PasswordPolicy = &account.PasswordPolicy{MinLength: number(t), Symbols: yes(t), MaxAge: number(t), HardExpiry: yes(t)}
		}
		return s
	})
}

// anyText is made anew for each use: a generator that parallel tests share names itself under a data race.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "=1+1", "<script>", "a\x1b[31m", "\u2028", "a\"b\\c", "%7B", "é", "arn:aws:iam::1:x"}),
		rapid.String(),
	)
}

func word(t *rapid.T) string         { return anyText().Draw(t, "word") }
func words(t *rapid.T) []string      { return rapid.SliceOfN(anyText(), 0, 3).Draw(t, "words") }
func number(t *rapid.T) int          { return rapid.Int().Draw(t, "number") }
func yes(t *rapid.T) bool            { return rapid.Bool().Draw(t, "yes") }
func named(t *rapid.T, i int) string { return fmt.Sprint(i) + word(t) }

func many[T any](t *rapid.T, one func(*rapid.T, int) T) []T {
	var list []T
	for i := range rapid.IntRange(0, 3).Draw(t, "n") {
		list = append(list, one(t, i))
	}
	return list
}

func when(t *rapid.T) time.Time {
	if yes(t) {
		return time.Time{}
	}
	zone := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600)
	const year = 365 * 24 * 3600
	return time.Unix(rapid.Int64Range(-1900*year, 7900*year).Draw(t, "second"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanosecond")).In(zone)
}

var layouts = []string{
	`{}`, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	"{\n  \"Version\": \"2012-10-17\"\n}", "{\r\n\t\t\"a\": [\r\n\r\n\t\t\t1]}", "{\n\n    \"a\":\n   \t\n 1\n  }", "{\n \"a\": 1\n\t}",
	`{"a":1,"a":2}`, `{"a":`, `[1]`, `"x"`, `null`, `%7B%22a%22%3A%221+1%22%7D`, `%7b%zz`, " \n{\"a\": \"<\u2028\"}\n ",
	strings.Repeat(`{"a":`, 12000) + "1" + strings.Repeat("}", 12000), "{\"\xff\":1}", `{"a":"\ud800"}`,
}

func doc(t *rapid.T) account.Document {
	return account.Document(rapid.OneOf(rapid.SampledFrom(layouts), rapid.String()).Draw(t, "document"))
}

func inline(t *rapid.T, i int) account.InlinePolicy {
	return account.InlinePolicy{Name: named(t, i), Document: doc(t)}
}

func level(t *rapid.T, _ int) account.ControlLevel {
	return account.ControlLevel{Name: word(t), Policies: many(t, inline)}
}

func tag(t *rapid.T, _ int) account.Tag { return account.Tag{Key: word(t), Value: word(t)} }

func user(t *rapid.T, i int) account.User {
	return account.User{
		Name: named(t, i), ID: word(t), ARN: word(t), Path: word(t), Created: when(t), Groups: words(t), Attached: words(t),
		Inline: many(t, inline), Boundary: word(t), Tags: many(t, tag),
	}
}

func group(t *rapid.T, i int) account.Group {
	return account.Group{Name: named(t, i), ID: word(t), ARN: word(t), Path: word(t), Created: when(t), Attached: words(t), Inline: many(t, inline)}
}

func role(t *rapid.T, i int) account.Role {
	return account.Role{
		Name: named(t, i), ID: word(t), ARN: word(t), Path: word(t), Created: when(t), Description: word(t), Trust: doc(t),
		Attached: words(t), Inline: many(t, inline), Boundary: word(t), Tags: many(t, tag), LastUsed: when(t),
		LastUsedRegion: word(t), MaxSession: number(t),
	}
}

func policy(t *rapid.T, i int) account.Policy {
	p := account.Policy{
		Name: named(t, i), ID: word(t), ARN: named(t, i), Path: word(t), Created: when(t), Updated: when(t), Version: word(t),
		Document: doc(t), Versions: many(t, version), Tags: many(t, tag),
	}
	if yes(t) {
		counts := rapid.IntRange(0, 9)
		p.Usage = &account.Usage{Attachments: counts.Draw(t, "attachments"), Boundaries: counts.Draw(t, "boundaries")}
	}
	return p
}

func version(t *rapid.T, _ int) account.Version {
	return account.Version{ID: word(t), Created: when(t), Document: doc(t)}
}

func profile(t *rapid.T, i int) account.InstanceProfile {
	return account.InstanceProfile{Name: named(t, i), ID: word(t), ARN: word(t), Path: word(t), Created: when(t), Roles: words(t)}
}

func device(t *rapid.T, _ int) account.VirtualMFA {
	return account.VirtualMFA{Serial: word(t), User: word(t), Enabled: when(t), Tags: many(t, tag)}
}

func certificate(t *rapid.T, i int) account.ServerCert {
	return account.ServerCert{Name: named(t, i), ID: word(t), ARN: word(t), Path: word(t), Uploaded: when(t), Expiration: when(t)}
}

func saml(t *rapid.T, _ int) account.SAMLProvider {
	return account.SAMLProvider{ARN: word(t), Created: when(t), ValidUntil: when(t)}
}

func oidc(t *rapid.T, _ int) account.OIDCProvider {
	return account.OIDCProvider{ARN: word(t), URL: word(t), ClientIDs: words(t), Thumbprints: words(t)}
}

func credential(t *rapid.T, i int) account.Credential {
	c := account.Credential{
		User: named(t, i), ARN: word(t), Created: when(t), PasswordUsed: when(t), PasswordChanged: when(t),
		PasswordNext: when(t), MFA: yes(t),
	}
	if yes(t) {
		c.PasswordEnabled = new(yes(t))
	}
	for k := range c.Keys {
		c.Keys[k] = account.KeyRow{Active: yes(t), Rotated: when(t), Used: when(t), UsedRegion: word(t), UsedService: word(t)}
		c.Certs[k] = account.Cert{Active: yes(t), Rotated: when(t)}
	}
	return c
}

func confirmation(t *rapid.T, i int) account.Confirmation {
	c := account.Confirmation{User: named(t, i), At: when(t)}
	if yes(t) {
		c.MFADevices = new(words(t))
	}
	if yes(t) {
		c.Keys = new(many(t, func(t *rapid.T, _ int) account.LiveKey {
			return account.LiveKey{ID: word(t), Active: yes(t), Created: when(t)}
		}))
	}
	return c
}

func gap(t *rapid.T, _ int) account.Gap {
	return account.Gap{
		Call: word(t), Error: word(t), Permission: word(t), Part: rapid.SampledFrom(account.Parts()).Draw(t, "part"), Subject: word(t),
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(small))
	for _, layout := range layouts {
		f.Add([]byte(`{"schema": "ambit.account/1", "account": "111122223333", "policies": [{"name": "p", "document": ` + layout + `}]}`))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := account.Decode(bytes.NewReader(text))
		if err != nil {
			if strings.Contains(err.Error(), "line 0") {
				t.Errorf("an error without a position: %v", err)
			}
			return
		}
		survives(t, s)
	})
}
