package gsl

import (
	"strconv"
	"strings"
)

// equal is GSL's loose equality of scalars: 'true' equals true, '5' equals 5, and 1 equals true. Strings
// equal byte by byte. Null equals nothing, not even null; neither do lists and objects.
func equal(a, b Value) Truth {
	if a.kind == b.kind {
		switch a.kind {
		case String:
			return TruthOf(a.str == b.str)
		case Bool, Number:
			return TruthOf(a.num == b.num)
		case Unknown:
			return Maybe
		default:
			return False
		}
	}
	switch {
	case a.kind == Null || b.kind == Null || a.kind >= List || b.kind >= List:
		return False
	case a.kind == Unknown || b.kind == Unknown:
		return Maybe
	case a.kind == String:
		return equalToText(b, a.str)
	case b.kind == String:
		return equalToText(a, b.str)
	default:
		return TruthOf(a.num == b.num)
	}
}

// equalToText compares a Bool or a Number with a string.
func equalToText(v Value, text string) Truth {
	if v.kind == Bool {
		switch {
		case strings.EqualFold(text, "true"):
			return TruthOf(v.num != 0)
		case strings.EqualFold(text, "false"):
			return TruthOf(v.num == 0)
		}
		return False
	}
	n, ok := parseNumber(text)
	return TruthOf(ok && n == v.num)
}

// numeric is the value as a number: a Number, a Bool as 0 or 1, or a string of digits.
func (v Value) numeric() (float64, bool) {
	switch v.kind {
	case Number, Bool:
		return v.num, true
	case String:
		return parseNumber(v.str)
	default:
		return 0, false
	}
}

// parseNumber reads what GSL would write as a number. The first look spares most texts an error value.
func parseNumber(text string) (float64, bool) {
	if text == "" || strings.Trim(text, "0123456789.-") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}
