package facts

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

func coversFunction() *gsl.Function {
	prepare := func(args []gsl.Value) (any, error) {
		names, known, err := literals(args)
		if err != nil || !known {
			return nil, err
		}
		actions := make([]action, len(names))
		for i, n := range names {
			if actions[i], err = parseAction(n); err != nil {
				return nil, err
			}
		}
		return actions, nil
	}
	return &gsl.Function{
		Name: "covers", Min: 1, Max: -1,
		Doc: "Whether the Action or NotAction of a statement, be it an Allow or a Deny, covers every one of the actions, and all that a pattern fits. " +
			"Resources and conditions are not looked at.",
		Example: "IamPolicy should not have document.Statement contain [Effect='Deny' and not covers('iam:DeactivateMFADevice')]",
		Check:   prepare,
		Call: func(c *gsl.Call) gsl.Value {
			st, ok := c.Self.Ref().(*statement)
			if !ok {
				if c.Self.Kind() == gsl.Unknown {
					return c.Self
				}
				return gsl.BoolOf(false)
			}
			actions, _ := c.Prepared.([]action)
			if actions == nil {
				prepared, _ := prepare(c.Args)
				actions, _ = prepared.([]action)
			}
			for i := range actions {
				if !names(st.parsed, &actions[i]) {
					return gsl.BoolOf(false)
				}
			}
			return gsl.BoolOf(len(actions) > 0)
		},
	}
}

func coversServiceFunction() *gsl.Function {
	return &gsl.Function{
		Name: "coversService",
		Doc: "Whether the Allows of a document, or among some statements, together name every action that AWS lists for one service, on every resource of an account: " +
			"service:*, or patterns and names that add up to it. The bare *, NotAction, conditions and Denies are not looked at, and a list of names alone is no " +
			"whole service where the service has three actions or fewer.",
		Example: "IamPolicy should not have document.Statement with [not guarded()] coversService()",
		Cost:    1,
		Call:    coversService,
	}
}

func coversService(c *gsl.Call) gsl.Value {
	run := RunOf(c)
	switch {
	case c.Self.Kind() == gsl.Unknown:
		return c.Self
	case run == nil:
		return gsl.UnknownOf("account")
	}
	if d, ok := c.Self.Ref().(*document); ok && c.Env.Trace == nil { // asked of the same document by many
		type key struct{ *document }
		found, _ := run.Once(key{d}, func() any { return run.coveredService(c) }).(bool)
		return gsl.BoolOf(found)
	}
	return gsl.BoolOf(run.coveredService(c))
}

// coveredService asks the statements that a call stands behind.
func (r *Run) coveredService(c *gsl.Call) bool {
	all := r.wideStatements(c.Self)
	services := map[string]bool{}
	found := false
	for _, st := range all {
		for i := range st.parsed.Action {
			service, _, ok := strings.Cut(st.parsed.Action[i].Text, ":")
			service = strings.ToLower(service)
			if !ok || service == "" || strings.Trim(service, "*") == "" || services[service] {
				continue
			}
			services[service] = true
			wide := r.onService(all, service)
			if !wholeService(wide, service) {
				continue
			}
			if found = true; c.Env.Trace == nil {
				return true
			}
			proveService(c, wide, service)
		}
	}
	return found
}

// wideStatements are the statements of a value that are Allows on every resource: of a document, a list, or one.
func (r *Run) wideStatements(v gsl.Value) []*statement {
	var wide []*statement
	take := func(st *statement, ok bool) {
		if ok && r.everywhere(st) {
			wide = append(wide, st)
		}
	}
	switch self := v.Ref().(type) {
	case *document:
		for i := range self.statements {
			take(&self.statements[i], true)
		}
	case *statement:
		take(self, true)
	}
	for i := range length(v.Sequence()) {
		st, ok := v.Sequence().At(i).Ref().(*statement)
		take(st, ok)
	}
	return wide
}

// everywhere reports whether a statement is an Allow of named actions on every resource that the account has of some service,
// in one region at least.
func (r *Run) everywhere(st *statement) bool {
	known := r.wide[st]
	if known == notAsked {
		if known = no; r.isEverywhere(st.parsed) {
			known = yes
		}
		r.wide[st] = known
	}
	return known == yes
}

