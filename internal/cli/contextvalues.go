package cli

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// checkValue refuses a value that no request carries in a key of that type: it would fail every condition on the key
// but the negated ones, and look like an answer.
func checkValue(key iamref.ConditionKey, name, value string) error {
	want := ""
	switch key.Type {
	case iamref.IPKey:
		if _, err := netip.ParseAddr(value); err != nil {
			want = "want an IP address such as 203.0.113.7 or 2001:db8::7"
			if _, err := netip.ParsePrefix(value); err == nil {
				want = "a request comes from one address, not from a range: want one such as 203.0.113.7"
			}
		}
	case iamref.NumericKey:
		if n, err := strconv.ParseFloat(value, 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			want = "want a number such as 3600"
		}
	case iamref.DateKey:
		if _, ok := authz.ParseDate(value); !ok {
			want = "want a date such as 2026-11-20T09:00:00Z, or seconds since 1970"
		}
	case iamref.BoolKey:
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			want = "want true or false"
		}
	case iamref.ARNKey:
		if a, err := arn.Parse(value); err == nil && !mayBeAccount(a.Account) {
			want = "account " + strconv.Quote(a.Account) + " in it: want its twelve digits"
		}
	case iamref.StringKey:
	}
	if want == "" {
		return nil
	}
	return usagef("context %s=%s: %s", name, value, want)
}

// mayBeAccount reports whether AWS may write an ARN with this in the place of the account: nothing, twelve digits, or a
// word or wildcard, as in arn:aws:iam::aws:policy/AdministratorAccess. Other digits are a slip.
func mayBeAccount(part string) bool {
	return arn.IsAccountID(part) || !strings.ContainsAny(part, "0123456789") || strings.ContainsAny(part, "*?$")
}
