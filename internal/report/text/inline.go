package text

import "regexp"

var (
	inlineStrong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	inlineCode   = regexp.MustCompile("`[^`]+`")
)

// Inline shows the marks of Markdown inside a line: **strong** becomes so, `code` gets a colour and keeps its
// marks, which say the same without colour. The text must be Safe.
func Inline(s string) string {
	s = inlineStrong.ReplaceAllStringFunc(s, func(m string) string { return Strong.Render(m[2 : len(m)-2]) })
	return inlineCode.ReplaceAllStringFunc(s, func(m string) string { return Pointer.Render(m) })
}
