package review

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/ambit-iam/ambit/internal/policy"
)

// room is a place for a policy document, and how many characters it takes.
type room struct {
	place string
	limit int
}

// rooms are the places of each kind of document, the smallest first. White space does not count, but in control
// policies. Source: IAM User Guide, "IAM and AWS STS quotas"; Organizations User Guide, "Quotas"; S3 User Guide,
// "Bucket policies".
var rooms = map[policy.DocumentKind][]room{
	policy.Identity: {
		{"all inline policies of a user together", 2048},
		{"a session policy", 2048},
		{"all inline policies of a group together", 5120},
		{"a managed policy", 6144},
		{"all inline policies of a role together", 10240},
	},
	policy.Trust:           {{"a trust policy, unless the quota is raised", 2048}, {"a trust policy with the quota raised", 4096}},
	policy.Resource:        {{"a bucket policy", 20480}, {"a key policy", 32768}},
	policy.ServiceControl:  {{"a service control policy", 5120}},
	policy.ResourceControl: {{"a resource control policy", 5120}},
}

// size reports the places that the document is too long for.
func (l *linter) size() {
	if !l.wants(OverSize) {
		return
	}
	n := 0
	compact := string(l.doc.Root.AppendJSON(nil))
	for _, r := range compact {
		if !unicode.IsSpace(r) || l.kind == policy.ServiceControl || l.kind == policy.ResourceControl {
			n++
		}
	}
	var over []string
	for _, r := range rooms[l.kind] {
		if n > r.limit {
			over = append(over, fmt.Sprintf("%s (%d)", r.place, r.limit))
		}
	}
	if len(over) > 0 {
		l.note(OverSize, l.doc.Root, fmt.Sprintf("document has %d characters, too many for %s", n, strings.Join(over, ", ")), "split it, or shorten it with wildcards that reach no more than it names")
	}
}
