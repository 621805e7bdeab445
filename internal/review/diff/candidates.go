package diff

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// candidates gathers texts that some conditions on one key tell apart: for each way to answer all of them, one.
type candidates struct {
	tries    []string // texts that people understand, which come before those that are found
	patterns []glob.Owned
	owners   int // conditions, and factors behind them
	free     int // of them with a pattern
	numbers  []float64
	dates    bool
	prefixes []netip.Prefix
	complete bool
	budget   *glob.Budget
}

// candidatesOf reads conditions on one key, given the values of variables. Factors are globs that matter beside
// them, where the key is a variable.
func candidatesOf(conditions []located, fixed *settings, factors []glob.Glob, b *glob.Budget) *candidates {
	c := &candidates{complete: true, budget: b}
	for _, l := range conditions {
		before := len(c.patterns)
		c.condition(l, fixed)
		if len(c.patterns) > before {
			c.free++
		}
		c.owners++
	}
	for _, g := range factors {
		c.pattern(g)
		c.owners++
		c.free++
	}
	kinds := 0
	for _, n := range []int{len(c.patterns), len(c.numbers), len(c.prefixes)} {
		kinds += min(n, 1)
	}
	c.complete = c.complete && kinds <= 1
	return c
}

func (c *candidates) condition(l located, fixed *settings) {
	o := element.ParseOperator(l.Operator)
	if !o.Known || o.Name == "Null" {
		return
	}
	for _, v := range l.Values {
		switch o.Values {
		case iamref.NumericKey, iamref.DateKey, iamref.IPKey:
			c.typed(o, v.Text)
			continue
		}
		g, ok := operandGlob(o, v.Text, l.modern, fixed)
		if !ok {
			continue
		}
		c.tries = append(c.tries, filled(g, exampleName))
		if o.Values == iamref.BoolKey {
			c.tries = append(c.tries, "true", "false")
		}
		c.pattern(g)
	}
}

// pattern takes a glob of the present condition.
func (c *candidates) pattern(g glob.Glob) {
	c.patterns = append(c.patterns, glob.Owned{Glob: g, Owners: []int{c.owners}})
}

// typed takes a value that is not compared as text.
func (c *candidates) typed(o element.Operator, text string) {
	switch o.Values {
	case iamref.NumericKey:
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(n) {
			c.numbers = append(c.numbers, n)
		}
	case iamref.DateKey:
		if n, ok := authz.ParseDate(text); ok && !math.IsNaN(n) {
			c.numbers = append(c.numbers, n)
			c.dates = true
		}
	case iamref.IPKey:
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, bad := netip.ParseAddr(text)
			if bad != nil {
				return
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		c.prefixes = append(c.prefixes, p.Masked())
	}
}

// operandGlob reads a value of a condition that compares text; false: nothing fits it.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
func operandGlob(o element.Operator, text string, modern bool, fixed *settings) (glob.Glob, bool) {
	switch {
	case o.Values == iamref.BoolKey:
		return glob.FoldCase(glob.Plain(text)), strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case o.Values == iamref.StringKey && o.Plain:
		g, ok := glob.ReadLiteral(text, modern, fixed)
		if strings.HasSuffix(o.Name, "IgnoreCase") {
			g = glob.FoldCase(g)
		}
		return g, ok
	case o.Values == iamref.StringKey:
		return glob.ReadPattern(text, modern, fixed)
	case o.Values == iamref.ARNKey:
		return glob.ReadARN(text, modern, fixed)
	}
	return glob.Plain(text), true // Binary
}

// singles are the texts to be tried. For a variable, texts with a byte that no pattern names are preferred: they meet no
// other pattern by accident.
func (c *candidates) singles(isVariable bool) []string {
	found := glob.NewAtoms(c.owners, c.free)
	if len(c.patterns) > 0 {
		z := glob.NewAtomizer(nil, c.patterns, found, c.budget)
		for _, text := range append(c.tries, exampleName) {
			z.Try(glob.Anything(), text)
		}
		if isVariable {
			z.Walk(glob.Glob{{Kind: glob.Star}, {Byte: z.FreshByte()}, {Kind: glob.Star}})
		}
		c.complete = z.Walk(glob.Anything()) && c.complete
	}
	var out []string
	add := func(texts ...string) {
		for _, text := range texts {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	for _, a := range found.All {
		add(a.Texts[0])
	}
	add(c.around()...)
	add(c.addresses()...)
	if len(c.patterns) == 0 {
		add(append(slices.Clip(c.tries), exampleName)...)
	}
	return out
}

// around are the numbers, and those between them and beyond.
func (c *candidates) around() []string {
	slices.Sort(c.numbers)
	numbers := slices.Compact(c.numbers)
	var all []float64
	for i, n := range numbers {
		if i == 0 {
			all = append(all, min(n-1, math.Nextafter(n, math.Inf(-1))))
		}
		next := max(n+2, math.Nextafter(n, math.Inf(1)))
		if i+1 < len(numbers) {
			next = numbers[i+1]
		}
		all = append(all, n, n+(next-n)/2)
		if i+1 == len(numbers) {
			all = append(all, next)
		}
	}
	var out []string
	for _, n := range all {
		if c.dates && n == math.Trunc(n) && math.Abs(n) < 1e11 {
			out = append(out, time.Unix(int64(n), 0).UTC().Format(time.RFC3339))
		}
		out = append(out, strconv.FormatFloat(n, 'f', -1, 64))
	}
	return out
}

// addresses are the first address of each range, the one behind its last, and one of no range that was named. They are
// enough: the part of a range that is in none of the ranges within it begins where the range does, or behind one of those.
func (c *candidates) addresses() []string {
	if len(c.prefixes) == 0 {
		return nil
	}
	out := []string{"192.0.2.1", "0.0.0.0"}
	for _, p := range c.prefixes {
		out = append(out, p.Addr().String())
		if next := lastOf(p).Next(); next.IsValid() {
			out = append(out, next.String())
		}
		if p.Addr().Is6() {
			out = append(out, "2001:db8::1")
		}
	}
	return out
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
