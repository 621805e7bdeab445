// Package cli is the command line: flags, one file per verb, wiring and exit codes.
//
// Contract: results go to stdout, everything else to stderr; an error names the thing and the cure; the exit
// codes are those of the README. Nothing here decides anything about an account.
// Limits: one command per process, as cobra has it. The AWS SDK reads the process environment by itself.
// Floor: 8.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/report/text"
)

// World is everything a command is given from outside, so that a test can give it too.
type World struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Environ []string // "NAME=value"
	Now     func() time.Time
}

// Getenv is the value of an environment variable, empty where it is not set. The last one of a name counts.
func (w *World) Getenv(name string) string {
	for _, pair := range slices.Backward(w.Environ) {
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return value
		}
	}
	return ""
}

// Main runs one command and gives the exit code.
func Main(ctx context.Context, w World) (code int) {
	app := &app{world: w}
	defer func() {
		if p := recover(); p != nil { // the runtime would end with 2, which says that the input is wrong
			app.say(fmt.Sprintf("a bug in ambit, please report it: %v\n%s", p, debug.Stack()))
			code = codeFailed
		}
	}()
	root := app.root() //nolint:contextcheck // cobra hands the context to every RunE
	root.SetArgs(w.Args)
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !app.started {
		err = usage(err)
	}
	if err == nil {
		err = app.unhelped
	}
	return app.exit(ctx, err)
}

// app is one run of the program.
type app struct {
	world   World
	started bool // a verb was found and its flags were read
	drained bool // stdin was handed out
	config  string
	// unhelped is what kept a help page from being written: cobra's own functions for help give no error.
	unhelped error
}

func (a *app) root() *cobra.Command {
	root := verbs(&cobra.Command{
		Use:           "ambit",
		Args:          cobra.ArbitraryArgs, // verbs says which one is unknown
		Short:         "What identity in AWS can do, and where it breaks your rules",
		SilenceErrors: true,
		SilenceUsage:  true,
		Example: examples(
			"ambit scan --demo", "look at the findings of a made-up company",
			"ambit scan", "judge the account of your AWS credentials",
			"ambit scan --from saved/ -o json", "judge saved AWS CLI output",
			"ambit rules show IAM.5", "what a rule wants, by any product's id for it",
		),
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { a.started = true; return noEmptyFlags(c) },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}, a.scan(), a.collect(), a.rules(), a.gsl(), a.show(), a.explain(), a.can(), a.whoCan(), a.whatCan(), a.paths(), a.simulate(), a.policyVerb(), a.sandbox(), a.configVerb(), a.version())
	a.versionFlag(root)
	root.SetHelpCommand(helpVerb())
	root.PersistentFlags().StringVar(&a.config, "config", "", "read settings from `FILE` instead of ./ambit.yaml")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(a.help)
	root.SetUsageFunc(func(c *cobra.Command) error { a.help(c, nil); return nil })
	return root
}

// stdin hands out standard input, once: a second reader would find nothing, and take that for an empty file.
func (a *app) stdin() (io.Reader, error) {
	if a.drained {
		return nil, usagef("stdin is read twice: - can stand for one file only")
	}
	a.drained = true
	return a.world.Stdin, nil
}

// exit says what went wrong, on stderr, and gives the exit code.
func (a *app) exit(ctx context.Context, err error) int {
	var coded interface{ ExitCode() int }
	switch {
	case err == nil:
		return codeDone
	case errors.Is(err, syscall.EPIPE):
		return codeBrokenPipe // the reader has left: nobody is there to be told
	case ctx.Err() != nil:
		a.say("interrupted")
		return codeInterrupted
	case errors.As(err, &coded):
		if message := err.Error(); message != "" {
			a.say(message)
		}
		return coded.ExitCode()
	}
	a.say(err.Error())
	return codeFailed
}

// say writes lines to stderr, made safe, since an error may quote an account or a file.
func (a *app) say(message string) {
	for i, line := range strings.Split(strings.TrimRight(message, "\n"), "\n") {
		prefix := "ambit: "
		if i > 0 {
			prefix = "" // a snippet with a caret must stay aligned
		}
		fmt.Fprintln(a.world.Stderr, prefix+text.Safe(line)) //nolint:errcheck // there is nowhere left to say it
	}
}