func (r *Run) isEverywhere(p *policy.Statement) bool {
	if p.Effect != policy.Allow || p.NotAction {
		return false
	}
	if p.NotRes {
		return !slices.ContainsFunc(p.Resource, func(v policy.Value) bool { return everything(v.Text) })
	}
	return slices.ContainsFunc(p.Resource, func(v policy.Value) bool { return r.wideResource(v.Text) })
}

// wideResource reports whether a value of Resource stands for all that the account has of some service in a region.
func (r *Run) wideResource(text string) bool {
	if everything(text) {
		return true
	}
	a, err := arn.Parse(text)
	if err == nil {
		return anyText(a.Resource) && (a.Account == "" || arn.Match(a.Account, string(r.set.snap.Account)))
	}
	if !strings.HasPrefix(text, "arn:") {
		return false
	}
	parts := strings.Split(text, ":") // fewer than six: those that are missing are stars
	return len(parts) < 3 || anyText(strings.Join(parts[3:], ""))
}

// onService are those of some statements on everything whose resources may be a service's.
func (r *Run) onService(wide []*statement, service string) []*statement {
	return slices.DeleteFunc(slices.Clone(wide), func(st *statement) bool {
		return !st.parsed.NotRes && !slices.ContainsFunc(st.parsed.Resource, func(v policy.Value) bool {
			return r.wideResource(v.Text) && r.resourceOf(service, v.Text)
		})
	})
}

// resourceOf reports whether a value of Resource may stand for what actions of a service are about.
func (r *Run) resourceOf(service, text string) bool {
	a, err := arn.Parse(text)
	return err != nil || slices.ContainsFunc(r.owners(service), func(owner string) bool { return arn.Match(a.Service, owner) })
}

// owners are the services in the ARNs of what actions of a service are about.
func (r *Run) owners(service string) []string {
	type key struct{ service string }
	owners, _ := r.Once(key{service}, func() any {
		out := []string{service}
		for a := range iamref.Expand(service + ":*") {
			for _, t := range a.Resources {
				for _, template := range t.ARNs {
					if parts := strings.SplitN(template, ":", 4); len(parts) > 3 && !slices.Contains(out, parts[2]) {
						out = append(out, parts[2])
					}
				}
			}
		}
		return out
	}).([]string)
	return owners
}

// anyText reports whether a pattern fits every text, or every one that is not short.
func anyText(pattern string) bool {
	return strings.Trim(pattern, "*?") == "" && (pattern == "" || strings.Contains(pattern, "*"))
}

// fewActions is how many actions a service may have whose names make no whole service of a list.
const fewActions = 3

// wholeService reports whether the statements name all actions of a service.
func wholeService(wide []*statement, service string) bool {
	all := action{text: service + ":*", wild: true}
	listed, wild := 0, false
	for a := range iamref.Expand(all.text) {
		listed++
		pattern := namesAction(wide, &action{text: a.String()})
		if pattern == "" {
			return namesAction(wide, &all) != ""
		}
		wild = wild || strings.ContainsAny(pattern, "*?")
	}
	if listed == 0 || !wild && listed <= fewActions {
		return namesAction(wide, &all) != ""
	}
	return true
}

// namesAction is the pattern that names an action, the bare star apart; empty: none does.
func namesAction(wide []*statement, a *action) string {
	for _, st := range wide {
		for i := range st.parsed.Action {
			if text := st.parsed.Action[i].Text; strings.Trim(text, "*:") != "" && a.within(text) {
				return text
			}
		}
	}
	return ""
}

// proveService names the elements that make a whole service.
func proveService(c *gsl.Call, wide []*statement, service string) {
	for _, st := range wide {
		var spots []policy.Spot
		for i := range st.parsed.Action {
			if prefix, _, _ := strings.Cut(st.parsed.Action[i].Text, ":"); strings.EqualFold(prefix, service) {
				spots = append(spots, st.doc.parsed.MemberOrValue(st.parsed.Action[i].Node))
			}
		}
		if len(spots) > 0 {
			Prove(c, gsl.RecordOf(st), spots...)
		}
	}
}
