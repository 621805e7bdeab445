package cli

import (
	"bufio"
	"fmt"
	"strconv"
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
			"A context key that a case does not give is absent. A case that expects nothing is decided and shown with its reasons, and counts apart: it " +
			"tests nothing.\n\n" +
			"Exit code 6: a case came to another decision than it expects, or could not be decided; 2: a file cannot be read. The others are run.",
		Example: examples(
			"ambit simulate cases.yaml", "run the cases of a file",
			"ambit simulate tests/*.json -o jsonl", "a line of JSON for each case",
			"ambit simulate - < case.json", "one case from stdin",
		),
		RunE: func(c *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usagef("FILE is missing; see %s --help", c.CommandPath())
			}
			results, faults := a.simulateAll(files)
			if len(results) == 0 {
				return a.sayFaults(faults)
			}
			failed, err := a.tellCases(results, format)
			if err == nil {
				err = a.sayFaults(faults)
			}
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

// simulateAll runs the cases of all files, in order. What keeps a file from being read is among the faults, and the
// others run all the same.
func (a *app) simulateAll(files []string) (results []simulate.Result, faults []error) {
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
	return results, faults
}

// caseResult is what a case came to, for programs.
type caseResult struct {
	ID       string   `json:"id"`
	Decision string   `json:"decision"` // Allowed, ImplicitlyDenied or ExplicitlyDenied; empty with a fault
	Expected string   `json:"expected,omitempty"`
	Passed   *bool    `json:"passed"` // null where nothing was expected, and nothing is tested
	Deciding []reason `json:"deciding"`
	Missing  []string `json:"missing,omitempty"` // layers that would have to allow
	Fault    string   `json:"fault,omitempty"`   // why the case cannot be decided
	Remarks  []string `json:"remarks,omitempty"`

	outcome simulate.Outcome
}

func resultOf(r *simulate.Result) *caseResult {
	c := &caseResult{
		ID: r.Case.ID, Expected: r.Case.Expected, Fault: r.Fault, Remarks: r.Remarks,
		Deciding: []reason{}, outcome: r.Outcome(),
	}
	if c.outcome != simulate.Unexpecting {
		passed := c.outcome == simulate.Passed
		c.Passed = &passed
	}
	if r.Fault != "" {
		return c
	}
	c.Decision = r.Decision.String()
	c.Deciding = reasonsOf(r.Deciding, r.Case.Request.Action)
	c.Missing = layerNames(r.Missing, r.Levels, func(level int) string { return "level " + strconv.Itoa(level+1) })
	return c
}

// tellCases writes the results and counts those that failed.
func (a *app) tellCases(results []simulate.Result, format string) (failed int, err error) {
	all := make([]*caseResult, 0, len(results))
	counts := map[simulate.Outcome]int{}
	for i := range results {
		one := resultOf(&results[i])
		counts[one.outcome]++
		all = append(all, one)
	}
	failed = counts[simulate.Failed]
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
	words := fmt.Sprintf("%s: %d passed, %d failed", plural(len(all), "case"), counts[simulate.Passed], failed)
	if n := counts[simulate.Unexpecting]; n > 0 {
		words += fmt.Sprintf(", %d without an expectation", n)
	}
	p.Line(words)
	return failed, p.Flush()
}

// lines writes a case: one line where it passed, and why where it did not.
func (c *caseResult) lines(p *text.Page) {
	mark := text.Mark(finding.Pass)
	words := c.Decision
	switch c.outcome {
	case simulate.Passed:
	case simulate.Failed:
		mark = text.Mark(finding.Fail)
		words = c.Decision + ", expected " + c.Expected
	case simulate.Unexpecting:
		mark = text.Mark(finding.NotApplicable)
		words = c.Decision + ", and the case expects nothing"
	}
	if c.Fault != "" {
		words = c.Fault
	}
	p.Prose(mark+" ", text.Strong.Render(text.Safe(c.ID))+"  "+text.Safe(words), text.Plain)
	for _, remark := range c.Remarks {
		p.Prose("    "+text.Doubt.Render("remark")+" ", text.Safe(remark), text.Plain)
	}
	if c.outcome == simulate.Passed || c.Fault != "" {
		return
	}
	for i := range c.Deciding {
		c.Deciding[i].lines(p, "    ")
	}
	if c.Decision == authz.ImplicitlyDenied.String() && len(c.Missing) > 0 {
		p.Line("    ", "no Allow in the ", strings.Join(c.Missing, ", "))
	}
}
