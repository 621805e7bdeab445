package assess_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/source"
)

// programs compiles texts.
func programs(tb testing.TB, texts ...string) []*gsl.Program {
	tb.Helper()
	var out []*gsl.Program
	for _, text := range texts {
		p, remarks := gsl.Compile(assess.Schema(), source.File{Text: text}, gsl.Options{})
		if p == nil {
			tb.Fatalf("%s: %+v", text, remarks)
		}
		out = append(out, p)
	}
	return out
}

// told is a comparison in short: a line for each difference.
func told(c assess.Comparison) []string {
	var out []string
	for _, p := range c.Differ {
		line := p.Subject.Name + ": " + string(p.Ours.Verdict) + " and " + string(p.Theirs.Verdict)
		for _, side := range []assess.Side{p.Ours, p.Theirs} {
			for _, e := range side.Evidence {
				line += "; at " + e.Document + e.Pointer
			}
			for _, r := range side.Reasons {
				line += "; " + r.Part + " " + r.Test + " is " + r.Truth + ", reads " + r.Read
				if r.Note != "" {
					line += " (" + r.Note + ")"
				}
				if r.At != nil {
					line += " at " + r.At.Pointer
				}
			}
		}
		out = append(out, line)
	}
	return out
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const ours = "IamPolicy should not have document grants('iam:DeactivateMFADevice')"
	const devices = "arn:aws:iam::111122223333:policy/devices"
	for _, tt := range []struct {
		name, ours, theirs string
		published          bool
		change             func(*account.Snapshot)
		want               []string
	}{
		{name: "the same", ours: ours, theirs: ours},
		{
			name: "a list and a wildcard", ours: ours,
			theirs: "IamPolicy should not have document.Statement contain [ Effect='Allow' and (Action='iam:EnableMFADevice' or Action='iam:DeactivateMFADevice') ]",
			want: []string{"devices: fail and pass; at " + devices + "/Statement/1/Action/0; should Action in ('iam:EnableMFADevice', 'iam:DeactivateMFADevice') is false, " +
				"reads ['iam:*MFA*'] (a list equals nothing; and 'iam:*MFA*' covers 'iam:EnableMFADevice' as AWS reads it, but texts are compared letter by letter) at /Statement/1/Action"},
		},
		{
			name: "a block of values", ours: ours, theirs: "IamPolicy should not have document.Statement contain [ Action contain ['iam:DeactivateMFADevice'] ]",
			want: []string{"devices: fail and pass; at " + devices + "/Statement/1/Action/0; should Action contain ['iam:DeactivateMFADevice'] is false, " +
				"reads ['iam:*MFA*'] ('iam:*MFA*' covers 'iam:DeactivateMFADevice' as AWS reads it, but texts are compared letter by letter) at /Statement/1/Action"},
		},
		{
			name: "a pattern that fits more", ours: "IamPolicy should not have document grants('iam:CreateUser')", theirs: "IamPolicy should not have document.Statement contain [ Action contain ['iam:%'] ]",
			want: []string{"devices: pass and fail; should document grants('iam:CreateUser') is false, reads DOCUMENT (GRANTS) at ; at " + devices + "/Statement/1/Action/0; " +
				"should Action contain ['iam:%'] is true, reads ['iam:*MFA*'] at /Statement/1/Action/0"},
		},
		{
			name: "another type", ours: ours, theirs: "IamGroup should have users",
			want: []string{"devs: not-applicable and pass; should users is true, reads a list of 2", "devices: fail and not-applicable; at " + devices + "/Statement/1/Action/0"},
		},
		{
			name: "another where", ours: ours, theirs: "IamPolicy where attachmentCount > 5 and name = 'DEVICES' should not have document",
			want: []string{"devices: fail and not-applicable; at " + devices + "/Statement/1/Action/0; where attachmentCount > 5 is false, reads 1"},
		},
		{
			name: "unknown as null", ours: "IamUser where isRoot=false and name='bob' should have mfaActive=true", theirs: "IamUser where name='bob' should have mfaActive=true",
			published: true, change: lose(account.PartCredentials),
			want: []string{"bob: unknown and fail; should mfaActive = true is unknown, reads unknown; at /mfaActive; should mfaActive = true is false, reads nothing"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			change := tt.change
			if change == nil {
				change = func(*account.Snapshot) {}
			}
			c := compiled(t, rule.Rule{}, tt.ours)
			got := told(assess.Compare(company(change), c, assess.Other{Programs: programs(t, tt.theirs), AsPublished: tt.published}))
			for i := range got {
				if before, after, ok := strings.Cut(got[i], `reads {"`); ok {
					_, after, _ = strings.Cut(after, " at ;")
					after = " at ;" + after
					got[i] = before + "reads DOCUMENT (GRANTS)" + after
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCompare_run: what both say is what a run of each says, and nothing that either judges is left out.
func TestCompare_run(t *testing.T) {
	t.Parallel()
	c := compiled(t, rule.Rule{}, "IamUser should have mfaActive=true")
	other := programs(t, "IamUser where isRoot=false should have name like 'b%'")
	set := company(func(*account.Snapshot) {})
	got := assess.Compare(set, c, assess.Other{Programs: other})
	n := 0
	for _, p := range append(got.Agree, got.Differ...) {
		n++
		for _, side := range []struct {
			rule    *rule.Compiled
			verdict finding.Verdict
		}{{c, p.Ours.Verdict}, {&rule.Compiled{Rule: c.Rule, Programs: other}, p.Theirs.Verdict}} {
			for _, f := range assess.Run(set, assess.Options{Rules: []*rule.Compiled{side.rule}}) {
				if *f.Subject == p.Subject && f.Verdict != side.verdict {
					t.Errorf("%s: %s, in a run %s", p.Subject.Name, side.verdict, f.Verdict)
				}
			}
		}
	}
	if n != 3 {
		t.Errorf("%d subjects, want 3", n)
	}
}
