package account_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
)

const header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed," +
	"password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date," +
	"access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated," +
	"access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active," +
	"cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

const rootRow = "<root_account>,arn:aws:iam::111122223333:root,2019-01-02T03:04:05+00:00,not_supported,no_information," +
	"not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"

const bobRow = `"bob, junior",arn:aws:iam::111122223333:user/bob,2024-05-06T07:08:09+02:00,TRUE,2025-01-01T00:00:00Z,` +
	`2024-05-06T07:08:09+00:00,N/A,False,true,2024-05-07T00:00:00+00:00,2025-06-01T00:00:00+00:00,eu-west-1,s3,` +
	`false,2023-01-01T00:00:00+00:00,N/A,N/A,N/A,true,2022-01-01T00:00:00+00:00,false,N/A`

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

var wantReport = &account.CredentialReport{Rows: []account.Credential{
	{User: account.RootUser, ARN: "arn:aws:iam::111122223333:root", Created: time.Date(2019, 1, 2, 3, 4, 5, 0, time.UTC), MFA: true},
	{
		User: "bob, junior", ARN: "arn:aws:iam::111122223333:user/bob", Created: time.Date(2024, 5, 6, 5, 8, 9, 0, time.UTC),
		PasswordEnabled: new(true), PasswordUsed: date(2025, 1, 1), PasswordChanged: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
		Keys: [2]account.KeyRow{
			{Active: true, Rotated: date(2024, 5, 7), Used: date(2025, 6, 1), UsedRegion: "eu-west-1", UsedService: "s3"},
			{Rotated: date(2023, 1, 1)},
		},
		Certs: [2]account.Cert{{Active: true, Rotated: date(2022, 1, 1)}},
	},
}}

