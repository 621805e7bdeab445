package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/settings"
	"github.com/ambit-iam/ambit/internal/source"
)

func defaults() settings.Scan {
	return settings.Scan{FailOn: settings.FailOn{Least: finding.High}, Rate: 10, Confirm: 200}
}

func file(layer settings.Layer, name, text string) settings.File {
	return settings.File{File: source.File{Name: name, Text: text}, Layer: layer}
}

const userText = `scan:
  fail-on: low
  rate: 2.5
  profile: audit
rules: [mine]
settings:
  IAM-068: {denied: [PowerUserAccess], allowed: []}
`

const projectText = `scan: {fail-on: medium, confirm: 50, rule: [IAM.5, cis-3.0:1.10]}
rules: [rules, /opt/rules]
settings:
  IAM-068:
    denied: ['*-legacy']
  role-unused: {days: 30}
`

func TestLoad(t *testing.T) {
	t.Parallel()
	s, err := settings.Load(settings.Input{
		Defaults: defaults(),
		Files: []settings.File{ // the order of the layers decides, not that of the list
			file(settings.ProjectFile, "ambit.yaml", projectText), file(settings.UserFile, "/home/u/.config/ambit/ambit.yaml", userText),
		},
		Environ: []string{"AMBIT_RATE=4", "AMBIT_FAIL_ON=critical", "AMBIT_RULESET=cis-3.0, aws-fsbp", "AMBIT_STATE=/x", "AMBIT_NOPE=1", "HOME=/home/u"},
		Flags:   map[string]string{"fail-on": "none", "fail-on-gap": "true", "output": "json"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Scan{
		FailOn: settings.FailOn{}, FailOnGap: true, Rule: []string{"IAM.5", "cis-3.0:1.10"}, Ruleset: []string{"cis-3.0", "aws-fsbp"},
		Rate: 4, Confirm: 50, Profile: "audit",
	}
	if diff := cmp.Diff(want, s.Scan); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"rules", "/opt/rules"}, s.Folders); diff != "" {
		t.Error(diff)
	}
	rules := map[string]map[string]any{
		"IAM-068": {"denied": []any{"*-legacy"}, "allowed": []any{}}, "role-unused": {"days": 30},
	}
	if diff := cmp.Diff(rules, s.Rules); diff != "" {
		t.Error(diff)
	}
	for key, want := range map[string]string{
		"scan.fail-on": "--fail-on", "scan.rate": "AMBIT_RATE", "scan.confirm": "ambit.yaml:1:34", "scan.severity": "default",
		"scan.profile": "/home/u/.config/ambit/ambit.yaml:4:12", "rules": "ambit.yaml:2:8",
	} {
		if got := s.Origin(key).String(); got != want {
			t.Errorf("%s comes from %s, want %s", key, got, want)
		}
	}
	for _, tt := range []struct{ rule, name, want string }{
		{"IAM-068", "denied", "ambit.yaml:5:13"},
		{"IAM-068", "allowed", "/home/u/.config/ambit/ambit.yaml:7:49"},
		{"role-unused", "absent", "ambit.yaml:6:3"},
		{"role-unused", "", "ambit.yaml:6:3"},
	} {
		if got := s.Locate(tt.rule, tt.name).String(); got != tt.want {
			t.Errorf("%s.%s is at %s, want %s", tt.rule, tt.name, got, tt.want)
		}
	}
}

func TestLoad_userFolder(t *testing.T) {
	t.Parallel()
	s, err := settings.Load(settings.Input{Defaults: defaults(), Files: []settings.File{file(settings.UserFile, "/home/u/.config/ambit/ambit.yaml", userText)}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/home/u/.config/ambit/mine"}, s.Folders); diff != "" {
		t.Error(diff)
	}
}

func TestLoad_errors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		environ    []string
		flags      map[string]string
		want       []string // each must stand in the error
	}{
		{"unknown section", "scna: {}\n", nil, nil, []string{"ambit.yaml:1:1", `unknown key "scna"`, `did you mean "scan"?`}},
		{"unknown key", "scan:\n  fail_on: high\n", nil, nil, []string{"ambit.yaml:2:3", `did you mean "fail-on"?`}},
		{"bad severity", "scan: {fail-on: hihg}\n", nil, nil, []string{"ambit.yaml:1:17", "or none"}},
		{"bad rate", "scan: {rate: 0}\n", nil, nil, []string{"ambit.yaml:1:14", "more than 0"}},
		{"rate that is no number", "scan: {rate: .nan}\n", nil, nil, []string{"ambit.yaml:1:14", "more than 0"}},
		{"negative confirm", "scan: {confirm: -1}\n", nil, nil, []string{"ambit.yaml:1:17", "0 or more"}},
		{"settings of a wrong shape", "settings: {role-unused: 30}\n", nil, nil, []string{"ambit.yaml:1:25", "a mapping"}},
		{"variable", "", []string{"AMBIT_RATE=fast"}, nil, []string{"AMBIT_RATE", `"fast"`}},
		{"variable out of range", "", []string{"AMBIT_RATE=-1"}, nil, []string{"AMBIT_RATE", "more than 0"}},
		{"misspelt variable", "", []string{"AMBIT_FAILON=none"}, nil, []string{"AMBIT_FAILON", `did you mean "AMBIT_FAIL_ON"?`}},
		{"variable bool", "", []string{"AMBIT_FAIL_ON_GAP=ja"}, nil, []string{"AMBIT_FAIL_ON_GAP", "true or false"}},
		{"flag", "", nil, map[string]string{"confirm": "many"}, []string{"--confirm", `"many"`}},
		{"all at once", "scna: {}\nrules: x\n", []string{"AMBIT_RATE=fast"}, map[string]string{"fail-on": "x"}, []string{"1:1", "2:8", "AMBIT_RATE", "--fail-on"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := settings.Load(settings.Input{
				Defaults: defaults(), Files: []settings.File{file(settings.ProjectFile, "ambit.yaml", tt.text)}, Environ: tt.environ, Flags: tt.flags,
			})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q:\n%v", want, err)
				}
			}
			if fe, ok := errors.AsType[*settings.Error](err); tt.text != "" && (!ok || len(fe.Diagnostics) == 0) {
				t.Errorf("no *settings.Error in %v", err)
			}
		})
	}
}

