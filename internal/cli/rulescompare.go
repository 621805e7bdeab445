package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/settings"
	"github.com/ambit-iam/ambit/internal/source"
)

// compareFlags are the flags of rules compare.
type compareFlags struct {
	input

	with   string
	expect string
	format string
	all    bool
}

func (a *app) rulesCompare() *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare NAME [flags]",
		Short: "Where a rule and a published text differ on an account, and why",
		Long: "Judges an account by a rule and by the text that another product publishes for the same check, and shows every subject of which " +
			"they say different things: ours, theirs, and the tests and statements that make the difference. The published text reads unknown " +
			"as null, as scan --as-published does.\n\n" +
			"--with compares with a text of your own: a file of GSL, its expressions parted by blank lines, or an expression. It reads unknown as " +
			"unknown, and the rule's settings are its own too.\n\n" +
			"Exit code 6: they differ, under --expect same.",
		Example: examples(
			"ambit rules compare D9.AWS.IAM.86 --demo", "on the made-up company",
			"ambit rules compare D9.AWS.IAM.99 --from saved/ -o json", "on saved files, for programs",
			"ambit rules compare IAM.5 --with mine.gsl", "with a text of your own",
			"ambit rules compare IAM.5 --with \"IamUser should have mfaActive=true\" --expect same", "a test: exit code 6 where they differ",
		),
		Args: oneArg("the NAME of a rule"),
		RunE: func(c *cobra.Command, args []string) error { return a.runCompare(c, &f, args[0]) },
	}
	f.flags(c)
	c.Flags().StringVar(&f.with, "with", "", "compare with `GSL`: a file, or an expression")
	c.Flags().Var(&choice{&f.expect, []string{"same"}}, "expect", "exit with 6 where the texts differ: `same`")
	c.Flags().BoolVar(&f.all, "all", false, "text: show every difference, and who agrees")
	outputFlag(c, &f.format)
	return c
}

func (a *app) runCompare(c *cobra.Command, f *compareFlags, name string) error {
	set, err := a.settings(c)
	if err != nil {
		return err
	}
	r, err := a.comparable(set, name, f.with)
	if err != nil {
		return err
	}
	other, names, err := a.otherText(r, f.with)
	if err != nil {
		return err
	}
	f.maxSession = readsMaxSession([]*rule.Compiled{r, {Programs: other.Programs}})
	snapshots, err := a.readAccounts(c, &f.input)
	if err != nil {
		return err
	}
	d := newDifferences(r, &other, names)
	for _, s := range snapshots {
		d.add(s, assess.Compare(facts.New(s), r, other))
	}
	if f.format == formatJSON {
		err = a.writeJSON(d)
	} else {
		err = a.tellDifferences(d, f.all)
	}
	if err == nil && f.expect != "" && d.Differ > 0 {
		err = &exitError{codeExpectation, fmt.Errorf("expected the same, and %s", plural(d.Differ, "subject")+" differ")}
	}
	return err
}

// comparable gives the one rule of a name that has something to compare with.
func (a *app) comparable(set *settings.Settings, name, with string) (*rule.Compiled, error) {
	catalogue, err := a.catalogue(set)
	if err != nil {
		return nil, err
	}
	list, err := catalogue.Resolve(name)
	if err != nil {
		return nil, usage(err)
	}
	of := plural(len(list), "rule")
	if with == "" {
		list = slices.DeleteFunc(list, func(r *rule.Rule) bool { return len(r.Vendor) == 0 })
	}
	switch len(list) {
	case 0:
		return nil, usagef("%s has no published text to compare with; these have: %s. --with FILE compares with a text of your own",
			name, strings.Join(withTexts(catalogue.All()), ", "))
	case 1:
		set.Scan.Rule, set.Scan.Ruleset = []string{list[0].ID}, nil
		compiled, err := compileRules(catalogue, set)
		if err != nil {
			return nil, err
		}
		return compiled[0], nil
	}
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	return nil, usagef("%s stands for %s: name one of %s", name, of, strings.Join(ids, ", "))
}

// withTexts names the rules that have a published text, and whose it is.
func withTexts(all []*rule.Rule) []string {
	var out []string
	for _, r := range all {
		for _, v := range r.Vendor {
			out = append(out, v.ID+" ("+r.ID+")")
		}
	}
	return out
}

// otherText is what the rule is compared with, and what it is called.
func (a *app) otherText(r *rule.Compiled, with string) (assess.Other, []string, error) {
	if with == "" {
		var names []string
		for _, v := range r.Rule.Vendor {
			names = append(names, v.ID)
		}
		return assess.Other{Programs: r.Vendor, AsPublished: true}, names, nil
	}
	file, err := a.textOrFile(with)
	if err != nil {
		return assess.Other{}, nil, err
	}
	programs, remarks, err := r.Text(assess.Schema(), file)
	if err != nil {
		return assess.Other{}, nil, inputError(err)
	}
	for _, remark := range remarks {
		a.say(strings.TrimRight(string(remark.Append(nil, remark.File)), "\n"))
	}
	return assess.Other{Programs: programs}, []string{cmp.Or(file.Name, "the expression")}, nil
}

// textOrFile reads a file, or takes what is none and has blanks for an expression.
func (a *app) textOrFile(with string) (source.File, error) {
	text, err := a.readText(with)
	switch {
	case err == nil:
		return source.File{Name: shownName(with), Text: text}, nil
	case (errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENAMETOOLONG)) && strings.ContainsAny(with, " \n"):
		return source.File{Text: with}, nil
	}
	return source.File{}, usage(err)
}
