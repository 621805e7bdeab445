package capture

import (
	"fmt"
	"path"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
)

// missing is the error of a gap that another file would close.
const missing = "not among the files given"

// detailMembers are the lists of the authorization details.
var detailMembers = map[account.Part]string{
	account.PartUsers: "UserDetailList", account.PartGroups: "GroupDetailList",
	account.PartRoles: "RoleDetailList", account.PartPolicies: "Policies",
}

// findGaps notes what no output tells.
func (b *builder) findGaps() {
	for i := range calls {
		for _, part := range calls[i].parts {
			b.findGap(&calls[i], part)
		}
	}
	b.findUnlisted()
}

func (b *builder) findGap(c *call, part account.Part) {
	a := b.answers[c.name]
	gap := account.Gap{Call: c.name, Error: missing, Part: part}
	switch {
	case a == nil && part == account.PartInstanceProfiles && len(b.s.InstanceProfiles) > 0:
		gap.Error += ": only the profiles of roles are known"
	case a == nil:
	case a.whole:
		gap.Error = b.doubt(part)
	case a.failed == "NoSuchEntity" && part == account.PartPasswordPolicy:
		return // so AWS says that the account has none
	case a.failed != "":
		gap.Error = a.failed
		if strings.HasPrefix(a.failed, "AccessDenied") {
			gap.Permission = c.name
		}
	default:
		gap.Error = printable(path.Base(a.partly)) + " says that more follows, and no last page is among the files"
	}
	if gap.Error != "" {
		b.s.Gaps = append(b.s.Gaps, gap)
	}
}

// printable is the name of a file without control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// doubt is why an answer that is there tells nothing of part, or "". Authorization details that were asked for with a
// filter look like those of an account that has nothing else; other answers give the filter away.
func (b *builder) doubt(part account.Part) string {
	member, inDetails := detailMembers[part]
	switch {
	case part == account.PartSummary && b.s.Summary == nil:
		return "the answer holds no SummaryMap"
	case part == account.PartPasswordPolicy && b.s.PasswordPolicy == nil:
		return "the answer holds no PasswordPolicy"
	case !inDetails:
		return ""
	case !b.members[member]:
		return "the answer holds no " + member
	case b.has(part) == 0 && b.expects(part):
		return fmt.Sprintf("the answer holds no %s, of which the account has some: it was asked for with a filter", part)
	}
	return ""
}

// has counts the entities of a part of the authorization details.
func (b *builder) has(part account.Part) int {
	switch part {
	case account.PartUsers:
		return len(b.s.Users)
	case account.PartGroups:
		return len(b.s.Groups)
	case account.PartRoles:
		return len(b.s.Roles)
	default:
		n := 0
		for i := range b.s.Policies {
			if !isAWSManaged(b.s.Policies[i].ARN) {
				n++
			}
		}
		return n
	}
}

// expects reports whether another answer tells that there are entities of a part.
func (b *builder) expects(part account.Part) bool {
	counted := map[account.Part]string{
		account.PartUsers: "Users", account.PartGroups: "Groups", account.PartRoles: "Roles", account.PartPolicies: "Policies",
	}[part]
	if b.s.Summary[counted] > 0 {
		return true
	}
	switch part {
	case account.PartUsers:
		return b.s.Report != nil && len(b.s.Report.Rows) > 1 || b.hasUnknownHolders()
	case account.PartGroups, account.PartRoles:
		return b.hasUnknownHolders()
	case account.PartPolicies:
		for arn := range b.policiesInUse() {
			if !isAWSManaged(arn) {
				return true
			}
		}
	}
	return false
}

// hasUnknownHolders reports whether a policy has more holders than the files tell of.
func (b *builder) hasUnknownHolders() bool {
	holders := b.holders()
	for arn, u := range b.counted {
		if u.Attachments > holders[arn] {
			return true
		}
	}
	return false
}

// holders counts, by ARN, to whom policies are attached.
func (b *builder) holders() map[string]int {
	holders := make(map[string]int, len(b.counted))
	for i := range b.s.Users {
		addAll(holders, b.s.Users[i].Attached)
	}
	for i := range b.s.Groups {
		addAll(holders, b.s.Groups[i].Attached)
	}
	for i := range b.s.Roles {
		addAll(holders, b.s.Roles[i].Attached)
	}
	return holders
}

func addAll(counts map[string]int, names []string) {
	for _, name := range names {
		counts[name]++
	}
}

// tellUsage gives policies AWS's own counts where not all who may hold them were read.
func (b *builder) tellUsage() {
	if b.s.Gap(account.PartUsers) == nil && b.s.Gap(account.PartGroups) == nil && b.s.Gap(account.PartRoles) == nil {
		return
	}
	for i := range b.s.Policies {
		if u := b.counted[b.s.Policies[i].ARN]; u.whole {
			b.s.Policies[i].Usage = &u.Usage
		}
	}
}

// findUnlisted notes the customer's policies that are attached and that no file holds.
func (b *builder) findUnlisted() {
	known := make(map[string]bool, len(b.s.Policies))
	for i := range b.s.Policies {
		known[b.s.Policies[i].ARN] = true
	}
	for arn := range b.policiesInUse() {
		if !known[arn] && !isAWSManaged(arn) {
			b.s.Gaps = append(b.s.Gaps, account.Gap{
				Call: authorizationDetails, Error: missing, Part: account.PartPolicies, Subject: arn,
			})
		}
	}
}
