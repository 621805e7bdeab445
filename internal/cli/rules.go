package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/rule"
)

func (a *app) rules() *cobra.Command {
	return verbs(&cobra.Command{
		Use:   "rules",
		Short: "List, show, test and compare the rules",
		Long: "A rule answers to its own id and to the ids that other products give the same check, with or without the product's name: " +
			"IAM.5, securityhub:IAM.5, D9.AWS.IAM.86, CIS-3.0:1.10.",
		Example: examples(
			"ambit rules list", "every rule, worst first",
			"ambit rules show D9.AWS.IAM.86", "one rule, by any name",
			"ambit rules test", "run every rule on the accounts that prove it",
			"ambit rules compare D9.AWS.IAM.86 --demo", "ours and the published text, on one account",
		),
	}, a.rulesList(), a.rulesShow(), a.rulesTest(), a.rulesCompare())
}

// ruleRow is a rule in a list.
type ruleRow struct {
	ID         string              `json:"id"`
	Title      string              `json:"title"`
	Severity   string              `json:"severity"`
	Category   string              `json:"category"`
	Entities   []string            `json:"entities"`
	Aliases    map[string][]string `json:"aliases"`
	Frameworks map[string][]string `json:"frameworks"`
}

func rowOf(r *rule.Rule) ruleRow {
	return ruleRow{r.ID, r.Title, r.Severity.String(), r.Category, r.Entities, r.Aliases, r.Frameworks}
}

func (a *app) rulesList() *cobra.Command {
	var sets []string
	var format string
	var rulesets bool
	c := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the rules, worst first",
		Example: examples(
			"ambit rules list", "every rule",
			"ambit rules list --ruleset cis-3.0", "the members of a framework",
			"ambit rules list --rulesets", "the frameworks there are",
		),
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			catalogue, err := a.catalogueOf(c)
			if err != nil {
				return err
			}
			if rulesets && len(sets) > 0 {
				return usagef("--rulesets and --ruleset exclude one another: the one lists rulesets, the other the rules of one")
			}
			if rulesets {
				return a.listRulesets(catalogue, format)
			}
			list, err := selectRules(catalogue, nil, sets)
			if err != nil {
				return err
			}
			return a.listRules(list, format)
		},
	}
	c.Flags().StringArrayVar(&sets, "ruleset", nil, "only the members of a framework or a product's `LIST`; repeatable")
	c.Flags().BoolVar(&rulesets, "rulesets", false, "list the rulesets instead")
	outputFlag(c, &format)
	return c
}

func (a *app) listRules(list []*rule.Rule, format string) error {
	if format == formatJSON {
		rows := make([]ruleRow, len(list))
		for i, r := range list {
			rows[i] = rowOf(r)
		}
		return a.writeJSON(rows)
	}
	slices.SortStableFunc(list, func(a, b *rule.Rule) int { return cmp.Compare(b.Severity, a.Severity) })
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	for _, r := range list {
		p.Entry(text.SeverityWord(r.Severity)+"  ", text.Safe(r.Title), text.Plain, text.Pointer.Render(text.Safe(r.ID)))
	}
	p.Line()
	p.Line(text.Dim.Render(plural(len(list), "rule")))
	return p.Flush()
}

// rulesetRow is a ruleset in a list.
type rulesetRow struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Aliases []string `json:"aliases"`
	Rules   []string `json:"rules"`
}

func (a *app) listRulesets(c *rule.Catalogue, format string) error {
	rows := []rulesetRow{}
	for _, f := range c.Frameworks() {
		row := rulesetRow{Key: f.Key, Title: f.Title, Aliases: f.Aliases}
		for _, r := range f.Rules {
			row.Rules = append(row.Rules, r.ID)
		}
		rows = append(rows, row)
	}
	if format == formatJSON {
		return a.writeJSON(rows)
	}
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	width := 0
	for _, row := range rows {
		width = max(width, len(row.Key))
	}
	for _, row := range rows {
		head := text.Pointer.Render(row.Key) + strings.Repeat(" ", width-len(row.Key)) + fmt.Sprintf("  %3d  ", len(row.Rules))
		p.Pair(head, row.Title, text.Plain)
	}
	return p.Flush()
}

func (a *app) rulesShow() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "show NAME... [flags]",
		Short: "Show a rule: why, GSL, settings, remedies, other names",
		Example: examples(
			"ambit rules show console-user-without-mfa", "by its own id",
			"ambit rules show IAM.5 IAM-068", "by the ids of other products",
		),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("the NAME of a rule is missing: ambit rules list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			catalogue, err := a.catalogueOf(c)
			if err != nil {
				return err
			}
			list, err := selectRules(catalogue, args, nil)
			if err != nil {
				return err
			}
			if format == formatJSON {
				return a.writeRules(list)
			}
			p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
			for i, r := range list {
				if i > 0 {
					p.Line()
					p.Rule()
				}
				rulePage(p, r)
			}
			return p.Flush()
		},
	}
	outputFlag(c, &format)
	return c
}

