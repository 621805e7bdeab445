package glob

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
)

// Variables gives policy variables values.
type Variables interface {
	// Variable is what ${key, 'default'} stands for. Fixed is false where the variable has not been given a value
	// yet; ok is false where it has none, so that nothing fits a pattern with it.
	Variable(name string) (text string, fixed, ok bool)
}

// reading says which characters of a text are special, as package authz sees it.
type reading struct {
	wild      bool      // * and ? are wildcards
	variables bool      // ${…} is a variable: the document is of 2012
	from      int       // colons before the first variable
	bound     int       // colons before which a wildcard stops at a colon
	ends      bool      // a star at the end of its part does not stop, for all that
	values    Variables // one that is not there is open
}

// ReadResource reads a value of Resource; false: nothing fits it. Modern says that its document knows variables. A
// star inside one of the first five parts of an ARN stops at a colon, one at the end of its part does not; a variable
// stands in the last part only. An ARN of fewer than six parts is completed.
// Source: IAM User Guide, "IAM JSON policy elements: Resource", "Variables and tags".
func ReadResource(text string, modern bool, values Variables) (Glob, bool) {
	r := reading{wild: true, variables: modern, from: 5, bound: 5, ends: true, values: values}
	return r.glob(Padded(text))
}

// Resource reads a value of Resource without variables.
func Resource(text string) Glob {
	g, _ := ReadResource(text, false, nil)
	return g
}

// ReadLiteral reads a text in which only variables are special; false: nothing fits it.
func ReadLiteral(text string, modern bool, values Variables) (Glob, bool) {
	return reading{variables: modern, values: values}.glob(text)
}

// ReadPattern reads a text with wildcards; false: nothing fits it.
func ReadPattern(text string, modern bool, values Variables) (Glob, bool) {
	return reading{wild: true, variables: modern, values: values}.glob(text)
}

// ReadARN reads the value of an ARN operator: six parts, which are compared one by one, or a variable that holds a
// whole ARN. False: nothing fits it.
func ReadARN(text string, modern bool, values Variables) (Glob, bool) {
	return reading{wild: true, variables: modern, values: values}.arn(text)
}

// glob reads a text; false: one of its variables has no value, so nothing fits it.
func (r reading) glob(text string) (g Glob, ok bool) {
	g = make(Glob, 0, len(text))
	colons := 0
	last := strings.LastIndexByte(text, '}')
	for i := 0; i < len(text); i++ {
		if text[i] == '$' && r.variables && colons >= r.from && i < last && text[i+1] == '{' {
			end := i + strings.IndexByte(text[i:], '}')
			if g, ok = r.variable(g, text[i:end+1]); !ok {
				return nil, false
			}
			i = end
			continue
		}
		if text[i] == ':' {
			colons++
		}
		g = append(g, r.symbol(text, i, colons))
	}
	return g, true
}

// variable adds what a variable stands for; ${*} and its like are the characters themselves.
func (r reading) variable(g Glob, name string) (Glob, bool) {
	if isEscape(name) {
		return append(g, Symbol{Byte: name[2]}), true
	}
	if r.values == nil {
		return append(g, openSymbol(name)), true
	}
	text, fixed, ok := r.values.Variable(name)
	if !fixed {
		return append(g, openSymbol(name)), true
	}
	return append(g, Plain(text)...), ok
}

func openSymbol(name string) Symbol {
	key, _, _ := VariableKey(name)
	return Symbol{Kind: Open, Key: key}
}

func (r reading) symbol(text string, i, colons int) Symbol {
	switch {
	case !r.wild || text[i] != '*' && text[i] != '?':
		return Symbol{Byte: text[i]}
	case text[i] == '*' && colons < r.bound && (!r.ends || i+1 < len(text) && text[i+1] != ':'):
		return Symbol{Kind: Part}
	case text[i] == '*':
		return Symbol{Kind: Star}
	case colons < r.bound && !r.ends:
		return Symbol{Kind: OnePart}
	}
	return Symbol{Kind: One}
}

// isEscape reports whether text begins with a character in the guise of a variable.
func isEscape(text string) bool {
	return strings.HasPrefix(text, "${*}") || strings.HasPrefix(text, "${?}") || strings.HasPrefix(text, "${$}")
}

// Text is a Resource value that reads as the glob does in a document of 2012.
func (g Glob) Text() string {
	var out strings.Builder
	colons := 0
	for _, s := range g {
		switch {
		case s.Many():
			out.WriteByte('*')
		case s.Kind == One || s.Kind == OnePart:
			out.WriteByte('?')
		case colons >= 5 && strings.IndexByte("*?$", s.Byte) >= 0:
			out.WriteString("${" + string(rune(s.Byte)) + "}")
		default:
			out.WriteByte(s.Byte)
			if s.Byte == ':' {
				colons++
			}
		}
	}
	return out.String()
}

// arn reads the parts of an ARN; a wildcard before the last stays within its part.
func (r reading) arn(text string) (Glob, bool) {
	const parts = 6
	if text == "*" || r.variables && strings.HasPrefix(text, "${") {
		return r.glob(text)
	}
	fields := arn.Fields(text, r.variables)
	if len(fields) != parts {
		return nil, false
	}
	var out Glob
	for i, field := range fields {
		r.bound = 1
		if i == parts-1 {
			r.bound = 0
		}
		g, ok := r.glob(field)
		if !ok {
			return nil, false
		}
		if i > 0 {
			out = append(out, Symbol{Byte: ':'})
		}
		out = append(out, g...)
	}
	return out, true
}

// Padded completes an ARN of fewer than six parts with stars, as package authz does.
func Padded(text string) string {
	if missing := 5 - strings.Count(text, ":"); missing > 0 && strings.HasPrefix(text, "arn:") {
		return text + strings.Repeat(":*", missing)
	}
	return text
}

// VariableKey takes ${key, 'default'} apart.
func VariableKey(name string) (key, def string, hasDefault bool) {
	key, def, hasDefault = strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "${"), "}"), ",")
	return strings.ToLower(strings.TrimSpace(key)), strings.Trim(strings.TrimSpace(def), "'"), hasDefault
}
