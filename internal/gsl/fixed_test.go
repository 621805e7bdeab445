package gsl_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// TestProgram_Fixes: what the filter leaves one value only, and what the filter alone reads.
func TestProgram_Fixes(t *testing.T) {
	t.Parallel()
	yes, word := gsl.BoolOf(true), gsl.StringOf("Alice")
	for _, c := range []struct {
		rule, path     string
		value          gsl.Value
		fixes, filters bool
	}{
		{"IamUser where passwordEnabled=true should have mfaActive", "passwordEnabled", yes, true, true},
		{"IamUser where passwordEnabled=true should have mfaActive", "PASSWORDENABLED", yes, true, true},
		{"IamUser where passwordEnabled=true should have mfaActive", "mfaActive", yes, false, false},
		{"IamUser where name='Alice' and passwordEnabled should have mfaActive", "passwordEnabled", yes, true, true},
		{"IamUser where name='Alice' and passwordEnabled should have mfaActive", "name", word, true, true},
		{"IamUser where not (passwordEnabled) should have mfaActive", "passwordEnabled", yes, true, true},
		{"IamUser where name should have mfaActive", "name", word, false, true},
		{"IamUser where not name should have mfaActive", "name", word, false, true},
		{"IamUser where name like 'A%' should have mfaActive", "name", word, false, true},
		{"IamUser where name!='Bob' should have mfaActive", "name", word, false, true},
		{"IamUser where passwordEnabled=true or name='Alice' should have mfaActive", "passwordEnabled", yes, false, true},
		{"IamUser where passwordEnabled=true should have passwordEnabled=true or mfaActive", "passwordEnabled", yes, true, false},
		{"IamUser where passwordEnabled=true should have mfaActive exclude passwordEnabled=true", "passwordEnabled", yes, true, false},
		{"IamUser where passwordEnabled=mfaActive should have name", "passwordEnabled", yes, false, true},
		{"IamUser should have mfaActive", "mfaActive", yes, false, false},
	} {
		program := compile(t, c.rule, gsl.Options{})
		if got := program.Fixes(c.path, c.value); got != c.fixes {
			t.Errorf("%s: Fixes(%s) = %v", c.rule, c.path, got)
		}
		if got := program.Filters(c.path); got != c.filters {
			t.Errorf("%s: Filters(%s) = %v", c.rule, c.path, got)
		}
	}
}
