package facts

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// maxAction bounds the actions that a rule may ask for; the longest real one has 90 bytes.
const maxAction = 128

// everyAction is what the bare star means: each action has a colon.
const everyAction = "*:*"

// action is an action that a rule asks for: a name, or a pattern such as iam:*.
type action struct {
	text string
	wild bool
}

// parseAction reads "service:Name" with the wildcards * and ?, or the bare star.
func parseAction(text string) (action, error) {
	a := action{text: text, wild: strings.ContainsAny(text, "*?")}
	if len(text) > maxAction {
		return a, fmt.Errorf("action %.20q… is longer than %d bytes", text, maxAction)
	}
	service, name, ok := strings.Cut(text, ":")
	if !ok && everything(text) {
		a.text = everyAction
		return a, nil
	}
	if !ok || !actionRunes(service) || !actionRunes(name) {
		return a, fmt.Errorf("action %q: want service:Name, such as 'iam:PassRole' or 'iam:*'", text)
	}
	return a, nil
}

// expand lists the actions that a stands for, as AWS writes them. A name stands for itself, even where AWS does not list
// it. A pattern that fits no listed action stands for a made-up one that it fits.
func (a *action) expand() []string { return slices.Collect(a.each()) }

// each goes through what expand lists.
func (a *action) each() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !a.wild {
			yield(a.text)
			return
		}
		none := true
		service, _, _ := strings.Cut(a.text, ":")
		strange := a.text != everyAction && strings.ContainsAny(service, "*?")
		from := a.text
		if strange {
			from = everyAction
		}
		for listed := range iamref.Expand(from) {
			if name := listed.String(); !strange || arn.MatchFold(a.text, name) {
				if none = false; !yield(name) {
					return
				}
			}
		}
		if none {
			yield(strings.ToLower(service) + strings.NewReplacer("*", "Any", "?", "x").Replace(a.text[len(service):]))
		}
	}
}

func actionRunes(s string) bool {
	for _, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune("-*?", r) {
			return false
		}
	}
	return s != ""
}

// within reports whether pattern fits every action that a stands for.
func (a *action) within(pattern string) bool {
	if a.wild {
		return covers(pattern, a.text)
	}
	return arn.MatchFold(pattern, a.text)
}

// meets reports whether pattern fits some action that a stands for.
func (a *action) meets(pattern string) bool {
	if a.wild {
		return overlaps(pattern, a.text)
	}
	return arn.MatchFold(pattern, a.text)
}

// everything reports whether a pattern fits all there is.
func everything(pattern string) bool { return pattern != "" && strings.Trim(pattern, "*") == "" }

// covers reports whether pattern fits all that want fits, ASCII letter case ignored: a star in want is
// answered by a star alone.
func covers(pattern, want string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(want) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && want[i] != '*' && (pattern[p] == '?' || lower(pattern[p]) == lower(want[i])):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// overlaps reports whether some text fits both patterns, ASCII letter case ignored. Time is the product of
// their lengths; b has at most maxAction bytes and a few more.
func overlaps(a, b string) bool {
	var buffer [2][maxAction + 16]bool
	next, row := buffer[0][:len(b)+1], buffer[1][:len(b)+1]
	for i := len(a); i >= 0; i-- {
		for j := len(b); j >= 0; j-- {
			row[j] = meet(a[i:], b[j:], next[j:], row[j:])
		}
		next, row = row, next
	}
	return next[0]
}

// meet is overlaps(a, b), given the answers for shorter texts: next[j] is overlaps(a[1:], b[j:]), and row[j], for j above
// 0, is overlaps(a, b[j:]).
func meet(a, b string, next, row []bool) bool {
	switch {
	case a == "" && b == "":
		return true
	case a != "" && a[0] == '*':
		return next[0] || b != "" && row[1]
	case b != "" && b[0] == '*':
		return row[1] || a != "" && next[0]
	case a == "" || b == "":
		return false
	}
	return (a[0] == '?' || b[0] == '?' || lower(a[0]) == lower(b[0])) && next[1]
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
