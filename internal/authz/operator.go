package authz

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/arn"
)

// quantifier is the set operator of a condition.
type quantifier uint8

const (
	single quantifier = iota
	forAll
	forAny
)

// family is how values of an operator are compared.
type family uint8

const (
	familyNone family = iota // an operator that we do not know: whether it is true nobody can say
	familyString
	familyStringFold
	familyLike
	familyARN
	familyNumeric
	familyDate
	familyBool
	familyBinary
	familyIP
	familyNull
)

// order is what a numeric or date operator asks.
type order uint8

const (
	equal order = iota
	less
	lessEqual
	greater
	greaterEqual
)

// operator is a condition operator taken apart. Source: IAM User Guide, "Condition operators".
type operator struct {
	set      quantifier
	family   family
	order    order
	negated  bool
	ifExists bool
}

var operators = map[string]operator{
	"stringequals":              {family: familyString},
	"stringnotequals":           {family: familyString, negated: true},
	"stringequalsignorecase":    {family: familyStringFold},
	"stringnotequalsignorecase": {family: familyStringFold, negated: true},
	"stringlike":                {family: familyLike},
	"stringnotlike":             {family: familyLike, negated: true},
	"arnequals":                 {family: familyARN},
	"arnlike":                   {family: familyARN},
	"arnnotequals":              {family: familyARN, negated: true},
	"arnnotlike":                {family: familyARN, negated: true},
	"numericequals":             {family: familyNumeric},
	"numericnotequals":          {family: familyNumeric, negated: true},
	"numericlessthan":           {family: familyNumeric, order: less},
	"numericlessthanequals":     {family: familyNumeric, order: lessEqual},
	"numericgreaterthan":        {family: familyNumeric, order: greater},
	"numericgreaterthanequals":  {family: familyNumeric, order: greaterEqual},
	"dateequals":                {family: familyDate},
	"datenotequals":             {family: familyDate, negated: true},
	"datelessthan":              {family: familyDate, order: less},
	"datelessthanequals":        {family: familyDate, order: lessEqual},
	"dategreaterthan":           {family: familyDate, order: greater},
	"dategreaterthanequals":     {family: familyDate, order: greaterEqual},
	"bool":                      {family: familyBool},
	"binaryequals":              {family: familyBinary},
	"ipaddress":                 {family: familyIP},
	"notipaddress":              {family: familyIP, negated: true},
	"null":                      {family: familyNull},
}

// parseOperator reads an operator as written, ignoring letter case.
func parseOperator(text string) operator {
	name := strings.ToLower(text)
	set := single
	if rest, ok := strings.CutPrefix(name, "forallvalues:"); ok {
		name, set = rest, forAll
	} else if rest, ok := strings.CutPrefix(name, "foranyvalue:"); ok {
		name, set = rest, forAny
	}
	name, ifExists := strings.CutSuffix(name, "ifexists")
	op := operators[name]
	op.set, op.ifExists = set, ifExists && op.family != familyNull
	return op
}

// IsOperator reports whether AWS is known to have a condition operator, in any letter case.
func IsOperator(text string) bool { return parseOperator(text).family != familyNone }

// operand is one value of a condition, prepared for its family.
type operand struct {
	text    string
	pattern pattern   // String, Like
	parts   []pattern // ARN: six
	number  float64
	prefix  netip.Prefix
	bad     bool // does not read as the family wants: matches nothing
}

func compileOperand(f family, text string, variables bool) operand {
	o := operand{text: text}
	switch f {
	case familyString, familyStringFold:
		o.pattern = compilePattern(text, patternMode{variables: variables})
	case familyLike:
		o.pattern = compilePattern(text, patternMode{wildcards: true, variables: variables})
	case familyARN:
		o.parts, o.bad = compileARN(text, variables)
	case familyNumeric:
		n, err := strconv.ParseFloat(text, 64)
		o.number, o.bad = n, err != nil
	case familyDate:
		n, ok := ParseDate(text)
		o.number, o.bad = n, !ok
	case familyIP:
		p, ok := parsePrefix(text)
		o.prefix, o.bad = p, !ok
	case familyBool, familyNull:
		o.bad = !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false")
	}
	return o
}

// compileARN makes one pattern for each of the six parts; the last keeps its colons.
// A bare star is every ARN. Variables may hold whole ARNs, and so stand for the text as one.
func compileARN(text string, variables bool) (parts []pattern, bad bool) {
	m := patternMode{wildcards: true, variables: variables}
	if text == "*" || variables && strings.HasPrefix(text, "${") {
		return []pattern{compilePattern(text, m)}, false
	}
	fields := arn.Fields(text, variables)
	if len(fields) != 6 {
		return nil, true
	}
	for _, f := range fields {
		parts = append(parts, compilePattern(f, m))
	}
	return parts, false
}

// match compares one value of the request with the operand, without negation.
func (o *operand) match(op operator, value string, c *Context) Truth {
	if o.bad {
		return False
	}
	switch op.family {
	case familyString, familyLike:
		return o.pattern.match(value, c)
	case familyStringFold:
		return o.matchFold(value, c)
	case familyARN:
		return o.matchARN(value, c)
	case familyNumeric:
		n, err := strconv.ParseFloat(value, 64)
		return TruthOf(err == nil && compare(op.order, n, o.number))
	case familyDate:
		n, ok := ParseDate(value)
		return TruthOf(ok && compare(op.order, n, o.number))
	case familyBool:
		return TruthOf(strings.EqualFold(value, o.text))
	case familyBinary:
		return TruthOf(value == o.text)
	case familyIP:
		a, err := netip.ParseAddr(value)
		return TruthOf(err == nil && o.prefix.Contains(a))
	}
	return False
}

func (o *operand) matchFold(value string, c *Context) Truth {
	if o.pattern.elements == nil {
		return TruthOf(strings.EqualFold(o.pattern.exact, value))
	}
	var text strings.Builder
	all := True
	for i := range o.pattern.elements {
		v, t := o.pattern.elements[i].value(c)
		all = all.And(t)
		text.WriteString(v)
	}
	return all.And(TruthOf(all != True || strings.EqualFold(text.String(), value)))
}

func (o *operand) matchARN(value string, c *Context) Truth {
	if len(o.parts) == 1 {
		return o.parts[0].match(value, c)
	}
	all := True
	for i := range o.parts {
		part, rest, more := strings.Cut(value, ":")
		if i == len(o.parts)-1 {
			part, more = value, true
		}
		if !more {
			return False
		}
		all = all.And(o.parts[i].match(part, c))
		value = rest
	}
	return all
}

func compare(o order, a, b float64) bool {
	switch o {
	case less:
		return a < b
	case lessEqual:
		return a <= b
	case greater:
		return a > b
	case greaterEqual:
		return a >= b
	}
	return a == b
}

var dateLayouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02", "2006-01", "2006-01-02T15:04:05-0700",
}

// ParseDate reads ISO 8601, a date alone (its first moment, UTC), or epoch seconds, as unix seconds.
// A year alone reads as epoch seconds.
func ParseDate(s string) (float64, bool) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n, true
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.Unix()) + float64(t.Nanosecond())/1e9, true
		}
	}
	return 0, false
}

// parsePrefix reads a CIDR range; an address alone is a range of one.
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}
