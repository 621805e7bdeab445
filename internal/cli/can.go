package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report/text"
)

func (a *app) can() *cobra.Command {
	var in input
	var keys []string
	var format, expect string
	c := &cobra.Command{
		Use:   "can PRINCIPAL ACTION [RESOURCE] [flags]",
		Short: "May a user or role do this, and why",
		Long: "Decides one request as AWS does, by every policy that the account holds on the principal, and shows the statements " +
			"that decide. Without RESOURCE it asks for some resource, and names one. A context key that is not given is unknown: where it " +
			"decides, the answer is \"depends\", with what it depends on.\n\n" +
			"PRINCIPAL is a name or an ARN; RESOURCE is an ARN, *, or the name of a user, group, role or policy.\n\n" +
			"Exit code 6: the answer is not the one that --expect names.",
		Example: examples(
			"ambit can alice iam:CreateUser", "on any user at all?",
			"ambit can alice s3:GetObject arn:aws:s3:::bucket/key -c aws:SourceIp=10.0.0.1", "a request with a context key",
			"ambit can deploy sts:AssumeRole admin --expect deny", "a test: exit code 6 where it may",
			"ambit can grace.adeyemi iam:DeactivateMFADevice alice.moreau --demo", "of the made-up company",
		),
		Args: questionArgs(2, 3, "PRINCIPAL ACTION [RESOURCE]"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := actionNamed(args[1]); err != nil {
				return err
			}
			all, err := a.readWorlds(c, &in)
			if err != nil {
				return err
			}
			r, err := a.rule(all, args, keys)
			if err != nil {
				return err
			}
			if format == formatJSON {
				err = a.writeJSON(struct {
					*ruling
					Gaps []account.Gap `json:"gaps"`
				}{r, all.gaps()})
			} else {
				err = a.tellRuling(r)
			}
			if err != nil {
				return err
			}
			return met(expect, r.Decision)
		},
	}
	in.flags(c)
	contextFlag(c, &keys)
	c.Flags().Var(&choice{&expect, []string{"allow", "deny"}}, "expect", "exit with 6 unless the answer is `ANSWER`: allow or deny")
	outputFlag(c, &format)
	return c
}

// met fails where an expectation is not met; a decision that depends meets none.
func met(expect, decision string) error {
	if want, ok := map[string]string{"allow": answerAllowed, "deny": answerDenied}[expect]; ok && want != decision {
		return &exitError{codeExpectation, errors.New("expected " + want + ", and the answer is: " + decision)}
	}
	return nil
}

// ruling is the answer to one question.
type ruling struct {
	Account   string              `json:"account"`
	Principal string              `json:"principal"`
	Action    string              `json:"action"`
	Resource  string              `json:"resource"`
	Witness   bool                `json:"witness"` // nobody named the resource: it is one on which the answer stands
	Context   map[string][]string `json:"context"`
	Decision  string              `json:"decision"`         // allowed, denied or depends
	Denial    string              `json:"denial,omitempty"` // implicit or explicit
	Deciding  []reason            `json:"deciding"`
	Missing   []string            `json:"missing"`            // layers that would have to allow
	Changes   []string            `json:"changes"`            // what would have to change, of a denial
	Reserved  bool                `json:"reserved,omitempty"` // AWS refuses it to everybody

	name string
}

// rule decides PRINCIPAL ACTION [RESOURCE].
func (a *app) rule(all worlds, args, keys []string) (*ruling, error) {
	w, p, err := all.principal(args[0])
	if err != nil {
		return nil, err
	}
	q, err := a.inquiry(all, args[1:], keys)
	if err != nil {
		return nil, err
	}
	one := all.put(w, p, q)
	e := w.Explain(p, &one)
	return rulingOf(w, p, q, &one, &e), nil
}

func rulingOf(w *access.World, p *access.Principal, q *inquiry, one *access.Question, e *authz.Explanation) *ruling {
	r := &ruling{
		Account: p.Account, Principal: p.ARN, Action: one.Action, Resource: one.Resource, Witness: q.anywhere,
		Context: one.Keys, Decision: answerWord(e.Decision), Deciding: reasonsOf(e.Deciding(), one.Action),
		Missing: []string{}, Changes: []string{}, Reserved: e.Reserved, name: p.Name,
	}
	for _, name := range layerNames(e.Missing, e.Levels, w.Level) {
		if name == authz.Resource.String() && strings.HasPrefix(one.Action, "sts:") {
			name = "trust policy"
		}
		r.Missing = append(r.Missing, name)
	}
	if r.Denial = denialWord(e.Decision); r.Denial != "" && !e.Reserved {
		r.Changes = changes(w, p, one, e)
	}
	return r
}

// denialWord tells the two denials apart; it is empty where a decision is none.
func denialWord(d authz.Decision) string {
	switch d {
	case authz.ImplicitlyDenied:
		return "implicit"
	case authz.ExplicitlyDenied:
		return "explicit"
	case authz.Allowed, authz.Depends:
	}
	return ""
}

// answerMark is an answer's sign.
func answerMark(decision string) string {
	switch decision {
	case answerAllowed:
		return text.Mark(finding.Pass)
	case answerDepends:
		return text.Mark(finding.Unknown)
	}
	return text.Mark(finding.Fail)
}

func (a *app) tellRuling(r *ruling) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	p.Prose(answerMark(r.Decision)+" "+text.Strong.Render(r.Decision)+"  ", r.sentence(), text.Plain)
	if r.Witness && r.Decision != answerDenied {
		p.Prose("  for example on ", text.Safe(r.Resource), text.Pointer)
	}
	r.decided(p)
	if len(r.Changes) > 0 {
		p.Line()
		p.Line(text.Strong.Render("To allow it"))
		for _, change := range r.Changes {
			p.Prose("  - ", text.Safe(change), text.Plain)
		}
	}
	return p.Flush()
}

// sentence says the answer in words.
func (r *ruling) sentence() string {
	verb := map[string]string{answerAllowed: "may", answerDenied: "may not", answerDepends: "may, or may not,"}[r.Decision]
	on := text.Safe(r.Resource)
	if r.Witness {
		on = "some resource"
		if r.Decision == answerDenied {
			on = "any resource"
		}
	}
	return fmt.Sprintf("%s of account %s %s %s on %s", text.Safe(r.name), r.Account, verb, r.Action, on)
}

// decided writes the statements that decide, under what they do.
func (r *ruling) decided(p *text.Page) {
	title := "Decided by"
	switch {
	case r.Decision == answerDepends:
		title = "It depends on"
	case r.Reserved:
		p.Line()
		p.Line(text.Strong.Render("AWS alone changes it, whatever policies say"))
		return
	case r.Denial == "implicit":
		p.Line()
		p.Line(text.Strong.Render("Nothing allows it"))
		for _, layer := range r.Missing {
			p.Line("  ", "no Allow in the ", layer)
		}
		return
	}
	if len(r.Deciding) == 0 {
		return // an action that nobody needs a permission for
	}
	p.Line()
	p.Line(text.Strong.Render(title))
	for i := range r.Deciding {
		r.Deciding[i].lines(p, "  ")
	}
}
