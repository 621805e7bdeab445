package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/report/text"
)

func (a *app) whoCan() *cobra.Command {
	var in input
	var keys []string
	var format string
	var outside bool
	c := &cobra.Command{
		Use:   "who-can ACTION [RESOURCE] | --outside [ACTION [RESOURCE]] [flags]",
		Short: "Which users and roles may do this",
		Long: "Lists every user and role of the account that may do an action, on the resource or on some resource, with the statement that " +
			"lets it. Those for whom a context key decides that was not given are listed apart, with what it depends on.\n\n" +
			"Principals of other accounts, whom a resource's own policy may let in, are not listed: their policies are not read. " +
			"--outside asks for them where it can be known: who outside the account may assume a role of it (anybody, other accounts, " +
			"identity providers, services of AWS), by which statement of the trust policy, under which condition. With an ACTION it lists only " +
			"the roles that may do it.",
		Example: examples(
			"ambit who-can iam:CreateAccessKey", "on any user at all",
			"ambit who-can sts:AssumeRole admin", "into one role, its trust policy included",
			"ambit who-can s3:DeleteBucket arn:aws:s3:::ledger -c aws:MultiFactorAuthPresent=true -o json", "for programs",
			"ambit who-can iam:PassRole --demo", "of the made-up company",
			"ambit who-can --outside --demo", "everybody outside who may assume a role",
			"ambit who-can iam:CreateUser --outside", "and who of them comes to that",
		),
		Args: func(c *cobra.Command, args []string) error {
			least := 1
			if outside {
				least = 0
			}
			return questionArgs(least, 2, "ACTION [RESOURCE]")(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				if _, err := actionNamed(args[0]); err != nil {
					return err
				}
			}
			if outside {
				return a.whoIsOutside(c, &in, args, keys, format)
			}
			all, err := a.readWorlds(c, &in)
			if err != nil {
				return err
			}
			q, err := a.inquiry(all, args, keys)
			if err != nil {
				return err
			}
			able := all.whoCan(q)
			if format == formatJSON {
				return writeAnswers(a, schemaWhoCan, able, all.gaps())
			}
			return a.tellAble(q, able, all.unlisted())
		},
	}
	in.flags(c)
	contextFlag(c, &keys)
	c.Flags().BoolVar(&outside, "outside", false, "who outside the account may assume a role, of those that may do ACTION where it is given")
	outputFlag(c, &format)
	return c
}

// whoCan decides for every principal, and keeps those that may: of each account users first.
func (all worlds) whoCan(q *inquiry) []*ruling {
	able := []*ruling{}
	for _, w := range all {
		for i := range w.Principals() {
			p := &w.Principals()[i]
			one := all.put(w, p, q)
			if d := w.Can(p, &one); d != authz.Allowed && d != authz.Depends {
				continue
			}
			e := w.Explain(p, &one)
			able = append(able, rulingOf(w, p, q, &one, &e))
		}
	}
	return able
}

func (a *app) tellAble(q *inquiry, able []*ruling, unlisted string) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	counts := map[string]int{}
	for i, decision := range []string{answerAllowed, answerDepends} {
		for _, r := range able {
			if r.Decision != decision {
				continue
			}
			if counts[decision]++; counts[decision] == 1 {
				if i > 0 && counts[answerAllowed] > 0 {
					p.Line()
				}
				p.Line(text.Strong.Render(map[string]string{answerAllowed: "May", answerDepends: "May, or may not"}[decision]))
			}
			r.row(p)
		}
	}
	if len(able) > 0 {
		p.Line()
	}
	on := "some resource"
	if !q.anywhere {
		on = text.Safe(q.Resource)
	}
	p.Prose("", fmt.Sprintf("%d may %s on %s; of %d it depends on what is not known", counts[answerAllowed], q.Action, on, counts[answerDepends])+unlisted, text.Dim)
	return p.Flush()
}

// row writes one who may, and by what.
func (r *ruling) row(p *text.Page) {
	p.Prose("  "+answerMark(r.Decision)+" ", text.Safe(r.Principal), text.Plain)
	if r.Witness {
		p.Prose("      on ", text.Safe(r.Resource), text.Dim)
	}
	for i := range r.Deciding {
		r.Deciding[i].row(p, "      ")
	}
}
