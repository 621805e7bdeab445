// Package element says what the elements of a policy statement stand for: which actions and resources a value reaches,
// covers or shares with another, how a condition operator compares, and where policy variables stand.
//
// Contract: pure; safe for concurrent use. What is said to be covered surely is; where that is in doubt, it is not said.
// What is said not to overlap surely does not.
// Limits: actions, services and resource types are those that package iamref knows. Patterns are compared one by one:
// whether several of them together cover another is not asked.
// Floor: 3.
package element

import (
	"iter"
	"strings"
)

// Modern is the language version that knows policy variables.
const Modern = "2012-10-17"

// VariablesOf yields each ${…} of a text that is not an escaped character, with its offset.
func VariablesOf(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; ; {
			start := strings.Index(text[at:], "${")
			if start < 0 {
				return
			}
			at += start
			end := strings.IndexByte(text[at:], '}')
			if end < 0 {
				return
			}
			name := text[at : at+end+1]
			if name != "${*}" && name != "${?}" && name != "${$}" && !yield(at, name) {
				return
			}
			at += len(name)
		}
	}
}
