package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/aws/conn"
	"github.com/ambit-iam/ambit/internal/aws/read"
	"github.com/ambit-iam/ambit/internal/capture"
	"github.com/ambit-iam/ambit/internal/engine"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/settings"
)

// input is where a verb takes accounts from: AWS, saved files, or the demo. How AWS is reached is in the settings.
type input struct {
	demo       bool
	from       []string
	at         string
	maxSession bool // read the roles' session lengths too
	controls   controlFlags
}

// words are the flags that name the same account to another verb.
func (in *input) words() []string {
	var out []string
	if in.demo {
		out = append(out, "--demo")
	}
	for _, flag := range []struct {
		name   string
		values []string
	}{{"--from", in.from}, {"--" + scpFlag, in.controls.scps}, {"--" + rcpFlag, in.controls.rcps}} {
		for _, value := range flag.values {
			out = append(out, flag.name, value)
		}
	}
	return out
}

func (in *input) flags(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&in.demo, "demo", false, "a made-up company of two accounts, served by the sandbox")
	f.StringArrayVar(&in.from, "from", nil, "saved AWS CLI output or a capture: a file or folder at `PATH`, - for stdin; repeatable")
	f.StringVar(&in.at, "at", "", "measure ages of saved files at `TIME` (2026-11-20 or RFC 3339)")
	f.String("profile", "", "`NAME` of the AWS profile")
	f.String("region", "", "AWS region `NAME`; it only chooses the partition and the STS endpoint")
	f.String("role-arn", "", "assume the role `ARN` first")
	f.String("external-id", "", "`ID` that the role asks for")
	f.String("mfa-serial", "", "`SERIAL` of the MFA device that the role asks for; its code is prompted")
	f.Float64("rate", conn.DefaultRate, "API calls a second, at most `N`")
	in.controls.flags(c)
}

// opened is an input that is ready to be read.
type opened struct {
	sources []engine.Source
	clients []*conn.Client
	close   func()
}

// calls adds up what was asked of AWS.
func (o *opened) calls() map[string]conn.Count {
	all := map[string]conn.Count{}
	for _, c := range o.clients {
		for name, n := range c.Counts() {
			sum := all[name]
			sum.Calls += n.Calls
			sum.Attempts += n.Attempts
			all[name] = sum
		}
	}
	return all
}

