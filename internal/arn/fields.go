package arn

import "strings"

// fields is how many parts an ARN has; the last one keeps its colons.
const fields = 6

// Fields takes an ARN pattern apart into six, or fewer where it has fewer colons. With variables a colon inside ${…}
// parts nothing.
func Fields(text string, variables bool) []string {
	var out []string
	from := 0
	for i := 0; i < len(text) && len(out) < fields-1; i++ {
		if variables && strings.HasPrefix(text[i:], "${") {
			if end := strings.IndexByte(text[i:], '}'); end > 0 {
				i += end
				continue
			}
			variables = false // none is closed from here on
		}
		if text[i] == ':' {
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}
