package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// words are what a shell makes of a line: double and single quotes keep blanks.
var words = regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`)

// TestHelp_examples runs every example of a help page that asks for nothing but the demo.
func TestHelp_examples(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, c := range commands((&app{}).root()) {
		for line := range strings.Lines(c.Example) {
			command, ok := strings.CutPrefix(strings.TrimSpace(line), "ambit ")
			command, _, _ = strings.Cut(command, " > ")
			if !ok || !strings.Contains(command, "--demo") || strings.ContainsAny(command, "|;") {
				continue
			}
			var args []string
			for _, word := range words.FindAllString(command, -1) {
				args = append(args, strings.Trim(word, `"'`))
			}
			ran++
			if code, _, stderr := run(t.Context(), args...); code == codeFailed || code == codeUsage {
				t.Errorf("%s: ambit %s: code %d: %s", c.CommandPath(), command, code, stderr)
			}
		}
	}
	if ran < 10 {
		t.Errorf("only %d examples", ran)
	}
	t.Logf("%d examples", ran)
}

// commands are a command and all below it.
func commands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, commands(sub)...)
	}
	return all
}
