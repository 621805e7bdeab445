package arn_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/arn"
)

func TestFields(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text      string
		variables bool
		want      []string
	}{
		{"arn:aws:sns:*:111122223333:a:b", true, []string{"arn", "aws", "sns", "*", "111122223333", "a:b"}},
		{"arn:aws:sns:*:${aws:PrincipalAccount}:*", true, []string{"arn", "aws", "sns", "*", "${aws:PrincipalAccount}", "*"}},
		{"arn:aws:sns:*:${aws:PrincipalAccount}:*", false, []string{"arn", "aws", "sns", "*", "${aws", "PrincipalAccount}:*"}},
		{"arn:aws:s3:::b/${aws:username}", true, []string{"arn", "aws", "s3", "", "", "b/${aws:username}"}},
		{"arn:${aws:a", true, []string{"arn", "${aws", "a"}},
		{"", true, []string{""}},
		{"arn:aws", true, []string{"arn", "aws"}},
	} {
		if got := arn.Fields(tt.text, tt.variables); !slices.Equal(got, tt.want) {
			t.Errorf("%s (%t): %q, want %q", tt.text, tt.variables, got, tt.want)
		}
	}
}

// TestFields_whole: the parts make the text again, and without variables they are those of strings.SplitN.
func TestFields_whole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune(":${}a*"))).Draw(t, "text")
		if got := strings.Join(arn.Fields(text, true), ":"); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		if got := arn.Fields(text, false); !slices.Equal(got, strings.SplitN(text, ":", 6)) {
			t.Fatalf("%q: %q", text, got)
		}
	})
}
