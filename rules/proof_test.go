package rules_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/rule"
)

func TestProofs(t *testing.T) {
	var b strings.Builder
	for _, r := range catalogue(t).All() {
		if !strings.Contains(r.File.Name, "policy/") && !strings.Contains(r.File.Name, "trust/") {
			continue
		}
		have := map[string]bool{}
		for _, c := range r.Cases {
			snap := decode(t, &c)
			compiled, err := r.Compile(assess.Schema(), c.Settings)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range assess.Run(facts.New(snap), assess.Options{Rules: []*rule.Compiled{compiled}}) {
				shown(snap, &f, have)
			}
		}
		fmt.Fprintf(&b, "%-45s", r.ID)
		for _, n := range notionNames {
			if have[n] {
				fmt.Fprintf(&b, " %-6s", ".")
			} else {
				fmt.Fprintf(&b, " %-6s", n)
			}
		}
		b.WriteString("\n")
	}
	os.WriteFile("/tmp/rulesh/table.txt", []byte(b.String()), 0o644)
}

var notionNames = []string{"object", "wild", "list", "not", "denyc", "denyo", "condS", "condO", "bound"}

func shown(s *account.Snapshot, f *finding.Finding, have map[string]bool) {
	docs, bounded := held(s, f.Subject)
	fail := f.Verdict == finding.Fail
	if !fail && f.Verdict != finding.Pass {
		return
	}
	if bounded {
		have["bound"] = true
	}
	deny, allow, some := false, false, false
	for _, d := range docs {
		for i := range d.Statements {
			st := &d.Statements[i]
			if st.Effect == policy.Deny {
				every := len(st.Resource) == 0 || slices.ContainsFunc(st.Resource, func(v policy.Value) bool { return v.Text == "*" })
				deny = deny || every
				some = some || !every || len(st.Conditions) > 0
				continue
			}
			allow = true
			if st.Pointer == "/Statement" && fail {
				have["object"] = true
			}
			if len(st.Action) > 1 && fail {
				have["list"] = true
			}
			if st.NotAction && fail {
				have["not"] = true
			}
			for _, v := range st.Action {
				if strings.ContainsAny(v.Text, "*?") && fail {
					have["wild"] = true
				}
			}
			for _, c := range st.Conditions {
				op := strings.ToLower(c.Operator)
				open := strings.Contains(op, "ifexists") || strings.HasPrefix(op, "forall") || strings.Contains(op, "not")|| strings.Contains(op, "null")
				if fail && open {
					have["condO"] = true
				}
				if !fail && !open {
					have["condS"] = true
				}
			}
		}
	}
	if !fail && deny && allow {
		have["denyc"] = true
	}
	if fail && some && allow {
		have["denyo"] = true
	}
}

func held(s *account.Snapshot, subject finding.Subject) (docs []*policy.Document, bounded bool) {
	add := func(d account.Document) {
		if d != "" {
			docs = append(docs, policy.Parse(string(d)))
		}
	}
	managed := func(arns []string) {
		for i := range s.Policies {
			if slices.Contains(arns, s.Policies[i].ARN) {
				add(s.Policies[i].Document)
			}
		}
	}
	managed([]string{subject.ARN})
	for i := range s.Roles {
		if r := &s.Roles[i]; r.ARN == subject.ARN {
			add(r.Trust)
			for _, p := range r.Inline {
				add(p.Document)
			}
			managed(r.Attached)
			bounded = r.Boundary != ""
		}
	}
	for i := range s.Groups {
		if g := &s.Groups[i]; g.ARN == subject.ARN {
			for _, p := range g.Inline {
				add(p.Document)
			}
			managed(g.Attached)
		}
	}
	for i := range s.Users {
		if u := &s.Users[i]; u.ARN == subject.ARN {
			for _, p := range u.Inline {
				add(p.Document)
			}
			managed(u.Attached)
			bounded = u.Boundary != ""
			for _, name := range u.Groups {
				for k := range s.Groups {
					if s.Groups[k].Name == name {
						for _, p := range s.Groups[k].Inline {
							add(p.Document)
						}
						managed(s.Groups[k].Attached)
					}
				}
			}
		}
	}
	return docs, bounded
}
