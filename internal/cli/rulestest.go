package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/source"
)

func (a *app) rulesTest() *cobra.Command {
	c := &cobra.Command{
		Use:   "test [NAME...] [flags]",
		Short: "Run rules on the accounts that prove them",
		Long:  "Every rule carries accounts in which it fails and in which it passes. This judges each of them and holds the outcome against the case.",
		Example: examples(
			"ambit rules test", "all rules, your own included",
			"ambit rules test IAM.5", "one rule, by any name",
		),
		RunE: func(c *cobra.Command, args []string) error {
			catalogue, err := a.catalogueOf(c)
			if err != nil {
				return err
			}
			list, err := selectRules(catalogue, args, nil)
			if err != nil {
				return err
			}
			for _, remark := range catalogue.Remarks() {
				if remark.Severity == source.Warning {
					a.say(string(remark.Append(nil, remark.File)))
				}
			}
			return a.testRules(list)
		},
	}
	return c
}

func (a *app) testRules(list []*rule.Rule) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	cases, published, wrong := 0, 0, 0
	for _, r := range list {
		var faults []string
		for i := range r.Cases {
			cases++
			also, err := prove(r, &r.Cases[i])
			if also {
				published++
			}
			if err != nil {
				faults = append(faults, err.Error())
			}
		}
		mark := finding.Pass
		if len(faults) > 0 {
			mark = finding.Fail
			wrong += len(faults)
		}
		p.Line(text.Mark(mark), " ", r.ID, text.Dim.Render(fmt.Sprintf("  %d cases", len(r.Cases))))
		for _, fault := range faults {
			p.Prose("    ", text.Safe(strings.TrimSpace(fault)), text.Plain)
		}
	}
	p.Line()
	p.Line(fmt.Sprintf("%d rules, %d cases (%d of them as published too), %d wrong", len(list), cases, published, wrong))
	if err := p.Flush(); err != nil {
		return err
	}
	switch {
	case cases == 0:
		return errors.New("no rule has a case: nothing was tested")
	case wrong > 0:
		return silent(codeExpectation)
	}
	return nil
}

// prove judges one case, and as published where the case says something of that.
func prove(r *rule.Rule, c *rule.Case) (published bool, err error) {
	snapshot, err := account.Decode(strings.NewReader(c.Capture))
	if err != nil {
		return false, fmt.Errorf("case %s: %w", c.Name, err)
	}
	compiled, err := r.Compile(assess.Schema(), c.Settings)
	if err != nil {
		return false, fmt.Errorf("case %s: %w", c.Name, err)
	}
	set, options := facts.New(snapshot), assess.Options{Rules: []*rule.Compiled{compiled}}
	if err := c.Check(assess.Run(set, options)); err != nil {
		return false, err
	}
	if c.Published == nil {
		return false, nil
	}
	options.AsPublished = true
	return c.CheckPublished(assess.Run(set, options))
}
