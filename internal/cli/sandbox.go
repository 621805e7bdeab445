package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
	"github.com/ambit-iam/ambit/internal/source"
)

// sandboxFlags are the verb's flags.
type sandboxFlags struct {
	listen   string
	exposed  bool
	fixtures []string
	account  string
	latency  time.Duration
	rate     float64
	pageSize int
	inject   []string
	clock    string
}

func (a *app) sandbox() *cobra.Command {
	var f sandboxFlags
	c := &cobra.Command{
		Use:   "sandbox [flags]",
		Short: "Serve an AWS identity endpoint on this machine",
		Long: "Answers IAM and STS to the AWS CLI, to every SDK and to ambit itself, from accounts that live in memory: the demo's, or captures. " +
			"It prints the variables to export and serves until it is interrupted. Nothing is sent to AWS.",
		Example: examples(
			"ambit sandbox --listen 127.0.0.1:4566", "the demo company; export what it prints in another shell",
			"ambit sandbox --fixture account.json --rate 5 --inject '*=ServiceFailure/10'", "a capture, throttled, every tenth call failing",
			"ambit sandbox --inject GetCredentialReport=AccessDenied", "what does a scan say when it is denied something?",
		),
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := cmp.Or(f.checkListen(c.Context()), f.checkNumbers()); err != nil {
				return err
			}
			server, err := startSandbox(&f)
			if err != nil {
				return f.listenError(err)
			}
			defer server.Close() //nolint:errcheck // the process ends
			if err := a.printEnv(server, f.account); err != nil {
				return err
			}
			a.say("serving at " + server.URL() + " until interrupted")
			<-c.Context().Done()
			return c.Context().Err()
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.listen, "listen", "127.0.0.1:0", "listen at `HOST:PORT`; port 0: any free one")
	fs.BoolVar(&f.exposed, "exposed", false, "allow an address that other machines can reach: they could read and change the accounts")
	fs.StringArrayVar(&f.fixtures, "fixture", nil, "serve the account of a capture in `FILE`; repeatable (default the demo company)")
	fs.StringVar(&f.account, "account", "", "print the variables of account `ID` (default the first)")
	fs.DurationVar(&f.latency, "latency", 0, "wait this `LONG` before every answer, such as 20ms")
	fs.Float64Var(&f.rate, "rate", 0, "throttle beyond `N` requests a second for each account; 0: no limit")
	fs.IntVar(&f.pageSize, "page-size", 0, "no page is longer than `N` entities; 0: as asked for")
	fs.StringVar(&f.clock, "clock", "", "let the accounts' clock stand at `TIME` (default the machine's)")
	fs.StringArrayVar(&f.inject, "inject", nil, "answer an operation with an error: `OPERATION=CODE[xTIMES][/EVERY]`, OPERATION may be *; repeatable")
	return c
}

// checkListen refuses an address that is none, and one that other machines can reach where nobody allowed that.
func (f *sandboxFlags) checkListen(ctx context.Context) error {
	_, port, err := net.SplitHostPort(f.listen)
	if err == nil {
		_, err = net.DefaultResolver.LookupPort(ctx, "tcp", port)
	}
	switch {
	case err != nil:
		return usagef("--listen %q: want HOST:PORT, such as 127.0.0.1:4566, or 127.0.0.1:0 for any free port", f.listen)
	case !f.exposed && !sandbox.OnLoopback(f.listen):
		return usagef("--listen %s is an address that other machines can reach: they could read and change the accounts. Want 127.0.0.1:%s, or --exposed to allow it",
			f.listen, port)
	}
	return nil
}

// checkNumbers refuses what counts for nothing below zero.
func (f *sandboxFlags) checkNumbers() error {
	switch {
	case f.latency < 0:
		return usagef("--latency %s: want 0 or more, such as 20ms", f.latency)
	case f.rate < 0 || math.IsNaN(f.rate):
		return usagef("--rate %v: want 0 (no limit) or more requests a second", f.rate)
	case f.pageSize < 0:
		return usagef("--page-size %d: want 0 (as asked for) or more", f.pageSize)
	}
	return nil
}

