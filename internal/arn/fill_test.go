package arn_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/arn"
)

func TestFitting(t *testing.T) {
	t.Parallel()
	const role = "arn:aws:iam::999999999999:role/"
	for pattern, want := range map[string]string{
		"*":                                     role,
		"*:role/deploy":                         role + "deploy",
		"arn:aws:iam::*:role/deploy":            role + "deploy",
		"arn:*:iam::9*:role/app-*-?":            role + "app-any-q",
		"arn:aws:iam::*:*/deploy":               role + "deploy",
		"*role/x*":                              role + "xany",
		"arn:aws:iam::*":                        role,
		"arn:aws:iam::????????????:role/deploy": role + "deploy",
		"arn:aws:iam::*:user/deploy":            role + ":user/deploy", // no ARN, but a text that fits
		"arn:aws:iam::111111111111:role/deploy": "",
		"":                                      "",
	} {
		if got, ok := arn.Fitting(pattern, role, "any"); got != want || ok != (want != "") {
			t.Errorf("Fitting(%q): got %q, %v, want %q", pattern, got, ok, want)
		}
	}
}

// TestFitting_fits: what is found fits both, and where nothing is found no text of the brute force's does.
func TestFitting_fits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern, prefix := drawPattern.Draw(t, "pattern"), rapid.SampledFrom([]string{"", "a", "é", "aé", "ca", "aaé"}).Draw(t, "prefix")
		got, ok := arn.Fitting(pattern, prefix, "a")
		if ok && (!arn.Match(pattern, got) || len(got) < len(prefix) || got[:len(prefix)] != prefix) {
			t.Errorf("Fitting(%q, %q) is %q, which does not fit", pattern, prefix, got)
		}
		if !ok && arn.Overlaps(pattern, prefix+"*") {
			t.Errorf("Fitting(%q, %q) finds nothing", pattern, prefix)
		}
	})
}

func TestAccountLike(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"*": "999999999999", "1*": "199999999999", "*2": "999999999992", "1*2*3": "199999999923", "11111111111?": "111111111119",
		"111111111111": "111111111111", "1111111111111": "", "x*": "", "": "",
	} {
		if got, ok := arn.AccountLike(pattern); ok != (want != "") || ok && got != want {
			t.Errorf("AccountLike(%q): got %q, %v, want %q", pattern, got, ok, want)
		}
	}
}
