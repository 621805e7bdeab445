package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe makes text from an account fit for a terminal line: control characters, escape sequences, line breaks,
// characters that turn the direction of writing or take no room, and bytes that are not UTF-8 are written as
// escapes, such as \x1b. What is harmless stays as it is.
func Safe(s string) string {
	if strings.IndexFunc(s, unsafeRune) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x`)
			b.WriteString(strconv.FormatUint(0x100|uint64(s[0]), 16)[1:])
		case unsafeRune(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

// unsafeRune is anything that a terminal would not simply show. IsPrint leaves out the format characters
// (U+202E and its kin) and every space but the plain one.
func unsafeRune(r rune) bool { return !unicode.IsPrint(r) }
