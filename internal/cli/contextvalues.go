package cli

import (
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/simulate"
)

// checkValue refuses a value that no request carries in a key of that type: it would look like an answer.
func checkValue(key iamref.ConditionKey, name, value string) error {
	if want := simulate.Misread(key, value); want != "" {
		return usagef("context %s=%s: %s", name, value, want)
	}
	return nil
}
