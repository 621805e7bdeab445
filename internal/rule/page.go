package rule

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/finding"
)

// page writes Markdown.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p, format+"\n", args...) //nolint:errcheck // a strings.Builder does not fail
}

func (p *page) section(title, text string) {
	if text != "" {
		p.line("\n## %s\n\n%s", title, text)
	}
}

// cell makes a text fit for a table.
func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "|", `\|`), "\n", " ") }

func code(lang, text string) string { return "```" + lang + "\n" + text + "\n```" }

// Page is a rule as a Markdown document.
func (c *Catalogue) Page(r *Rule) string {
	var p page
	p.line("<!-- Generated from %s; do not edit. -->\n", r.File.Name)
	p.line("# %s\n", r.Title)
	p.line("`%s` · %s · judges %s\n", r.ID, r.Severity, strings.Join(quoted(r.Entities), ", "))
	p.line("%s", r.Why)
	p.section("GSL", code("", r.GSL))
	for _, v := range r.Vendor {
		p.section("As published: "+v.ID, "Run in place of ours with `scan --as-published`.\n\n"+code("", v.Text))
	}
	p.section("Settings", r.settingsTable())
	p.section("In the console", r.Fix.Console)
	p.section("With the AWS CLI", r.Fix.CLI)
	p.section("In Terraform", r.Fix.Terraform)
	p.section("Other names", r.aliasTable())
	p.section("Frameworks", c.frameworkTable(r))
	p.section("Proof", r.caseList())
	p.section("References", list(r.References, func(ref string) string { return "<" + ref + ">" }))
	return p.String()
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "`" + n + "`"
	}
	return out
}

func list[T any](items []T, text func(T) string) string {
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = "- " + text(item)
	}
	return strings.Join(lines, "\n")
}

func table(head string, rows []string) string {
	if len(rows) == 0 {
		return ""
	}
	rule := "|" + strings.Repeat("---|", strings.Count(head, "|")-1)
	return head + "\n" + rule + "\n" + strings.Join(rows, "\n")
}

func (r *Rule) settingsTable() string {
	var rows []string
	for _, s := range r.Settings {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | `%v` | %s |", s.Name, s.Type, s.Default, cell(s.Meaning)))
	}
	if len(rows) == 0 {
		return ""
	}
	return "In `ambit.yaml` under `settings: {" + r.ID + ": {…}}`.\n\n" + table("| name | type | default | meaning |", rows)
}

func (r *Rule) aliasTable() string {
	var rows []string
	for _, peer := range Peers() {
		if ids := r.Aliases[peer.Key]; len(ids) > 0 {
			rows = append(rows, fmt.Sprintf("| %s | `%s` | %s |", peer.Title, peer.Key, strings.Join(quoted(ids), ", ")))
		}
	}
	return table("| product | prefix | ids |", rows)
}

func (c *Catalogue) frameworkTable(r *Rule) string {
	var rows []string
	for _, key := range slices.Sorted(maps.Keys(r.Frameworks)) {
		rows = append(rows, fmt.Sprintf("| %s | `%s` | %s |", cell(c.framework(key).Title), key, cmp.Or(cell(strings.Join(r.Frameworks[key], ", ")), "member")))
	}
	return table("| framework | ruleset | controls |", rows)
}

// caseList tells what the cases show, for those that say so.
func (r *Rule) caseList() string {
	count := map[finding.Verdict]int{}
	for i := range r.Cases {
		count[r.Cases[i].Verdict]++
	}
	var told []string
	for _, v := range []finding.Verdict{finding.Fail, finding.Pass, finding.Unknown, finding.NotApplicable} {
		if count[v] > 0 {
			told = append(told, fmt.Sprintf("%d %s", count[v], v))
		}
	}
	spoken := slices.DeleteFunc(slices.Clone(r.Cases), func(c Case) bool { return c.About == "" })
	text := fmt.Sprintf("Accounts in the rule's file that prove it: %s.", strings.Join(told, ", "))
	if len(spoken) == 0 {
		return text
	}
	return text + "\n\n" + list(spoken, func(c Case) string { return fmt.Sprintf("`%s`: %s", c.Name, c.About) })
}

// Index is the list of all rules and rulesets as a Markdown document, with links to the pages beside it.
func (c *Catalogue) Index() string {
	var p page
	p.line("<!-- Generated from the rules; do not edit. -->\n")
	p.line("# Rules\n")
	p.line("%d rules, worst first. `ambit rules show NAME` prints one, by any of its names.\n", len(c.rules))
	byWorst := c.All()
	slices.SortStableFunc(byWorst, func(a, b *Rule) int { return cmp.Compare(b.Severity, a.Severity) })
	var rows []string
	for _, r := range byWorst {
		folder := path.Base(path.Dir(r.File.Name))
		rows = append(rows, fmt.Sprintf("| %s | [%s](%s.md) | %s | %s |", r.Severity, r.ID, r.ID, cell(r.Title), folder))
	}
	p.line("%s", table("| severity | rule | what holds where it passes | about |", rows))
	rows = nil
	for _, f := range c.Frameworks() {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %d |", f.Key, cell(f.Title), strings.Join(quoted(f.Aliases), ", "), len(f.Rules)))
	}
	p.section("Rulesets", "For `ambit scan --ruleset NAME`; a title does as well. A control of one selects its rules: `--rule CIS-3.0:1.10`.\n\n"+
		table("| name | title | other names | rules |", rows))
	p.section("A rule of your own", ownRule)
	return p.String()
}

const ownRule = "A rule is one file, `ID.txtar`, with the sections that any file of the `rules` folder shows: a header, GSL, why, three " +
	"remedies, and captures of accounts in which it fails and passes. Put it into a folder, name the folder in `ambit.yaml` " +
	"(`rules: [folder]`), and run `ambit rules test`: a rule without a failing and a passing case does not load. A " +
	"`frameworks.yaml` beside it can name frameworks of your own."
