package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ambit-iam/ambit/internal/source"
)

// The exit codes, which the README lists.
const (
	codeDone        = 0
	codeFailed      = 1
	codeUsage       = 2 // usage, settings, or input that cannot be read
	codeFindings    = 3
	codeIncomplete  = 4
	codeExpectation = 6
	codeInterrupted = 130
	codeBrokenPipe  = 141 // what a shell shows for a program that the signal ended
)

// exitError is an error that knows its exit code. An empty message says nothing.
type exitError struct {
	code int
	err  error
}

// ExitCode is the code the process ends with.
func (e *exitError) ExitCode() int { return e.code }

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage marks an error as one of usage, settings or input.
func usage(err error) error {
	var coded *exitError
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &exitError{codeUsage, err}
}

func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// silent ends with a code when all has been said.
func silent(code int) error { return &exitError{code: code} }

// sayFaults says what each input that could not be read lacks, after the others have been worked on, and gives the error
// that ends the verb; nil where all could.
func (a *app) sayFaults(faults []error) error {
	for _, fault := range faults {
		a.say(fault.Error())
	}
	if len(faults) > 0 {
		return silent(codeUsage)
	}
	return nil
}

var unknownFlag = regexp.MustCompile(`^unknown (?:shorthand )?flag: (?:'.' in )?(-\S+)`)

// wantedValues says what the flags of a type take, by the name that pflag has for it.
var wantedValues = map[string]string{
	"int": "a whole number", "float64": "a number", "bool": "true or false", "duration": "a time such as 20ms or 2s",
}

// flagError adds the nearest flag to what pflag says of an unknown one, and what a flag wants to what it cannot read.
func flagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		cause := invalid.Unwrap().Error()
		if want := wantedValues[invalid.GetFlag().Value.Type()]; want != "" {
			cause = "want " + want
		}
		return usagef("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), cause)
	}
	if lacking, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef("--%s lacks its value; see %s --help", lacking.GetFlag().Name, c.CommandPath())
	}
	m := unknownFlag.FindStringSubmatch(err.Error())
	if m == nil {
		return usage(err)
	}
	name, _, _ := strings.Cut(strings.TrimLeft(m[1], "-"), "=")
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := "; see " + c.CommandPath() + " --help"
	if near := source.Closest(name, names); near != "" {
		hint = "; did you mean --" + near + "?"
	}
	return usagef("unknown flag %s%s", m[1], hint)
}

// noEmptyFlags refuses a flag that is given with nothing, as a script does whose variable is not set: what the flag
// narrows or names would count for nothing.
func noEmptyFlags(c *cobra.Command) error {
	var err error
	c.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if err == nil && slices.Contains(values, "") {
			err = usagef("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}

// noArgs refuses arguments, and says what they may have been meant for.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.Flags().Lookup("from") != nil {
		return usagef("unexpected argument %q: files are given as --from %s", args[0], args[0])
	}
	return usagef("unexpected argument %q; see %s --help", args[0], c.CommandPath())
}

// oneArg wants one argument, which it names where it is missing.
func oneArg(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usagef("%s is missing; see %s --help", what, c.CommandPath())
		case len(args) > 1:
			return usagef("unexpected argument %q: want %s alone, in quotes where it has blanks", args[1], what)
		}
		return nil
	}
}