func TestSettings_Entries(t *testing.T) {
	t.Parallel()
	s, err := settings.Load(settings.Input{Defaults: defaults(), Files: []settings.File{file(settings.ProjectFile, "ambit.yaml", projectText)}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range s.Entries() {
		got[e.Key] = e.Value + " < " + e.Origin.String()
	}
	for key, want := range map[string]string{
		"scan.fail-on": "medium < ambit.yaml:1:17", "scan.severity": "all < default", "scan.rate": "10 < default",
		"scan.rule": "IAM.5, cis-3.0:1.10 < ambit.yaml:1:44", "rules": "rules, /opt/rules < ambit.yaml:2:8",
		"settings.role-unused.days": "30 < ambit.yaml:6:23",
	} {
		if got[key] != want {
			t.Errorf("%s: got %q, want %q", key, got[key], want)
		}
	}
}

func TestUserPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, "/x/ambit/ambit.yaml"},
		{map[string]string{"HOME": "/h"}, "/h/.config/ambit/ambit.yaml"},
		{nil, ""},
	} {
		if got := settings.UserPath(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.env, got, tt.want)
		}
	}
}

// FuzzLoad wants of any file that Load either refuses it with a place inside it, or that every value that it
// sets is shown with that file as its origin.
func FuzzLoad(f *testing.F) {
	f.Add(userText)
	f.Add(projectText)
	f.Add("scan: {fail-on: none, severity: low, as-published: true, region: eu-west-1}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := settings.Load(settings.Input{Defaults: defaults(), Files: []settings.File{file(settings.ProjectFile, "f", text)}})
		if err != nil {
			fe, ok := errors.AsType[*settings.Error](err)
			if !ok {
				t.Fatalf("not a file's error: %v", err)
			}
			for _, d := range fe.Diagnostics {
				if d.Span.Start.Line < 1 || d.Span.Start.Offset > len(text) {
					t.Fatalf("%q: %+v lies outside", text, d)
				}
			}
			return
		}
		for rule, values := range s.Rules {
			for name := range values {
				if s.Locate(rule, name).Layer != settings.ProjectFile {
					t.Fatalf("%q: %s.%s has no place", text, rule, name)
				}
			}
		}
	})
}
