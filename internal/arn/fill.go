package arn

import "strings"

// Fitting is a text that begins with prefix and fits pattern; filler stands for its stars, q for its question marks.
// It tells false where it finds none: none begins so, or the filler itself does not fit.
func Fitting(pattern, prefix, filler string) (string, bool) {
	fill := strings.NewReplacer("*", filler, "?", "q")
	for end := len(pattern); end >= 0; end-- { // the longest beginning of the pattern that fits the prefix
		if !Match(pattern[:end], prefix) {
			continue
		}
		if text := prefix + fill.Replace(pattern[end:]); Match(pattern, text) {
			return text, true
		}
	}
	return "", false
}

// AccountLike is an account id that fits a pattern with wildcards.
func AccountLike(pattern string) (string, bool) {
	const digits = 12
	short := digits - len(strings.ReplaceAll(pattern, "*", ""))
	if short < 0 {
		return "", false
	}
	text := strings.ReplaceAll(strings.Replace(pattern, "*", strings.Repeat("9", short), 1), "*", "")
	text = strings.ReplaceAll(text, "?", "9")
	return text, IsAccountID(text)
}
