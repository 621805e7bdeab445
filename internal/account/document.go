package account

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/account/wire"
)

// NewDocument is the text of a policy document as Ambit keeps it: percent-decoded where it is encoded as the
// IAM API sends it, valid UTF-8, without white space around it, and without the indentation that all its lines
// have in common, as they do where the document stood inside another JSON text. Line 1 is therefore the line
// of the opening brace, and columns count as if the document stood alone.
// NewDocument(string(NewDocument(s))) is NewDocument(s).
func NewDocument(s string) Document {
	if len(s) > 3 && strings.EqualFold(s[:3], "%7b") {
		// PathUnescape, since RFC 3986 leaves a plus sign as it is.
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	s = strings.Trim(s, " \t\r\n")
	return Document(wire.Dedent(s))
}
