package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/assess"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

func (a *app) gsl() *cobra.Command {
	return verbs(&cobra.Command{
		Use:   "gsl",
		Short: "Check, run and format expressions of the rule language",
		Long: `GSL is the rule language of Check Point CloudGuard: "IamUser where passwordEnabled=true should have mfaActive=true". ` +
			"docs/gsl.md describes it whole.",
		Example: examples(
			"ambit gsl check \"IamUser should have mfaActive\"", "is it right?",
			"ambit gsl run \"IamRole should not have inlinePolicies\" --demo", "which entities comply?",
		),
	}, a.gslCheck(), a.gslRun(), a.gslFmt())
}

// expression is one expression of a file, or of the command line.
type expression struct {
	text string
	line int         // from 1; of an argument its number
	at   source.Pos  // where it begins in its file
	file source.File // what it stands in
}

// expressions gathers what a verb works on: its arguments, or the lines of --file ("-" is stdin). Empty lines
// are passed over.
func (a *app) expressions(args []string, name string) ([]expression, error) {
	if (len(args) > 0) == (name != "") {
		return nil, usagef("give either expressions or --file FILE (- for stdin)")
	}
	var all []expression
	for i, text := range args {
		all = append(all, expression{text, i + 1, source.Pos{}, source.File{Text: text}})
	}
	if name == "" {
		return all, nil
	}
	text, err := a.readText(name)
	if err != nil {
		return nil, usage(err)
	}
	file := source.File{Name: shownName(name), Text: text}
	offset, n := 0, 0
	for line := range strings.Lines(text) {
		n++
		if content := strings.TrimRight(line, "\r\n"); strings.TrimSpace(content) != "" {
			all = append(all, expression{content, n, source.Pos{Offset: offset, Line: n, Column: 1}, file})
		}
		offset += len(line)
	}
	if len(all) == 0 {
		return nil, usagef("%s holds no expression", shownName(name))
	}
	return all, nil
}

// place moves remarks on an expression to where it stands in its file.
func (e *expression) place(remarks []source.Diagnostic) []source.Diagnostic {
	for i := range remarks {
		for _, p := range []*source.Pos{&remarks[i].Span.Start, &remarks[i].Span.End} {
			p.Offset += e.at.Offset
			p.Line += max(e.at.Line-1, 0)
		}
	}
	return remarks
}

// checked is what gsl check says of one expression.
type checked struct {
	Line     int      `json:"line"`
	OK       bool     `json:"ok"`
	Error    string   `json:"error"`  // empty where ok
	Column   int      `json:"column"` // of the error; 0 where ok
	Hint     string   `json:"hint,omitempty"`
	Warnings []string `json:"warnings,omitempty"` // what does not stop it: an unknown property, a planned entity
}

func check(e *expression) (checked, []source.Diagnostic) {
	_, remarks := gsl.Compile(assess.Schema(), source.File{Text: e.text}, gsl.Options{})
	c := checked{Line: e.line, OK: true}
	for _, d := range remarks {
		switch {
		case d.Severity != source.Error:
			c.Warnings = append(c.Warnings, d.Message)
		case c.OK:
			c.OK, c.Error, c.Column, c.Hint = false, d.Message, d.Span.Start.Column, d.Hint
		}
	}
	return c, e.place(remarks)
}

func (a *app) gslCheck() *cobra.Command {
	var file, format string
	c := &cobra.Command{
		Use:   "check [EXPR...] [flags]",
		Short: "Say whether expressions are right, and where they are not",
		Example: examples(
			"ambit gsl check \"IamUser should have mfaActive\"", "one expression",
			"ambit gsl check --file rules.txt", "one expression a line",
			"ambit gsl check --file - -o json < rules.txt", "for programs: a list of {line, ok, error, column}; jsonl: a line each",
		),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := a.expressions(args, file)
			if err != nil {
				return err
			}
			return a.checkAll(all, format)
		},
	}
	c.Flags().StringVar(&file, "file", "", "check every line of `FILE`, - for stdin")
	format = formatText
	c.Flags().VarP(&choice{&format, []string{formatText, formatJSON, formatJSONL}}, "output", "o", "`FORMAT`: text, json or jsonl")
	return c
}

func (a *app) checkAll(all []expression, format string) error {
	bad := 0
	list := make([]checked, 0, len(all))
	w := bufio.NewWriter(a.world.Stdout)
	for i := range all {
		c, remarks := check(&all[i])
		if !c.OK {
			bad++
		}
		var err error
		switch format {
		case formatJSON:
			list = append(list, c)
		case formatJSONL:
			err = writeLine(w, c)
		default:
			err = source.Print(w, all[i].file, remarks)
		}
		if err != nil {
			return err
		}
	}
	if format == formatJSON {
		if err := a.writeJSON(list); err != nil {
			return err
		}
	}
	if format == formatText {
		fmt.Fprintf(w, "%d right, %d wrong\n", len(all)-bad, bad) //nolint:errcheck // kept by the writer for Flush
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return silent(codeUsage)
	}
	return nil
}

func (a *app) gslFmt() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "fmt [EXPR...] [flags]",
		Short: "Print expressions in the usual form",
		Example: examples(
			"ambit gsl fmt \"iamuser   should have(mfaActive)\"", "one expression",
			"ambit gsl fmt --file rules.txt", "one expression a line",
		),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := a.expressions(args, file)
			if err != nil {
				return err
			}
			return a.formatAll(all)
		},
	}
	c.Flags().StringVar(&file, "file", "", "format every line of `FILE`, - for stdin")
	return c
}

func (a *app) formatAll(all []expression) error {
	var faults []byte
	w := bufio.NewWriter(a.world.Stdout)
	for i := range all {
		e := &all[i]
		tree, remarks := syntax.Parse(source.File{Text: e.text})
		if source.HasErrors(remarks) {
			for _, d := range e.place(remarks) {
				faults = d.Append(faults, e.file)
			}
			continue
		}
		fmt.Fprintln(w, syntax.Format(tree)) //nolint:errcheck // kept by the writer for Flush
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(faults) > 0 {
		return usage(errors.New(string(faults)))
	}
	return nil
}
