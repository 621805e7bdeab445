package wire

import (
	"bytes"
	"iter"
	"strings"
)

// Dedent removes from s the white space that all its lines behind the first begin with, as they do where s was
// written inside a larger text. Blank lines do not count and stay as they are. Dedent(Dedent(s)) is Dedent(s).
func Dedent(s string) string {
	if n := len(commonIndent(s)); n > 0 {
		return string(appendDedent(make([]byte, 0, len(s)), s, n))
	}
	return s
}

// AppendDedent appends what Dedent makes of text.
func AppendDedent(b, text []byte) []byte {
	return appendDedent(b, text, len(commonIndent(text)))
}

func appendDedent[T string | []byte](b []byte, text T, n int) []byte {
	for i, line := range lineSeq(text) {
		if i > 0 && n > 0 && (len(line) > n && line[n] > ' ' || !blank(line)) {
			line = line[n:]
		}
		b = append(b, line...)
	}
	return b
}

// commonIndent is the white space that all lines behind the first begin with.
func commonIndent[T string | []byte](text T) T {
	var prefix T
	last := lastIndex(text, '\n') + 1
	if last == 0 || last < len(text) && indent(text[last:]) == 0 && !blank(text[last:]) {
		return prefix // as it stands alone: its closing brace is not indented
	}
	first := true
	for i, line := range lineSeq(text) {
		switch {
		case i == 0, !first && hasPrefix(line, prefix), blank(line):
		case first:
			prefix, first = line[:indent(line)], false
		default:
			for !hasPrefix(line, prefix) {
				prefix = prefix[:len(prefix)-1]
			}
		}
	}
	return prefix
}

func hasPrefix[T string | []byte](text, prefix T) bool {
	return len(text) >= len(prefix) && string(text[:len(prefix)]) == string(prefix)
}

// indent counts the spaces and tabs that line begins with.
func indent[T string | []byte](line T) int {
	for i := range len(line) {
		if line[i] != ' ' && line[i] != '\t' {
			return i
		}
	}
	return len(line)
}

func blank[T string | []byte](line T) bool {
	for i := range len(line) {
		switch line[i] {
		case ' ', '\t', '\r', '\n':
		default:
			return false
		}
	}
	return true
}

// lineSeq counts off the lines of text, each with its newline.
func lineSeq[T string | []byte](text T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i := 0; len(text) > 0; i++ {
			end := index(text, '\n') + 1
			if end == 0 {
				end = len(text)
			}
			if !yield(i, text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}

func index[T string | []byte](text T, c byte) int {
	switch t := any(text).(type) {
	case string:
		return strings.IndexByte(t, c)
	case []byte:
		return bytes.IndexByte(t, c)
	}
	return -1
}

func lastIndex[T string | []byte](text T, c byte) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == c {
			return i
		}
	}
	return -1
}
