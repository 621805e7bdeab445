package gsl

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// The bounds of the text that regexMatch sees of a list or object. Declared types may lead in circles.
const (
	maxJSONDepth = 8
	maxJSON      = 1 << 20
)

// appendJSON writes the compact JSON of a value; typ is the type of a declared object, or of the elements of
// a list. It reports false where it met an unknown value.
func (e *Env) appendJSON(to []byte, v Value, typ *Type, depth int) (text []byte, known bool) {
	switch v.kind {
	case Unknown:
		return to, e.UnknownAsNull
	case Bool:
		return strconv.AppendBool(to, v.num != 0), true
	case Number:
		return strconv.AppendFloat(to, v.num, 'f', -1, 64), true
	case String:
		return appendQuoted(to, v.str), true
	case List:
		return e.appendList(to, v.Sequence(), typ, depth)
	case Object:
		if r, ok := v.ref.(Record); ok {
			return r.AppendJSON(to), true
		}
		return e.appendObject(to, v, typ, depth)
	default:
		return append(to, "null"...), true
	}
}

func (e *Env) appendList(to []byte, s Sequence, typ *Type, depth int) ([]byte, bool) {
	to = append(to, '[')
	for i := range length(s) {
		if i > 0 {
			to = append(to, ',')
		}
		var known bool
		if to, known = e.appendJSON(to, e.element(s, i), typ, depth); !known {
			return to, false
		}
		if len(to) > maxJSON {
			break
		}
	}
	return append(to, ']'), true
}

func (e *Env) appendObject(to []byte, v Value, typ *Type, depth int) ([]byte, bool) {
	to = append(to, '{')
	if typ == nil || depth >= maxJSONDepth {
		return append(to, '}'), true
	}
	for i, p := range typ.Properties {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(appendQuoted(to, p.Name), ':')
		var known bool
		if to, known = e.appendJSON(to, e.seen(p.Name, false, p.Get(v.ref)), p.Elem, depth+1); !known {
			return to, false
		}
		if len(to) > maxJSON {
			break
		}
	}
	return append(to, '}'), true
}

// appendQuoted writes a JSON string.
func appendQuoted(to []byte, text string) []byte {
	to = append(to, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		case r < ' ':
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = utf8.AppendRune(to, r)
		}
	}
	return append(to, '"')
}
