package authz

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/policy"
)

// Home is where a condition stands, as far as that tells what its requests carry.
type Home struct {
	Partition, Account string
	Now                time.Time
	Strangers          bool // services and principals of other accounts may ask: a policy of a resource
}

// Vacuous reports whether a condition holds for every ordinary request: one that a user or role signs and sends by
// itself, over TLS, on what the account holds, from any IPv4 address of the internet, at any time within a hundred years. It is proved, not
// guessed: false says that some such request may fail it, or that we cannot tell. With variables, ${…} stands for its value.
func (h *Home) Vacuous(c *policy.Condition, variables bool) bool {
	cd := compileCondition(c, variables)
	if cd.always {
		return true
	}
	if cd.op.negated || cd.op.family == familyNone {
		return false
	}
	kinds := h.carried(cd.key)
	switch {
	case len(kinds) == 0:
		return false
	case cd.op.family == familyNull:
		return cd.null(true) == True
	case cd.op.family == familyIP:
		return cd.key == "aws:sourceip" && everyAddress(cd.values)
	}
	for _, probes := range kinds {
		if !slices.ContainsFunc(cd.values, func(o operand) bool { return h.coversAll(&cd, o, probes) }) {
			return false
		}
	}
	return true
}

// coversAll reports whether one value of the condition fits every probe.
func (h *Home) coversAll(cd *condition, o operand, probes []string) bool {
	alone := condition{op: cd.op, key: cd.key, values: []operand{o}}
	for _, p := range probes {
		ctx := NewContext(false)
		if !h.Strangers {
			ctx.Set("aws:PrincipalAccount", h.Account)
			ctx.Set("aws:ResourceAccount", h.Account)
		}
		ctx.Set(cd.key, p)
		if alone.holds(ctx) != True {
			return false
		}
	}
	return true
}

// anyText are values that a pattern fits together only if it fits every text: the first two share no character, so that it
// can hold no literal, and the third is longer, so that it holds a star.
var anyText = [][]string{{"0", "Z", strings.Repeat("0Z", 40)}}

// carried are the values of a key that every ordinary request carries, by kind: who fits all of one kind fits each value
// that AWS may give it. Nil: a request may lack the key. Source: IAM User Guide, "AWS global condition context keys".
func (h *Home) carried(key string) [][]string {
	switch key {
	case "aws:currenttime":
		return [][]string{{h.Now.UTC().Format(time.RFC3339), h.Now.AddDate(100, 0, 0).UTC().Format(time.RFC3339)}}
	case "aws:epochtime":
		return [][]string{{strconv.FormatInt(h.Now.Unix(), 10), strconv.FormatInt(h.Now.AddDate(100, 0, 0).Unix(), 10)}}
	case "aws:securetransport":
		return [][]string{{"true"}}
	case "aws:requestedregion", "aws:useragent":
		return anyText
	}
	if h.Strangers {
		return nil
	}
	switch key {
	case "aws:sourceip", "aws:userid":
		return anyText
	case "aws:viaawsservice", "aws:principalisawsservice":
		return [][]string{{"false"}}
	case "aws:principalaccount", "aws:resourceaccount":
		return [][]string{{h.Account}}
	case "aws:principaltype":
		return [][]string{{"User"}, {"AssumedRole"}}
	case "aws:principalarn":
		var kinds [][]string
		for _, kind := range [...]string{"user/", "role/"} {
			var probes []string
			for _, name := range anyText[0] {
				probes = append(probes, "arn:"+h.Partition+":iam::"+h.Account+":"+kind+name)
			}
			kinds = append(kinds, probes)
		}
		return kinds
	}
	return nil
}

// EveryAddress reports whether a condition of IpAddress names all IPv4 addresses.
func EveryAddress(c *policy.Condition) bool {
	cd := compileCondition(c, false)
	return cd.op.family == familyIP && !cd.op.negated && everyAddress(cd.values)
}

// everyAddress reports whether ranges leave out no IPv4 address.
func everyAddress(ranges []operand) bool {
	var v4 []netip.Prefix
	for i := range ranges {
		if p := ranges[i].prefix; !ranges[i].bad && p.Addr().Is4() {
			v4 = append(v4, p)
		}
	}
	slices.SortFunc(v4, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) })
	next := netip.IPv4Unspecified()
	for _, p := range v4 {
		if next.Less(p.Addr()) {
			return false
		}
		if last := lastOf(p); !last.Less(next) {
			if next = last.Next(); !next.IsValid() {
				return true
			}
		}
	}
	return false
}

// lastOf is the last address of an IPv4 range.
func lastOf(p netip.Prefix) netip.Addr {
	a := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		a[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(a)
}
