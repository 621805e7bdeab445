package cli

import (
	"io"
	"os"
	"strconv"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"github.com/ambit-iam/ambit/internal/report/text"
)

// screen is what is known of the place that w writes to. NO_COLOR, CLICOLOR_FORCE and TERM=dumb are obeyed.
func (a *app) screen(w io.Writer) text.Screen {
	s := text.Screen{Profile: a.profile(w)}
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

// profile is what of colour a stream takes. NO_COLOR counts with any value, as its authors have it, and wins.
func (a *app) profile(w io.Writer) colorprofile.Profile {
	force := a.world.Getenv("CLICOLOR_FORCE")
	p := colorprofile.NoTTY
	switch {
	case a.isTerminal(w):
		p = colorprofile.Env(a.world.Environ)
	case force != "" && force != "0":
		p = colorprofile.ANSI
	}
	if a.world.Getenv("NO_COLOR") == "" {
		return p
	}
	if a.isTerminal(w) {
		return min(p, colorprofile.ASCII) // bold and faint are no colours
	}
	return colorprofile.NoTTY
}

// isTerminal reports whether somebody sits at a stream.
func (a *app) isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd()) && a.world.Getenv("TERM") != "dumb"
}
