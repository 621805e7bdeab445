package syntax

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/source"
)

// maxPattern is how many bytes a regular expression may have.
const maxPattern = 1000

// lexer cuts a text into tokens. It stops at the first thing it refuses.
type lexer struct {
	src string
	at  source.Pos
}

// lex gives the tokens of a text; the last is endOfText or bad.
func lex(src string) []token {
	x := lexer{src: src, at: source.Pos{Line: 1, Column: 1}}
	var tokens []token
	for {
		x.skipSpace()
		t := token{Span: source.Span{Start: x.at}}
		x.next(&t)
		t.End = x.at
		tokens = append(tokens, t)
		if t.kind == endOfText || t.kind == bad {
			return tokens
		}
	}
}

// rest is the text that is still to be read.
func (x *lexer) rest() string { return x.src[x.at.Offset:] }

// advance reads n bytes, which end at the end of a rune.
func (x *lexer) advance(n int) string {
	s := x.src[x.at.Offset : x.at.Offset+n]
	if last := strings.LastIndexByte(s, '\n'); last >= 0 {
		x.at.Line += strings.Count(s, "\n")
		x.at.Column = 1 + utf8.RuneCountInString(s[last+1:])
	} else {
		x.at.Column += utf8.RuneCountInString(s)
	}
	x.at.Offset += n
	return s
}

// skipSpace also skips the no-break spaces and byte order marks that come with copied text.
func (x *lexer) skipSpace() {
	rest := x.rest()
	n := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsSpace(r) && r != '\ufeff' })
	if n < 0 {
		n = len(rest)
	}
	x.advance(n)
}

func (x *lexer) next(t *token) {
	rest := x.rest()
	if rest == "" {
		t.kind = endOfText
		return
	}
	if m := mistakeAt(rest); m != nil {
		x.advance(len(m.text))
		x.refuse(t, fmt.Sprintf("%q is not an operator of GSL", m.text), m.hint)
		return
	}
	switch c := rest[0]; {
	case letter(c):
		t.kind, t.text = word, x.advance(wordLength(rest))
	case digit(c) || c == '-' && len(rest) > 1 && digit(rest[1]):
		x.number(t)
	case c == '\'':
		x.quoted(t)
	case c == '/':
		x.pattern(t)
	case strings.IndexByte("=<>!", c) >= 0:
		x.comparison(t)
	default:
		x.punctuation(t)
	}
}

// mistake is an operator of other languages, and what GSL has in its place.
type mistake struct{ text, hint string }

var mistakes = []mistake{
	{"===", "write = to compare"},
	{"==", "write = to compare"},
	{"&&", "write and"},
	{"||", "write or"},
	{"<>", "write !="},
}

func mistakeAt(rest string) *mistake {
	for i := range mistakes {
		if strings.HasPrefix(rest, mistakes[i].text) {
			return &mistakes[i]
		}
	}
	return nil
}

func (x *lexer) comparison(t *token) {
	rest := x.rest()
	n := 1
	if len(rest) > 1 && rest[1] == '=' && rest[0] != '=' {
		n = 2
	}
	t.text = x.advance(n)
	if t.text == "!" {
		x.refuse(t, `"!" is not an operator of GSL`, "write not")
		return
	}
	t.kind = comparison
}

func (x *lexer) punctuation(t *token) {
	marks := map[rune]kind{
		'(': openParen, ')': closeParen, '[': openBlock, ']': closeBlock, ',': comma, '$': dollar, '~': tilde,
	}
	r, size := utf8.DecodeRuneInString(x.rest())
	if k, ok := marks[r]; ok {
		t.kind, t.text = k, x.advance(size)
		return
	}
	switch r {
	case '"', '“', '”', '‘', '’', '`':
		x.otherQuotes(t, r, size)
	case '.':
		x.advance(size)
		x.refuse(t, "unexpected dot", "a path is written without spaces: a.b.c")
	case '-', '+', '*', '%':
		x.advance(size)
		x.refuse(t, fmt.Sprintf("unexpected %q", r), "GSL has no arithmetic; a pattern stands in single quotes")
	default:
		x.advance(size)
		x.refuse(t, fmt.Sprintf("unexpected character %q", r), "")
	}
}

