package cli

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/report/text"
)

func TestConditionWords(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		`{"StringEquals":{"aws:PrincipalTag/team":"red"}}`:                     `aws:PrincipalTag/team is "red"`,
		`{"StringNotEquals":{"aws:RequestedRegion":["a","b"]}}`:                `aws:RequestedRegion is not "a" nor "b"`,
		`{"StringLike":{"s3:prefix":["home/*","pub/*"]}}`:                      `s3:prefix is like "home/*" or "pub/*"`,
		`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`:               `aws:MultiFactorAuthPresent is true, or the request does not carry it`,
		`{"Null":{"sts:ExternalId":"true"}}`:                                   `sts:ExternalId is absent`,
		`{"Null":{"sts:ExternalId":"false"}}`:                                  `sts:ExternalId is present`,
		`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`:                          `aws:SourceIp is in 10.0.0.0/8`,
		`{"NumericLessThanEquals":{"aws:MultiFactorAuthAge":"3600"}}`:          `aws:MultiFactorAuthAge ≤ 3600`,
		`{"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}`:       `aws:CurrentTime is after 2026-01-01T00:00:00Z`,
		`{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`:                  `every value of aws:TagKeys is "a"`,
		`{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*"]}}`:            `some value of aws:TagKeys is like "a*", or the request does not carry it`,
		`{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}}`: `aws:PrincipalArn is not like "arn:aws:iam::111122223333:root"`,
		`{"StringEqualsIgnoreCase":{"aws:username":"Bob"}}`:                    `aws:username is, letter case apart, "Bob"`,
		`{"Nonsense":{"aws:username":"Bob"}}`:                                  `aws:username Nonsense "Bob"`,
	} {
		doc := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + condition + `}]}`)
		if got := conditionWords(&doc.Statements[0].Conditions[0]); got != want {
			t.Errorf("%s: got %s, want %s", condition, got, want)
		}
	}
}

// TestEscape: whatever a text holds, it is no markup, and a browser shows it as Safe has it.
func TestEscape(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`"><script>`, "a&amp;b", "</svg>'", "\u202e\x00"})).Draw(t, "s")
		got := escape(s)
		if strings.ContainsAny(got, `<>"'`) || html.UnescapeString(got) != text.Safe(s) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// TestDotQuote takes the quotes off again, as Graphviz reads them.
func TestDotQuote(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("ab\\\"\nN<>\u202e"))).Draw(t, "s")
		q := dotQuote(s)
		inner := q[1 : len(q)-1]
		if q[0] != '"' || q[len(q)-1] != '"' || strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(inner) != text.Safe(s) {
			t.Fatalf("%q became %s", s, q)
		}
		if rest := strings.NewReplacer(`\\`, "", `\"`, "").Replace(inner); strings.ContainsAny(rest, "\"\\") {
			t.Fatalf("%q became %s, which ends early", s, q)
		}
	})
}

// drawRoutes are ways among few places, with circles, so that layers are hard to find.
func drawRoutes(t *rapid.T) []*route {
	name := rapid.SampledFrom([]string{"a", "b", "c", "d<i>", "e&", "f\"", "g'"})
	var all []*route
	for range rapid.IntRange(1, 8).Draw(t, "ways") {
		r := &route{}
		at := name.Draw(t, "source")
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			to := name.Draw(t, "to")
			if to == at {
				continue
			}
			r.Steps = append(r.Steps, step{
				From: place{ARN: "arn:" + at, name: at, user: true}, To: place{ARN: "arn:" + to, name: to}, By: "by-" + at, Does: "goes to " + to,
			})
			at = to
		}
		if len(r.Steps) > 0 {
			r.Steps = append(r.Steps, step{From: place{ARN: "arn:" + at, name: at}, To: place{ARN: toAdmin, name: "administrator", Admin: true}, By: "last"})
			all = append(all, r)
		}
	}
	return all
}

// TestDraw: arrows lead on, but for those that close a circle, and no two places lie on one another.
func TestDraw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := drawRoutes(t)
		d := draw(all)
		for i := range d.arrows {
			if a := &d.arrows[i]; !a.back && d.nodes[a.from].layer >= d.nodes[a.to].layer {
				t.Errorf("%s to %s does not lead on", d.nodes[a.from].label, d.nodes[a.to].label)
			}
		}
		seen := map[string]bool{}
		for i := range d.nodes {
			at := fmt.Sprint(d.nodes[i].layer, d.nodes[i].row)
			if seen[at] {
				t.Errorf("two places at %s", at)
			}
			seen[at] = true
		}
		for _, r := range all {
			for _, s := range r.Steps {
				if !slices.ContainsFunc(d.arrows, func(a arrow) bool {
					return d.nodes[a.from].label == s.From.name && d.nodes[a.to].label == s.To.name && slices.Contains(a.by, s.By)
				}) {
					t.Errorf("no arrow for the step from %s to %s", s.From.name, s.To.name)
				}
			}
		}
		wellFormed(t, d)
	})
}

