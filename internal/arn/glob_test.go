package arn_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/arn"
)

// texts is every text over {a, é, c} of at most eight letters: enough for two patterns of at most four symbols,
// since a witness needs at most one letter for each symbol of both, and one letter that no pattern names.
var texts = func() []string {
	out, last := []string{""}, []string{""}
	for range 8 {
		var next []string
		for _, t := range last {
			for _, c := range "aéc" {
				next = append(next, t+string(c))
			}
		}
		out, last = append(out, next...), next
	}
	return out
}()

var drawPattern = rapid.StringOfN(rapid.SampledFrom([]rune("aé*?")), 0, 4, -1)

func TestCovers_brute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wide, narrow := drawPattern.Draw(t, "wide"), drawPattern.Draw(t, "narrow")
		covers, overlaps := true, false
		for _, s := range texts {
			w, n := arn.Match(wide, s), arn.Match(narrow, s)
			covers = covers && (w || !n)
			overlaps = overlaps || w && n
		}
		if got := arn.Covers(wide, narrow); got != covers {
			t.Errorf("Covers(%q, %q): got %v, want %v", wide, narrow, got, covers)
		}
		if got := arn.Overlaps(wide, narrow); got != overlaps {
			t.Errorf("Overlaps(%q, %q): got %v, want %v", wide, narrow, got, overlaps)
		}
	})
}

func BenchmarkCovers(b *testing.B) {
	for b.Loop() {
		arn.Covers("arn:aws:s3:::company-*-logs/*/2024/*", "arn:aws:s3:::company-prod-logs/eu/*/2024/part-?")
	}
}

func BenchmarkOverlaps(b *testing.B) {
	for b.Loop() {
		arn.Overlaps("arn:aws:s3:::company-*-logs/*/2024/*", "arn:aws:s3:::company-prod-*/eu/*/part-?")
	}
}
