package settings

import (
	"encoding"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// field is one setting of a scan.
type field struct {
	name    string // the key in YAML and the flag
	meaning string
	of      func(*Scan) value
}

// value is a setting that a text can fill.
type value interface {
	Set(text string) error
	String() string
}

// fields are the settings of a scan, in the order of Scan.
var fields = []field{
	{"fail-on", "exit with 3 where something fails at this severity or above; none: never", func(s *Scan) value { return text{&s.FailOn} }},
	{"fail-on-gap", "exit with 4 where something could not be read and nothing fails", func(s *Scan) value { return flag{&s.FailOnGap} }},
	{"severity", "show findings of this severity and above", func(s *Scan) value { return text{&s.Severity} }},
	{"rule", "judge these rules only, by any of their names", func(s *Scan) value { return list{&s.Rule} }},
	{"ruleset", "judge the members of these rulesets only", func(s *Scan) value { return list{&s.Ruleset} }},
	{"as-published", "run a peer's published text in place of ours where a rule has one", func(s *Scan) value { return flag{&s.AsPublished} }},
	{"rate", "API calls a second, at most", func(s *Scan) value { return rate{&s.Rate} }},
	{"confirm", "the most users whose credentials are asked about live", func(s *Scan) value { return count{&s.Confirm} }},
	{"profile", "the AWS profile", func(s *Scan) value { return word{&s.Profile} }},
	{"region", "the AWS region; it only chooses the partition and the STS endpoint", func(s *Scan) value { return word{&s.Region} }},
	{"role-arn", "the role to assume first", func(s *Scan) value { return word{&s.RoleARN} }},
	{"external-id", "the external id that the role asks for", func(s *Scan) value { return word{&s.ExternalID} }},
	{"mfa-serial", "the MFA device that the role asks for", func(s *Scan) value { return word{&s.MFASerial} }},
}

// variable is the environment variable of a field: AMBIT_FAIL_ON of fail-on.
func (f *field) variable() string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
}

type text struct {
	to interface {
		encoding.TextUnmarshaler
		fmt.Stringer
	}
}

func (v text) Set(s string) error { return v.to.UnmarshalText([]byte(s)) }

// String is empty for a severity that was never set.
func (v text) String() string {
	if s := v.to.String(); s != "" {
		return s
	}
	return "all"
}

type flag struct{ to *bool }

func (v flag) Set(s string) error {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return fmt.Errorf("want true or false, not %q", s)
	}
	*v.to = b
	return nil
}

func (v flag) String() string { return strconv.FormatBool(*v.to) }

type word struct{ to *string }

func (v word) Set(s string) error {
	*v.to = s
	return nil
}

func (v word) String() string { return *v.to }

// list reads a comma-separated text.
type list struct{ to *[]string }

func (v list) Set(s string) error {
	*v.to = nil
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			*v.to = append(*v.to, item)
		}
	}
	return nil
}

func (v list) String() string { return strings.Join(*v.to, ", ") }

type rate struct{ to *float64 }

func (v rate) Set(s string) error {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return fmt.Errorf("want a number of calls a second, not %q", s)
	}
	*v.to = n
	return nil
}

func (v rate) String() string { return strconv.FormatFloat(*v.to, 'g', -1, 64) }

type count struct{ to *int }

func (v count) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("want a whole number, not %q", s)
	}
	*v.to = n
	return nil
}

func (v count) String() string { return strconv.Itoa(*v.to) }

// check refuses values of the right type that make no sense.
func (f *field) check(s *Scan) error {
	switch v := f.of(s).(type) {
	case rate:
		if !(*v.to > 0 && *v.to <= maxRate) {
			return fmt.Errorf("want more than 0 and at most %d calls a second, not %s", maxRate, v)
		}
	case count:
		if *v.to < 0 {
			return errors.New("want 0 or more")
		}
	}
	return nil
}

// maxRate is far above what IAM bears; a greater number is a slip.
const maxRate = 1000
