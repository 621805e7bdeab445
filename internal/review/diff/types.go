package diff

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// kindOf numbers the lists of resource types that actions have.
func kindOf(a iamref.Action) int { return actionKinds()[a.Index] }

var actionKinds = sync.OnceValue(func() []int {
	out := make([]int, iamref.ActionCount())
	known := map[string]int{}
	for a := range iamref.Expand("*") {
		key := strings.Builder{}
		for _, r := range a.Resources {
			fmt.Fprint(&key, a.Service, ":", r.Name, r.Required, " ")
		}
		n, ok := known[key.String()]
		if !ok {
			n = len(known)
			known[key.String()] = n
		}
		out[a.Index] = n
	}
	return out
})

// anyType is for actions that are not known.
var anyType = &element.Type{Name: "*", Patterns: []element.TypePattern{{Template: "*"}}}

// kinds are the types of resource of an action that a pattern of the statements may fit, and resources of none of
// them: one of another type, or "*" where a request may name none.
func (c *comparison) kinds(patterns []string, a iamref.Action, unknown bool) (types []*element.Type, plain []string) {
	switch {
	case c.kind == policy.Trust:
		return nil, []string{"arn:aws:iam::" + c.resourceAccount() + ":role/" + exampleName}
	case unknown:
		return []*element.Type{anyType}, []string{"*"}
	}
	required := slices.ContainsFunc(a.Resources, func(r iamref.ResourceType) bool { return r.Required })
	if len(a.Resources) == 0 || !required && c.kind != policy.Resource { // whose requests are on the resource
		plain = []string{"*"}
	}
	for _, r := range a.Resources {
		t := element.TypeOf(a.Service, r)
		fits := func(p element.TypePattern) bool { return slices.ContainsFunc(patterns, c.mayFit(p)) }
		if slices.ContainsFunc(t.Patterns, fits) {
			types = append(types, t)
		} else if len(plain) == 0 {
			plain = []string{exampleOf(r.ARNs[0])}
		}
	}
	return types, plain
}

// mayFit remembers which patterns may fit a template.
func (c *comparison) mayFit(p element.TypePattern) func(pattern string) bool {
	return func(pattern string) bool {
		key := [2]string{p.Template, pattern}
		fits, known := c.fits[key]
		if !known {
			if c.Spent() {
				return false
			}
			var work int
			fits, work = p.Fits(pattern)
			c.Spend(60 + work/2)
			c.fits[key] = fits
		}
		return fits
	}
}