// openInput opens what the flags ask for.
func (a *app) openInput(ctx context.Context, in *input, set *settings.Settings, progress func(read.Step)) (*opened, error) {
	if in.demo && len(in.from) > 0 {
		return nil, usagef("--demo and --from exclude one another")
	}
	if in.at != "" && len(in.from) == 0 {
		return nil, usagef("--at is for saved files: give --from PATH too")
	}
	if err := in.noLiveFlags(set); err != nil {
		return nil, err
	}
	o, err := a.openAccounts(ctx, in, set, progress)
	if err != nil {
		return nil, err
	}
	if o.sources, err = a.over(o.sources, &in.controls); err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// liveFlags say how AWS is asked.
var liveFlags = []string{"profile", "region", "role-arn", "external-id", "mfa-serial", "rate"}

// noLiveFlags refuses flags that say how AWS is asked where it is not: whoever gives one expects the answer of another
// account. In the settings and in the environment they wait for the next live account.
func (in *input) noLiveFlags(set *settings.Settings) error {
	place, names := "--demo", liveFlags
	switch {
	case in.demo:
	case len(in.from) > 0:
		place, names = "--from", append(slices.Clone(liveFlags), "confirm")
	default:
		return nil
	}
	for _, name := range names {
		if set.Origin("scan."+name).Layer == settings.Flag {
			return usagef("--%s says how AWS is asked, and %s asks nothing of it: leave one of the two out", name, place)
		}
	}
	return nil
}

func (a *app) openAccounts(ctx context.Context, in *input, set *settings.Settings, progress func(read.Step)) (*opened, error) {
	switch {
	case in.demo:
		return a.openDemo(ctx, in, progress)
	case len(in.from) > 0:
		return a.openSaved(in)
	}
	return a.openLive(ctx, in, set, progress)
}

// openLive connects to the account of the credentials that are found.
func (a *app) openLive(ctx context.Context, in *input, set *settings.Settings, progress func(read.Step)) (*opened, error) {
	how := conn.Settings{
		Profile: set.Scan.Profile, Region: set.Scan.Region, RoleARN: set.Scan.RoleARN,
		ExternalID: set.Scan.ExternalID, MFASerial: set.Scan.MFASerial, Rate: set.Scan.Rate,
	}
	if how.ExternalID != "" && how.RoleARN == "" {
		return nil, usagef("--external-id belongs to a role: give --role-arn too")
	}
	if a.isTerminal(a.world.Stdin) {
		how.MFAToken = a.askMFA
	}
	client, err := conn.Open(ctx, how)
	if wrong, ok := errors.AsType[*conn.SettingError](err); ok {
		return nil, usage(wrong)
	}
	if err != nil {
		return nil, err
	}
	source := &engine.Live{Client: client, Options: a.readOptions(in, progress)}
	return &opened{[]engine.Source{source}, []*conn.Client{client}, func() {}}, nil
}

func (a *app) readOptions(in *input, progress func(read.Step)) read.Options {
	return read.Options{MaxSession: in.maxSession, Managed: managed, Progress: progress, Now: a.world.Now}
}

// managed is the document of an AWS managed policy, as far as we know it for certain.
func managed(arn string) (version, document string, ok bool) {
	m, ok := iamref.ManagedPolicy(arn)
	return m.Version, m.Document, ok && m.Exact
}

// askMFA asks for the code of an MFA device. The code is no secret for long, so that it is shown as it is typed.
func (a *app) askMFA() (string, error) {
	fmt.Fprint(a.world.Stderr, "MFA code: ") //nolint:errcheck // nobody would read the error either
	var code string
	_, err := fmt.Fscanln(a.world.Stdin, &code)
	return code, err
}

// openSaved finds the files.
func (a *app) openSaved(in *input) (*opened, error) {
	at, err := parseTime("--at", in.at)
	if err != nil {
		return nil, err
	}
	var inputs []capture.Input
	for _, path := range in.from {
		found, err := a.savedFiles(path)
		if err != nil {
			return nil, usage(err)
		}
		inputs = append(inputs, found...)
	}
	source := &engine.Saved{Inputs: inputs, Managed: managed, At: at, Age: func(s *account.Snapshot, whose string) {
		a.sayAge(s, whose)
		a.sayControls(s, &in.controls)
	}}
	return &opened{sources: []engine.Source{source}, close: func() {}}, nil
}

// sayAge says when the ages of a saved account are measured, which decides what is old.
func (a *app) sayAge(s *account.Snapshot, whose string) {
	a.say(fmt.Sprintf("account %s: ages are measured at %s, %s", s.Account, s.TakenAt.UTC().Format(time.RFC3339), whose))
}

// parseTime reads the time that a flag was given; empty is the zero time.
func parseTime(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("%s %q: want a time such as 2026-11-20 or 2026-11-20T09:00:00Z", flag, s)
}

// savedFiles is the file at path, or every file below the folder at path but for hidden ones; "-" is stdin.
func (a *app) savedFiles(path string) ([]capture.Input, error) {
	if path == "-" {
		r, err := a.stdin()
		stdin := func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
		return []capture.Input{{Name: "stdin", ModTime: a.world.Now(), Open: stdin}}, err // what is piped in has just been written
	}
	var inputs []capture.Input
	root := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		root += string(filepath.Separator) // a link that is named is followed
	}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		hidden := name != root && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil:
			return err
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden:
			return nil
		}
		in := capture.Input{Name: name, Dir: filepath.Dir(name), Open: func() (io.ReadCloser, error) { return os.Open(name) }}
		if info, err := os.Stat(name); err == nil {
			if info.IsDir() { // a link, which may lead back to where we are
				return fmt.Errorf("%s is a link to a folder, and is not followed: give it a --from of its own, or take it away", name)
			}
			in.ModTime = info.ModTime()
		}
		inputs = append(inputs, in)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file or folder", path)
	}
	if err == nil && len(inputs) == 0 {
		err = fmt.Errorf("%s: the folder holds no file", path)
	}
	return inputs, err
}
