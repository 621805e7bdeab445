package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
	"github.com/ambit-iam/ambit/internal/aws/sandbox"
)

func TestMain(m *testing.M) {
	conntest.Offline()
	m.Run()
}

// run runs one command in this process.
func run(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(ctx, World{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now})
	return code, out.String(), errs.String()
}

func TestMain_interrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	code, stdout, stderr := run(ctx, "scan", "--demo")
	if code != codeInterrupted || stdout != "" || !strings.Contains(stderr, "interrupted") {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// hungUp is a reader that has left.
type hungUp struct{}

func (hungUp) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

func TestMain_brokenPipe(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"scan", "--demo"},
		{"scan", "--demo", "-o", "json"},
		{"scan", "--demo", "-o", "sarif"},
		{"rules", "list"},
		{"rules", "list", "-o", "json"},
		{"gsl", "check", "IamUser should have name"},
		{"collect", "--demo", "--out", "-"},
		{"--help"},
		{"help", "scan"},
	} {
		var stderr bytes.Buffer
		code := Main(t.Context(), World{Args: args, Stdin: strings.NewReader(""), Stdout: hungUp{}, Stderr: &stderr, Now: time.Now})
		if code != codeBrokenPipe || stderr.Len() > 0 {
			t.Errorf("%v: code %d, stderr %q; want %d and silence", args, code, stderr.String(), codeBrokenPipe)
		}
	}
}

// TestScan_hugeDocument hands in a policy document of 10 MB: a gap on that policy, and the rest is judged.
func TestScan_hugeDocument(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "account.json")
	huge := strings.Repeat(`\"arn:aws:s3:::bucket/*\",`, 10<<20/26)
	text := `{"schema":"ambit.account/1","account":"111122223333","partition":"aws","takenAt":"2026-01-01T00:00:00Z","source":"capture",` +
		`"users":[{"name":"bob","attached":["arn:aws:iam::111122223333:policy/huge"],"inline":[{"name":"x","document":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}]}],` +
		`"policies":[{"name":"huge","arn":"arn:aws:iam::111122223333:policy/huge","document":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[` +
		huge + `\"*\"]}]}"}]}`
	must(t, os.WriteFile(name, []byte(text), 0o600))
	code, stdout, stderr := run(t.Context(), "scan", "--from", name)
	if code != codeFindings || !strings.Contains(stdout, "policy/huge") || !strings.Contains(stdout, "bob has an inline policy") {
		t.Errorf("code %d, stderr %s, stdout %.2000s", code, stderr, stdout)
	}
	if len(stdout) > 100_000 {
		t.Errorf("the document is told at length: %d bytes of output", len(stdout))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestScan_largeAccount writes every judgement of an account at the quotas of IAM, in all formats.
func TestScan_largeAccount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "account.json"))
	must(t, err)
	must(t, accounttest.Quota(3, accounttest.FullSize).Encode(f))
	must(t, f.Close())
	out := func(name string) string { return filepath.Join(dir, name) }
	code, stdout, stderr := run(t.Context(), "scan", "--from", f.Name(), "-o", "text", "-o", "json="+out("run.json"), "-o", "sarif="+out("run.sarif"), "--fail-on", "none")
	if code != codeDone || !strings.Contains(stdout, " more failing; --all or -o json shows them") {
		t.Fatalf("code %d, stderr %s, stdout %.500s", code, stderr, stdout)
	}
	document, err := os.ReadFile(out("run.json"))
	must(t, err)
	if n := bytes.Count(document, []byte("\n{\"id\":")); n < 100_000 {
		t.Errorf("%d findings in the JSON", n)
	}
	if lines := strings.Count(stdout, "\n"); lines > 4000 {
		t.Errorf("%d lines of text: nobody reads that", lines)
	}
}

func TestParseOutputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		specs string
		want  []output
		bad   string
	}{
		{"text", []output{{"text", ""}}, ""},
		{"JSON", []output{{"json", ""}}, ""},
		{"json=-", []output{{"json", ""}}, ""},
		{"json=a=b.json sarif=x text", []output{{"json", "a=b.json"}, {"sarif", "x"}, {"text", ""}}, ""},
		{"xml", nil, "want text, json or sarif"},
		{"serif", nil, "did you mean sarif?"},
		{"json=", nil, "name of the file"},
		{"json sarif", nil, "only one output"},
		{"json text=-", nil, "only one output"},
	} {
		got, err := parseOutputs(strings.Fields(c.specs))
		if c.bad != "" {
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: error %v, want %q", c.specs, err, c.bad)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(output{})); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.specs, err, diff)
		}
	}
}

func TestParseFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spec, operation string
		want            sandbox.Fault
		bad             bool
	}{
		{"GetUser=AccessDenied", "GetUser", sandbox.Fault{Code: "AccessDenied", Status: 403}, false},
		{"*=ServiceFailure/10", "*", sandbox.Fault{Code: "ServiceFailure", Every: 10}, false},
		{"ListUsers=Throttlingx3", "ListUsers", sandbox.Fault{Code: "Throttling", Times: 3}, false},
		{"ListUsers=Throttlingx3/2", "ListUsers", sandbox.Fault{Code: "Throttling", Times: 3, Every: 2}, false},
		{"ListUsers=Boxx", "ListUsers", sandbox.Fault{Code: "Boxx"}, false},
		{"ListUsers", "", sandbox.Fault{}, true},
		{"=X", "", sandbox.Fault{}, true},
		{"ListUsers=", "", sandbox.Fault{}, true},
		{"ListUsers=X/0", "", sandbox.Fault{}, true},
	} {
		operation, got, err := parseFault(c.spec)
		if c.bad {
			if err == nil {
				t.Errorf("%s: no error", c.spec)
			}
			continue
		}
		if err != nil || operation != c.operation || got != c.want {
			t.Errorf("%s: got %s %+v, %v; want %s %+v", c.spec, operation, got, err, c.operation, c.want)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, text := range []string{"2026-11-20T09:00:00Z", "2026-11-20T10:00:00+01:00", "2026-11-20 09:00", "2026-11-20T09:00:00"} {
		if got, err := parseTime("--at", text); err != nil || !got.Equal(want) {
			t.Errorf("parseTime(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	if _, err := parseTime("--at", "20.11.2026"); err == nil {
		t.Error("a time of another form must be refused")
	}
}

func TestNewFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "report.json")
	must(t, os.WriteFile(name, []byte("old"), 0o600))
	f, err := newFile(name)
	must(t, err)
	_, err = io.WriteString(f, "new")
	must(t, err)
	if text, _ := os.ReadFile(name); string(text) != "old" {
		t.Errorf("the file holds %q before it is complete", text)
	}
	must(t, f.commit())
	if text, _ := os.ReadFile(name); string(text) != "new" {
		t.Errorf("the file holds %q, want the new text", text)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: a report is for its owner", info.Mode(), err)
	}
	given, err := newFile(name)
	must(t, err)
	given.discard()
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left, want 1", len(entries))
	}
	if _, err := newFile(dir); err == nil {
		t.Error("a folder is no file")
	}
}

// TestNewFile_killed ends a process in the middle of a write, and wants nothing of it to be left.
func TestNewFile_killed(t *testing.T) {
	const folder = "AMBIT_TEST_WRITES_TO"
	if dir := os.Getenv(folder); dir != "" { // the process that is killed
		f, err := newFile(filepath.Join(dir, "report.json"))
		must(t, err)
		_, err = io.WriteString(f, "half")
		must(t, err)
		_, err = io.WriteString(os.Stdout, "writing")
		must(t, err)
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	dir := t.TempDir()
	probe := openUnnamed(dir)
	if probe == nil {
		t.Skip("this file system has no files without a name")
	}
	must(t, probe.Close())
	must(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte("old"), 0o600))
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNewFile_killed$")
	cmd.Env = append(os.Environ(), folder+"="+dir)
	_, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	said := make([]byte, len("writing"))
	_, err = io.ReadFull(out, said)
	must(t, err)
	must(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	entries, err := os.ReadDir(dir)
	must(t, err)
	if text, _ := os.ReadFile(filepath.Join(dir, "report.json")); len(entries) != 1 || string(text) != "old" {
		t.Errorf("%v are left, and the report holds %q", entries, text)
	}
}

// TestExitError keeps the code through wrapping, and the first code that an error was given.
func TestExitError(t *testing.T) {
	t.Parallel()
	base := errors.New("base")
	for err, want := range map[error]int{
		usage(base):                           codeUsage,
		fmt.Errorf("around: %w", usage(base)): codeUsage,
		usage(&exitError{codeFindings, base}): codeFindings,
		silent(codeIncomplete):                codeIncomplete,
	} {
		var coded *exitError
		if !errors.As(err, &coded) || coded.ExitCode() != want {
			t.Errorf("%v: got %v, want code %d", err, coded, want)
		}
	}
	if usage(nil) != nil {
		t.Error("usage of no error must be no error")
	}
}

// broken is a reader with a bug.
type broken struct{}

func (broken) Read([]byte) (int, error) { panic("no reader") }

func TestMain_bug(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	code := Main(t.Context(), World{
		Args: []string{"gsl", "check", "--file", "-"}, Stdin: broken{}, Stdout: io.Discard, Stderr: &stderr, Now: time.Now,
	})
	if code != codeFailed || !strings.Contains(stderr.String(), "no reader") || !strings.Contains(stderr.String(), "report it") {
		t.Errorf("code %d, stderr %s", code, stderr.String())
	}
}

// TestFileError: the name of a file cannot begin a line of its own, which would look like another message.
func TestFileError(t *testing.T) {
	t.Parallel()
	_, _, stderr := run(t.Context(), "policy", "lint", "none\nambit: all is well")
	if want := "ambit: none\\nambit: all is well: no such file\n"; stderr != want {
		t.Errorf("got %q, want %q", stderr, want)
	}
}
