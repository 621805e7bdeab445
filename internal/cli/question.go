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
