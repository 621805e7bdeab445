package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review"
	"github.com/ambit-iam/ambit/internal/source"
)

// worlds are the accounts that a question is asked of, by id.
type worlds []*access.World

// readWorlds reads the accounts of the input.
func (a *app) readWorlds(c *cobra.Command, in *input) (worlds, error) {
	snapshots, err := a.readAccounts(c, in)
	if err != nil {
		return nil, err
	}
	var all worlds
	for _, s := range snapshots {
		all = append(all, access.New(s, nil))
		a.sayUnlistedPrincipals(s)
	}
	return all, nil
}

// principalParts are the parts of an account that hold who may act in it.
var principalParts = []struct {
	part account.Part
	noun string
}{{account.PartUsers, "user"}, {account.PartRoles, "role"}}

// unlisted is "user", "role" or "user and role": whoever of an account could not be listed; empty where all were.
func unlisted(s *account.Snapshot) string {
	var nouns []string
	for _, p := range principalParts {
		if s.Gap(p.part) != nil {
			nouns = append(nouns, p.noun)
		}
	}
	return strings.Join(nouns, " and ")
}

// unlisted ends a sentence that sums up an answer about everybody.
func (all worlds) unlisted() string {
	for _, w := range all {
		if nouns := unlisted(w.Snapshot()); nouns != "" {
			return "; not every " + nouns + " could be listed"
		}
	}
	return ""
}

// sayUnlistedPrincipals says why answers are not about everybody in an account.
func (a *app) sayUnlistedPrincipals(s *account.Snapshot) {
	for _, p := range principalParts {
		if gap := s.Gap(p.part); gap != nil {
			cure := ""
			if gap.Permission != "" {
				cure = "; grant " + gap.Permission
			}
			a.say(fmt.Sprintf("account %s: not every %s could be listed: %s: %s%s", s.Account, p.noun, gap.Call, gap.Error, cure))
		}
	}
}

// principal finds a user or role by name or ARN, and the world it lives in.
func (all worlds) principal(name string) (*access.World, *access.Principal, error) {
	var world *access.World
	var found []*access.Principal
	var names []string
	for _, w := range all {
		if list := w.Principal(name); len(list) > 0 {
			world, found = w, append(found, list...)
		}
		for i := range w.Principals() {
			p := &w.Principals()[i]
			names = append(names, p.Name, p.ARN)
		}
	}
	switch len(found) {
	case 1:
		return world, found[0], nil
	case 0:
		if name == account.RootUser || strings.EqualFold(name, "root") || strings.HasSuffix(name, ":root") {
			return nil, nil, usagef("%q is the root user, whom no policy of the account binds: ask for a user or role", name)
		}
		if near := source.Closest(name, names); near != "" {
			return nil, nil, usagef("no user or role is called %q; did you mean %q?", name, near)
		}
		return nil, nil, usagef("no user or role is called %q: give the name or ARN of one of the account", name)
	}
	var arns []string
	for _, p := range found {
		arns = append(arns, p.ARN)
	}
	return nil, nil, usagef("%q is the name of several: give an ARN, one of %s", name, strings.Join(arns, ", "))
}

// inquiry is a question as it stands on the command line, understood.
type inquiry struct {
	access.Question
	anywhere bool // no resource was named
	places   map[*access.World]*access.Places
}

// best is the resource on which a principal rather may than on others.
func (q *inquiry) best(w *access.World, p *access.Principal) string {
	if q.places[w] == nil {
		q.places[w] = w.Places(q.Question)
	}
	_, resource := q.places[w].Best(p)
	return resource
}

// inquiry understands ACTION [RESOURCE] and the context keys.
func (a *app) inquiry(all worlds, args, keys []string) (*inquiry, error) {
	action, err := actionNamed(args[0])
	if err != nil {
		return nil, err
	}
	q := &inquiry{anywhere: len(args) < 2, places: map[*access.World]*access.Places{}}
	q.Action = action
	if !q.anywhere {
		if q.Resource, err = all.resource(args[1]); err != nil {
			return nil, err
		}
		a.sayMisfit(q)
	}
	return q, a.contextKeys(&q.Question, keys)
}

