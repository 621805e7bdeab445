package simulate

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
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
		if _, ok := authz.ParseDate(value); !ok {
			return "want a date such as 2026-11-20T09:00:00Z, or seconds since 1970"
		}
	case iamref.BoolKey:
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			return "want true or false"
		}
	case iamref.ARNKey:
		if a, err := arn.Parse(value); err == nil && !MayBeAccount(a.Account) {
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

// MayBeAccount reports whether AWS may write an ARN with this in the place of the account: nothing, twelve digits, or a
// word or wildcard, as in arn:aws:iam::aws:policy/AdministratorAccess. Other digits are a slip.
func MayBeAccount(part string) bool {
	return arn.IsAccountID(part) || !strings.ContainsAny(part, "0123456789") || strings.ContainsAny(part, "*?$")
}

// context makes the request's context of what the case gives, and remarks on what no request carries.
func (r *Result) context() (*authz.Context, error) {
	given := r.Case.Request.Context
	ctx := authz.NewContext(false)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		list, many := given[name].([]any)
		if !many {
			list = []any{given[name]}
		}
		key, _ := iamref.Key(name)
		values := make([]string, len(list))
		for i, v := range list {
			text, ok := contextText(v)
			if !ok {
				return nil, fmt.Errorf("context %s: want a text, a number, true or false, or a list of them", name)
			}
			if want := Misread(key, text); want != "" {
				r.Remarks = append(r.Remarks, "context "+name+"="+text+": "+want)
			}
			values[i] = text
		}
		if many {
			ctx.SetMany(name, values)
		} else {
			ctx.Set(name, values[0])
		}
	}
	return ctx, nil
}

// contextText is a value as a request carries it: a number in digits, as an account's id is one.
func contextText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}
