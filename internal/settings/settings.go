// Package settings is what the user has set, and where: flag, then AMBIT_* variable, then ./ambit.yaml, then the
// user's own file, then the default.
//
// Contract: unknown keys, bad values and misspelt variables are errors that name the place and the cure; every
// value knows where it came from. Files read
//
//	scan: {fail-on: high, rate: 10, …}    the keys of Scan
//	rules: [folder]                       more rules, from folders relative to the file
//	settings: {RULE: {name: value}}       settings of rules, under any of their names
//
// Limits: knows no rules, so that it cannot tell whether RULE or name exist: the catalogue does, and Locate says
// where they stand. Reads no files and no environment by itself.
// Floor: 4.
package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/source"
)

// FileName is the project's file in the working folder, and the user's file in its own folder.
const FileName = "ambit.yaml"

// Settings are the values in force.
type Settings struct {
	Scan    Scan
	Folders []string                  // with rules: relative to the working folder, or absolute
	Rules   map[string]map[string]any // a rule's name as written, to setting, to value

	origins map[string]Origin // "scan.fail-on", "rules", "settings.RULE.name"
}

// Scan are the settings of a scan. The yaml tag is also the flag's name, and AMBIT_ in front of it in capitals
// the variable's.
type Scan struct {
	FailOn      FailOn           `yaml:"fail-on"`
	FailOnGap   bool             `yaml:"fail-on-gap"`
	Severity    finding.Severity `yaml:"severity"` // findings below it are not shown; zero: all are
	Rule        []string         `yaml:"rule"`     // judge these rules only
	Ruleset     []string         `yaml:"ruleset"`  // and the members of these
	AsPublished bool             `yaml:"as-published"`
	Rate        float64          `yaml:"rate"`    // API calls a second
	Confirm     int              `yaml:"confirm"` // the most users to ask about live
	Profile     string           `yaml:"profile"`
	Region      string           `yaml:"region"`
	RoleARN     string           `yaml:"role-arn"`
	ExternalID  string           `yaml:"external-id"`
	MFASerial   string           `yaml:"mfa-serial"`
}

// FailOn is the severity from which a failing finding fails the scan. The zero value is none.
type FailOn struct{ Least finding.Severity }

const failOnNone = "none"

// String is the severity, or none.
func (f FailOn) String() string {
	if f.Least == 0 {
		return failOnNone
	}
	return f.Least.String()
}

// UnmarshalText reads a severity, or none.
func (f *FailOn) UnmarshalText(text []byte) error {
	if string(text) == failOnNone {
		f.Least = 0
		return nil
	}
	least, err := finding.ParseSeverity(string(text))
	if err != nil {
		return fmt.Errorf("%w, or none", err)
	}
	f.Least = least
	return nil
}

// Layer is where a value may come from; the higher one wins.
type Layer uint8

// The layers.
const (
	Default Layer = iota
	UserFile
	ProjectFile
	Environment
	Flag
)

// Origin is where a value came from.
type Origin struct {
	Layer Layer
	Name  string     // of the file, variable or flag
	Pos   source.Pos // in a file
}

// String names the place: "ambit.yaml:3:5", "AMBIT_RATE", "--rate", or "default".
func (o Origin) String() string {
	switch o.Layer {
	case Default:
	case UserFile, ProjectFile:
		return fmt.Sprintf("%s:%d:%d", o.Name, o.Pos.Line, o.Pos.Column)
	case Environment:
		return o.Name
	case Flag:
		return "--" + o.Name
	}
	return "default"
}

// Origin says where the value of a key came from: "scan.fail-on", "rules".
func (s *Settings) Origin(key string) Origin { return s.origins[key] }

// Locate says where a rule's setting is written, or with an empty name where the rule is.
func (s *Settings) Locate(rule, name string) Origin {
	if o, ok := s.origins[ruleKey(rule, name)]; ok && name != "" {
		return o
	}
	return s.origins[ruleKey(rule, "")]
}

func ruleKey(rule, name string) string { return "settings." + rule + "." + name }

// Entry is one value with its origin, for people.
type Entry struct {
	Key, Value string
	Origin     Origin
	Meaning    string
}

// Entries are all values: those of the scan in the order of Scan, then rule folders, then the settings of rules.
func (s *Settings) Entries() []Entry {
	var all []Entry
	for _, f := range fields {
		all = append(all, Entry{"scan." + f.name, f.of(&s.Scan).String(), s.origins["scan."+f.name], f.meaning})
	}
	all = append(all, Entry{"rules", strings.Join(s.Folders, ", "), s.origins["rules"], "folders with rules of your own"})
	var own []Entry
	for rule, values := range s.Rules {
		for name, v := range values {
			own = append(own, Entry{Key: "settings." + rule + "." + name, Value: fmt.Sprint(v), Origin: s.Locate(rule, name)})
		}
	}
	slices.SortFunc(own, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return append(all, own...)
}
