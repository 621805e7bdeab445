package text_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var rules = []*rule.Rule{
	{
		ID: "console-user-without-mfa", Title: "Console users have MFA", Severity: finding.High,
		Why: "# Why\n\nA password alone can be phished, guessed or bought. A second factor stops most\nof what follows.\n\nMore.",
		Fix: rule.Fix{Console: "Open the user, choose Security credentials, and assign an MFA device.\n\n1. Then the rest."},
	},
	{
		ID: "full-admin-policy", Title: "No attached policy allows everything on everything, whoever holds it and for whatever reason", Severity: finding.Critical,
		Why: "Whoever holds it owns the account.",
		Fix: rule.Fix{Console: "Detach the policy."},
	},
	{ID: "password-reuse", Title: "Passwords are not reused", Severity: finding.Informational, Why: "Old passwords leak."},
}

func subject(kind, name, id string) *finding.Subject {
	return &finding.Subject{Type: kind, Name: name, ARN: "arn:aws:iam::" + id + ":user/" + name, Account: id}
}

// run plays a run with something of everything: a long list, hostile names, a long statement, gaps.
func run(t *testing.T, h report.Handler) {
	t.Helper()
	const one, two = "111111111111", "222222222222"
	r := report.Run{Rules: rules, Notes: []string{"3 users were not confirmed live: the credential report of 2026-11-20 06:00 UTC decides"}}
	for id, alias := range map[account.ID]string{one: "acme-prod", two: "acme\u202egnitset"} {
		r.Accounts = append(r.Accounts, report.Account{
			ID: id, Partition: "aws", Aliases: []string{alias}, TakenAt: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Source: "demo",
		})
	}
	if r.Accounts[0].ID != one {
		r.Accounts[0], r.Accounts[1] = r.Accounts[1], r.Accounts[0]
	}
	var all []finding.Finding
	add := func(rule string, s finding.Severity, v finding.Verdict, of *finding.Subject, why string, e ...finding.Evidence) {
		all = append(all, finding.Finding{ID: finding.NewID(rule, of), Rule: rule, Severity: s, Verdict: v, Subject: of, Proof: &finding.Proof{Why: why, Evidence: e}})
	}
	for _, name := range []string{"alice", "=1+1", "<script>alert(1)</script>", "esc\x1b[31mred\r\nnew line", "bob", "carol", "dave", "erin", "frank", "grace"} {
		add("console-user-without-mfa", finding.High, finding.Fail, subject("IamUser", name, one), "Console user "+name+" has no MFA device",
			finding.Evidence{Pointer: "/passwordEnabled", Text: "true"}, finding.Evidence{Pointer: "/mfaActive", Text: "false"})
	}
	add("console-user-without-mfa", finding.High, finding.Unknown, subject("IamUser", "zoe", two), "")
	add("console-user-without-mfa", finding.High, finding.Pass, subject("IamUser", "yan", two), "")
	statement := `{"Effect": "Allow",` + "\n" + `  "Action": "*", "Resource": "*"` + strings.Repeat(`, "Condition": {"Bool": {"aws:ViaAWSService": "true"}}`, 5) + "}"
	add("full-admin-policy", finding.Critical, finding.Fail, subject("IamPolicy", "Everything", two), "is attached to 2 users, 1 group and 0 roles",
		finding.Evidence{Document: "arn:aws:iam::222222222222:policy/Everything", Pointer: "/Statement/0", Line: 5, Column: 13, Text: statement, Marks: []finding.Mark{
			{Pointer: "/Statement/0/Action", Start: 34, End: 37}, {Pointer: "/Statement/0/Condition/Bool/aws:ViaAWSService", Start: 300, End: 320},
		}},
		finding.Evidence{Document: "arn:aws:iam::222222222222:policy/Everything", Pointer: "/Statement/1", Text: "{}"},
		finding.Evidence{Document: "arn:aws:iam::222222222222:policy/Everything", Pointer: "/Statement/2", Text: "{}"})
	add("password-reuse", finding.Informational, finding.Unknown, subject("Iam", "acme", one), "")
	add("password-reuse", finding.Informational, finding.NotApplicable, subject("Iam", "acme", two), "")

	tally := report.NewTally(r)
	must(t, h.Start(r))
	for i := range all {
		tally.Finding(&all[i])
		must(t, h.Finding(&all[i]))
	}
	for _, g := range []report.Gap{
		{
			Gap: account.Gap{
				Account: one, Call: "iam:GetCredentialReport", Error: "AccessDenied: User is not authorized to perform this action on this resource",
				Permission: "iam:GetCredentialReport", Part: account.PartCredentials,
			},
			Fields: []string{"IamUser.mfaActive", "IamUser.passwordEnabled", "IamUser.passwordLastUsed", "IamAccessKey.*", "IamUser.firstAccessKey", "IamUser.secondAccessKey"},
		},
		{Gap: account.Gap{Account: two, Call: "roles.json", Error: "line 3: duplicate key", Part: account.PartRoles, Subject: "arn:aws:iam::222222222222:role/x"}},
	} {
		tally.Gap()
		must(t, h.Gap(&g))
	}
	must(t, h.Finish(tally.Summary()))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriter_golden(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]text.Options{
		"narrow":  {Screen: text.Screen{Width: 80}},
		"wide":    {Screen: text.Screen{Width: 140}},
		"all":     {Screen: text.Screen{Width: 100}, All: true},
		"colours": {Screen: text.Screen{Width: 100, Profile: colorprofile.ANSI}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			run(t, &report.Filter{Show: []finding.Verdict{finding.Fail, finding.Unknown}, Next: text.New(&got, o)})
			golden(t, name+".txt", got.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-update rewrites it):\n%s", name, diff)
	}
}

// TestWriter_fits holds what no golden file would: no line is wider than the screen, no control character of the
// account comes through, and without colour there is no escape sequence.
func TestWriter_fits(t *testing.T) {
	t.Parallel()
	lines := 0
	for _, width := range []int{40, 60, 80, 100, 120} {
		var got bytes.Buffer
		run(t, text.New(&got, text.Options{Screen: text.Screen{Width: width}, All: true}))
		for line := range strings.Lines(got.String()) {
			lines++
			line = strings.TrimSuffix(line, "\n")
			if w := lipgloss.Width(line); w > width {
				t.Errorf("width %d: a line of %d: %s", width, w, line)
			}
			if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x202e }); i >= 0 {
				t.Errorf("width %d: a control character in %q", width, line)
			}
		}
	}
	t.Logf("%d lines", lines)
}

