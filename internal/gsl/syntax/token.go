package syntax

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/source"
)

// kind is the kind of a token.
type kind uint8

const (
	endOfText kind = iota
	bad            // what the lexer refuses; fault says why
	word           // a path, a name or a keyword
	text           // 'string'
	number
	pattern    // /regular expression/flags
	comparison // = != < <= > >=
	openParen
	closeParen
	openBlock
	closeBlock
	comma
	dollar
	tilde
)

// token is one token. Its text has lost quotes and slashes.
type token struct {
	source.Span
	kind  kind
	text  string
	flags string  // of a pattern
	num   float64 // of a number
	fault *source.Diagnostic
}

// The words that mean something. Their letter case does not count; a path that begins with one and goes on
// behind a dot is a path. have and fail are words of the language only behind should.
const (
	wordWhere   = "where"
	wordShould  = "should"
	wordHave    = "have"
	wordFail    = "fail"
	wordExclude = "exclude"
	wordAnd     = "and"
	wordOr      = "or"
	wordNot     = "not"
	wordLike    = "like"
	wordUnlike  = "unlike"
	wordMatch   = "regexMatch"
	wordIn      = "in"
	wordGroupBy = "groupBy"
	wordTrue    = "true"
	wordFalse   = "false"
	wordList    = "List"
)

// commands are the array commands by their lower-case spelling.
var commands = map[string]Command{
	"with": With, "contain": Contain, "contain-any": ContainAny, "contain-all": ContainAll, "contain-none": ContainNone,
}

// reserved are the keywords that cannot be the name of a property, by their lower-case spelling.
var reserved = func() map[string]string {
	m := map[string]string{}
	for _, w := range []string{
		wordWhere, wordShould, wordExclude, wordAnd, wordOr, wordNot, wordLike, wordUnlike, wordMatch, wordIn,
		wordGroupBy, wordTrue, wordFalse,
	} {
		m[strings.ToLower(w)] = w
	}
	for lower, c := range commands {
		m[lower] = string(c)
	}
	return m
}()

// is reports whether the token is the keyword.
func (t *token) is(keyword string) bool {
	return t.kind == word && strings.EqualFold(t.text, keyword)
}

// keyword is the canonical spelling of a reserved word, or "".
func (t *token) keyword() string {
	if t.kind != word {
		return ""
	}
	return reserved[strings.ToLower(t.text)]
}

// command is the array command that the token is, or "".
func (t *token) command() Command {
	if t.kind != word {
		return ""
	}
	return commands[strings.ToLower(t.text)]
}

// literal reports whether the token is a string, a number, true or false.
func (t *token) literal() bool {
	return t.kind == text || t.kind == number || t.is(wordTrue) || t.is(wordFalse)
}
