package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/report/text"
)

// entry says that somebody outside an account may assume one of its roles.
type entry struct {
	Account  string   `json:"account"`
	Outsider string   `json:"outsider"` // anyone, other account, federated provider or service
	Who      string   `json:"who"`      // "*", an account id, an ARN, a provider's or a service's host
	Role     string   `json:"role"`     // ARN
	Action   string   `json:"action"`   // how it is assumed
	Decision string   `json:"decision"` // allowed or depends
	Open     []string `json:"open"`     // of a provider: what of its tokens no condition holds to a value: subject, audience
	Deciding []reason `json:"deciding"`
	Then     *ruling  `json:"then,omitempty"` // what the role may do, where an action was asked for

	kind access.Outsider
	name string
}

// whoIsOutside is who-can --outside.
func (a *app) whoIsOutside(c *cobra.Command, in *input, args, keys []string, format string) error {
	if len(args) == 0 && len(keys) > 0 {
		return usagef("-c belongs to an ACTION, which --outside does not have here: ambit who-can ACTION --outside")
	}
	all, err := a.readWorlds(c, in)
	if err != nil {
		return err
	}
	var q *inquiry
	if len(args) > 0 {
		if q, err = a.inquiry(all, args, keys); err != nil {
			return err
		}
	}
	entries, roles := all.outside(q)
	if format == formatJSON {
		return writeAnswers(a, schemaOutside, entries, all.gaps())
	}
	return a.tellOutside(q, entries, roles, all.unlisted())
}

// outside lists who may come in, by account, and how many roles there are; q keeps the roles that may do it.
func (all worlds) outside(q *inquiry) (entries []*entry, roles int) {
	entries = []*entry{}
	for _, w := range all {
		for i := range w.Principals() {
			if w.Principals()[i].Role != nil {
				roles++
			}
		}
		then := map[*access.Principal]*ruling{}
		for _, e := range w.Outside() {
			one := entryOf(&e)
			if q != nil && !all.leads(w, &e, q, then) {
				continue
			}
			one.Then = then[e.Role]
			entries = append(entries, one)
		}
	}
	return entries, roles
}

func entryOf(e *access.Exposure) *entry {
	deciding := []reason{}
	for i := range e.Deciding {
		m := &e.Deciding[i]
		r := reasonOf(m, e.Action)
		if m.Statement != nil {
			r.at(m.Statement, authz.PrincipalElement(m.Statement, &e.Caller))
		}
		deciding = append(deciding, r)
	}
	one := &entry{
		Account: e.Role.Account, Outsider: e.Outsider.String(), Who: e.Who, Role: e.Role.ARN, Action: e.Action,
		Decision: answerWord(e.Decision), Open: []string{}, Deciding: deciding, kind: e.Outsider, name: e.Role.Name,
	}
	if e.Outsider == access.Provider {
		if !e.Subject {
			one.Open = append(one.Open, "subject")
		}
		if !e.Audience {
			one.Open = append(one.Open, "audience")
		}
	}
	return one
}

// leads reports whether an entry leads to what is asked for: to the role itself where assuming it is the question,
// else to what the role may do, which is kept in then.
func (all worlds) leads(w *access.World, e *access.Exposure, q *inquiry, then map[*access.Principal]*ruling) bool {
	if q.Action == e.Action && (q.anywhere || q.Resource == e.Role.ARN) {
		return true
	}
	if r, known := then[e.Role]; known {
		return r != nil
	}
	then[e.Role] = nil
	one := all.put(w, e.Role, q)
	why := w.Explain(e.Role, &one)
	if why.Decision == authz.Allowed || why.Decision == authz.Depends {
		then[e.Role] = rulingOf(w, e.Role, q, &one, &why)
	}
	return then[e.Role] != nil
}

// outsiderTitles head the sections of the page.
var outsiderTitles = map[access.Outsider]string{
	access.Anyone: "Anybody with an AWS account", access.OtherAccount: "Other accounts",
	access.Provider: "Identity providers", access.AWSService: "Services of AWS",
}

func (a *app) tellOutside(q *inquiry, entries []*entry, roles int, unlisted string) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	into, byOthers := map[string]bool{}, map[string]bool{}
	for kind := access.Anyone; kind <= access.AWSService; kind++ {
		first := true
		for _, e := range entries {
			if e.kind != kind {
				continue
			}
			if first {
				if len(into) > 0 {
					p.Line()
				}
				p.Line(text.Strong.Render(outsiderTitles[kind]))
				first = false
			}
			into[e.Role] = true
			if kind != access.AWSService {
				byOthers[e.Role] = true
			}
			e.lines(p)
		}
	}
	if len(entries) > 0 {
		p.Line()
	}
	words := fmt.Sprintf("%d of %d roles let somebody in from outside the account", len(into), roles)
	if q != nil {
		words += " and lead to " + q.Action
		if !q.anywhere {
			words += " on " + text.Safe(q.Resource)
		}
	}
	words += fmt.Sprintf(", %d of them services of AWS only", len(into)-len(byOthers))
	words += unlisted
	p.Prose("", words+". ? depends on what is not known. An outsider's own account is taken to allow everything", text.Dim)
	return p.Flush()
}

// lines writes one entry: who comes into which role, by which statement, under which condition, and what then.
func (e *entry) lines(p *text.Page) {
	head := "  " + answerMark(e.Decision) + " "
	who := text.Safe(e.Who)
	if e.kind == access.Anyone {
		who = "anybody"
	}
	p.Prose(head, who+" → "+text.Strong.Render(text.Safe(e.name))+text.Dim.Render("  account "+e.Account), text.Plain)
	if len(e.Open) > 0 {
		p.Prose("    "+text.Doubt.Render("!")+" ", "no condition holds it to one "+strings.Join(e.Open, " or one "), text.Plain)
	}
	for i := range e.Deciding {
		if e.kind == access.AWSService { // there are many of them, and most are meant
			e.Deciding[i].row(p, "    ")
		} else {
			e.Deciding[i].lines(p, "    ")
		}
	}
	if e.Then == nil {
		return
	}
	on := text.Safe(e.Then.Resource)
	p.Prose("    then "+answerMark(e.Then.Decision)+" ", e.Then.Action+" on "+on, text.Plain)
	for i := range e.Then.Deciding {
		e.Then.Deciding[i].row(p, "           ")
	}
}
