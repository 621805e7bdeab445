package glob

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fit decides one text by brute force, apart from the atomizer and from overlaps.
func fit(g Glob, text string) bool {
	if len(g) == 0 {
		return text == ""
	}
	if g[0].Many() && fit(g[1:], text) {
		return true
	}
	if text == "" || !g[0].takes(text[0]) {
		return false
	}
	if g[0].Many() {
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

var symbols = rapid.SampledFrom([]Symbol{{Byte: 'a'}, {Byte: 'b'}, {Byte: ':'}, {Kind: One}, {Kind: Star}, {Kind: OnePart}, {Kind: Part}, {Kind: fold, Byte: 'a'}, {Kind: Open}})

// TestAtomizer_property: the atoms are just those that short texts show.
func TestAtomizer_property(t *testing.T) {
	t.Parallel()
	short := texts("abA:x", 5)
	rapid.Check(t, func(t *rapid.T) {
		globs := func(n int, label string) []Glob {
			var out []Glob
			for range n {
				out = append(out, rapid.SliceOfN(symbols, 0, 4).Draw(t, label))
			}
			return out
		}
		domain := Glob{{Kind: Star}}
		if rapid.Bool().Draw(t, "narrow") {
			domain = globs(1, "domain")[0]
		}
		except, patterns := globs(rapid.IntRange(0, 1).Draw(t, "excepts"), "except"), globs(rapid.IntRange(1, 3).Draw(t, "patterns"), "pattern")
		steps := 1_000_000
		found := NewAtoms(len(patterns), len(patterns))
		z := NewAtomizer(except, ownedEach(patterns), found, NewBudget(steps))
		if !z.Walk(domain) {
			t.Fatalf("not within a million steps: %v", patterns)
		}
		want := map[string]bool{}
		for _, text := range short {
			if fit(domain, text) && !slices.ContainsFunc(except, func(g Glob) bool { return fit(g, text) }) {
				want[vector(patterns, text)] = true
			}
		}
		for _, a := range found.All {
			text := a.Texts[0]
			if got := vector(patterns, text); got != a.Fits || !fit(domain, text) {
				t.Fatalf("%q fits %s, not %s", text, got, a.Fits)
			}
			if slices.ContainsFunc(except, func(g Glob) bool { return fit(g, text) }) {
				t.Fatalf("%q is excepted", text)
			}
			delete(want, a.Fits)
		}
		if len(want) > 0 {
			t.Fatalf("missing %v of %v in %v without %v", want, patterns, domain, except)
		}
	})
}

// ownedEach gives each pattern an owner of its own.
func ownedEach(globs []Glob) []Owned {
	var out []Owned
	for i, g := range globs {
		out = append(out, Owned{g, []int{i}})
	}
	return out
}

func vector(patterns []Glob, text string) string {
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
		a, b := Glob(rapid.SliceOfN(symbols, 0, 4).Draw(t, "a")), Glob(rapid.SliceOfN(symbols, 0, 4).Draw(t, "b"))
		want := slices.ContainsFunc(short, func(text string) bool { return fit(a, text) && fit(b, text) })
		if got := Overlaps(a, b); got != want {
			t.Fatalf("overlaps(%v, %v) = %t", a, b, got)
		}
	})
}

// TestAtomizer_budget: a hostile list ends early and says so.
func TestAtomizer_budget(t *testing.T) {
	t.Parallel()
	var patterns []Glob
	for i := range 40 {
		patterns = append(patterns, Resource(fmt.Sprintf("*%c*%c*", 'a'+i%26, 'b'+i%20)))
	}
	steps := 100_000
	found := NewAtoms(len(patterns), len(patterns))
	z := NewAtomizer(nil, ownedEach(patterns), found, NewBudget(steps))
	if z.Walk(Glob{{Kind: Star}}) {
		t.Error("forty wild patterns are said to be done")
	}
	if len(found.All) < 2 {
		t.Error("nothing was found on the way")
	}
}
