package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
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
		Long: "Every rule carries accounts in which it fails and in which it passes. This judges each of them and holds the outcome against the case.\n\n" +
			"Exit code 6: a case came out otherwise; 2: a NAME is no rule's, and the others are tested.",
		Example: examples(
			"ambit rules test", "all rules, your own included",
			"ambit rules test IAM.5", "one rule, by any name",
		),
		RunE: func(c *cobra.Command, args []string) error {
			catalogue, err := a.catalogueOf(c)
			if err != nil {
				return err
			}
			list, faults := rulesNamed(catalogue, args)
			if len(list) == 0 {
				return a.sayFaults(faults)
			}
			for _, remark := range catalogue.Remarks() {
				if remark.Severity == source.Warning {
					a.say(string(remark.Append(nil, remark.File)))
				}
			}
			err = a.testRules(list)
			var verdict *exitError
			if err != nil && !errors.As(err, &verdict) {
				return err
			}
			return cmp.Or(a.sayFaults(faults), err)
		},
	}
	return c
}

// rulesNamed are the rules that the names stand for, sorted by id, all without a name; and what names stand for none.
func rulesNamed(c *rule.Catalogue, names []string) (all []*rule.Rule, faults []error) {
	if len(names) == 0 {
		return c.All(), nil
	}
	for _, name := range names {
		list, err := c.Resolve(name)
		if err != nil {
			faults = append(faults, err)
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *rule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(all), faults
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
		p.Prose(text.Mark(mark)+" ", r.ID+text.Dim.Render("  "+plural(len(r.Cases), "case")), text.Plain)
		for _, fault := range faults {
			p.Prose("    ", text.Safe(strings.TrimSpace(fault)), text.Plain)
		}
	}
	p.Line()
	p.Prose("", fmt.Sprintf("%s, %s (%d of them as published too), %d wrong", plural(len(list), "rule"), plural(cases, "case"), published, wrong), text.Plain)
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
