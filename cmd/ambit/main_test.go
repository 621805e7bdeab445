package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ambit": main})
}

// TestScripts runs the real program. Beside testscript's own commands there are
//
//	exits CODE COMMAND…   runs a command, which must end with exactly this code
//	counts N REGEXP       the regexp matches N times in the last stdout
//	serve FLAG…           starts "ambit sandbox FLAG…" and exports what it prints; it is interrupted at the end
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	t.Logf("%d scripts", len(scripts))
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "counts": counts, "serve": serve,
		},
	})
}

// setup keeps a script away from the world: no credentials, no home, and AWS nowhere but where serve puts it.
func setup(env *testscript.Env) error {
	data, err := filepath.Abs("testdata")
	if err != nil {
		return err
	}
	env.Setenv("DATA", data)
	env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	env.Setenv("AWS_CONFIG_FILE", os.DevNull)
	env.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	env.Setenv("AWS_PAGER", "")
	env.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // nobody listens there
	env.Setenv("NO_COLOR", "")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // a program under the race detector sleeps a second at its end
	if home, err := os.UserHomeDir(); err == nil {
		if pyenv := filepath.Join(home, ".pyenv"); isDir(pyenv) { // whose shims look for themselves in the home
			env.Setenv("PYENV_ROOT", pyenv)
		}
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func counts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: counts N REGEXP")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	if got := len(re.FindAllString(ts.ReadFile("stdout"), -1)); got != want {
		ts.Fatalf("%q matches %d times, want %d", args[1], got, want)
	}
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: serve FLAG…")
	}
	program, err := lookPath(ts.Getenv("PATH"), "ambit")
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, append([]string{"sandbox"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	ts.Check(cmd.Start())
	ts.Defer(func() {
		stop()
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 130 {
			ts.Logf("the sandbox ended with %d, want 130: %s", code, stderr.String())
		}
	})
	exported := 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "='")
		if !ok {
			continue
		}
		ts.Setenv(name, strings.TrimSuffix(value, "'"))
		if exported++; name == "AWS_EC2_METADATA_DISABLED" {
			return // the last one
		}
	}
	ts.Fatalf("the sandbox exported %d variables and ended: %s", exported, stderr.String())
}

func lookPath(path, name string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if file := filepath.Join(dir, name); !isDir(file) {
			if _, err := os.Stat(file); err == nil {
				return file, nil
			}
		}
	}
	return "", exec.ErrNotFound
}
