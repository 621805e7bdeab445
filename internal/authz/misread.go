package authz

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// Misread says what a request carries in a condition key of this type, where that cannot be value: "want a number such as
// 3600". It is empty where AWS could carry the value. Such a value fails every condition on the key but the negated ones.
func Misread(key iamref.ConditionKey, value string) string {
	switch key.Type {
	case iamref.IPKey:
		return misreadAddress(value)
	case iamref.NumericKey:
		if n, err := strconv.ParseFloat(value, 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return "want a number such as 3600"
		}
	case iamref.DateKey:
		if _, ok := ParseDate(value); !ok {
			return "want a date such as 2026-11-20T09:00:00Z, or seconds since 1970"
		}
	case iamref.BoolKey:
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			return "want true or false"
		}
	case iamref.ARNKey:
		if a, err := arn.Parse(value); err == nil && !arn.MayBeAccount(a.Account) {
			return "account " + strconv.Quote(a.Account) + " in it: want its twelve digits"
		}
	case iamref.StringKey:
	}
	return ""
}

func misreadAddress(value string) string {
	if _, err := netip.ParseAddr(value); err == nil {
		return ""
	}
	if _, err := netip.ParsePrefix(value); err == nil {
		return "a request comes from one address, not from a range: want one such as 203.0.113.7"
	}
	return "want an IP address such as 203.0.113.7 or 2001:db8::7"
}
