package element

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// CoversAction reports whether every action that fits narrow fits wide; both are in lower case.
func CoversAction(wide, narrow string) bool {
	if wide == "*" || wide == "*:*" || wide == narrow {
		return true
	}
	service, name, ok := strings.Cut(wide, ":")
	other, narrow, fine := strings.Cut(narrow, ":")
	return ok && fine && service == other && arn.Covers(name, narrow)
}

// OverlapsAction reports whether some action may fit both; both are in lower case.
func OverlapsAction(a, b string) bool {
	if IsEveryAction(a) || IsEveryAction(b) {
		return true
	}
	service, name, ok := strings.Cut(a, ":")
	other, second, fine := strings.Cut(b, ":")
	return ok && fine && service == other && arn.Overlaps(name, second)
}

// IsEveryAction reports whether a value of Action stands for every action of every service.
func IsEveryAction(text string) bool { return text == "*" || text == "*:*" }

// FitsAction reports whether a pattern fits any action.
func FitsAction(pattern string) bool {
	for range iamref.Expand(pattern) {
		return true
	}
	return false
}

// The price of expanding a pattern, in steps of about a tenth of a microsecond each.
const (
	prefixPrice     = 100    // of the actions that begin with a text
	patternPrice    = 3_000  // of those that fit any other pattern
	EverythingPrice = 10_000 // of all actions of all services
)

// ExpandPrice is what it costs to find the actions that a value of an Action element stands for.
func ExpandPrice(text string) int {
	switch i := strings.IndexAny(text, "*?"); {
	case i < 0:
		return 1
	case IsEveryAction(text):
		return EverythingPrice
	case i == len(text)-1:
		return prefixPrice
	}
	return patternPrice
}
