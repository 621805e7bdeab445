package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

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
			if want := authz.Misread(key, text); want != "" {
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
