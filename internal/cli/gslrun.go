package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/source"
)

// answer is what an expression says of one entity.
type answer struct {
	Type     string `json:"type"`
	ID       string `json:"id"` // the entity's own id in AWS; of a key the time of its creation
	Name     string `json:"name"`
	ARN      string `json:"arn"`
	Account  string `json:"account"`
	Relevant *bool  `json:"relevant"` // null: unknown
	Valid    *bool  `json:"valid"`    // null: unknown, or not relevant
}

func (a *app) gslRun() *cobra.Command {
	var in input
	var format string
	var asPublished bool
	c := &cobra.Command{
		Use:   "run EXPR [flags]",
		Short: "Run an expression over an account",
		Long: "Says of every entity of the expression's type whether it is relevant (the where part holds) and valid (the should part holds). " +
			"An expression without should lists what it matches.",
		Example: examples(
			"ambit gsl run \"IamUser where passwordEnabled=true should have mfaActive=true\" --demo", "on the demo",
			"ambit gsl run \"IamRole where name like '%admin%'\" --from saved/ -o json", "on saved files, for programs",
		),
		Args: oneArg("EXPR"),
		RunE: func(c *cobra.Command, args []string) error {
			program, err := a.compileOne(args[0])
			if err != nil {
				return err
			}
			snapshots, err := a.readAccounts(c, &in)
			if err != nil {
				return err
			}
			var answers []answer
			unlisted := false
			for _, s := range snapshots {
				set := facts.New(s)
				unlisted = a.sayUnlisted(set, program.Entity().Name) || unlisted
				answers = append(answers, ask(program, set, asPublished)...)
			}
			if format == formatJSON {
				return writeAnswers(a, schemaGSLRun, answers, gapsOf(snapshots))
			}
			return a.tellAnswers(program, answers, unlisted)
		},
	}
	in.flags(c)
	c.Flags().BoolVar(&asPublished, "as-published", false, "read unknown as null, as CloudGuard does")
	outputFlag(c, &format)
	return c
}

// compileOne compiles an expression; its errors come with a snippet, its warnings go to stderr.
func (a *app) compileOne(expr string) (*gsl.Program, error) {
	file := source.File{Text: expr}
	program, remarks := gsl.Compile(assess.Schema(), file, gsl.Options{})
	if source.HasErrors(remarks) {
		var b strings.Builder
		if err := source.Print(&b, file, remarks); err != nil {
			return nil, err
		}
		return nil, usage(errors.New("gsl: " + b.String()))
	}
	for _, d := range remarks {
		a.say("gsl: " + string(d.Append(nil, file)))
	}
	if program.Entity() == nil {
		return nil, usagef("gsl: Ambit does not read entities of this type yet, so that there is nothing to run on")
	}
	return program, nil
}

// readAccounts reads all accounts of an input.
func (a *app) readAccounts(c *cobra.Command, in *input) ([]*account.Snapshot, error) {
	set, err := a.settings(c)
	if err != nil {
		return nil, err
	}
	step, done := a.progress()
	defer done()
	opened, err := a.openInput(c.Context(), in, set, step)
	if err != nil {
		return nil, err
	}
	defer opened.close()
	snapshots, err := engine.Read(c.Context(), opened.sources)
	return snapshots, inputError(err)
}

// sayUnlisted says why the answers may not be about every entity of a type, where they are not.
func (a *app) sayUnlisted(set *facts.Set, entity string) bool {
	gap := set.MissingEntities(entity)
	if gap != nil {
		a.say(fmt.Sprintf("account %s: not every %s could be listed: %s: %s", set.Snapshot().Account, entity, gap.Call, text.Safe(gap.Error)))
	}
	return gap != nil
}

// ask judges every entity of the program's type.
func ask(p *gsl.Program, set *facts.Set, asPublished bool) []answer {
	env := set.Env(asPublished)
	if p.List() {
		subject := *set.Account().Subject
		subject.Type = "List<" + p.Entity().Name + ">"
		return []answer{answerOf(&subject, "", p.Judge(env, set.List(p.Entity().Name)))}
	}
	var all []answer
	for e := range set.Entities(p.Entity().Name) {
		id := e.Subject.ID
		if _, v := facts.Find(e.Type, e.Self, "id"); id == "" && v.Kind() == gsl.String {
			id = v.Text()
		}
		all = append(all, answerOf(e.Subject, id, p.Judge(env, e.Self)))
	}
	return all
}

func answerOf(s *finding.Subject, id string, j gsl.Judgement) answer {
	one := answer{Type: s.Type, ID: id, Name: s.Name, ARN: s.ARN, Account: s.Account, Relevant: known(j.Relevant.And(j.Excluded.Not()))}
	if j.Relevant != gsl.False && j.Excluded != gsl.True {
		one.Valid = known(j.Valid)
	}
	return one
}

// known is a truth as JSON has it: null for unknown.
func known(t gsl.Truth) *bool {
	if t == gsl.Maybe {
		return nil
	}
	is := t == gsl.True
	return &is
}

// verdict is an answer in the words of a scan.
func (one *answer) verdict() finding.Verdict {
	switch {
	case one.Relevant != nil && !*one.Relevant:
		return finding.NotApplicable
	case one.Relevant == nil || one.Valid == nil:
		return finding.Unknown
	case *one.Valid:
		return finding.Pass
	}
	return finding.Fail
}

func (a *app) tellAnswers(program *gsl.Program, answers []answer, unlisted bool) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	counts := map[finding.Verdict]int{}
	for i := range answers {
		one := &answers[i]
		v := one.verdict()
		counts[v]++
		if v != finding.NotApplicable {
			p.Prose(text.Mark(v)+" ", text.Safe(one.Name)+"  "+text.Dim.Render(text.Safe(one.ARN)), text.Plain)
		}
	}
	kind := program.Entity().Name
	if program.List() {
		kind = "List<" + kind + ">"
	}
	words := fmt.Sprintf("%d of %s: %d valid, %d not, %d unknown, %d not relevant",
		len(answers), kind, counts[finding.Pass], counts[finding.Fail], counts[finding.Unknown], counts[finding.NotApplicable])
	if unlisted {
		words += "; not every " + program.Entity().Name + " could be listed"
	}
	p.Prose("", words, text.Dim)
	return p.Flush()
}
