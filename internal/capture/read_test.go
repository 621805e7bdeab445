package capture_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/capture"
)

const (
	one = "111122223333"
	two = "444455556666"
)

// userPage is a page of authorization details with one user, who belongs to account id.
func userPage(id, name, rest string) string {
	return `{"UserDetailList": [{"UserName": "` + name + `", "Arn": "arn:aws:iam::` + id + `:user/` + name + `"}],
		"GroupDetailList": [], "RoleDetailList": [], "Policies": []` + rest + `}`
}

const (
	summary   = `{"SummaryMap": {"Users": 1, "AccountMFAEnabled": 1}}`
	passwords = `{"PasswordPolicy": {"MinimumPasswordLength": 14, "RequireSymbols": true, "MaxPasswordAge": 90, "ExpirePasswords": true}}`
	identity  = `{"UserId": "AIDAEXAMPLE", "Account": "` + one + `", "Arn": "arn:aws-cn:iam::` + one + `:user/me"}`
)

func names(s *account.Snapshot) string {
	var list []string
	for i := range s.Users {
		list = append(list, s.Users[i].Name)
	}
	return strings.Join(list, " ")
}

// gap is the error of the gap on a whole part, or "".
func gap(s *account.Snapshot, part account.Part) string {
	if g := s.Gap(part); g != nil {
		return g.Error
	}
	return ""
}

func TestRead_pages(t *testing.T) {
	t.Parallel()
	first := userPage(one, "ann", `, "IsTruncated": true, "Marker": "AAA"`)
	last := userPage(one, "bob", `, "IsTruncated": false`)
	for name, files := range map[string]map[string]string{
		"two files":       {"a/1.json": first, "a/2.json": last},
		"other order":     {"a/1.json": last, "a/2.json": first},
		"array":           {"a/1.json": "[" + first + ",\n" + last + "]"},
		"lines":           {"a/1.json": first + "\n" + last + "\n"},
		"arrays in lines": {"a/1.json": "[" + first + "]\n[" + last + "]"},
		"same page twice": {"a/1.json": first, "a/2.json": last, "b/1.json": first},
		"byte order mark": {"a/1.json": "\ufeff" + first + last},
		"UTF-16":          {"a/1.json": encode16(first+last, false)},
		"UTF-16, big end": {"a/1.json": encode16(first+last, true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := readOne(t, files)
			if got := names(s); got != "ann bob" {
				t.Errorf("got users %q", got)
			}
			if got := gap(s, account.PartUsers); got != "" {
				t.Errorf("unexpected gap %q", got)
			}
		})
	}
	s := readOne(t, map[string]string{"a/first.json": first})
	for _, part := range []account.Part{account.PartUsers, account.PartGroups, account.PartRoles, account.PartPolicies} {
		if got := gap(s, part); !strings.Contains(got, "first.json says that more follows") {
			t.Errorf("gap on %s: got %q", part, got)
		}
	}
	s = readOne(t, map[string]string{"a/first.json": userPage(one, "ann", `, "NextToken": "eyJ"`)})
	if got := gap(s, account.PartUsers); !strings.Contains(got, "more follows") {
		t.Errorf("a page with a NextToken: got %q", got)
	}
}

