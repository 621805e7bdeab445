package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/report/text"
)

func (a *app) whatCan() *cobra.Command {
	var in input
	var format, service, beyond string
	c := &cobra.Command{
		Use:   "what-can PRINCIPAL [flags]",
		Short: "What a user or role may do, by service and access level",
		Long: "Counts the actions that a user or role may do on some resource, by service and by AWS's access level. Actions that depend on " +
			"what is not known count too, and are marked. --service lists the actions of one service.\n\n" +
			"--beyond compares with another user or role of the account: only what the first may do on a resource on which the other may not " +
			"counts, each action with such a resource. What the other may do under a condition is no difference.",
		Example: examples(
			"ambit what-can alice", "every service",
			"ambit what-can alice --service iam", "each action of one service, and a resource for it",
			"ambit what-can alice --beyond bob", "what alice may do that bob may not",
			"ambit what-can grace.adeyemi --beyond alice.moreau --demo", "of two users of the made-up company",
			"ambit what-can alice.moreau --demo -o json", "for programs",
		),
		Args: oneArg("PRINCIPAL"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, known := iamref.ServiceOf(service); service != "" && !known {
				var prefixes []string
				for s := range iamref.Services() {
					prefixes = append(prefixes, s.Prefix)
				}
				return unknownName("service", service, prefixes)
			}
			all, err := a.readWorlds(c, &in)
			if err != nil {
				return err
			}
			w, p, err := all.principal(args[0])
			if err != nil {
				return err
			}
			able, err := all.ability(w, p, service, beyond)
			if err != nil {
				return err
			}
			if format == formatJSON {
				able.Gaps = all.gaps()
				return a.writeJSON(able)
			}
			return a.tellAbility(able, service != "" || beyond != "")
		},
	}
	in.flags(c)
	c.Flags().StringVar(&service, "service", "", "list the actions of this service, by its `PREFIX`")
	c.Flags().StringVar(&beyond, "beyond", "", "only what `PRINCIPAL`, by name or ARN, may not do")
	outputFlag(c, &format)
	return c
}

// ability is what a principal may do.
type ability struct {
	Account   string           `json:"account"`
	Principal string           `json:"principal"`
	Beyond    string           `json:"beyond,omitempty"` // who may not
	Actions   int              `json:"actions"`          // how many, of all services
	Services  []serviceAbility `json:"services"`
	Gaps      []account.Gap    `json:"gaps"`

	name, other string
}

// serviceAbility is what a principal may do in one service.
type serviceAbility struct {
	Prefix string         `json:"prefix"`
	Name   string         `json:"name"`
	Levels []levelAbility `json:"levels"` // those with an action, from List to Permissions management
}

// levelAbility is what a principal may do in one service at one access level.
type levelAbility struct {
	Level   string          `json:"level"`
	Total   int             `json:"total"` // actions that the service has at this level
	Actions []actionAbility `json:"actions"`
}

type actionAbility struct {
	Action   string `json:"action"`
	Decision string `json:"decision"`          // allowed or depends
	Resource string `json:"resource"`          // one on which it may
	Against  string `json:"against,omitempty"` // why the other may not: implicit or explicit
}

// ability is what p may do, or with beyond what that principal may not; service limits it to one.
func (all worlds) ability(w *access.World, p *access.Principal, service, beyond string) (*ability, error) {
	able := &ability{Account: p.Account, Principal: p.ARN, Services: []serviceAbility{}, name: p.Name}
	if beyond == "" {
		able.group(w.WhatCan(p), service, nil)
		return able, nil
	}
	home, q, err := all.principal(beyond)
	switch {
	case err != nil:
		return nil, err
	case q == p:
		return nil, usagef("--beyond %s is the PRINCIPAL itself: name another", beyond)
	case home != w:
		return nil, usagef("%s is of account %s and %s of %s: --beyond compares two of one account", p.ARN, p.Account, q.ARN, q.Account)
	}
	able.Beyond, able.other = q.ARN, q.Name
	differences := w.Exceeds(p, q)
	doable := make([]access.Doable, len(differences))
	against := map[string]string{}
	for i, d := range differences {
		doable[i] = access.Doable{Action: d.Action, Decision: d.Decision, Resource: d.Resource}
		against[d.Action.String()] = denialWord(d.Against)
	}
	able.group(doable, service, against)
	return able, nil
}

// group sorts actions by service; service limits them to one, where it is not empty.
func (able *ability) group(list []access.Doable, service string, against map[string]string) {
	byService := map[string][]access.Doable{}
	for _, d := range list {
		if service == "" || strings.EqualFold(service, d.Action.Service) {
			byService[d.Action.Service] = append(byService[d.Action.Service], d)
			able.Actions++
		}
	}
	for s := range iamref.Services() {
		if list := byService[s.Prefix]; len(list) > 0 {
			able.Services = append(able.Services, serviceAbility{s.Prefix, s.Name, levelsOf(s.Prefix, list, against)})
		}
	}
}

