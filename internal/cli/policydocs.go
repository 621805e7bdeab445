package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/source"
)

func (a *app) policyVerb() *cobra.Command {
	return verbs(&cobra.Command{
		Use:   "policy",
		Short: "Format, review and compare policy documents",
		Long:  "Works on policy documents in files, one document a file, without any account.",
		Example: examples(
			"ambit policy fmt --write policy.json", "put a document into the usual form",
			"ambit policy lint policy.json", "what AWS would refuse, and what smells",
			"ambit policy diff old.json new.json", "what each allows and the other does not, with a request that shows it",
		),
	}, a.policyFmt(), a.policyLint(), a.policyDiff())
}

// readPolicy parses the document of a file; - is stdin.
func (a *app) readPolicy(name string) (*policy.Document, source.File, error) {
	content, err := a.readAll(name)
	if err != nil {
		return nil, source.File{}, usage(err)
	}
	doc := policy.Parse(content)
	return doc, source.File{Name: shownName(name), Text: doc.Text}, nil
}

// faultsOf are a document's faults as an error, with places and snippets; nil where it has none.
func faultsOf(doc *policy.Document, file source.File) error {
	var out []byte
	for _, d := range doc.Faults {
		out = d.Append(out, file)
	}
	if len(out) == 0 {
		return nil
	}
	return usage(errors.New(string(out)))
}

func (a *app) policyFmt() *cobra.Command {
	var write, check bool
	c := &cobra.Command{
		Use:   "fmt FILE... [flags]",
		Short: "Print policy documents in the usual form",
		Long: "Prints documents with AWS's own order of elements, two spaces a level, and short lists on one line. What a document means does " +
			"not change; one that AWS would refuse is refused, and the others are formatted. - is stdin.\n\n" +
			"Exit code 2: a file cannot be read, or AWS would refuse it; 6: with --check, a file is not in that form.",
		Example: examples(
			"ambit policy fmt policy.json", "to stdout",
			"ambit policy fmt --write policies/*.json", "in place",
			"ambit policy fmt --check policies/*.json", "a test: exit code 6 where one is not in form",
			"aws iam get-role-policy --role-name r --policy-name p --query PolicyDocument | ambit policy fmt -", "from stdin",
		),
		RunE: func(c *cobra.Command, files []string) error {
			switch {
			case len(files) == 0:
				return usagef("FILE is missing (- for stdin); see %s --help", c.CommandPath())
			case write && check:
				return usagef("--write and --check exclude one another")
			}
			return a.formatPolicies(files, write, check)
		},
	}
	c.Flags().BoolVar(&write, "write", false, "write each file in place")
	c.Flags().BoolVar(&check, "check", false, "print the names of files that are not in form, and exit with 6 where there are any")
	return c
}

// formatPolicies formats each file. One that cannot be read, or that AWS would refuse, is left as it is, and the
// others are formatted all the same.
func (a *app) formatPolicies(files []string, write, check bool) error {
	if write && slices.Contains(files, "-") {
		return usagef("--write: stdin has no file to write to")
	}
	var faults []error
	unformed := 0
	for _, name := range files {
		doc, file, err := a.readPolicy(name)
		if err == nil {
			err = faultsOf(doc, file)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		formatted := doc.Format()
		same := formatted == doc.Text
		if !same {
			unformed++
		}
		if err := a.putPolicy(name, formatted, same, write, check); err != nil {
			return err
		}
	}
	if err := a.sayFaults(faults); err != nil {
		return err
	}
	if check && unformed > 0 {
		return silent(codeExpectation)
	}
	return nil
}

// putPolicy does with one formatted document what was asked: names it, writes it in place, or prints it.
func (a *app) putPolicy(name, formatted string, same, write, check bool) error {
	switch {
	case check && same, write && same:
		return nil
	case check:
		_, err := fmt.Fprintln(a.world.Stdout, source.Safe(shownName(name)))
		return err
	case write:
		return rewriteFile(name, formatted)
	}
	return a.write(formatted)
}

// rewriteFile replaces a file's content and keeps its mode.
func rewriteFile(name, content string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := newFile(name)
	if err != nil {
		return err
	}
	if _, err := bytes.NewReader([]byte(content)).WriteTo(f); err != nil {
		f.discard()
		return err
	}
	if err := f.Chmod(info.Mode().Perm()); err != nil {
		f.discard()
		return err
	}
	return f.commit()
}
