package element

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/review/reviewtest"
)

// TestOperator_holdsAbsent holds the table of operators against authz: does a condition hold without its key?
func TestOperator_holdsAbsent(t *testing.T) {
	t.Parallel()
	n := 0
	for name := range operators {
		for _, set := range []string{"", ForAllValues, ForAnyValue} {
			for _, tail := range []string{"", IfExists} {
				text := set + name + tail
				o := ParseOperator(strings.ToUpper(text))
				if o.Known != (text != set+"Null"+IfExists) || o.Set != set || o.Known && o.Name != name || o.IfExists != (tail != "") {
					t.Errorf("%s reads as %+v", text, o)
				}
				if name == "Null" || !o.Known {
					continue
				}
				n++
				if got := reviewtest.Holds(t, text, "x", authz.NewContext(false)); got != o.HoldsAbsent() {
					t.Errorf("%s without its key: %t, want %t", text, o.HoldsAbsent(), got)
				}
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d operators", n)
	}
	for _, text := range []string{"", "IfExists", "ForAnyValue:", "ForAnyValue:ForAllValues:StringEquals", "StringEqualsIfExistsIfExists", "String"} {
		if ParseOperator(text).Known {
			t.Errorf("%q is known", text)
		}
	}
}