// otherQuotes refuses a string in quotes that GSL does not have, and shows how to write it.
func (x *lexer) otherQuotes(t *token, open rune, size int) {
	rest := x.rest()[size:]
	closing := map[rune]rune{'“': '”', '‘': '’'}[open]
	if closing == 0 {
		closing = open
	}
	inside, _, closed := strings.Cut(rest, string(closing))
	if !closed || strings.ContainsAny(inside, "\n'") || len(inside) > 60 {
		x.advance(size)
		x.refuse(t, "a string stands in single quotes", "write 'text'")
		return
	}
	x.advance(size + len(inside) + len(string(closing)))
	x.refuse(t, "a string stands in single quotes", "write '"+inside+"'")
}

func (x *lexer) quoted(t *token) {
	rest := x.rest()[1:]
	end := strings.IndexAny(rest, "'\n")
	if end < 0 || rest[end] == '\n' {
		x.advance(1)
		x.refuse(t, "the string is not closed", "a string ends with a single quote, on the line where it begins")
		return
	}
	s := x.advance(end + 2)
	t.kind, t.text = text, s[1:len(s)-1]
}

func (x *lexer) number(t *token) {
	rest := x.rest()
	n := 1
	for n < len(rest) && digit(rest[n]) {
		n++
	}
	if n+1 < len(rest) && rest[n] == '.' && digit(rest[n+1]) {
		for n++; n < len(rest) && digit(rest[n]); {
			n++
		}
	}
	t.text = x.advance(n)
	var err error
	t.num, err = strconv.ParseFloat(t.text, 64)
	if err != nil || n < len(rest) && (letter(rest[n]) || rest[n] == '.') {
		x.refuse(t, "malformed number", "digits, and perhaps a dot and digits; any other value stands in single quotes")
		return
	}
	t.kind = number
}

// pattern reads /…/flags. A slash in a class, or behind a backslash, does not end it.
func (x *lexer) pattern(t *token) {
	rest := x.rest()
	class, n := false, 1
	for ; n < len(rest) && rest[n] != '\n' && (class || rest[n] != '/'); n++ {
		switch rest[n] {
		case '\\':
			if n+1 < len(rest) && rest[n+1] != '\n' {
				n++
			}
		case '[':
			class = true
		case ']':
			class = false
		}
	}
	if n >= len(rest) || rest[n] != '/' {
		x.advance(1)
		x.refuse(t, "the regular expression is not closed", "it ends with a slash, on the line where it begins; a slash inside it is written \\/")
		return
	}
	if n-1 > maxPattern {
		x.advance(n + 1)
		x.refuse(t, "the regular expression is longer than 1,000 bytes", "")
		return
	}
	s := x.advance(n + 1)
	flags := 0
	for _, c := range []byte(x.rest()) {
		if !letter(c) {
			break
		}
		flags++
	}
	t.kind, t.text, t.flags = pattern, s[1:len(s)-1], x.advance(flags)
}

// refuse makes the token a bad one.
func (x *lexer) refuse(t *token, message, hint string) {
	t.kind = bad
	t.fault = &source.Diagnostic{
		Severity: source.Error, Span: source.Span{Start: t.Start, End: x.at}, Message: message, Hint: hint,
	}
}

// wordLength is the length of the path or name at the beginning of s.
func wordLength(s string) int {
	n := 1
	for n < len(s) {
		dot := s[n] == '.' && n+1 < len(s) && (letter(s[n+1]) || digit(s[n+1]))
		if !dot && !inWord(s[n]) {
			break
		}
		n++
	}
	return n
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
func inWord(c byte) bool { return letter(c) || digit(c) || c == '-' || c == ':' }
