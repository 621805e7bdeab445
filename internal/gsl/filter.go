package gsl

import (
	"slices"
	"strings"
	"unicode"
)

// compileFilterPattern compares CloudWatch metric filters without regard to layout.
func compileFilterPattern(k *compiler, c invocation) code {
	pattern, ok := k.fixedText(c, 0)
	if !ok {
		return fixedCode(Value{})
	}
	want := filterTerms(pattern)
	value := c.self.asValue()
	return truthCode(func(e *Env) Truth {
		v := value(e)
		switch v.kind {
		case Unknown:
			return Maybe
		case String:
			return TruthOf(slices.Equal(filterTerms(v.str), want))
		default:
			return False
		}
	})
}

// filterTerms brings a metric filter into a form that can be compared: without blanks, in lower case, and
// where it is a pure disjunction as the sorted set of its terms, each without brackets around it.
func filterTerms(pattern string) []string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, pattern)
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
		text = text[1 : len(text)-1]
	}
	text = unwrap(text)
	terms := disjuncts(text)
	for i, t := range terms {
		terms[i] = unwrap(t)
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// disjuncts cuts a filter at its outermost ||. One that has an outermost && stays whole.
func disjuncts(text string) []string {
	var terms []string
	depth, begin := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth != 0 || i+1 == len(text) {
			continue
		}
		switch text[i : i+2] {
		case "&&":
			return []string{text}
		case "||":
			terms = append(terms, text[begin:i])
			begin = i + 2
			i++
		}
	}
	return append(terms, text[begin:])
}

// unwrap takes brackets off that stand around the whole text.
func unwrap(text string) string {
	for strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") && closesAtEnd(text) {
		text = text[1 : len(text)-1]
	}
	return text
}

// closesAtEnd reports whether the bracket that opens the text closes at its end.
func closesAtEnd(text string) bool {
	depth := 0
	for i, c := range []byte(text) {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return i == len(text)-1
		}
	}
	return false
}
