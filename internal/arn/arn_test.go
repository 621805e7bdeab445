package arn

import (
	"fmt"
	"strings"
	"testing"
)

func ExampleParse() {
	a, err := Parse("arn:aws:iam::123456789012:user/eng/bob")
	fmt.Println(a.Account, a.Resource, a.Name(), err)
	_, err = Parse("bob")
	fmt.Println(err)
	// Output:
	// 123456789012 user/eng/bob bob <nil>
	// arn "bob": want arn:partition:service:region:account:resource
}

func TestParse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]ARN{
		"arn:aws:iam::123456789012:root":                      {"aws", "iam", "", "123456789012", "root"},
		"arn:aws-cn:s3:::b/k":                                 {"aws-cn", "s3", "", "", "b/k"},
		"arn:aws:lambda:eu-west-1:123456789012:function:f:12": {"aws", "lambda", "eu-west-1", "123456789012", "function:f:12"},
		"arn:aws:s3:::":                                       {"aws", "s3", "", "", ""},
	} {
		got, err := Parse(s)
		if err != nil || got != want {
			t.Errorf("Parse(%q): got %+v, %v, want %+v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "*", "arn", "arn:aws:iam::123456789012", "arn::iam:::x", "arn:aws::::x", "ARN:aws:iam:::x", " arn:aws:iam:::x"} {
		if got, err := Parse(s); err == nil {
			t.Errorf("Parse(%q): got %+v, want an error", s, got)
		}
	}
}

func TestARN_Name(t *testing.T) {
	t.Parallel()
	for resource, want := range map[string]string{"user/bob": "bob", "role/a/b/c": "c", "root": "root", "mfa/": "", "": ""} {
		if got := (ARN{Resource: resource}).Name(); got != want {
			t.Errorf("name of %q: got %q, want %q", resource, got, want)
		}
	}
}

func TestIsAccountID(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"123456789012": true, "000000000000": true, "12345678901": false, "1234567890123": false, "12345678901a": false, "": false, "１２３４": false,
	} {
		if got := IsAccountID(s); got != want {
			t.Errorf("IsAccountID(%q): got %t, want %t", s, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("arn:aws:iam::123456789012:user/bob")
	f.Add("arn:aws:lambda:eu-west-1:1:function:f:12")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		split := strings.Split(s, ":")
		if want := len(split) >= 6 && split[0] == "arn" && split[1] != "" && split[2] != ""; (err == nil) != want {
			t.Fatalf("Parse(%q): error %v, want one: %t", s, err, !want)
		}
		if err == nil && (a.String() != s || a.Resource != strings.Join(split[5:], ":")) {
			t.Errorf("Parse(%q) gives %+v, printed %q", s, a, a.String())
		}
	})
}