func TestParseCredentialReport(t *testing.T) {
	t.Parallel()
	plain := header + "\n" + rootRow + "\n" + bobRow + "\n"
	columns := strings.Split(header, ",")
	for name, text := range map[string]string{
		"as AWS writes it": plain,
		"CRLF":             strings.ReplaceAll(plain, "\n", "\r\n"),
		"no last newline":  strings.TrimSuffix(plain, "\n"),
		"byte order mark":  "\ufeff" + plain,
		"mark and quotes":  "\ufeff\"user\"," + strings.TrimPrefix(plain, "user,"),
		"capitals":         strings.ToUpper(header) + strings.TrimPrefix(plain, header),
		"new column": header + ",additional_credentials_info\n" + rootRow + ",N/A\n" + bobRow +
			",\"a, \"\"quoted\"\" one\"\n",
		"user column last": strings.Join(columns[1:], ",") + ",user\n" +
			strings.TrimPrefix(rootRow, "<root_account>,") + ",<root_account>\n" +
			strings.TrimPrefix(bobRow, `"bob, junior",`) + ",\"bob, junior\"\n",
		"as a spreadsheet writes times": strings.ReplaceAll(plain, "2024-05-07T00:00:00+00:00", "2024-05-07 00:00:00+00:00"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := account.ParseCredentialReport(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wantReport, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseCredentialReport_refuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"empty":             {"", "line 1, column 1: the text is empty"},
		"other CSV":         {"a,b\n1,2\n", "not a credential report"},
		"column missing":    {strings.Replace(header, ",mfa_active", "", 1) + "\n", "line 1, column 1: column missing: mfa_active"},
		"cut off":           {header + "\n" + rootRow + "\n" + bobRow[:60], "line 3, column 1: the line has not as many fields as the first line"},
		"open quote":        {header + "\n\"bob", "line 2, column 5: not CSV"},
		"bad time":          {header + "\n" + strings.Replace(rootRow, "2019-01-02T03:04:05+00:00", "2.1.2019", 1), "line 2, column 47: want a time in user_creation_time, found \"2.1.2019\""},
		"bad boolean":       {header + "\n" + strings.Replace(rootRow, ",true,", ",yes,", 1), "want true or false in mfa_active, found \"yes\""},
		"user twice":        {header + "\n" + rootRow + "\n" + rootRow, "line 3, column 1: user \"<root_account>\" stands twice"},
		"twice in capitals": {header + "\n" + bobRow + "\n" + strings.Replace(bobRow, "bob, j", "Bob, J", 1), "line 3, column 1: user \"Bob, Junior\" stands twice"},
		"no user":           {header + "\n" + strings.TrimPrefix(rootRow, "<root_account>"), "line 2, column 1: line without a user"},
		"not UTF-8":         {header + "\n" + strings.Replace(rootRow, "root_account", "\xff", 1), "line 2, column 1: not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := account.ParseCredentialReport(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCredentialReport_AppendCSV(t *testing.T) {
	t.Parallel()
	want := header + "\n" + rootRow + "\n" +
		`"bob, junior",arn:aws:iam::111122223333:user/bob,2024-05-06T05:08:09+00:00,true,2025-01-01T00:00:00+00:00,` +
		`2024-05-06T07:08:09+00:00,N/A,false,true,2024-05-07T00:00:00+00:00,2025-06-01T00:00:00+00:00,eu-west-1,s3,` +
		"false,2023-01-01T00:00:00+00:00,N/A,N/A,N/A,true,2022-01-01T00:00:00+00:00,false,N/A\n"
	if diff := cmp.Diff(want, string(wantReport.AppendCSV(nil))); diff != "" {
		t.Error(diff)
	}
}

func TestCredentialReport_survives(t *testing.T) {
	t.Parallel()
	// What IAM allows in a name, and what the root row has.
	name := rapid.StringMatching(`[a-zA-Z0-9+=,.@_<-]{1,20}`)
	second := func(at time.Time) time.Time {
		if at = at.UTC().Truncate(time.Second); at.Year() < 1 || at.Year() > 9999 {
			return time.Time{}
		}
		return at
	}
	rapid.Check(t, func(t *rapid.T) {
		want := &account.CredentialReport{}
		for i, c := range many(t, credential) {
			c.User = string(rune('a'+i)) + name.Draw(t, "user")
			c.ARN = "arn:aws:iam::111122223333:user/" + c.User
			c.Created, c.PasswordUsed = second(c.Created), second(c.PasswordUsed)
			c.PasswordChanged, c.PasswordNext = second(c.PasswordChanged), second(c.PasswordNext)
			for k := range c.Keys {
				key := &c.Keys[k]
				key.Rotated, key.Used, key.UsedRegion, key.UsedService = second(key.Rotated), second(key.Used), "eu-west-1", "s3"
				c.Certs[k].Rotated = second(c.Certs[k].Rotated)
			}
			want.Rows = append(want.Rows, c)
		}
		got, err := account.ParseCredentialReport(strings.NewReader(string(want.AppendCSV(nil))))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatal(cmp.Diff(want, got))
		}
	})
}

func FuzzParseCredentialReport(f *testing.F) {
	f.Add(header + "\n" + rootRow + "\r\n" + bobRow)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := account.ParseCredentialReport(strings.NewReader(text))
		if err != nil {
			return
		}
		second, err := account.ParseCredentialReport(strings.NewReader(string(first.AppendCSV(nil))))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		for i := range first.Rows { // the CSV has whole seconds
			c := &first.Rows[i]
			for _, at := range []*time.Time{
				&c.Created, &c.PasswordUsed, &c.PasswordChanged, &c.PasswordNext,
				&c.Keys[0].Rotated, &c.Keys[0].Used, &c.Keys[1].Rotated, &c.Keys[1].Used, &c.Certs[0].Rotated, &c.Certs[1].Rotated,
			} {
				*at = at.Truncate(time.Second)
			}
		}
		if !reflect.DeepEqual(first, second) {
			t.Errorf("another report came back: %s", cmp.Diff(first, second))
		}
	})
}
