package review

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/source"
)

// most is how often a rule may speak in all of AWS's managed policies, where it does speak: these documents are
// written with care, so a rule that speaks more often says something wrong.
var most = map[Rule]int{
	UnknownService: 120, UnknownAction: 80, EmptyAction: 40, UnknownKey: 20, MismatchedOperator: 10,
	MissingSetOperator: 10, NeedlessSetOperator: 10, AllowNotAction: 5, AllowNotResource: 15, PassRoleAnywhere: 30,
	RedundantAction: 100, RedundantResource: 250, RedundantStatement: 60, UnusedResource: 400, MismatchedAction: 900,
	NegatedWithoutGuard: 150, ForAllWithoutGuard: 400, ManagesPermissions: 400, OverSize: 500, TooLarge: 3,
	UnknownVariable: 5, MisplacedVariable: 3, OldVersion: 5,
}

// TestLint_managed lints what AWS itself writes.
func TestLint_managed(t *testing.T) {
	t.Parallel()
	count := map[Rule]int{}
	documents, ofType := 0, 0
	for m := range iamref.ManagedPolicies() {
		documents++
		for _, s := range Lint(policy.Parse(m.Document), policy.Identity) {
			if count[s.Rule]++; s.Severity == source.Error || count[s.Rule] > most[s.Rule] {
				t.Errorf("%s%s: %s: %s", m.Name, s.Pointer, s.Rule, s.Message)
			}
			if s.Rule == MismatchedAction && strings.Contains(s.Message, "of type") {
				ofType++
			}
		}
	}
	if documents == 0 || count[ManagesPermissions] == 0 || count[MismatchedAction] == 0 {
		t.Errorf("%d documents, %v", documents, count)
	}
	if ofType > 350 {
		t.Errorf("%d actions are said to name another type of resource", ofType)
	}
	for _, r := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%5d %s", count[r], r)
	}
}
