package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/settings"
	"github.com/ambit-iam/ambit/internal/source"
)

// shown is one entity and all that is known of it.
type shown struct {
	entity   facts.Entity
	alias    string // of its account
	findings []finding.Finding
	gaps     []account.Gap
}

func (a *app) show() *cobra.Command {
	var in input
	var format string
	c := &cobra.Command{
		Use:   "show ARN|NAME [flags]",
		Short: "All that is known of one user, group, role, policy or key",
		Long: "Shows every property that rules can see, of a policy its attachment count and everybody who holds it, " +
			"what could not be read, and what the rules say.",
		Example: examples(
			"ambit show alice.moreau --demo", "by name",
			"ambit show arn:aws:iam::aws:policy/AdministratorAccess", "a policy and its holders, by ARN",
			"ambit show root --from saved/ -o json", "the root user, for programs",
		),
		Args: oneArg("ARN or NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			found, err := a.find(c, &in, args[0])
			if err != nil {
				return err
			}
			if format == formatJSON {
				return a.writeShown(found)
			}
			p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
			for i := range found {
				if i > 0 {
					p.Line()
					p.Rule()
				}
				entityPage(p, &found[i])
			}
			return p.Flush()
		},
	}
	in.maxSession = true
	in.flags(c)
	outputFlag(c, &format)
	return c
}

// find reads and judges the accounts of the input, and gives the entities of a name.
func (a *app) find(c *cobra.Command, in *input, name string) ([]shown, error) {
	set, err := a.settings(c)
	if err != nil {
		return nil, err
	}
	rules, err := a.compiledRules(set)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(name, "root") {
		name = account.RootUser
	}
	judged, err := a.judge(c.Context(), in, set, engine.Options{Rules: rules, Only: func(s *finding.Subject) bool {
		return strings.EqualFold(s.Name, name) || strings.EqualFold(s.ARN, name)
	}})
	if err != nil {
		return nil, err
	}
	return match(judged, name)
}

// judge reads the accounts of the input and judges them.
func (a *app) judge(ctx context.Context, in *input, set *settings.Settings, o engine.Options) ([]engine.Judged, error) {
	step, done := a.progress()
	defer done()
	opened, err := a.openInput(ctx, in, set, step)
	if err != nil {
		return nil, err
	}
	defer opened.close()
	judged, err := engine.Judge(ctx, opened.sources, o)
	return judged, inputError(err)
}

