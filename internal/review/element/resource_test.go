package element

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// TestCoversResource_property: what is said to be covered is decided alike by authz.
func TestCoversResource_property(t *testing.T) {
	t.Parallel()
	part := rapid.StringMatching(`[ab*?:]{0,4}`)
	pattern := rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return "*"
		case 1:
			return "arn:a" + part.Draw(t, "short")
		}
		return "arn:" + part.Draw(t, "partition") + ":" + part.Draw(t, "service") + "::" + part.Draw(t, "account") + ":" + part.Draw(t, "resource")
	})
	positive := 0
	rapid.Check(t, func(t *rapid.T) {
		wide, narrow := pattern.Draw(t, "wide"), pattern.Draw(t, "narrow")
		if !CoversResource(wide, narrow) && OverlapsResource(wide, narrow) {
			return
		}
		positive++
		w, n := onlyResource(t, wide), onlyResource(t, narrow)
		for range 40 {
			text := instance(t, glob.Padded(narrow))
			inWide, inNarrow := fitsOne(w, text), fitsOne(n, text)
			if CoversResource(wide, narrow) && inNarrow && !inWide {
				t.Fatalf("%s is said to cover %s, and %s fits only that", wide, narrow, text)
			}
			if !OverlapsResource(wide, narrow) && inNarrow && inWide {
				t.Fatalf("%s fits %s and %s, which are said not to overlap", text, wide, narrow)
			}
		}
	})
	if positive == 0 {
		t.Error("nothing was ever covered")
	}
}

// instance is some text that may fit a pattern.
func instance(t *rapid.T, pattern string) string {
	out := []byte{}
	for i := range len(pattern) {
		switch pattern[i] {
		case '*':
			out = append(out, rapid.StringMatching(`[ab:]{0,3}`).Draw(t, "star")...)
		case '?':
			out = append(out, rapid.SampledFrom([]byte("ab:")).Draw(t, "one"))
		default:
			out = append(out, pattern[i])
		}
	}
	return string(out)
}

func onlyResource(tb interface{ Fatal(args ...any) }, pattern string) *authz.Policy {
	p, err := authz.Compile("p", &policy.Document{Version: Modern, Statements: []policy.Statement{{
		Effect: policy.Allow, Action: []policy.Value{{Text: "*"}}, Resource: []policy.Value{{Text: pattern}},
	}}})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func fitsOne(p *authz.Policy, resource string) bool {
	stack := authz.Stack{Identity: []*authz.Policy{p}}
	return stack.Decide(&authz.Request{
		Principal: authz.Principal{Kind: authz.User, Account: "1"}, Action: "x:y", Resource: resource,
	}) == authz.Allowed
}
