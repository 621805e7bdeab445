package gsl

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

func (k *compiler) match(x *syntax.Match) code {
	a := k.expr(x.X)
	k.lint.list(x.X)
	re := k.regexp(x)
	if re == nil {
		return fixedCode(Value{})
	}
	value, typ := a.asValue(), a.typ
	matchString, match := re.MatchString, re.Match
	if literal, whole := re.LiteralPrefix(); whole {
		matchString = func(s string) bool { return strings.Contains(s, literal) }
		match = func(b []byte) bool { return bytes.Contains(b, []byte(literal)) }
	}
	return fold(truthCode(func(e *Env) Truth {
		v := value(e)
		switch v.kind {
		case Null:
			return False
		case Unknown:
			return Maybe
		case String:
			return TruthOf(matchString(v.str))
		}
		text, known := e.appendJSON(e.run.scratch[:0], v, typ, 0)
		e.run.scratch = text
		if !known {
			return Maybe
		}
		return TruthOf(match(text))
	}), a)
}

// regexp compiles /pattern/flags. i, m and s mean what they mean in Go; g and u change nothing in a test.
func (k *compiler) regexp(x *syntax.Match) *regexp.Regexp {
	if f := strings.Trim(x.Flags, "imsgu"); f != "" {
		k.fail(x.Pattern.Span, fmt.Sprintf("unknown flag %q of a regular expression", f[:1]), "the flags are i, m, s, g and u")
		return nil
	}
	text := x.Pattern.Text
	if flags := strings.NewReplacer("g", "", "u", "").Replace(x.Flags); flags != "" {
		text = "(?" + flags + ")" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		k.fail(x.Pattern.Span, "bad regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "), regexpHint(text))
		return nil
	}
	return re
}

func regexpHint(text string) string {
	for _, around := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(text, around) {
			return "expressions run in linear time, so they cannot look around"
		}
	}
	return ""
}
