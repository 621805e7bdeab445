package review

import "strings"

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
	for _, name := range variablesOf(text) {
		text = strings.Replace(text, name, exampleName, 1)
	}
	return strings.ReplaceAll(text, "*", exampleName)
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