func encode16(text string, big bool) string {
	units := utf16.Encode([]rune("\ufeff" + text))
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestRead_accounts(t *testing.T) {
	t.Parallel()
	got := read(t, map[string]string{
		"a/users": userPage(two, "ann", ""), "a/summary": summary,
		"b/users": userPage(one, "bob", ""), "b/passwords": passwords,
		"c/all": "[" + userPage(two, "cat", "") + `, {"AccountAliases": ["two"]}]`,
	})
	if len(got) != 2 || got[0].Account != one || got[1].Account != two {
		t.Fatalf("got %d accounts", len(got))
	}
	type facts struct {
		Users     string
		Passwords bool
		Summary   int
		Aliases   []string
	}
	want := []facts{{Users: "bob", Passwords: true}, {Users: "ann cat", Summary: 1, Aliases: []string{"two"}}}
	for i, s := range got {
		have := facts{names(s), s.PasswordPolicy != nil, s.Summary["Users"], s.Aliases}
		if diff := cmp.Diff(want[i], have); diff != "" {
			t.Errorf("%s: %s", s.Account, diff)
		}
	}
}

func TestRead_accountOfTheOthers(t *testing.T) {
	t.Parallel()
	// A summary alone in its folder belongs to the only account there is.
	s := readOne(t, map[string]string{"a/users": userPage(one, "ann", ""), "b/summary": summary})
	if s.Summary["Users"] != 1 {
		t.Error("the summary is lost")
	}
	s = readOne(t, map[string]string{"summary": summary, "who": identity})
	if s.Account != one || s.Partition != "aws-cn" {
		t.Errorf("got account %s of %s", s.Account, s.Partition)
	}
}

func TestRead_gaps(t *testing.T) {
	t.Parallel()
	s := readOne(t, map[string]string{"a/users": userPage(one, "ann", "")})
	want := []account.Gap{
		{Call: "iam:ListAccountAliases", Part: account.PartAliases},
		{Call: "iam:GetCredentialReport", Part: account.PartCredentials},
		{Call: "iam:ListInstanceProfiles", Part: account.PartInstanceProfiles},
		{Call: "iam:ListRoles", Part: account.PartMaxSession},
		{Call: "iam:ListOpenIDConnectProviders", Part: account.PartOIDC},
		{Call: "iam:GetAccountPasswordPolicy", Part: account.PartPasswordPolicy},
		{Call: "iam:ListSAMLProviders", Part: account.PartSAML},
		{Call: "iam:ListServerCertificates", Part: account.PartServerCerts},
		{Call: "iam:GetAccountSummary", Part: account.PartSummary},
		{Call: "iam:ListVirtualMFADevices", Part: account.PartVirtualMFA},
	}
	for i := range want {
		want[i].Account, want[i].Error = one, "not among the files given"
	}
	if diff := cmp.Diff(want, s.Gaps); diff != "" {
		t.Error(diff)
	}
}

func TestRead_doubts(t *testing.T) {
	t.Parallel()
	const nothing = `{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}`
	filtered := `{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{"RoleName": "r",
		"Arn": "arn:aws:iam::` + one + `:role/r", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::` + one + `:policy/p"}]}]}`
	for name, tt := range map[string]struct {
		files map[string]string
		part  account.Part
		want  string
	}{
		"counted elsewhere": {map[string]string{"d": nothing, "s": summary, "i": identity}, account.PartUsers, "asked for with a filter"},
		"none counted":      {map[string]string{"d": nothing, "s": summary, "i": identity}, account.PartGroups, ""},
		"attached":          {map[string]string{"d": filtered}, account.PartPolicies, "asked for with a filter"},
		"holders counted":   {map[string]string{"d": held(1)}, account.PartGroups, "asked for with a filter"},
		"all holders":       {map[string]string{"d": held(0)}, account.PartGroups, ""},
		"list left out":     {map[string]string{"d": `{"UserDetailList": []}`, "i": identity}, account.PartRoles, "holds no RoleDetailList"},
		"empty policy":      {map[string]string{"p": `{"PasswordPolicy": null}`, "i": identity}, account.PartPasswordPolicy, "holds no PasswordPolicy"},
		"null summary":      {map[string]string{"s": `{"SummaryMap": null}`, "i": identity}, account.PartSummary, "holds no SummaryMap"},
	} {
		s := readOne(t, tt.files)
		got := gap(s, tt.part)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// held is the details of an account with one policy, which has as many holders that are not among them.
func held(elsewhere int) string {
	return fmt.Sprintf(`{"UserDetailList": [{"UserName": "u", "Arn": "arn:aws:iam::%[1]s:user/u", "AttachedManagedPolicies": [
		{"PolicyArn": "arn:aws:iam::%[1]s:policy/p"}]}], "GroupDetailList": [], "RoleDetailList": [], "Policies": [{"PolicyName": "p",
		"Arn": "arn:aws:iam::%[1]s:policy/p", "AttachmentCount": %[2]d, "PolicyVersionList": [{"VersionId": "v1", "Document": {}}]}]}`, one, 1+elsewhere)
}

// TestRead_identity reads what the CLI says of a role's session, in whatever pieces the file comes.
func TestRead_identity(t *testing.T) {
	t.Parallel()
	text := "{\n    \"UserId\": \"AROADG2LPJJNLGGYJQZ2A:operator\",\n    \"Account\": \"" + one + "\",\n    \"Arn\": \"arn:aws:sts::" + one +
		":assumed-role/AmbitSandbox/operator\"\n}\n"
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	all, err := capture.Read([]capture.Input{{Name: "id.json", Open: open}})
	if err != nil || len(all) != 1 || all[0].Account != one {
		t.Errorf("got %v, %v", all, err)
	}
}

// TestRead_generated passes over what the CLI says while a credential report is made.
func TestRead_generated(t *testing.T) {
	t.Parallel()
	s := readOne(t, map[string]string{"a": identity, "b": `{"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}`, "c": `{"State": "COMPLETE"}`})
	if s.Account != one || s.Report != nil {
		t.Errorf("got %+v", s)
	}
}

func TestRead_failedCalls(t *testing.T) {
	t.Parallel()
	denied := "\nAn error occurred (AccessDenied) when calling the GetCredentialReport operation: User: arn:aws:iam::" +
		one + ":user/me is not authorized to perform: iam:GetCredentialReport on resource: *\n"
	none := "\naws: [ERROR]: An error occurred (NoSuchEntity) when calling the GetAccountPasswordPolicy operation: The Password " +
		"Policy with domain name " + one + " cannot be found.\n"
	s := readOne(t, map[string]string{"a/report": denied, "a/passwords": none, "a/other": strings.Replace(denied, "GetCredentialReport", "ListAccessKeys", 1)})
	if got := s.Gap(account.PartPasswordPolicy); got != nil || s.PasswordPolicy != nil {
		t.Errorf("an account without a password policy has the gap %+v", got)
	}
	want := &account.Gap{
		Account: one, Call: "iam:GetCredentialReport", Error: "AccessDenied", Permission: "iam:GetCredentialReport", Part: account.PartCredentials,
	}
	if diff := cmp.Diff(want, s.Gap(account.PartCredentials)); diff != "" {
		t.Error(diff)
	}
}

const csvReport = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed," +
	"password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date," +
	"access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated," +
	"access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active," +
	"cert_1_last_rotated,cert_2_active,cert_2_last_rotated\r\n" +
	"\"a,b\",arn:aws:iam::" + one + ":user/x,2025-01-01T00:00:00+00:00,true,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false," +
	"N/A,N/A,N/A,N/A,false,N/A,false,N/A\r\n"

func TestRead_report(t *testing.T) {
	t.Parallel()
	encoded := base64.StdEncoding.EncodeToString([]byte(csvReport))
	generated := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	answer := func(at string) string {
		return `{"Content": "` + encoded + `", "ReportFormat": "text/csv", "GeneratedTime": ` + at + `}`
	}
	for name, tt := range map[string]struct {
		files   map[string]string
		takenAt time.Time
	}{
		"CSV":             {map[string]string{"r.csv": csvReport}, saved},
		"base64":          {map[string]string{"r.txt": encoded[:76] + "\n" + encoded[76:] + "\n"}, saved},
		"answer":          {map[string]string{"r.json": answer(`"2026-01-02T03:04:05+00:00"`)}, generated},
		"CLI 1":           {map[string]string{"r.json": answer(`"2026-01-02T03:04:05Z"`)}, generated},
		"seconds":         {map[string]string{"r.json": answer(`1767323045.0`)}, generated},
		"Python":          {map[string]string{"r.json": answer(`"2026-01-02 03:04:05+00:00"`)}, generated},
		"both":            {map[string]string{"r.csv": csvReport, "r.json": answer(`"2026-01-02T03:04:05Z"`)}, generated},
		"both, other way": {map[string]string{"r.json": answer(`"2026-01-02T03:04:05Z"`), "s.csv": csvReport}, generated},
		"two ages": {map[string]string{
			"a.json": answer(`"2026-01-02T03:04:05Z"`), "b.json": answer(`"2025-12-02T03:04:05Z"`),
		}, generated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := readOne(t, tt.files)
			if s.Report == nil || len(s.Report.Rows) != 1 || s.Report.Rows[0].User != "a,b" {
				t.Fatalf("got %+v", s.Report)
			}
			if !s.TakenAt.Equal(tt.takenAt) {
				t.Errorf("taken at %s, want %s", s.TakenAt, tt.takenAt)
			}
		})
	}
}

func TestRead_documents(t *testing.T) {
	t.Parallel()
	const want = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	quoted, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	escaped := strings.NewReplacer("{", "%7B", "}", "%7D", `"`, "%22", ":", "%3A", ",", "%2C", "*", "%2A").Replace(want)
	for name, document := range map[string]string{
		"object": want, "text": string(quoted), "percent-encoded": `"` + escaped + `"`, "lower case": `"` + strings.ToLower(escaped[:3]) + escaped[3:] + `"`,
	} {
		s := readOne(t, map[string]string{"a": `{"UserDetailList": [{"UserName": "u", "Arn": "arn:aws:iam::` + one +
			`:user/u", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": ` + document + `}]}]}`})
		if got := s.Users[0].Inline[0].Document; got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestRead_hostile(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 10<<20)
	s := readOne(t, map[string]string{"a": `{"UserDetailList": [
		{"UserName": "=1+1", "Arn": "arn:aws:iam::` + one + `:user/=1+1", "Tags": [{"Key": "<script>", "Value": "\u001b[31m"}], "GroupList": null,
		 "PermissionsBoundary": null, "CreateDate": null, "UserPolicyList": [
			{"PolicyName": "big", "PolicyDocument": {"Sid": "` + big + `"}},
			{"PolicyName": "deep", "PolicyDocument": ` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000) + `},
			{"PolicyName": "number", "PolicyDocument": 1e999},
			{"PolicyName": "nothing", "PolicyDocument": null},
			{"PolicyName": "twice", "PolicyDocument": {"a": 1, "a": 2}}]}]}`})
	u := s.Users[0]
	if u.Name != "=1+1" || u.Tags[0] != (account.Tag{Key: "<script>", Value: "\x1b[31m"}) {
		t.Errorf("got %q with %q", u.Name, u.Tags)
	}
	got := map[string]int{}
	for _, p := range u.Inline {
		got[p.Name] = len(p.Document)
	}
	if diff := cmp.Diff(map[string]int{"big": 10<<20 + 11, "deep": 30001, "number": 5, "nothing": 0, "twice": 16}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRead_refuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":       {nil, "no files to read"},
		"empty":         {map[string]string{"a/x.json": " \n"}, "a/x.json: the file is empty (the call that should"},
		"empty list":    {map[string]string{"x.json": "[]"}, "x.json: not recognised: an empty list"},
		"image":         {map[string]string{"x.png": "\x89PNG\r\n\x1a\n\x00\x00"}, "x.png: not recognised (give a capture of ambit collect, or the JSON output of one of: aws iam get-account-authorization-details, iam get-credential-report,"},
		"gzip":          {map[string]string{"x.gz": "\x1f\x8b\x08\x00"}, "x.gz: the file is compressed (unpack it first)"},
		"YAML":          {map[string]string{"x.yaml": "GroupDetailList:\n- Arn: a\n"}, "x.yaml: the output of the AWS CLI is not JSON (save it again with --output json)"},
		"text":          {map[string]string{"x.txt": "GROUPDETAILLIST\tarn:aws\n"}, "--output json"},
		"table":         {map[string]string{"x.txt": "-----------------\n|  ListRoles  |\n"}, "--output json"},
		"other call":    {map[string]string{"x.json": "\n {\"Reservations\": [], \"X\": 1}"}, "x.json:2:2: not recognised: an object of \"Reservations\", \"X\" (give a capture"},
		"string":        {map[string]string{"x.json": `["a"]`}, "x.json:1:2: not recognised: want an object"},
		"no members":    {map[string]string{"x.json": `{}`}, "not recognised: an object without members"},
		"lambda policy": {map[string]string{"x.json": `{"Policy": "{}", "RevisionId": "a"}`}, "not recognised: an object of \"Policy\", \"RevisionId\""},
		"organisation":  {map[string]string{"x.json": `{"Policies": [{"Arn": "arn:aws:organizations::1:policy/p"}]}`}, "not recognised: the Policies are not those of IAM"},
		"identitystore": {map[string]string{"x.json": `{"Users": [{"UserName": "a", "UserId": "1"}]}`}, "not recognised: the Users are not those of IAM"},
		"an account":    {map[string]string{"x.json": `{"Account": {"Id": "1"}}`}, "not recognised: an object of \"Account\""},
		"cut off":       {map[string]string{"x.json": userPage(one, "ann", "")[:60]}, "x.json:1:61: the text ends in the middle of a value at \"/UserDetailList/0/Arn\" (the file was cut off: write it again)"},
		"cut between":   {map[string]string{"x.json": identity + "{"}, "the text ends in the middle of a value"},
		"not JSON":      {map[string]string{"x.json": "{\n  'a': 1}"}, "x.json:2:3: not JSON: invalid character '\\''"},
		"not UTF-8":     {map[string]string{"x.json": "{\"AccountAliases\": [\"\xff\"]}"}, "not JSON: invalid UTF-8"},
		"wrong kind":    {map[string]string{"x.json": `{"UserDetailList": [{"UserName": 1}]}`}, "x.json:1:34: want a string, found 1 at \"/UserDetailList/0/UserName\""},
		"nameless":      {map[string]string{"x.json": `{"UserDetailList": [{"Path": "/"}]}`}, "UserName is missing"},
		"huge number":   {map[string]string{"x.json": `{"Roles": [{"RoleName": "r", "MaxSessionDuration": 1e30}]}`}, "want a whole number, found 1e30"},
		"huge time":     {map[string]string{"x.json": `{"GeneratedTime": 1e30, "Content": ""}`}, "want a time, found 1e30"},
		"member twice":  {map[string]string{"x.json": `{"AccountAliases": [], "AccountAliases": []}`}, "member \"AccountAliases\" stands twice"},
		"inner twice":   {map[string]string{"x.json": `{"UserDetailList": [{"UserName": "a", "UserName": "b"}]}`}, "x.json:1:39: member \"UserName\" stands twice at \"/UserDetailList/0/UserName\" (keep one of them)"},
		"deep twice":    {map[string]string{"x.json": `{"RoleDetailList": [{"RoleName": "r", "RoleLastUsed": {"Region": "a", "Region": "b"}}]}`}, "member \"Region\" stands twice at \"/RoleDetailList/0/RoleLastUsed/Region\""},
		"no report":     {map[string]string{"x.json": `{"Content": "AAAA"}`}, "x.json:1:1: Content is not a credential report: line 1, column 1: "},
		"cut report":    {map[string]string{"x.csv": csvReport[:len(csvReport)-80]}, "x.csv:2:1: the line has not as many fields"},
		"two in one":    {map[string]string{"x.json": `{"VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::` + one + `:mfa/a"}, {"SerialNumber": "arn:aws:iam::` + two + `:mfa/a"}]}`}, "it names two accounts, " + one + " and " + two},
		"no account":    {map[string]string{"x.json": summary}, "x.json: no file tells which account this is (add the output of aws sts get-caller-identity)"},
		"which account": {map[string]string{"a": userPage(one, "u", ""), "b": userPage(two, "u", ""), "c/s": summary}, "c/s: it may belong to account " + one + " or " + two},
		"two moments":   {map[string]string{"a/1": userPage(one, "u", ""), "a/2": strings.Replace(userPage(one, "u", ""), `"Arn"`, `"Path": "/x/", "Arn"`, 1)}, "a/2: it tells of user \"u\", and a/1 tells otherwise"},
		"letter case":   {map[string]string{"a/1": userPage(one, "u", ""), "a/2": userPage(one, "U", "")}, "a/2: it tells of user \"U\", and a/1 tells otherwise"},
		"bad capture":   {map[string]string{"c.json": "{\"schema\": \"ambit.account/1\",\n\"account\": \"1\"}"}, "c.json:2:12: account id \"1\" is not twelve digits"},
		"newer capture": {map[string]string{"c.json": `{"account": 7, "schema": "ambit.account/9"}`}, "unknown schema \"ambit.account/9\""},
		"two captures":  {map[string]string{"a": capture1, "b": capture1}, "a: it is a capture of account " + one + ", of which b tells too (give one of the two)"},
		"capture twice": {map[string]string{"a": capture1, "b": summary}, "a: it is a capture of account"},
		"whose version": {map[string]string{"i": identity, "v": `{"PolicyVersion": {"VersionId": "v3", "Document": {}}}`}, "v: it holds version \"v3\" of a policy and does not tell which"},
		"no version":    {map[string]string{"i": identity, "v": `{"PolicyVersion": null}`}, "PolicyVersion is missing"},
		"too deep":      {map[string]string{"x.json": strings.Repeat(`{"a":`, 20000)}, "exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := capture.Read(inputs(tt.files))
			var input *capture.InputError
			if !errors.As(err, &input) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

const capture1 = `{"schema": "ambit.account/1", "account": "` + one + `"}`

func TestRead_captureWithoutTime(t *testing.T) {
	t.Parallel()
	if s := readOne(t, map[string]string{"c": capture1}); !s.TakenAt.Equal(saved) || s.Source != "capture" {
		t.Errorf("got %s from %s", s.TakenAt, s.Source)
	}
	// Captures of several accounts may follow one another in one file, among other output.
	got := read(t, map[string]string{"c": capture1 + strings.Replace(capture1, one, two, 1), "d/u": userPage("777788889999", "u", "")})
	if len(got) != 3 {
		t.Errorf("got %d accounts", len(got))
	}
}

func TestRead_systemFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	opens := input("x", "")
	opens.Open = func() (io.ReadCloser, error) { return nil, broken }
	fails := input("x", "")
	fails.Open = func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(broken)), nil }
	later := input("x", "")
	later.Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(`{"UserDetailList": [`), iotest.ErrReader(broken))), nil
	}
	for _, in := range []capture.Input{opens, fails, later} {
		_, err := capture.Read([]capture.Input{in})
		var input *capture.InputError
		if !errors.As(err, &input) || !errors.Is(err, broken) || input.File != "x" {
			t.Errorf("got %v", err)
		}
	}
}