// sayMisfit says where AWS would take no such request, since its action names other resources: the answer is what the
// policies say of it all the same.
func (a *app) sayMisfit(q *inquiry) {
	text, err := json.Marshal(map[string]any{"Statement": map[string]string{"Effect": "Allow", "Action": q.Action, "Resource": q.Resource}})
	if err != nil {
		return // a resource that is no UTF-8
	}
	for _, smell := range review.Lint(policy.Parse(string(text)), policy.Identity, review.MismatchedAction) {
		if smell.Rule == review.MismatchedAction {
			a.say("AWS takes no such request: " + q.Action + " is asked on " + resourceWords(q.Action) + ", not on " + q.Resource)
		}
	}
}

// resourceWords is what an action is asked on: "a resource of type user or role", or "*" where there is none.
func resourceWords(action string) string {
	known, _ := iamref.ActionOf(action)
	const shown = 3
	var names []string
	for i, r := range known.Resources {
		if i == shown {
			names = append(names, plural(len(known.Resources)-i, "other type"))
			break
		}
		names = append(names, r.Name)
	}
	if len(names) == 0 {
		return "*"
	}
	return "a resource of type " + strings.Join(names, " or ")
}

// actionNamed gives an action as AWS spells it. One that AWS does not have is an error: nobody could do it.
func actionNamed(name string) (string, error) {
	if known, ok := iamref.ActionOf(name); ok {
		return known.String(), nil
	}
	prefix, verb, ok := strings.Cut(name, ":")
	if strings.ContainsAny(name, "*?") {
		return "", usagef("action %q: want one action, without wildcards; ambit what-can lists many", name)
	}
	if prefix == "" || verb == "" && ok {
		return "", usagef("action %q: want SERVICE:Name, such as s3:GetObject", name)
	}
	if !ok {
		prefixes := []string{"iam", "sts", "s3", "ec2"} // what is most likely meant of many
		for s := range iamref.Services() {
			prefixes = append(prefixes, s.Prefix)
		}
		for _, prefix := range prefixes {
			if known, found := iamref.ActionOf(prefix + ":" + name); found {
				return "", usagef("action %q lacks its service; did you mean %q?", name, known)
			}
		}
		return "", usagef("action %q: want SERVICE:Name, such as s3:GetObject", name)
	}
	if _, known := iamref.ServiceOf(prefix); !known {
		var prefixes []string
		for s := range iamref.Services() {
			prefixes = append(prefixes, s.Prefix)
		}
		return "", unknownName("service", prefix, prefixes)
	}
	var names []string
	for known := range iamref.Expand(prefix + ":*") {
		names = append(names, known.Name)
	}
	if near := source.Closest(verb, names); near != "" {
		return "", usagef("AWS has no action %q; did you mean \"%s:%s\"?", name, strings.ToLower(prefix), near)
	}
	return "", usagef("AWS has no action %q", name)
}

func unknownName(kind, name string, names []string) error {
	if near := source.Closest(name, names); near != "" {
		return usagef("AWS has no %s %q; did you mean %q?", kind, name, near)
	}
	return usagef("AWS has no %s %q", kind, name)
}

