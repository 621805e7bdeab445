package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/simulate"
)

// formatJSONL is one JSON document a line.
const formatJSONL = "jsonl"

func (a *app) simulate() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "simulate FILE... [flags]",
		Short: "Run request cases: unit tests of policies",
		Long: "Decides the requests of case files, each with the policies that it names, and compares them with the decision that it expects: " +
			"Allowed, ImplicitlyDenied or ExplicitlyDenied. A file is JSON (a case, a list, or {\"cases\": [...]}), JSON lines, or YAML; - is stdin. " +
			"A context key that a case does not give is absent.\n\n" +
			"Exit code 6: a case came to another decision than it expects, or could not be decided; 2: a file cannot be read.",
		Example: examples(
			"ambit simulate cases.yaml", "run the cases of a file",
			"ambit simulate tests/*.json -o jsonl", "a line of JSON for each case",
			"ambit simulate - < case.json", "one case from stdin",
		),
		RunE: func(c *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usagef("FILE is missing; see %s --help", c.CommandPath())
			}
			results, err := a.simulateAll(files)
			if err != nil {
				return err
			}
			failed, err := a.tellCases(results, format)
			if err == nil && failed > 0 {
				err = silent(codeExpectation)
			}
			return err
		},
	}
	format = formatText
	c.Flags().VarP(&choice{&format, []string{formatText, formatJSON, formatJSONL}}, "output", "o", "`FORMAT`: text, json or jsonl")
	return c
}

// simulateAll runs the cases of all files, in order. Every file is read before the first case runs.
func (a *app) simulateAll(files []string) ([]simulate.Result, error) {
	var results []simulate.Result
	var faults []error
	for _, file := range files {
		content, err := a.readText(file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		cases, err := simulate.Read(shownName(file), strings.NewReader(content))
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for i := range cases {
			results = append(results, simulate.Run(&cases[i]))
		}
	}
	return results, usage(errors.Join(faults...))
}

// caseResult is what a case came to, for programs.
type caseResult struct {
	ID       string   `json:"id"`
	Decision string   `json:"decision"` // Allowed, ImplicitlyDenied or ExplicitlyDenied; empty with a fault
	Expected string   `json:"expected,omitempty"`
	Passed   bool     `json:"passed"`
	Deciding []reason `json:"deciding"`
	Missing  []string `json:"missing,omitempty"` // layers that would have to allow
	Fault    string   `json:"fault,omitempty"`   // why the case cannot be decided
	Remarks  []string `json:"remarks,omitempty"`
}

func resultOf(r *simulate.Result) *caseResult {
	c := &caseResult{
		ID: r.Case.ID, Expected: r.Case.Expected, Passed: r.Passed(), Fault: r.Fault, Remarks: r.Remarks,
		Deciding: []reason{},
	}
	if r.Fault != "" {
		return c
	}
	c.Decision = r.Decision.String()
	c.Deciding = reasonsOf(r.Deciding, r.Case.Request.Action)
	for _, l := range r.Missing {
		c.Missing = append(c.Missing, l.String())
	}
	return c
}

// tellCases writes the results and counts those that failed.
func (a *app) tellCases(results []simulate.Result, format string) (failed int, err error) {
	all := make([]*caseResult, 0, len(results))
	for i := range results {
		one := resultOf(&results[i])
		if !one.Passed {
			failed++
		}
		all = append(all, one)
	}
	switch format {
	case formatJSON:
		return failed, a.writeJSON(all)
	case formatJSONL:
		w := bufio.NewWriter(a.world.Stdout)
		for _, one := range all {
			if err := writeLine(w, one); err != nil {
				return failed, err
			}
		}
		return failed, w.Flush()
	}
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	for _, one := range all {
		one.lines(p)
	}
	p.Line()
	p.Line(fmt.Sprintf("%s, %d as expected, %d not", plural(len(all), "case"), len(all)-failed, failed))
	return failed, p.Flush()
}

// lines writes a case: one line where it passed, and why where it did not.
func (c *caseResult) lines(p *text.Page) {
	mark := text.Mark(finding.Pass)
	words := c.Decision
	if !c.Passed {
		mark = text.Mark(finding.Fail)
		words = c.Decision + ", expected " + c.Expected
	}
	if c.Fault != "" {
		words = c.Fault
	}
	p.Prose(mark+" ", text.Strong.Render(text.Safe(c.ID))+"  "+text.Safe(words), text.Plain)
	for _, remark := range c.Remarks {
		p.Prose("    "+text.Doubt.Render("remark")+" ", text.Safe(remark), text.Plain)
	}
	if c.Passed || c.Fault != "" {
		return
	}
	for i := range c.Deciding {
		c.Deciding[i].lines(p, "    ")
	}
	if c.Decision == authz.ImplicitlyDenied.String() && len(c.Missing) > 0 {
		p.Line("    ", "no Allow in the ", strings.Join(c.Missing, ", "))
	}
}
