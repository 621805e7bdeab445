package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
	"github.com/ambit-iam/ambit/internal/settings"
	"github.com/ambit-iam/ambit/internal/source"
)

// explanation is the verb's flags, and what the findings are looked up in.
type explanation struct {
	input

	run    string // a saved run, in place of the input
	format string

	set       *settings.Settings
	catalogue *rule.Catalogue
}

func (a *app) explain() *cobra.Command {
	var x explanation
	c := &cobra.Command{
		Use:   "explain ID | RULE SUBJECT [flags]",
		Short: "One finding whole: proof, request, why it matters, remedies",
		Long: "Tells one finding whole: the statements that prove it, with line, column and carets under the guilty elements, a request that shows " +
			"what they allow, as the evaluator decided it, why it matters, how to mend it by console, CLI and Terraform, and what other products " +
			"call the check. Of an unknown verdict it tells what could not be read, and what to grant.\n\n" +
			"ID is a finding's id, or the beginning of one, as scan shows them. RULE is a rule by any product's id, and SUBJECT the name or ARN of " +
			"what it was judged on.\n\n" +
			"--run FILE takes the finding from a saved run (scan -o json) in place of an account.",
		Example: examples(
			"ambit explain mfa-administration-granted helpdesk-mfa --demo", "a rule and what it fails on",
			"ambit explain IAM.5 alice", "by another product's id for the rule",
			"ambit explain 3f9c2d1a --from saved/", "by the id that scan shows",
			"ambit scan -o json=run.json; ambit explain 3f9c2d1a --run run.json", "of a saved run, without the account",
		),
		Args: questionArgs(1, 2, "the ID of a finding, or RULE SUBJECT"),
		RunE: func(c *cobra.Command, args []string) error { return a.runExplain(c, &x, args) },
	}
	x.flags(c)
	c.Flags().StringVar(&x.run, "run", "", "take the finding from a run in `FILE` that scan -o json wrote, - for stdin")
	c.Flags().Bool("as-published", false, "run published texts in place of ours, as scan --as-published does")
	outputFlag(c, &x.format)
	return c
}

func (a *app) runExplain(c *cobra.Command, x *explanation, args []string) error {
	var err error
	if x.set, err = a.settings(c); err != nil {
		return err
	}
	if x.catalogue, err = a.catalogue(x.set); err != nil {
		return err
	}
	if len(args) == 1 {
		if err := x.isID(args[0]); err != nil {
			return err
		}
	}
	found, err := a.findings(c, x, args)
	if err != nil {
		return err
	}
	f, err := x.pick(found, args)
	if err != nil {
		return err
	}
	var of *rule.Rule
	if list, err := x.catalogue.Resolve(f.Rule); err == nil && len(list) == 1 {
		of = list[0]
	}
	if x.format == formatJSON {
		return a.writeExplained(f, of)
	}
	return a.tellExplained(f, of, found.alias(f.Subject.Account), x.words())
}

// explained is a finding for programs, with the texts of its rule.
type explained struct {
	Finding jsontext.Value `json:"finding"` // as in ambit.run/1
	Rule    *shownRule     `json:"rule"`    // null: this version has no rule of that id
}

func (a *app) writeExplained(f *finding.Finding, of *rule.Rule) error {
	raw, err := report.AppendFinding(nil, f)
	if err != nil {
		return err
	}
	one := explained{Finding: raw}
	if of != nil {
		one.Rule = shownOf(of)
	}
	return a.writeJSON(one)
}

// findings are what an id is looked up in.
type findings struct {
	all     []*finding.Finding
	aliases map[string]string // of accounts
	hidden  int               // findings that a saved run leaves out
}

func (f *findings) alias(account string) string { return f.aliases[account] }

// findings judges the input by every rule, or by the one that is named, or reads a saved run.
func (a *app) findings(c *cobra.Command, x *explanation, args []string) (*findings, error) {
	if x.run != "" {
		return a.savedFindings(c, x)
	}
	x.set.Scan.Rule, x.set.Scan.Ruleset = nil, nil // an id may be of any rule
	if len(args) == 2 {
		x.set.Scan.Rule = args[:1]
	}
	rules, err := compileRules(x.catalogue, x.set)
	if err != nil {
		return nil, err
	}
	x.maxSession = readsMaxSession(rules)
	judged, err := a.judge(c.Context(), &x.input, x.set, engine.Options{
		Rules: rules, AsPublished: x.set.Scan.AsPublished, Confirm: x.set.Scan.Confirm,
	})
	if err != nil {
		return nil, err
	}
	out := &findings{aliases: map[string]string{}}
	for i := range judged {
		snapshot := judged[i].Set.Snapshot()
		if len(snapshot.Aliases) > 0 {
			out.aliases[string(snapshot.Account)] = snapshot.Aliases[0]
		}
		for k := range judged[i].Findings {
			out.all = append(out.all, &judged[i].Findings[k])
		}
	}
	return out, nil
}

// savedFindings reads --run.
func (a *app) savedFindings(c *cobra.Command, x *explanation) (*findings, error) {
	for _, name := range []string{"demo", "from", "at", "profile", "region", "role-arn", "external-id", "mfa-serial", "as-published", "rate", "scp", "rcp"} {
		if c.Flags().Changed(name) {
			return nil, usagef("--run and --%s exclude one another: a saved run needs no account", name)
		}
	}
	r, err := a.openFile(x.run)
	if err != nil {
		return nil, usage(err)
	}
	defer func() { _ = r.Close() }()
	saved, err := report.ReadSaved(r)
	if err != nil {
		if fault, ok := errors.AsType[*namedError](fileError(x.run, err)); ok {
			return nil, usage(fault)
		}
		return nil, usagef("%s: %w", shownName(x.run), err)
	}
	out := &findings{hidden: saved.Judged - len(saved.Findings)}
	for i := range saved.Findings {
		out.all = append(out.all, &saved.Findings[i])
	}
	return out, nil
}

