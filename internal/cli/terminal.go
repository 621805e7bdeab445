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
	s := text.Screen{Profile: colorprofile.Detect(w, a.world.Environ)}
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

// isTerminal reports whether somebody sits at a stream.
func (a *app) isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd()) && a.world.Getenv("TERM") != "dumb"
}
