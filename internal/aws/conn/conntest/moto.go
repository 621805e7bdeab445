// Package conntest gives tests something to connect to: moto, an independent implementation of the AWS API in
// Python, and a server whose answers the test writes. It can keep a whole test binary away from the real AWS.
//
// Contract: servers listen on loopback, on ports that the kernel chose, and live as long as the test; moto is
// ended by its own process id. A test is skipped in one line where Python or moto is missing.
// Limits: moto is a second opinion, not the truth; whoever compares with it lists where it differs from AWS.
// Floor: 4.
package conntest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// startTime bounds the wait for moto, which takes a second or two to load and longer on a busy machine.
const startTime = 60 * time.Second

// address finds where the server says it listens.
var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// Moto starts a fresh moto server and returns its URL. env are further variables for it,
// such as MOTO_IAM_LOAD_MANAGED_POLICIES=true.
func Moto(tb testing.TB, env ...string) string {
	tb.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		tb.Skip("moto: skipped, there is no python3")
	}
	if err := exec.CommandContext(tb.Context(), python, "-c", "import moto.server, flask").Run(); err != nil {
		tb.Skip("moto: skipped, python3 has no moto server (pip install 'moto[server]')")
	}
	// A context of the test's would be over before its Cleanups, which may still need the server.
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	cmd := exec.CommandContext(ctx, python, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(cmd.Environ(), env...)
	output, err := cmd.StderrPipe()
	if err != nil {
		stop()
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		stop()
		tb.Fatalf("moto: %v", err)
	}
	found, said := make(chan string, 1), make(chan string, 1)
	go listen(output, found, said)
	tb.Cleanup(func() {
		stop()
		<-said // its output is at an end before Wait may close the pipe
		_ = cmd.Wait()
	})
	select {
	case url := <-found:
		ready(tb, url)
		return url
	case text := <-said:
		said <- ""
		tb.Fatalf("moto ended before it listened:\n%s", text)
	case <-time.After(startTime):
		tb.Fatal("moto did not listen in time")
	}
	return ""
}

// listen passes on the first address in the server's output, reads the rest so that the server never blocks on
// a full pipe, and at its end gives what stood before the address.
func listen(output io.Reader, found, said chan<- string) {
	var before strings.Builder
	lines, listening := bufio.NewScanner(output), false
	for lines.Scan() {
		if listening {
			continue
		}
		before.WriteString(lines.Text() + "\n")
		if url := address.FindString(lines.Text()); url != "" {
			listening = true
			found <- url
		}
	}
	said <- before.String()
}

// ready waits until the server answers: it prints its address a moment earlier.
func ready(tb testing.TB, url string) {
	tb.Helper()
	const step = 20 * time.Millisecond
	for range startTime / step {
		request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url+"/moto-api/data.json", http.NoBody)
		if err != nil {
			tb.Fatal(err)
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			return
		}
		time.Sleep(step)
	}
	tb.Fatalf("moto at %s does not answer", url)
}
