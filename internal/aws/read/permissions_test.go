package read

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/policy"
)

// TestPermissions_needed makes every call that there is, and holds what was called against what is asked for.
func TestPermissions_needed(t *testing.T) {
	t.Parallel()
	s := accounttest.Quota(6, accounttest.SmallSize)
	c := openOnly(t, s)
	got, err := Account(t.Context(), c, Options{MaxSession: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Confirm(t.Context(), c, got, []Ask{{User: s.Users[0].Name, MFA: true, Keys: true}}, time.Now); err != nil {
		t.Fatal(err)
	}
	called := slices.Sorted(maps.Keys(c.Calls()))
	if diff := cmp.Diff(append(slices.Clone(actions), free...), called); diff != "" {
		t.Errorf("operations (-asked for +called):\n%s", diff)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	document := policy.Parse(string(Permissions("aws")))
	if len(document.Faults) > 0 || len(document.Statements) != 1 {
		t.Fatalf("faults %v, %d statements", document.Faults, len(document.Statements))
	}
	if !slices.IsSorted(actions) {
		t.Error("the actions are not sorted")
	}
}
