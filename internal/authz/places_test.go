package authz

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// fits is what a pattern means, place by place: reach[j] says that the elements so far take s[:j].
func fits(es []element, s string, c *Context) bool {
	reach := make([]bool, len(s)+1)
	reach[0] = true
	for i := range es {
		next := make([]bool, len(s)+1)
		text, known := "", False
		if es[i].kind == literal || es[i].kind == variable {
			text, known = es[i].value(c)
		}
		for j, on := range reach {
			if !on {
				continue
			}
			switch {
			case es[i].kind == one:
				if j < len(s) {
					next[j+1] = true
				}
			case es[i].kind == star, es[i].kind == variable && known == Maybe:
				for k := j; k <= len(s); k++ {
					next[k] = true
				}
			case es[i].kind == bound:
				next[j] = true
				for k := j; k < len(s) && s[k] != ':'; k++ {
					next[k+1] = true
				}
			case strings.HasPrefix(s[j:], text):
				next[j+len(text)] = true
			}
		}
		reach = next
	}
	return reach[len(s)]
}

// drawnPattern is a pattern of few letters and many wildcards, and a text that it nearly or surely fits.
func drawnPattern(t *rapid.T) (es []element, s string, c *Context) {
	c = NewContext(true)
	c.Set("known", rapid.SampledFrom([]string{"", "a", "ab", "*"}).Draw(t, "value"))
	mode := patternMode{wildcards: true, variables: true, arn: rapid.Bool().Draw(t, "arn")}
	piece := rapid.SampledFrom([]string{"*", "*", "*?*", "**", "?", "a", "a", "b", "ab", "aab", ":", "a:", "${known}", "${unknown}", "${*}", "é", strings.Repeat("a", 150)})
	text := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pattern"), "")
	es = scan(text, mode)
	if mode.arn {
		(&pattern{elements: es}).bindStars()
	}
	filling := rapid.StringOfN(rapid.SampledFrom([]rune("aab:")), 0, 30, -1)
	if rapid.IntRange(0, 9).Draw(t, "long") == 0 {
		filling = rapid.Map(filling, func(s string) string { return strings.Repeat(s, 100) })
	}
	var fill strings.Builder
	for i := range es {
		switch e := &es[i]; e.kind {
		case star, bound:
			fill.WriteString(filling.Draw(t, "filling"))
		case one:
			fill.WriteString(rapid.SampledFrom([]string{"a", ":"}).Draw(t, "one"))
		case literal, variable:
			v, _ := e.value(c)
			fill.WriteString(v)
		}
	}
	b := []byte(fill.String())
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		if len(b) > 0 {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("ab:\x00\xff")).Draw(t, "byte")
		}
	}
	return es, string(b), c
}

// TestMatch_brute holds every way in which a pattern is matched to its meaning, and the canonical form to the form
// that was written.
func TestMatch_brute(t *testing.T) {
	t.Parallel()
	var fit, long atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		es, s, c := drawnPattern(t)
		want := fits(es, s, c)
		if got := matchAll(es, s, c); got != want {
			t.Fatalf("matchAll(%v, %q): %t, want %t", es, s, got, want)
		}
		p := pattern{elements: canonical(append([]element(nil), es...))}
		if len(p.elements) > len(es) {
			t.Fatalf("%v became %v", es, p.elements)
		}
		if got := fits(p.elements, s, c); got != want {
			t.Fatalf("%v on %q: %t, and %t as %v", es, s, want, got, p.elements)
		}
		if got := matchAll(p.elements, s, c); got != want {
			t.Fatalf("matchAll(%v, %q): %t, want %t", p.elements, s, got, want)
		}
		for _, e := range p.elements {
			p.bound, p.dynamic = p.bound || e.kind == bound, p.dynamic || e.kind == variable
		}
		p.ends = starAndLiteral(p.elements)
		if len(p.elements) > 0 && len(p.elements)*len(s) <= matchWork && len(s) <= maxMatched {
			whole := TruthOf(want)
			if p.dynamic && p.resolvable(c) == Maybe {
				whole = whole.And(Maybe)
			}
			if got := p.match(s, c); got != whole {
				t.Fatalf("match(%v, %q): %v, want %v", p.elements, s, got, whole)
			}
		}
		if !p.bound && p.resolvable(c) == True {
			if got := matchLinear(p.elements, s, c); got != Maybe && got != TruthOf(want) {
				t.Fatalf("matchLinear(%v, %q): %v, want %t", p.elements, s, got, want)
			}
		}
		if want {
			fit.Add(1)
		}
		if len(s) > 2048 {
			long.Add(1)
		}
	})
	t.Logf("%d fit, %d are longer than an ARN", fit.Load(), long.Load())
	if fit.Load() == 0 {
		t.Error("want some that fit")
	}
}

// TestMatch_words holds matching to the meaning of patterns for texts of each length around one, two and 32 words of
// bits, which the walk with one place gives up in part.
func TestMatch_words(t *testing.T) {
	t.Parallel()
	cases, gaveUp := 0, 0
	judge := func(es []element, text string) {
		want := fits(es, text, nil)
		cases++
		if got := matchAll(es, text, nil); got != want {
			t.Errorf("matchAll(%v, %q): %t, want %t", es, text, got, want)
		}
		if slices.ContainsFunc(es, func(e element) bool { return e.kind == bound }) {
			return
		}
		got := matchLinear(es, text, nil)
		if got == Maybe {
			gaveUp++
		} else if got != TruthOf(want) {
			t.Errorf("matchLinear(%v, %q): %v, want %t", es, text, got, want)
		}
	}
	for _, words := range []int{0, 1, 2, 32} {
		for n := max(0, 64*words-2); n <= 64*words+2; n++ {
			for _, text := range []string{strings.Repeat("a", n), strings.Repeat("ab:", n)[:n], strings.Repeat("a", max(0, n-1)) + ":"[:min(n, 1)]} {
				for _, p := range []string{"a*b*:*a", "*a?b*", "*?a?*?:", "*a*a*", "??*a", "*aab", "*", "*\x00", "*?", "?*?"} {
					free := scan(p, patternMode{wildcards: true})
					bounds := slices.Clone(free)
					for i := range bounds {
						if bounds[i].kind == star {
							bounds[i].kind = bound
						}
					}
					judge(free, text)
					judge(bounds, text)
				}
			}
		}
	}
	t.Logf("%d cases; one place was not enough in %d", cases, gaveUp)
	if gaveUp == 0 {
		t.Error("want some that the walk with one place gives up")
	}
}

// TestWhere: the planes tell each byte from every other.
func TestWhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		block := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "block")
		p := places{text: string(block), here: make([]uint64, 2), inPart: make([]uint64, 2), planes: make([][8]uint64, 2)}
		p.lay()
		for b := range 256 {
			for i, c := range block {
				if got := where(&p.planes[0], byte(b))>>i&1 == 1; got != (c == byte(b)) {
					t.Fatalf("byte %d at %d is %d: %t", b, i, c, got)
				}
			}
		}
	})
}

// TestMatch_long: a text beyond 16 KiB is decided where its ends tell, and unknown elsewhere.
func TestMatch_long(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", maxMatched+1)
	for text, want := range map[string]Truth{
		"a*": True, "*a": True, "*": True, "b*": False, "*b": False, "b*?": False, "a*b": False, long: True,
		"a*a": Maybe, "*a*": Maybe, "?*": Maybe, "a*${none}": Maybe,
	} {
		p := compilePattern(text, patternMode{wildcards: true, variables: true})
		if got := p.match(long, nil); got != want {
			t.Errorf("%.10s: %v, want %v", text, got, want)
		}
	}
}