// match gives the entities of a name or an ARN: those spelled so, else those that only letter case tells apart.
func match(judged []engine.Judged, name string) ([]shown, error) {
	var exact, folded []shown
	var names []string
	for i := range judged {
		j := &judged[i]
		for _, t := range assess.Schema().Entities {
			for e := range j.Set.Entities(t.Name) {
				names = append(names, e.Subject.Name)
				switch {
				case e.Subject.Name == name || e.Subject.ARN == name && e.Subject.ID == "":
					exact = append(exact, showOf(j, e))
				case strings.EqualFold(e.Subject.Name, name) || strings.EqualFold(e.Subject.ARN, name) && e.Subject.ID == "":
					folded = append(folded, showOf(j, e))
				}
			}
		}
	}
	if len(exact) > 0 {
		return exact, nil
	}
	if len(folded) > 0 {
		return folded, nil
	}
	words := fmt.Sprintf("nothing in the account is called %q", name)
	if near := source.Closest(name, names); near != "" {
		words += fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, usagef("%s%s", words, notListed(judged))
}

// entityParts are the parts of an account whose entities people look for by name.
var entityParts = []struct {
	part account.Part
	noun string
}{{account.PartUsers, "user"}, {account.PartGroups, "group"}, {account.PartRoles, "role"}, {account.PartPolicies, "policy"}}

// notListed says of whom not every one could be listed, so that what was not found may be there all the same; empty where
// all were.
func notListed(judged []engine.Judged) string {
	var nouns []string
	var gap *account.Gap
	for i := range judged {
		for _, p := range entityParts {
			if g := judged[i].Set.Snapshot().Gap(p.part); g != nil && !slices.Contains(nouns, p.noun) {
				nouns, gap = append(nouns, p.noun), g
			}
		}
	}
	if gap == nil {
		return ""
	}
	words := "\nIt may be there all the same: not every " + oneOf(nouns) + " could be listed: " + gap.Call + ": " + gap.Error
	if gap.Permission != "" {
		words += "; grant " + gap.Permission
	}
	return words
}

// showOf gathers what is known of an entity.
func showOf(j *engine.Judged, e facts.Entity) shown {
	s := shown{entity: e}
	if aliases := j.Set.Snapshot().Aliases; len(aliases) > 0 {
		s.alias = aliases[0]
	}
	for i := range j.Findings {
		if *j.Findings[i].Subject == *e.Subject {
			s.findings = append(s.findings, j.Findings[i])
		}
	}
	for _, g := range j.Gaps {
		feeds := func(field string) bool { return strings.HasPrefix(field, e.Type.Name+".") }
		if g.Subject == e.Subject.ARN || g.Subject == "" && slices.ContainsFunc(facts.Fields(g.Part), feeds) {
			s.gaps = append(s.gaps, g)
		}
	}
	return s
}

// entityPage writes all that is known of an entity.
func entityPage(p *text.Page, s *shown) {
	subject := s.entity.Subject
	p.Ends(text.Strong.Render(text.Safe(subject.Name)), text.Dim.Render(subject.Type))
	where := "account " + subject.Account
	if s.alias != "" {
		where += " (" + text.Safe(s.alias) + ")"
	}
	p.Prose("", text.Safe(subject.ARN), text.Pointer)
	p.Prose("", where, text.Dim)
	p.Line()
	documents := propertyLines(p, s.entity)
	for _, d := range documents {
		p.Line()
		p.Line(text.Strong.Render(d.title))
		for line := range strings.SplitSeq(d.text, "\n") {
			p.Line("  ", text.Safe(line))
		}
	}
	gapLines(p, s.gaps)
	findingLines(p, s.findings)
}

// shownDocument is a policy document, which gets a place of its own.
type shownDocument struct{ title, text string }

// headed are the properties that the page's head tells, and those that GSL has for other clouds' sake.
var headed = []string{"type", "name", "arn", "accountNumber", "dome9Id", "region", "source", "vpc"}

// propertyLines writes one property a line and gives the documents among them.
func propertyLines(p *text.Page, e facts.Entity) []shownDocument {
	var documents []shownDocument
	width := 0
	for _, property := range e.Type.Properties {
		width = max(width, len(property.Name))
	}
	for _, property := range e.Type.Properties {
		if slices.Contains(headed, property.Name) {
			continue
		}
		v := property.Get(e.Self)
		if record, ok := v.Ref().(gsl.Record); ok {
			documents = append(documents, shownDocument{property.Name, prettyJSON(record)})
			continue
		}
		head := "  " + text.Dim.Render(lipgloss.NewStyle().Width(width+2).Render(property.Name))
		style := text.Plain
		switch v.Kind() {
		case gsl.Unknown:
			style = text.Doubt
		case gsl.Null:
			style = text.Dim
		case gsl.Bool, gsl.Number, gsl.String, gsl.List, gsl.Object:
		}
		p.Pair(head, text.Safe(facts.Text(property, v, 0)), style)
	}
	return documents
}

func gapLines(p *text.Page, gaps []account.Gap) {
	if len(gaps) == 0 {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("Not read"))
	for i := range gaps {
		g := &gaps[i]
		line := text.Safe(g.Call + ": " + g.Error)
		if g.Permission != "" {
			line += "; grant " + g.Permission
		}
		p.Prose("  "+text.Mark(finding.Unknown)+" ", line, text.Plain)
	}
}

func findingLines(p *text.Page, findings []finding.Finding) {
	p.Line()
	p.Line(text.Strong.Render("Rules"))
	if len(findings) == 0 {
		p.Line("  ", text.Dim.Render("no rule is about it"))
		return
	}
	counts := map[finding.Verdict]int{}
	worst := slices.Clone(findings)
	slices.SortStableFunc(worst, func(a, b finding.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	for i := range worst {
		f := &worst[i]
		counts[f.Verdict]++
		if f.Verdict == finding.Fail || f.Verdict == finding.Unknown {
			p.Prose("  "+text.Mark(f.Verdict)+" "+text.SeverityWord(f.Severity)+"  ", text.Safe(f.Told().Why)+text.Dim.Render("  "+f.Rule+"  "+f.ShortID()), text.Plain)
		}
	}
	p.Prose("  ", fmt.Sprintf("%d fail, %d unknown, %d pass, %d not applicable",
		counts[finding.Fail], counts[finding.Unknown], counts[finding.Pass], counts[finding.NotApplicable]), text.Dim)
}