// listenError says of an address that cannot be had what to do.
func (f *sandboxFlags) listenError(err error) error {
	var failed *net.OpError
	if !errors.As(err, &failed) {
		return usage(err) // of a flag or a fixture
	}
	cure := "choose another"
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EACCES) {
		cure = "choose another port, or 0 for any free one"
	}
	return fmt.Errorf("--listen %s: %w: %s", f.listen, failed.Err, cure)
}

// startSandbox loads the accounts and listens.
func startSandbox(f *sandboxFlags) (*sandbox.Server, error) {
	o := sandbox.Options{Addr: f.listen, Exposed: f.exposed}
	o.Latency, o.Rate, o.PageSize = f.latency, f.rate, f.pageSize
	if f.clock != "" {
		at, err := parseTime("--clock", f.clock)
		if err != nil {
			return nil, err
		}
		o.Clock = func() time.Time { return at }
	}
	for _, spec := range f.inject {
		operation, fault, err := parseFault(spec)
		if err != nil {
			return nil, err
		}
		if o.Inject == nil {
			o.Inject = map[string]sandbox.Fault{}
		}
		o.Inject[operation] = fault
	}
	if len(f.fixtures) == 0 {
		return demoServer(o)
	}
	accounts := make([]*account.Snapshot, 0, len(f.fixtures))
	for _, name := range f.fixtures {
		s, err := readFixture(name)
		if err != nil {
			return nil, usage(err)
		}
		accounts = append(accounts, s)
	}
	return sandbox.New(o, accounts...)
}

func readFixture(name string) (*account.Snapshot, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, fmt.Errorf("--fixture %s: it is a folder, want the file of a capture: ambit collect --out FILE makes one", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--fixture %w", fileError(name, err))
	}
	defer f.Close() //nolint:errcheck // read only
	s, err := account.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("--fixture %s: %w", name, err)
	}
	return s, nil
}

func joined(ids []account.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}

// parseFault reads OPERATION=CODE[xTIMES][/EVERY].
func parseFault(spec string) (operation string, f sandbox.Fault, err error) {
	bad := func() (string, sandbox.Fault, error) {
		return "", f, usagef("--inject %q: want OPERATION=CODE, OPERATION=CODEx3 (three times) or OPERATION=CODE/10 (every tenth call)", spec)
	}
	operation, rest, ok := strings.Cut(spec, "=")
	if !ok || operation == "" {
		return bad()
	}
	rest, every, ok := strings.Cut(rest, "/")
	if ok {
		if f.Every, err = strconv.Atoi(every); err != nil || f.Every < 1 {
			return bad()
		}
	}
	if i := strings.LastIndexByte(rest, 'x'); i > 0 {
		if times, err := strconv.Atoi(rest[i+1:]); err == nil && times > 0 {
			f.Times, rest = times, rest[:i]
		}
	}
	if f.Code = rest; f.Code == "" {
		return bad()
	}
	if names := sandbox.Operations(); operation != "*" && !slices.Contains(names, operation) {
		hint := "the sandbox has no such operation, and would never answer with it"
		if near := source.Closest(operation, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		return "", f, usagef("--inject %q: no operation %q: %s", spec, operation, hint)
	}
	f.Status = statusOf(f.Code)
	return operation, f, nil
}

// statusOf is the HTTP status that AWS sends with an error code; 0: as the sandbox thinks fit.
func statusOf(code string) int {
	if code == "AccessDenied" {
		return http.StatusForbidden
	}
	return 0
}

// printEnv prints what to export, in a form that a shell can evaluate.
func (a *app) printEnv(s *sandbox.Server, id string) error {
	accounts := s.Accounts()
	chosen := accounts[0]
	if id != "" {
		chosen = account.ID(id)
	}
	env := s.Env(chosen)
	if env == nil {
		return usagef("--account %q: the sandbox has no such account; it has %s", id, joined(accounts))
	}
	var b strings.Builder
	for _, one := range accounts {
		if one != chosen {
			fmt.Fprintf(&b, "# account %s: --account %s\n", one, one)
		}
	}
	fmt.Fprintf(&b, "# account %s\n", chosen)
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&b, "export %s='%s'\n", name, value)
	}
	_, err := a.world.Stdout.Write([]byte(b.String()))
	return err
}