// shownRule is a rule for programs.
type shownRule struct {
	ruleRow
	GSL        string            `json:"gsl"`
	Published  map[string]string `json:"published,omitempty"` // id to text
	Why        string            `json:"why"`
	Console    string            `json:"console,omitempty"`
	CLI        string            `json:"cli,omitempty"`
	Terraform  string            `json:"terraform,omitempty"`
	Settings   []shownSetting    `json:"settings,omitempty"`
	References []string          `json:"references,omitempty"`
}

type shownSetting struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default any    `json:"default"`
	Meaning string `json:"meaning"`
}

func (a *app) writeRules(list []*rule.Rule) error {
	w := bufio.NewWriter(a.world.Stdout)
	for _, r := range list {
		if err := writeLine(w, shownOf(r)); err != nil {
			return err
		}
	}
	return w.Flush()
}

func shownOf(r *rule.Rule) *shownRule {
	shown := &shownRule{
		ruleRow: rowOf(r), GSL: strings.TrimSpace(r.GSL), Why: r.Why, Console: r.Fix.Console, CLI: r.Fix.CLI,
		Terraform: r.Fix.Terraform, References: r.References,
	}
	for _, s := range r.Settings {
		shown.Settings = append(shown.Settings, shownSetting{s.Name, string(s.Type), s.Default, s.Meaning})
	}
	for _, v := range r.Vendor {
		if shown.Published == nil {
			shown.Published = map[string]string{}
		}
		shown.Published[v.ID] = strings.TrimSpace(v.Text)
	}
	return shown
}

// labelWidth is the column where a rule's page tells values.
const labelWidth = 18

func label(s string) string { return text.Dim.Render(lipgloss.NewStyle().Width(labelWidth).Render(s)) }

// rulePage writes all of a rule: what people read first, and its other names last.
func rulePage(p *text.Page, r *rule.Rule) {
	p.Prose(text.SeverityWord(r.Severity)+"  ", r.Title, text.Strong)
	p.Line()
	p.Line(label("id"), text.Pointer.Render(r.ID))
	p.Prose(label("category"), r.Category, text.Plain)
	p.Prose(label("judges"), strings.Join(r.Entities, ", "), text.Plain)
	section(p, "Why", r.Why)
	section(p, "GSL", indented(r.GSL))
	for _, v := range r.Vendor {
		section(p, "As published: "+v.ID, indented(v.Text))
	}
	settingsPage(p, r)
	section(p, "In the console", r.Fix.Console)
	section(p, "With the AWS CLI", r.Fix.CLI)
	section(p, "In Terraform", r.Fix.Terraform)
	if len(r.References) > 0 {
		section(p, "References", "- "+strings.Join(r.References, "\n- "))
	}
	namesPage(p, r)
}

// namesPage writes what others call the rule.
func namesPage(p *text.Page, r *rule.Rule) {
	aliasLines(p, r.Aliases)
	if len(r.Frameworks) == 0 {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("Frameworks"))
	for _, key := range slices.Sorted(maps.Keys(r.Frameworks)) {
		p.Prose("  "+text.Dim.Render(key)+"  ", cmp.Or(strings.Join(r.Frameworks[key], ", "), "member"), text.Plain)
	}
}

// aliasLines writes what other products call a check.
func aliasLines(p *text.Page, aliases map[string][]string) {
	if len(aliases) > 0 {
		p.Line()
		p.Line(text.Strong.Render("Also known as"))
	}
	for _, peer := range rule.Peers() {
		if ids := aliases[peer.Key]; len(ids) > 0 {
			p.Prose("  "+label(peer.Key), text.Safe(strings.Join(ids, ", ")), text.Plain)
		}
	}
}

func settingsPage(p *text.Page, r *rule.Rule) {
	if len(r.Settings) == 0 {
		return
	}
	section(p, "Settings", "in ambit.yaml under settings: "+r.ID+":")
	for _, s := range r.Settings {
		p.Prose("  "+text.Pointer.Render(s.Name)+"  ", fmt.Sprintf("%s (%s, default %v)", s.Meaning, s.Type, s.Default), text.Plain)
	}
}

// indented makes a Markdown code block of text.
func indented(s string) string { return "```\n" + strings.TrimSpace(s) + "\n```" }

// section writes a heading and Markdown: paragraphs are wrapped, code and lists keep their lines.
func section(p *text.Page, title, markdown string) {
	markdown = strings.TrimSpace(markdown)
	if markdown == "" {
		return
	}
	p.Line()
	p.Line(text.Strong.Render(title))
	p.Markdown("  ", markdown)
}
