package cli

import (
	"io"
	"os"
	"strconv"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"github.com/ambit-iam/ambit/internal/report/text"
)

// screen is what is known of the place that w writes to.
func (a *app) screen(w io.Writer) text.Screen {
	s := text.Screen{Profile: a.profile(a.isTerminal(w))}
	if n, err := strconv.Atoi(a.world.Getenv("COLUMNS")); err == nil {
		s.Width = n
	}
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(f.Fd()); err == nil && width > 0 {
			s.Width = width
		}
	}
	return s
}

// profile is what of colour a stream takes, after the conventions of no-color.org and bixense.com/clicolors: NO_COLOR wins
// over CLICOLOR_FORCE, that over CLICOLOR=0, over TERM=dumb and over a stream that is no terminal. NO_COLOR counts with
// any value.
func (a *app) profile(terminal bool) colorprofile.Profile {
	p := colorprofile.NoTTY
	if terminal {
		p = colorprofile.Env(a.world.Environ)
	}
	const plain = colorprofile.ASCII // bold and faint are no colours
	force := a.world.Getenv("CLICOLOR_FORCE")
	switch {
	case a.world.Getenv("NO_COLOR") != "":
		if !terminal {
			return colorprofile.NoTTY
		}
		return min(p, plain)
	case force != "" && force != "0":
		return max(p, colorprofile.ANSI)
	case a.world.Getenv("CLICOLOR") == "0":
		return min(p, plain)
	}
	return p
}

// isTerminal reports whether somebody sits at a stream, before a screen that can do more than take lines.
func (a *app) isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd()) && a.world.Getenv("TERM") != "dumb"
}
