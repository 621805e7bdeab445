package cli

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// TestProfile: NO_COLOR wins over CLICOLOR_FORCE, and that over everything that speaks against colour.
func TestProfile(t *testing.T) {
	t.Parallel()
	const none, plain, some = colorprofile.NoTTY, colorprofile.ASCII, colorprofile.ANSI
	for _, test := range []struct {
		name     string
		environ  []string
		terminal bool
		want     colorprofile.Profile
	}{
		{"a pipe", []string{"TERM=xterm"}, false, none},
		{"a terminal", []string{"TERM=xterm"}, true, some},
		{"a terminal of many colours", []string{"TERM=xterm-256color"}, true, colorprofile.ANSI256},
		{"nobody knows the terminal", nil, true, none},
		{"forced through a pipe", []string{"TERM=xterm", "CLICOLOR_FORCE=1"}, false, some},
		{"forced on a dumb terminal, which counts as none", []string{"TERM=dumb", "CLICOLOR_FORCE=1"}, false, some},
		{"forced with any word", []string{"CLICOLOR_FORCE=yes"}, true, some},
		{"forced, and more is there", []string{"TERM=xterm-256color", "CLICOLOR_FORCE=1"}, true, colorprofile.ANSI256},
		{"forced wins over no", []string{"TERM=xterm", "CLICOLOR=0", "CLICOLOR_FORCE=1"}, true, some},
		{"0 forces nothing", []string{"TERM=xterm", "CLICOLOR_FORCE=0"}, false, none},
		{"nothing forces nothing", []string{"TERM=xterm", "CLICOLOR_FORCE="}, false, none},
		{"no", []string{"TERM=xterm", "CLICOLOR=0"}, true, plain},
		{"no colour through a pipe", []string{"TERM=xterm", "NO_COLOR=0", "CLICOLOR_FORCE=1"}, false, none},
		{"no colour on a terminal", []string{"TERM=xterm", "NO_COLOR=x", "CLICOLOR_FORCE=1"}, true, plain},
	} {
		a := &app{world: World{Environ: test.environ}}
		if got := a.profile(test.terminal); got != test.want {
			t.Errorf("%s: %v, terminal %v: got %v, want %v", test.name, test.environ, test.terminal, got, test.want)
		}
	}
}
