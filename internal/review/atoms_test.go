package review

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fit decides one text by brute force, apart from the atomizer and from overlaps.
func fit(g glob, text string) bool {
	if len(g) == 0 {
		return text == ""
	}
	if g[0].many() && fit(g[1:], text) {
		return true
	}
	if text == "" || !g[0].takes(text[0]) {
		return false
	}
	if g[0].many() {
		return fit(g, text[1:])
	}
	return fit(g[1:], text[1:])
}

// texts are all texts over an alphabet up to a length.
func texts(alphabet string, most int) []string {
	all, last := []string{""}, []string{""}
	for range most {
		var next []string
		for _, t := range last {
			for _, b := range alphabet {
				next = append(next, t+string(b))
			}
		}
		all, last = append(all, next...), next
	}
	return all
}

var symbols = rapid.SampledFrom([]symbol{{byte: 'a'}, {byte: 'b'}, {byte: ':'}, {kind: one}, {kind: star}, {kind: onePart}, {kind: part}, {kind: fold, byte: 'a'}, {kind: open}})

// TestAtomizer_property: the atoms are just those that short texts show.
func TestAtomizer_property(t *testing.T) {
	t.Parallel()
	short := texts("abA:x", 5)
	rapid.Check(t, func(t *rapid.T) {
		globs := func(n int, label string) []glob {
			var out []glob
			for range n {
				out = append(out, rapid.SliceOfN(symbols, 0, 4).Draw(t, label))
			}
			return out
		}
		domain := glob{{kind: star}}
		if rapid.Bool().Draw(t, "narrow") {
			domain = globs(1, "domain")[0]
		}
		except, patterns := globs(rapid.IntRange(0, 1).Draw(t, "excepts"), "except"), globs(rapid.IntRange(1, 3).Draw(t, "patterns"), "pattern")
		steps := 1_000_000
		found := newAtoms(len(patterns), len(patterns))
		z := newAtomizer(except, owned(patterns), found, newBudget(steps))
		if !z.walk(domain) {
			t.Fatalf("not within a million steps: %v", patterns)
		}
		want := map[string]bool{}
		for _, text := range short {
			if fit(domain, text) && !slices.ContainsFunc(except, func(g glob) bool { return fit(g, text) }) {
				want[vector(patterns, text)] = true
			}
		}
		for _, a := range found.all {
			text := a.texts[0]
			if got := vector(patterns, text); got != a.fits || !fit(domain, text) {
				t.Fatalf("%q fits %s, not %s", text, got, a.fits)
			}
			if slices.ContainsFunc(except, func(g glob) bool { return fit(g, text) }) {
				t.Fatalf("%q is excepted", text)
			}
			delete(want, a.fits)
		}
		if len(want) > 0 {
			t.Fatalf("missing %v of %v in %v without %v", want, patterns, domain, except)
		}
	})
}

// owned gives each pattern an owner of its own.
func owned(globs []glob) []pattern {
	var out []pattern
	for i, g := range globs {
		out = append(out, pattern{g, []int{i}})
	}
	return out
}

func vector(patterns []glob, text string) string {
	var b strings.Builder
	for _, g := range patterns {
		if fit(g, text) {
			b.WriteByte('1')
		} else {
			b.WriteByte('0')
		}
	}
	return b.String()
}

// TestOverlaps_property holds overlaps against brute force. Two globs of four symbols that meet do so in some text
// of six bytes at most: where both have a star, three are letters in each. Other letters than these fit nothing more.
func TestOverlaps_property(t *testing.T) {
	t.Parallel()
	short := texts("ab:", 6)
	rapid.Check(t, func(t *rapid.T) {
		a, b := glob(rapid.SliceOfN(symbols, 0, 4).Draw(t, "a")), glob(rapid.SliceOfN(symbols, 0, 4).Draw(t, "b"))
		want := slices.ContainsFunc(short, func(text string) bool { return fit(a, text) && fit(b, text) })
		if got := overlaps(a, b); got != want {
			t.Fatalf("overlaps(%v, %v) = %t", a, b, got)
		}
	})
}

func TestAtomizer_resources(t *testing.T) {
	t.Parallel()
	steps := 1_000_000
	bucket := typePattern{"arn:${Partition}:s3:::${BucketName}", true}
	domain := templateGlob(bucket.template, true)
	found := newAtoms(3, 3)
	z := newAtomizer(bucket.except(), owned([]glob{
		resourceGlob("arn:aws:s3:::b*"), resourceGlob("arn:aws:s3:::b/*"), resourceGlob("arn:aws:s3:::*log"),
	}), found, newBudget(steps))
	z.try(domain, "arn:aws:s3:::example")
	z.try(domain, "arn:aws:s3:::example/example")
	z.try(domain, "arn:aws:s3:::bucket")
	if !z.walk(domain) {
		t.Fatal("budget")
	}
	var got []string
	for _, a := range found.all {
		got = append(got, a.fits+" "+strings.Join(a.texts, " "))
	}
	slices.Sort(got)
	want := []string{"000 arn:aws:s3:::example", "001 arn:aws:s3:::log", "100 arn:aws:s3:::bucket", "101 arn:aws:s3:::blog"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAtomizer_budget: a hostile list ends early and says so.
func TestAtomizer_budget(t *testing.T) {
	t.Parallel()
	var patterns []glob
	for i := range 40 {
		patterns = append(patterns, resourceGlob(fmt.Sprintf("*%c*%c*", 'a'+i%26, 'b'+i%20)))
	}
	steps := 100_000
	found := newAtoms(len(patterns), len(patterns))
	z := newAtomizer(nil, owned(patterns), found, newBudget(steps))
	if z.walk(glob{{kind: star}}) {
		t.Error("forty wild patterns are said to be done")
	}
	if len(found.all) < 2 {
		t.Error("nothing was found on the way")
	}
}
