package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/report/text"
)

func (a *app) whatCan() *cobra.Command {
	var in input
	var format, service string
	c := &cobra.Command{
		Use:   "what-can PRINCIPAL [flags]",
		Short: "What a user or role may do, by service and access level",
		Long: "Counts the actions that a user or role may do on some resource, by service and by AWS's access level. Actions that depend on " +
			"what is not known count too, and are marked. --service lists the actions of one service.",
		Example: examples(
			"ambit what-can alice", "every service",
			"ambit what-can alice --service iam", "each action of one service, and a resource for it",
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
			able := abilityOf(w, p, service)
			if format == formatJSON {
				return a.writeJSON(able)
			}
			return a.tellAbility(able, service != "")
		},
	}
	in.flags(c)
	c.Flags().StringVar(&service, "service", "", "list the actions of this service, by its `PREFIX`")
	outputFlag(c, &format)
	return c
}

// ability is what a principal may do.
type ability struct {
	Account   string           `json:"account"`
	Principal string           `json:"principal"`
	Actions   int              `json:"actions"` // how many, of all services
	Services  []serviceAbility `json:"services"`

	name string
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
	Decision string `json:"decision"` // allowed or depends
	Resource string `json:"resource"` // one on which it may
}

// abilityOf groups what p may do; service limits it to one, where it is not empty.
func abilityOf(w *access.World, p *access.Principal, service string) *ability {
	able := &ability{Account: p.Account, Principal: p.ARN, Services: []serviceAbility{}, name: p.Name}
	byService := map[string][]access.Doable{}
	for _, d := range w.WhatCan(p) {
		if service == "" || strings.EqualFold(service, d.Action.Service) {
			byService[d.Action.Service] = append(byService[d.Action.Service], d)
			able.Actions++
		}
	}
	for s := range iamref.Services() {
		if list := byService[s.Prefix]; len(list) > 0 {
			able.Services = append(able.Services, serviceAbility{s.Prefix, s.Name, levelsOf(s.Prefix, list)})
		}
	}
	return able
}

func levelsOf(prefix string, list []access.Doable) []levelAbility {
	total := map[iamref.Level]int{}
	for action := range iamref.Expand(prefix + ":*") {
		total[action.Level]++
	}
	var out []levelAbility
	for l := iamref.List; l <= iamref.PermissionsManagement; l++ {
		one := levelAbility{Level: l.String(), Total: total[l]}
		for _, d := range list {
			if d.Action.Level == l {
				one.Actions = append(one.Actions, actionAbility{d.Action.String(), answerWord(d.Decision), d.Resource})
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
	p.Line()
	width := 0
	for i := range able.Services {
		width = min(max(width, len(able.Services[i].Prefix)), maxPrefix)
	}
	for i := range able.Services {
		s := &able.Services[i]
		if each {
			s.actions(p)
			continue
		}
		head := s.Prefix + strings.Repeat(" ", max(2, width+2-len(s.Prefix)))
		p.Prose("  "+head, s.words(), text.Plain)
	}
	if len(able.Services) > 0 {
		p.Line()
	}
	p.Prose("", fmt.Sprintf("%d actions of %d services; ? counts those that depend on what is not known", able.Actions, len(able.Services)), text.Dim)
	return p.Flush()
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
			p.Prose("    "+answerMark(action.Decision)+" "+action.Action+"  ", text.Safe(action.Resource), text.Dim)
		}
	}
}
