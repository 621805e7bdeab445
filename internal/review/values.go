package review

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// value is what a request may carry for a condition key.
type value struct {
	texts  []string
	many   bool
	absent bool
}

// candidates gathers values of one key that its conditions tell apart: for each way to answer all of them, one.
type candidates struct {
	texts    []string
	fold     bool // letter case may matter: try another
	patterns []pattern
	owners   int // conditions
	free     int // of them with a pattern
	numbers  []float64
	dates    bool
	prefixes []netip.Prefix
	set      bool // a set operator asks for many values
	complete bool
	steps    *int
}

// valuesOf are the values of a key to be tried, the simplest first, and whether they are all that matter.
// resolve puts values in place of policy variables.
func valuesOf(key string, conditions []*policy.Condition, resolve func(string) string, steps *int) (values []value, complete bool) {
	c := candidates{complete: true, steps: steps}
	for _, condition := range conditions {
		before := len(c.patterns)
		c.condition(condition, resolve)
		if len(c.patterns) > before {
			c.free++
		}
		c.owners++
	}
	single := c.singles()
	if k, known := iamref.Key(key); c.set && (!known || k.Many) {
		return c.sets(single), c.complete
	}
	values = append(values, value{absent: true})
	for _, text := range single {
		values = append(values, value{texts: []string{text}})
	}
	return values, c.complete
}

func (c *candidates) condition(condition *policy.Condition, resolve func(string) string) {
	o := parseOperator(condition.Operator)
	c.set = c.set || o.set != ""
	for _, v := range condition.Values {
		text := resolve(v.Text)
		switch {
		case !o.known || o.name == "Null":
		case o.values == iamref.StringKey && o.plain:
			plain := strings.NewReplacer("${*}", "*", "${?}", "?", "${$}", "$").Replace(text)
			c.texts = append(c.texts, plain)
			c.pattern(plainGlob(plain))
			c.fold = c.fold || strings.HasSuffix(o.name, "IgnoreCase")
		case o.values == iamref.StringKey:
			c.texts = append(c.texts, filledText(text))
			c.pattern(likeGlob(text, 0))
		case o.values == iamref.ARNKey:
			c.texts = append(c.texts, filled(text, exampleName))
			c.pattern(arnGlob(text))
		default:
			c.typed(o, text)
		}
	}
}

// pattern takes a glob of the present condition.
func (c *candidates) pattern(g glob) { c.patterns = append(c.patterns, pattern{g, []int{c.owners}}) }

// typed takes a value that is not text.
func (c *candidates) typed(o operator, text string) {
	switch o.values {
	case iamref.BoolKey:
		c.texts = append(c.texts, "true", "false")
	case iamref.NumericKey:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			c.numbers = append(c.numbers, n)
		}
	case iamref.DateKey:
		if n, ok := seconds(text); ok {
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
	default: // Binary
		c.texts = append(c.texts, text)
	}
}

// singles are the texts to be tried.
func (c *candidates) singles() []string {
	anything := glob{{kind: star}}
	found := newAtoms(c.owners, c.free)
	z := newAtomizer(nil, c.patterns, found, c.steps)
	if len(c.patterns) > 0 {
		for _, text := range append([]string{exampleName}, c.texts...) {
			z.try(anything, text)
		}
		c.complete = z.walk(anything) && c.complete
	}
	var out []string
	add := func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, a := range found.all {
		add(a.texts[0])
	}
	for _, text := range c.texts {
		add(text)
		if c.fold {
			add(strings.ToUpper(text))
			add(strings.ToLower(text))
		}
	}
	for _, text := range c.around() {
		add(text)
	}
	for _, text := range c.addresses() {
		add(text)
	}
	add(exampleName)
	return out
}

// around are the numbers, and those between them and beyond.
func (c *candidates) around() []string {
	slices.Sort(c.numbers)
	numbers := slices.Compact(c.numbers)
	var all []float64
	for i, n := range numbers {
		if i == 0 {
			all = append(all, n-1)
		}
		next := n + 2
		if i+1 < len(numbers) {
			next = numbers[i+1]
		}
		all = append(all, n, n+(next-n)/2)
	}
	var out []string
	for _, n := range all {
		if c.dates && n == math.Trunc(n) && math.Abs(n) < 1e11 {
			out = append(out, time.Unix(int64(n), 0).UTC().Format(time.RFC3339))
			continue
		}
		out = append(out, strconv.FormatFloat(n, 'f', -1, 64))
	}
	return out
}

// seconds reads a date as package authz does.
func seconds(text string) (float64, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return float64(t.UnixNano()) / 1e9, true
		}
	}
	return 0, false
}

// addresses are the first address of each range, the one behind its last, and one of no range that was named.
func (c *candidates) addresses() []string {
	if len(c.prefixes) == 0 {
		return nil
	}
	out := []string{"192.0.2.1"}
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

// sets are the sets of texts to be tried: all, where they are few.
func (c *candidates) sets(single []string) []value {
	const few = 5
	out := []value{{absent: true}, {many: true}}
	if len(single) <= few {
		for bits := 1; bits < 1<<len(single); bits++ {
			v := value{many: true}
			for i, text := range single {
				if bits>>i&1 == 1 {
					v.texts = append(v.texts, text)
				}
			}
			out = append(out, v)
		}
		slices.SortStableFunc(out, func(a, b value) int { return len(a.texts) - len(b.texts) })
		return out
	}
	c.complete = false
	for i, text := range single {
		out = append(out, value{many: true, texts: []string{text}}, value{many: true, texts: []string{text, single[(i+1)%len(single)]}})
	}
	return append(out, value{many: true, texts: single})
}

func plainGlob(text string) glob {
	g := make(glob, len(text))
	for i := range len(text) {
		g[i] = symbol{byte: text[i]}
	}
	return g
}

// likeGlob reads a StringLike pattern; ${*} and its like are the characters themselves. In ARN patterns a star
// stops at each of the first five colons.
func likeGlob(text string, bound int) glob {
	var g glob
	colons := 0
	for text != "" {
		if isEscape(text) {
			g = append(g, symbol{byte: text[2]})
			text = text[len("${*}"):]
			continue
		}
		s := symbol{byte: text[0]}
		switch text[0] {
		case '?':
			s.kind = one
		case '*':
			s.kind = star
		case ':':
			colons++
		}
		if colons < bound && s.kind == star {
			s.kind = part
		}
		if colons < bound && s.kind == one {
			s.kind = onePart
		}
		g = append(g, s)
		text = text[1:]
	}
	return g
}

// arnGlob reads a value of an ARN operator: six parts, compared one by one.
func arnGlob(text string) glob {
	if text == "*" {
		return glob{{kind: star}}
	}
	return likeGlob(text, 5)
}

func filledText(pattern string) string {
	plain := strings.NewReplacer("${*}", "*", "${?}", "?", "${$}", "$", "*", exampleName, "?", "x")
	return plain.Replace(pattern)
}
