package engine

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/rule"
)

// gapsOf lists what could not be read of an account: every call that failed or is missing, and of what nobody
// asked for, such as the details of an identity provider, only what a rule needs. The roles' session lengths are
// read for the rules that want them, and missed by no other.
func gapsOf(set *facts.Set, rules []*rule.Compiled) []account.Gap {
	var gaps []account.Gap
	var reads []string
	for _, g := range set.Gaps() {
		if g.Part != account.PartMaxSession && failed(set.Snapshot(), &g) {
			gaps = append(gaps, g)
			continue
		}
		if reads == nil {
			reads = readsOf(rules)
		}
		if feedsAny(g.Part, reads) {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// failed reports whether the snapshot itself tells of the gap.
func failed(s *account.Snapshot, g *account.Gap) bool {
	return slices.ContainsFunc(s.Gaps, func(o account.Gap) bool { return o.Part == g.Part && o.Subject == g.Subject })
}

// readsOf lists the properties that rules read, such as "IamUser.mfaActive".
func readsOf(rules []*rule.Compiled) []string {
	reads := []string{}
	for _, r := range rules {
		for _, program := range slices.Concat(r.Programs, r.Vendor) {
			reads = append(reads, program.Reads()...)
		}
	}
	slices.Sort(reads)
	return slices.Compact(reads)
}

// feedsAny reports whether a part of the account feeds one of the properties.
func feedsAny(part account.Part, reads []string) bool {
	return slices.ContainsFunc(facts.Fields(part), func(field string) bool {
		entity, all := strings.CutSuffix(field, "*")
		return slices.ContainsFunc(reads, func(read string) bool {
			return read == field || strings.HasPrefix(read, field+".") || all && strings.HasPrefix(read, entity)
		})
	})
}