// isID refuses what cannot be an id, before anything is read.
func (x *explanation) isID(arg string) error {
	if arg != "" && strings.Trim(strings.ToLower(arg), "0123456789abcdef") == "" && len(arg) <= idLength {
		return nil
	}
	if list, err := x.catalogue.Resolve(arg); err == nil {
		return usagef("%s is a rule: name the SUBJECT too, as in: ambit explain %s NAME", arg, list[0].ID)
	}
	return usagef("%q is no id of a finding, which is up to %d digits of 0-9 and a-f, and no rule: want ID, or RULE SUBJECT", arg, idLength)
}

// idLength is how many digits an id has.
const idLength = 16

// pick finds the one finding that is meant.
func (x *explanation) pick(in *findings, args []string) (*finding.Finding, error) {
	var found []*finding.Finding
	var err error
	if len(args) == 1 {
		found, err = in.byID(strings.ToLower(args[0]))
	} else {
		found, err = x.bySubject(in, args[0], args[1])
	}
	if err == nil && len(found) > 1 {
		slices.SortStableFunc(found, func(a, b *finding.Finding) int { return cmp.Compare(urgency(a.Verdict), urgency(b.Verdict)) })
		err = usagef("%s stands for %d findings; name one by its id:\n%s", strings.Join(args, " "), len(found), findingList(found))
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// byID finds the findings whose id begins with some digits.
func (f *findings) byID(prefix string) ([]*finding.Finding, error) {
	var found []*finding.Finding
	var begins []string
	for _, one := range f.all {
		if strings.HasPrefix(one.ID, prefix) {
			found = append(found, one)
		}
		begins = append(begins, one.ID[:min(len(one.ID), len(prefix))])
	}
	if len(found) > 0 {
		return found, nil
	}
	message := fmt.Sprintf("none of the %d findings has an id that begins with %s", len(f.all), prefix)
	if f.hidden > 0 {
		message += fmt.Sprintf(" (%d more findings are not in the file: scan --show left them out)", f.hidden)
	}
	var near []*finding.Finding
	for _, begin := range source.Nearest(prefix, begins, maxNear) {
		near = append(near, f.all[slices.Index(begins, begin)])
	}
	if len(near) > 0 {
		message += "; the nearest:\n" + findingList(near)
	}
	return nil, usagef("%s", message)
}

// urgency orders verdicts by how likely somebody asks about them.
func urgency(v finding.Verdict) int {
	return slices.Index([]finding.Verdict{finding.Fail, finding.Unknown, finding.Accepted, finding.Pass, finding.NotApplicable}, v)
}

// The most findings that an error lists.
const (
	maxNear  = 3
	maxFound = 8
)

// findingList tells findings apart, a line each.
func findingList(all []*finding.Finding) string {
	var lines []string
	for i, f := range all {
		if i == maxFound {
			lines = append(lines, fmt.Sprintf("  and %d more", len(all)-i))
			break
		}
		id := f.Subject.ARN
		if f.Subject.ID != "" {
			id += " " + f.Subject.ID
		}
		lines = append(lines, fmt.Sprintf("  %s  %s  %s  %s  %s", f.ID, f.Verdict, f.Rule, f.Subject.Type, id))
	}
	return strings.Join(lines, "\n")
}

// bySubject finds the findings of a rule, by any name, on a subject: spelled so, else whatever the letter case.
func (x *explanation) bySubject(in *findings, name, subject string) ([]*finding.Finding, error) {
	ids, err := x.ruleIDs(in, name)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(subject, "root") {
		subject = account.RootUser
	}
	var exact, folded []*finding.Finding
	var names []string
	judged := 0
	for _, f := range in.all {
		if !slices.Contains(ids, f.Rule) {
			continue
		}
		judged++
		names = append(names, f.Subject.Name)
		switch s := f.Subject; {
		case s.Name == subject || s.ARN == subject:
			exact = append(exact, f)
		case strings.EqualFold(s.Name, subject) || strings.EqualFold(s.ARN, subject):
			folded = append(folded, f)
		}
	}
	if len(exact) > 0 || len(folded) == 0 {
		folded = exact
	}
	switch near := source.Nearest(subject, names, maxNear); {
	case len(folded) > 0:
		return folded, nil
	case len(near) > 0:
		return nil, usagef("%s was not judged on %q; did you mean %s?", strings.Join(ids, ", "), subject, strings.Join(near, ", "))
	}
	return nil, usagef("%s was not judged on %q, but on %s", strings.Join(ids, ", "), subject, plural(judged, "other subject"))
}

// ruleIDs are the rules that a name stands for; a saved run may hold one that this version lacks.
func (x *explanation) ruleIDs(in *findings, name string) ([]string, error) {
	list, err := x.catalogue.Resolve(name)
	if err != nil {
		if slices.ContainsFunc(in.all, func(f *finding.Finding) bool { return f.Rule == name }) {
			return []string{name}, nil
		}
		return nil, usage(err)
	}
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	return ids, nil
}
