package arn

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, s  string
		match, fold bool
	}{
		{"", "", true, true},
		{"", "a", false, false},
		{"*", "", true, true},
		{"?", "", false, false},
		{"s3:Get*", "s3:GetObject", true, true},
		{"S3:get*", "s3:GetObject", false, true},
		{"s3:*Object", "s3:PutObjectAcl", false, false},
		{"*:*", "s3:GetObject", true, true},
		{"s3:Get?bject", "s3:GetObject", true, true},
		{"arn:aws:s3:::b*", "arn:aws:s3:::bad/key", true, true},
		{"arn:aws:s3:::b", "arn:aws:s3:::b/key", false, false},
		{"arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/a/b", true, true},
		{"a.c", "abc", false, false},
		{"[ab]", "a", false, false},
		{"a+", "aa", false, false},
		{"?", "é", true, true},
		{"??", "é", false, false},
		{"*??", "日", false, false},
		{"*é*", "cafés", true, true},
		{"É", "é", false, false}, // only ASCII letters fold
	}
	for _, tt := range tests {
		if got := Match(tt.pattern, tt.s); got != tt.match {
			t.Errorf("Match(%q, %q): got %t, want %t", tt.pattern, tt.s, got, tt.match)
		}
		if got := MatchFold(tt.pattern, tt.s); got != tt.fold {
			t.Errorf("MatchFold(%q, %q): got %t, want %t", tt.pattern, tt.s, got, tt.fold)
		}
	}
}

// brute is the definition of the wildcard, tried in every way.
func brute(pattern, s []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(s) == 0
	case pattern[0] == '*':
		return brute(pattern[1:], s) || len(s) > 0 && brute(pattern, s[1:])
	case len(s) == 0:
		return false
	default:
		return (pattern[0] == '?' || pattern[0] == s[0]) && brute(pattern[1:], s[1:])
	}
}

// words are all texts over the letters of at most n letters.
func words(letters string, n int) []string {
	all, last := []string{""}, []string{""}
	for range n {
		var next []string
		for _, w := range last {
			for _, r := range letters {
				next = append(next, w+string(r))
			}
		}
		all, last = append(all, next...), next
	}
	return all
}

func TestMatch_exhaustive(t *testing.T) {
	t.Parallel()
	cases := 0
	texts := words("aé", 5)
	for _, pattern := range words("aé*?", 5) {
		for _, s := range texts {
			cases++
			if got, want := Match(pattern, s), brute([]rune(pattern), []rune(s)); got != want {
				t.Errorf("Match(%q, %q): got %t, want %t", pattern, s, got, want)
			}
		}
	}
	t.Logf("%d cases", cases)
}

func TestMatch_properties(t *testing.T) {
	t.Parallel()
	letters := rapid.SampledFrom([]rune("aAbB:/-é日*?"))
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(letters, 0, 12, -1).Draw(t, "pattern")
		s := rapid.StringOfN(letters, 0, 16, -1).Draw(t, "s")
		if got, want := Match(pattern, s), brute([]rune(pattern), []rune(s)); got != want {
			t.Errorf("Match(%q, %q): got %t, want %t", pattern, s, got, want)
		}
		if got, want := MatchFold(pattern, s), Match(lowered(pattern), lowered(s)); got != want {
			t.Errorf("MatchFold(%q, %q): got %t, and %t in lower case", pattern, s, got, want)
		}
		if !Match(strings.Repeat("?", utf8.RuneCountInString(s)), s) || !Match(s, s) || !Match("*"+pattern, s+pattern) {
			t.Errorf("%q with %q: a text must match itself, its length in ?, and * before itself", pattern, s)
		}
	})
}

func lowered(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func FuzzMatch(f *testing.F) {
	f.Add("s3:Get*", "s3:GetObject")
	f.Add("*a*b?", "xaybz\xff")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !utf8.ValidString(pattern) || len(pattern) > 300 {
			return // regexp has no such expressions
		}
		quoted := regexp.QuoteMeta(lowered(pattern))
		expr := regexp.MustCompile(`\A(?s:` + strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted) + `)\z`)
		// An invalid byte of s equals U+FFFD of a pattern in regexp's eyes only.
		if strings.ContainsRune(pattern, utf8.RuneError) && !utf8.ValidString(s) {
			return
		}
		if got, want := MatchFold(pattern, s), expr.MatchString(lowered(s)); got != want {
			t.Errorf("MatchFold(%q, %q): got %t, and %s says %t", pattern, s, got, expr, want)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for name, bm := range map[string]struct{ pattern, s string }{
		"action":  {"s3:Get*", "s3:GetObjectVersion"},
		"role":    {"arn:aws:iam::*:role/service-role/*", "arn:aws:iam::123456789012:role/service-role/lambda"},
		"hostile": {strings.Repeat("a*", 500) + "b", strings.Repeat("a", 2000)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Match(bm.pattern, bm.s)
			}
		})
	}
}