func levelsOf(prefix string, list []access.Doable, against map[string]string) []levelAbility {
	total := map[iamref.Level]int{}
	for action := range iamref.Expand(prefix + ":*") {
		total[action.Level]++
	}
	var out []levelAbility
	for l := iamref.List; l <= iamref.PermissionsManagement; l++ {
		one := levelAbility{Level: l.String(), Total: total[l]}
		for _, d := range list {
			if d.Action.Level == l {
				one.Actions = append(one.Actions, actionAbility{d.Action.String(), answerWord(d.Decision), d.Resource, against[d.Action.String()]})
			}
		}
		if len(one.Actions) > 0 {
			out = append(out, one)
		}
	}
	return out
}

// depending counts the actions that depend on what is not known.
func (l *levelAbility) depending() int {
	n := 0
	for _, action := range l.Actions {
		if action.Decision == answerWord(authz.Depends) {
			n++
		}
	}
	return n
}

func (a *app) tellAbility(able *ability, each bool) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	p.Ends(text.Strong.Render(text.Safe(able.name)), text.Dim.Render("account "+able.Account))
	p.Prose("", text.Safe(able.Principal), text.Pointer)
	if able.Beyond != "" {
		p.Prose(text.Dim.Render("beyond  "), text.Safe(able.Beyond), text.Pointer)
	}
	p.Line()
	width := 0
	for i := range able.Services {
		width = min(max(width, len(able.Services[i].Prefix)), maxPrefix)
	}
	for i := range able.Services {
		s := &able.Services[i]
		if each && (able.Beyond == "" || able.Actions <= maxBeyond || len(able.Services) == 1) {
			s.actions(p)
			continue
		}
		head := s.Prefix + strings.Repeat(" ", max(2, width+2-len(s.Prefix)))
		p.Prose("  "+head, s.words(), text.Plain)
		if able.Beyond != "" {
			s.example(p, strings.Repeat(" ", len(head)+2))
		}
	}
	if len(able.Services) > 0 {
		p.Line()
	}
	p.Prose("", able.summary(), text.Dim)
	return p.Flush()
}

// maxBeyond is how many actions beyond another principal are listed one by one; of more, one of each service is.
const maxBeyond = 60

// example names one action of a service, the gravest, and a resource that shows it.
func (s *serviceAbility) example(p *text.Page, margin string) {
	last := &s.Levels[len(s.Levels)-1]
	p.Pair(margin+answerMark(last.Actions[0].Decision)+" "+last.Actions[0].Action+"  ", text.Safe(last.Actions[0].Resource), text.Dim)
}

// summary is the closing line: how many, and in what mode.
func (able *ability) summary() string {
	of := plural(able.Actions, "action") + " of " + plural(len(able.Services), "service")
	if able.Beyond == "" {
		return of + "; ? counts those that depend on what is not known"
	}
	other := text.Safe(able.other)
	if able.Actions == 0 {
		return "Nothing was found that " + text.Safe(able.name) + " may do and " + other + " may not. Mode may: what either may do under a condition counts"
	}
	of += " that " + other + " may not do on the resource named. Mode may: what either may do under a condition counts; ? marks it"
	if able.Actions > maxBeyond && len(able.Services) > 1 {
		of += ". --service PREFIX lists those of one service, -o json all"
	}
	return of
}

// maxPrefix is how wide the column of services is at most.
const maxPrefix = 20

// words tells the levels of a service, or that it is all of it.
func (s *serviceAbility) words() string {
	var levels []string
	all, actions := true, 0
	for i := range s.Levels {
		l := &s.Levels[i]
		levels = append(levels, l.words())
		all = all && l.depending() == 0
		actions += len(l.Actions)
	}
	if all && actions == actionsOf(s.Prefix) {
		return fmt.Sprintf("everything: %d actions", actions)
	}
	return strings.Join(levels, ", ")
}

// actionsOf is how many actions a service has.
func actionsOf(prefix string) int {
	n := 0
	for range iamref.Expand(prefix + ":*") {
		n++
	}
	return n
}

// words is "Write 3 of 40 (1?)", or "all Write".
func (l *levelAbility) words() string {
	words := fmt.Sprintf("%s %d of %d", l.Level, len(l.Actions), l.Total)
	if len(l.Actions) == l.Total {
		words = fmt.Sprintf("%s all %d", l.Level, l.Total)
	}
	if n := l.depending(); n > 0 {
		words += fmt.Sprintf(" (%d?)", n)
	}
	if l.Level == iamref.PermissionsManagement.String() {
		return text.Bad.Render(words)
	}
	return words
}

// actions writes each action of a service, by level.
func (s *serviceAbility) actions(p *text.Page) {
	p.Line(text.Strong.Render(s.Name))
	for i := range s.Levels {
		l := &s.Levels[i]
		p.Line("  ", l.words())
		for _, action := range l.Actions {
			p.Pair("    "+answerMark(action.Decision)+" "+action.Action+"  ", text.Safe(action.Resource), text.Dim)
		}
	}
}
