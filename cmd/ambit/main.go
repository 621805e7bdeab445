// Ambit says what identity in an AWS account can do, and where it breaks your rules.
//
//	ambit scan --demo            findings of a made-up company, at once
//	ambit scan                   judge the account of your AWS credentials; it only reads
//	ambit scan --from saved/     judge saved AWS CLI output or a capture
//	ambit rules show IAM.5       a rule, by any product's id for it
//	ambit gsl run EXPR --demo    ask a question of your own
//
// Every verb has --help with examples. The exit codes are listed in the README.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ambit-iam/ambit/internal/cli"
)

const (
	grace       = time.Second // for an orderly end after the first Ctrl-C
	interrupted = 130
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	atEase := context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C ends the process at once
		time.Sleep(grace)
		os.Stderr.WriteString("ambit: interrupted\n") //nolint:errcheck // nobody would read the error either
		os.Exit(interrupted)                          // neither a long computation nor a read of a silent pipe hears of a context
	})
	defer atEase() // runs before stop, whose own end of the context is no interruption
	return cli.Main(ctx, cli.World{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Now: time.Now,
	})
}