// wellFormed reads the picture as XML, and looks for elements that no name may bring in.
func wellFormed(t *rapid.T, d *drawing) {
	m := &markup{}
	d.svg(m)
	decoder := xml.NewDecoder(strings.NewReader(m.String()))
	elements := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, m.String())
		}
		if start, ok := token.(xml.StartElement); ok {
			elements++
			if start.Name.Local == "i" || start.Name.Local == "script" {
				t.Fatalf("element %s", start.Name.Local)
			}
		}
	}
	if elements < len(d.arrows) {
		t.Fatalf("%d elements for %d arrows", elements, len(d.arrows))
	}
}

// TestQuestions_hostile asks every question of an account whose names attack terminals and pages.
func TestQuestions_hostile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "account.json")
	account := `{"schema":"ambit.account/1","account":"111122223333","partition":"aws","takenAt":"2026-01-01T00:00:00Z","source":"capture",
		"users":[{"name":"a\u001b[31m\u202e<b>","inline":[{"name":"p\u001b]0;x\u0007","document":{"Version":"2012-10-17","Statement":[
			{"Sid":"\u001b[2J","Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*","Condition":{"StringLike":{"x:\u001b[5m":"<i>\u202e"}}}]}}]}]}`
	must(t, os.WriteFile(name, []byte(account), 0o600))
	user := "a\x1b[31m\u202e<b>"
	for _, args := range [][]string{
		{"can", user, "iam:PutUserPolicy"},
		{"can", user, "iam:CreateUser"},
		{"can", "nobody", "iam:CreateUser"},
		{"who-can", "iam:PutUserPolicy"},
		{"what-can", user, "--service", "iam"},
		{"paths"},
		{"paths", "-o", "dot"},
		{"paths", "-o", "html"},
		{"paths", "-o", "json"},
	} {
		_, stdout, stderr := run(t.Context(), append(args, "--from", name)...)
		if strings.ContainsAny(stdout+stderr, "\x1b\x07\u202e") && args[len(args)-1] != "json" {
			t.Errorf("%q: unsafe output:\n%s%s", args, stdout, stderr)
		}
		if strings.Contains(stdout, "\x1b") || stdout == "" && stderr == "" {
			t.Errorf("%q: %q", args, stdout)
		}
		if args[len(args)-1] == "html" && (strings.Contains(stdout, "<i>") || !strings.Contains(stdout, "&lt;b&gt;")) {
			t.Errorf("names are markup:\n%s", stdout)
		}
	}
}

func TestQuestions_brokenPipe(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"who-can", "iam:CreateUser", "--demo"},
		{"what-can", "break-glass", "--demo"},
		{"paths", "--demo", "-o", "html"},
		{"can", "break-glass", "iam:CreateUser", "--demo", "--expect", "allow"},
	} {
		var stderr strings.Builder
		code := Main(t.Context(), World{Args: args, Stdin: strings.NewReader(""), Stdout: hungUp{}, Stderr: &stderr, Now: time.Now})
		if code != codeBrokenPipe || stderr.Len() > 0 {
			t.Errorf("%v: code %d, stderr %q", args, code, stderr.String())
		}
	}
}

func TestShellQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"arn:aws:iam::111122223333:user/alice": "arn:aws:iam::111122223333:user/alice",
		"":                                     "''",
		"*":                                    "'*'",
		"$(rm -rf /)":                          "'$(rm -rf /)'",
		"it's":                                 `'it'\''s'`,
		"!aws:MultiFactorAuthPresent":          "'!aws:MultiFactorAuthPresent'",
		"a b":                                  "'a b'",
		"`x`;y&z|<>":                           "'`x`;y&z|<>'",
	} {
		if got := shellQuote(in); got != want {
			t.Errorf("shellQuote(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestJSON_invalidUTF8: what is no UTF-8 in an argument is written as U+FFFD, as docs/json.md has it.
func TestJSON_invalidUTF8(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"can", "alice.moreau", "iam:CreateUser", "arn:aws:iam::111122223333:user/\xff", "--demo", "-o", "json"},
		{"who-can", "iam:CreateUser", "-c", "aws:username=\xff", "--demo", "-o", "json"},
	} {
		code, stdout, stderr := run(t.Context(), args...)
		if code != codeDone || !strings.Contains(stdout, "\ufffd") {
			t.Errorf("%q: code %d, stdout %.300q, stderr %q", args, code, stdout, stderr)
		}
	}
}
