package authz_test

import (
	"slices"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// TestStrayTokens_keys: every claim that tells strangers apart is a condition key of AWS's; those that anybody may choose
// and those that AWS does not read are none.
func TestStrayTokens_keys(t *testing.T) {
	t.Parallel()
	hosts := map[string]int{
		"token.actions.githubusercontent.com": 7, "token.actions.githubusercontent.com/meridian": 7, "token.actions.meridian.ghe.com": 7,
		"gitlab.com": 5, "agent.buildkite.com": 4, "agent.meridian.buildkite.dev": 4, "oidc.circleci.com/org/1": 1, "accounts.google.com": 1,
		"idcs-1.identity.oraclecloud.com": 1, "app.terraform.io": 0, "oidc.eks.eu-west-1.amazonaws.com/id/A": 0,
		"api.bitbucket.org/2.0/workspaces/me/pipelines-config/identity/oidc": 0,
	}
	for host, want := range hosts {
		token := authz.StrayTokens(host, func(string) []string { return []string{"x"} })[0]
		if got := len(token) - 1; got != want || token[0].Key != host+":sub" {
			t.Errorf("%s: %d claims beside the subject, want %d: %v", host, got, want, token)
		}
		for _, c := range token[1:] {
			if _, ok := iamref.Key(c.Key); !ok {
				t.Errorf("AWS has no condition key %s", c.Key)
			}
		}
	}
}

// TestStrayTokens_values: a claim that no condition names takes no part, and a pattern that leaves the owner open has a
// token that fits.
func TestStrayTokens_values(t *testing.T) {
	t.Parallel()
	const host = "token.actions.githubusercontent.com"
	values := func(pattern string) []authz.Claim {
		var out []authz.Claim
		for _, token := range authz.StrayTokens(host, func(key string) []string {
			if key == host+":repository" {
				return []string{pattern}
			}
			return nil
		}) {
			if len(token) != 2 {
				t.Fatalf("%s: token %v", pattern, token)
			}
			if !slices.Contains(out, token[1]) {
				out = append(out, token[1])
			}
		}
		return out
	}
	for pattern, want := range map[string][]string{
		"me/app": {"ambit-probe/ambit-probe"}, "me/*": {"ambit-probe/ambit-probe"},
		"*/app": {"ambit-probe/ambit-probe", "ambit-probe/app"}, "me?/app*": {"ambit-probe/ambit-probe", "meq/appambit-probe"},
	} {
		var got []string
		for _, c := range values(pattern) {
			got = append(got, c.Value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = "*" + string(rune('a'+i%26)) + "/x"
	}
	if n := len(authz.StrayTokens(host, func(string) []string { return many })); n > 1024 {
		t.Errorf("%d tokens", n)
	}
}
