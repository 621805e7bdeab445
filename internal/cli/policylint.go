package cli

import (
	"bufio"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review"
	"github.com/ambit-iam/ambit/internal/source"
)

// policyKinds are the kinds of a document by the word for each on the command line.
var policyKinds = map[string]policy.DocumentKind{
	"identity": policy.Identity, "trust": policy.Trust, "resource": policy.Resource,
	"scp": policy.ServiceControl, "rcp": policy.ResourceControl,
}

// autoKind lets a document say what it is.
const autoKind = "auto"

// kindFlag adds --kind to a verb.
func kindFlag(c *cobra.Command, kind *string) {
	*kind = autoKind
	c.Flags().Var(&choice{kind, []string{autoKind, "identity", "trust", "resource", "scp", "rcp"}}, "kind",
		"what the document is: `KIND` identity, trust, resource, scp or rcp; auto looks at its elements")
}

// kindOf is the kind that was asked for, or what the document's elements make of it: with principals it is a
// resource policy, and without resources then a trust policy.
func kindOf(doc *policy.Document, asked string) policy.DocumentKind {
	if kind, ok := policyKinds[asked]; ok {
		return kind
	}
	principals, resources := false, false
	for i := range doc.Statements {
		s := &doc.Statements[i]
		principals = principals || len(s.Principal) > 0
		resources = resources || len(s.Resource) > 0
	}
	switch {
	case principals && resources:
		return policy.Resource
	case principals:
		return policy.Trust
	}
	return policy.Identity
}

func (a *app) policyLint() *cobra.Command {
	var kind, format string
	var strict bool
	c := &cobra.Command{
		Use:   "lint FILE... [flags]",
		Short: "Say what AWS would refuse in a policy document, and what smells",
		Long: "Reports faults, for which AWS would refuse a document, and smells: unknown actions and keys, conditions that fail open, statements " +
			"that do nothing, wildcards that reach permissions management. - is stdin.\n\n" +
			"Exit code 2: a document has an error, or a file cannot be read, and the others are reported on; 6: with --strict, a warning.",
		Example: examples(
			"ambit policy lint policy.json", "one document",
			"ambit policy lint --kind trust --strict trust/*.json", "a test: exit code 6 where something smells",
			"ambit policy lint policy.json -o json", "for programs",
		),
		RunE: func(c *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usagef("FILE is missing (- for stdin); see %s --help", c.CommandPath())
			}
			return a.lintAll(files, kind, format, strict)
		},
	}
	kindFlag(c, &kind)
	c.Flags().BoolVar(&strict, "strict", false, "exit with 6 where there is a warning")
	outputFlag(c, &format)
	return c
}

// linted is one smell, for programs.
type linted struct {
	File     string `json:"file"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Pointer  string `json:"pointer"`
	Message  string `json:"message"`
	Why      string `json:"why"`
	Cure     string `json:"cure,omitempty"`

	Actions []string `json:"actions,omitempty"` // that the smell is about, where it counts them
}

func (a *app) lintAll(files []string, kind, format string, strict bool) error {
	all := []linted{}
	count := map[source.Severity]int{}
	var faults []error
	w := bufio.NewWriter(a.world.Stdout)
	for _, name := range files {
		doc, file, err := a.readPolicy(name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, s := range review.Lint(doc, kindOf(doc, kind)) {
			count[s.Severity]++
			all = append(all, linted{
				File: file.Name, Rule: string(s.Rule), Severity: s.Severity.String(), Line: s.Span.Start.Line, Column: s.Span.Start.Column,
				Pointer: s.Pointer, Message: s.Message, Why: s.Why, Cure: s.Cure, Actions: s.Actions,
			})
			if format == formatText {
				writeSmell(w, &s, file)
			}
		}
	}
	switch {
	case len(faults) == len(files): // nothing was looked at
	case format == formatJSON:
		if err := writeLine(w, all); err != nil {
			return err
		}
	default:
		fmt.Fprintf(w, "%s, %s, %s\n", plural(count[source.Error], "error"), plural(count[source.Warning], "warning"), plural(count[source.Note], "note")) //nolint:errcheck // kept by the writer for Flush
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := a.sayFaults(faults); err != nil {
		return err
	}
	switch {
	case count[source.Error] > 0:
		return silent(codeUsage)
	case strict && count[source.Warning] > 0:
		return silent(codeExpectation)
	}
	return nil
}

// writeSmell writes a smell with its snippet, the rule's name and the reason.
func writeSmell(w io.Writer, s *review.Smell, file source.File) {
	d := s.Diagnostic()
	d.Message += " (" + string(s.Rule) + ")"
	out := d.Append(nil, file)
	if s.Why != "" && s.Rule != review.Fault {
		out = append(out, "  why: "+source.Safe(s.Why)+"\n"...)
	}
	w.Write(out) //nolint:errcheck // kept by the writer for Flush
}