// resource gives an ARN for what the command line calls a resource: an ARN, "*", or the name of a user, group,
// role or policy.
func (all worlds) resource(name string) (string, error) {
	if name == "*" || strings.HasPrefix(name, "arn:") {
		a, err := arn.Parse(name)
		switch {
		case name == "*":
		case err != nil:
			return "", usagef("resource: %w", err)
		case !arn.MayBeAccount(a.Account):
			return "", usagef("resource %q: account %q in it: want its twelve digits", name, a.Account)
		}
		return name, nil
	}
	var arns, names []string
	add := func(called, resource string) {
		names = append(names, called)
		if called == name {
			arns = append(arns, resource)
		}
	}
	for _, w := range all {
		for i := range w.Principals() {
			add(w.Principals()[i].Name, w.Principals()[i].ARN)
		}
		s := w.Snapshot()
		for i := range s.Groups {
			add(s.Groups[i].Name, s.Groups[i].ARN)
		}
		for i := range s.Policies {
			add(s.Policies[i].Name, s.Policies[i].ARN)
		}
	}
	switch {
	case len(arns) == 1:
		return arns[0], nil
	case len(arns) > 1:
		return "", usagef("%q is the name of several: give an ARN, one of %s", name, strings.Join(arns, ", "))
	}
	if near := source.Closest(name, names); near != "" {
		return "", usagef("resource %q: want an ARN, *, or a name in the account; did you mean %q?", name, near)
	}
	return "", usagef("resource %q: want an ARN, *, or the name of a user, group, role or policy of the account", name)
}

// contextKeys understands key=value, and !key for one that the request does not carry. A key given twice holds
// both values.
func (a *app) contextKeys(q *access.Question, specs []string) error {
	q.Keys, q.Many = map[string][]string{}, map[string]bool{}
	for _, spec := range specs {
		if key, ok := strings.CutPrefix(spec, "!"); ok && key != "" {
			q.Absent = append(q.Absent, key)
			continue
		}
		key, value, ok := strings.Cut(spec, "=")
		if !ok || key == "" || key[0] == '!' {
			return usagef("context %q: want key=value, or !key for a key that the request does not carry", spec)
		}
		q.Keys[key] = append(q.Keys[key], value)
	}
	for _, key := range q.Absent {
		for given := range q.Keys {
			if strings.EqualFold(given, key) {
				return usagef("context %s is given a value, and said not to be carried: leave one of the two out", key)
			}
		}
	}
	for _, key := range slices.Concat(slices.Sorted(maps.Keys(q.Keys)), q.Absent) {
		known, ok := iamref.Key(key)
		q.Many[key] = known.Many || len(q.Keys[key]) > 1
		for _, value := range q.Keys[key] {
			if want := authz.Misread(known, value); want != "" { // it would look like an answer
				return usagef("context %s=%s: %s", key, value, want)
			}
		}
		if ok {
			continue
		}
		var names []string
		for k := range iamref.Keys() {
			names = append(names, k.Name)
		}
		remark := "AWS has no condition key " + key
		if near := source.Closest(key, names); near != "" {
			remark += "; did you mean " + near + "?"
		}
		a.say(remark)
	}
	return nil
}

// put asks a question of a principal: on the resource that was named, else on the best that there is. The trust
// policy of a role in another account that was read too has its say.
func (all worlds) put(w *access.World, p *access.Principal, q *inquiry) access.Question {
	one := q.Question
	if q.anywhere {
		one.Resource = q.best(w, p)
	}
	for _, other := range all {
		if other == w || !strings.HasPrefix(one.Action, "sts:") {
			continue
		}
		if trust, ok := other.Trust(one.Resource); ok {
			one.Policy = trust
		}
	}
	return one
}

// contextFlag adds -c to a verb.
func contextFlag(c *cobra.Command, keys *[]string) {
	c.Flags().StringArrayVarP(keys, "context", "c", nil, "the request carries `KEY=VALUE`; !KEY: it does not carry the key; repeatable. A key that is not given is unknown")
}

// questionArgs wants between least and most arguments, whose names it tells.
func questionArgs(least, most int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usagef("%s wants %s; see %s --help", c.CommandPath(), names, c.CommandPath())
		case len(args) > most:
			return usagef("unexpected argument %q: %s wants %s", args[most], c.CommandPath(), names)
		}
		return nil
	}
}