var number = regexp.MustCompile(`\d+`)

// TestWriter_addsUp reads the summary lines as a reader would.
func TestWriter_addsUp(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	run(t, text.New(&got, text.Options{}))
	sums := 0
	for line := range strings.Lines(got.String()) {
		if !strings.Contains(line, " = ") || !strings.Contains(line, " + ") {
			continue
		}
		sums++
		var all []int
		for _, n := range number.FindAllString(line, -1) {
			value := 0
			for _, digit := range n {
				value = value*10 + int(digit-'0')
			}
			all = append(all, value)
		}
		total := 0
		for _, n := range all[1:] {
			total += n
		}
		if total != all[0] {
			t.Errorf("%q does not add up", line)
		}
	}
	if sums != 2 {
		t.Errorf("found %d sums, want 2", sums)
	}
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain Name_1":         "plain Name_1",
		"naïve 名前 🙂":           "naïve 名前 🙂",
		"a\x1b[31mb":           `a\x1b[31mb`,
		"a\r\nb\tc":            `a\r\nb\tc`,
		"a\u202eb":             `a\u202eb`,
		"a\u200bb\u2028\ufeff": `a\u200bb\u2028\ufeff`,
		"\x9b31m":              `\x9b31m`,
		"\u009b":               `\u009b`,
		"nb\u00a0sp":           `nb\u00a0sp`,
		`back\slash 'quote'`:   `back\slash 'quote'`,
	} {
		if got := text.Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\x1b]0;title\x07")
	f.Add("\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		safe := text.Safe(s)
		for _, r := range safe {
			if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("Safe(%q) lets %U through", s, r)
			}
		}
		if text.Safe(safe) != safe {
			t.Fatalf("Safe(%q) is not safe itself", s)
		}
	})
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	p := text.NewPage(&got, text.Screen{Width: 44})
	p.Markdown("  ", "# Head\n\nA paragraph that is longer\nthan a line of this page.\n\n1. First, which has so many words that it wraps\n2. Second\n   goes on\n\n- dot\n\n```\ncode   stays \x1b[0m\n```\n")
	must(t, p.Flush())
	golden(t, "markdown.txt", got.Bytes())
}

// TestWriter_undecided counts the subjects that are unknown for the same reason as the one that is shown, and names
// a subject whose name is a piece of another word.
func TestWriter_undecided(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	w := text.New(&got, text.Options{Screen: text.Screen{Width: 200}})
	r := report.Run{Rules: rules, Accounts: []report.Account{{ID: "111111111111"}}}
	tally := report.NewTally(r)
	must(t, w.Start(r))
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		f := finding.Finding{
			Rule: "console-user-without-mfa", Severity: finding.High, Verdict: finding.Unknown,
			Subject: subject("IamUser", name, "111111111111"), Proof: &finding.Proof{Why: "mfaActive is unknown: denied"},
		}
		tally.Finding(&f)
		must(t, w.Finding(&f))
	}
	must(t, w.Finish(tally.Summary()))
	for _, want := range []string{"10 of 10 unknown", "a: mfaActive is unknown: denied\n", "and 9 more unknown"} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("no %q in\n%s", want, got.String())
		}
	}
}

// TestPage_Evidence: carets stand under the guilty elements, and under nothing else, whatever the width and the text.
func TestPage_Evidence(t *testing.T) {
	t.Parallel()
	const hostile = "{ \"Sid\": \"\x1b[31m名\",\n  \"Action\": [\"s3:*\", \"iam:PassRole\"], \"Resource\": \"*\" }"
	mark := func(guilty string) finding.Mark {
		at := strings.Index(hostile, guilty)
		start := len([]rune(hostile[:at]))
		return finding.Mark{Start: start, End: start + len([]rune(guilty))}
	}
	e := finding.Evidence{
		Document: "inline policy \"x\"", Pointer: "/Statement/0/Action/1", Line: 2, Column: 22, Text: hostile,
		Marks: []finding.Mark{mark(`"iam:PassRole"`), mark(`"*"`)},
	}
	for width := 40; width <= 120; width += 7 {
		var got bytes.Buffer
		p := text.NewPage(&got, text.Screen{Width: width})
		p.Evidence("  ", &e)
		must(t, p.Flush())
		lines := strings.Split(got.String(), "\n")
		if lines[0] != "  inline policy \"x\":2:22" {
			t.Errorf("place: %q", lines[0])
		}
		under := ""
		for i, line := range lines {
			if !strings.Contains(line, "^") {
				continue
			}
			column := 0
			for _, r := range lines[i-1] {
				w := lipgloss.Width(string(r))
				if column < len(line) && line[column] == '^' {
					under += string(r)
				}
				column += w
			}
			if lipgloss.Width(lines[i-1]) > width || len(line) > width {
				t.Errorf("width %d: %q", width, lines[i-1:i+1])
			}
		}
		if under != `"iam:PassRole""*"` {
			t.Errorf("width %d: carets under %q\n%s", width, under, got.String())
		}
	}
}
