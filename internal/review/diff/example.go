package diff

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// What stands for anybody, anywhere, in a witness.
const (
	exampleName      = "example"
	examplePartition = "aws"
	exampleRegion    = "us-east-1"
	exampleAccount   = "123456789012"
)

var wellKnown = strings.NewReplacer("${Partition}", examplePartition, "${Region}", exampleRegion,
	"${Account}", exampleAccount, "${AccountId}", exampleAccount)

// familiar is a template with the partition, region and account that people know from the documentation.
func familiar(template string) string {
	return wellKnown.Replace(template)
}

// exampleOf is a text that fits a template: every other variable is "example".
func exampleOf(template string) string {
	text := familiar(template)
	for _, name := range element.VariablesOf(text) {
		text = strings.Replace(text, name, exampleName, 1)
	}
	return strings.ReplaceAll(text, "*", exampleName)
}

// filled is a text that fits a glob; name stands for its stars, but for those that are a whole partition, region
// or account.
func filled(g glob.Glob, name string) string {
	var out strings.Builder
	colons := 0
	isColon := func(i int) bool { return i < 0 || i >= len(g) || g[i].Kind == glob.Exact && g[i].Byte == ':' }
	for i, s := range g {
		switch {
		case s.Many():
			out.WriteString(inPlace(colons, isColon(i-1) && isColon(i+1), name))
		case s.Kind == glob.One || s.Kind == glob.OnePart:
			out.WriteByte('x')
		default:
			out.WriteByte(s.Byte)
			if s.Byte == ':' {
				colons++
			}
		}
	}
	return out.String()
}

func inPlace(colons int, whole bool, name string) string {
	switch {
	case whole && colons == 1:
		return examplePartition
	case whole && colons == 3:
		return exampleRegion
	case whole && colons == 4:
		return exampleAccount
	}
	return name
}
