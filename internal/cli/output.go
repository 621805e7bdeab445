package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/report/sarif"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/source"
)

// The output formats.
const (
	formatText  = "text"
	formatJSON  = "json"
	formatSARIF = "sarif"
)

// outputFlag adds -o to a verb that writes text or JSON to stdout.
func outputFlag(c *cobra.Command, format *string) {
	*format = formatText
	c.Flags().VarP(&choice{format, []string{formatText, formatJSON}}, "output", "o", "`FORMAT`: text or json")
}

// choice is a flag that takes one of a few words.
type choice struct {
	value *string
	words []string
}

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	for _, word := range c.words {
		if strings.EqualFold(s, word) {
			*c.value = word
			return nil
		}
	}
	return errors.New("want " + oneOf(c.words))
}

// oneOf is a, b or c.
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// String implements pflag.Value.
func (c *choice) String() string { return *c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return "format" }

// output is one -o FORMAT[=FILE].
type output struct {
	format string
	file   string // empty: stdout
}

func parseOutputs(specs []string) ([]output, error) {
	var outputs []output
	toStdout := 0
	formats := []string{formatText, formatJSON, formatSARIF}
	for _, spec := range specs {
		format, file, named := strings.Cut(spec, "=")
		o := output{strings.ToLower(format), file}
		if !slices.Contains(formats, o.format) {
			hint := "want text, json or sarif"
			if near := source.Closest(format, formats); near != "" {
				hint = "did you mean " + near + "?"
			}
			return nil, usagef("output format %q: %s", format, hint)
		}
		if named && file == "" {
			return nil, usagef("output %q: the name of the file is missing behind =", spec)
		}
		if file == "" || file == "-" {
			o.file = ""
			toStdout++
		}
		if o.file != "" && slices.ContainsFunc(outputs, func(other output) bool {
			return other.file != "" && filepath.Clean(other.file) == filepath.Clean(o.file)
		}) {
			return nil, usagef("two outputs go to %s: give each a file of its own", o.file)
		}
		outputs = append(outputs, o)
	}
	if toStdout > 1 {
		return nil, usagef("only one output can go to stdout; give the others a file: -o json=FILE")
	}
	return outputs, nil
}

// sinks are the handlers of a run's outputs and the files behind them.
type sinks struct {
	handlers report.Handlers
	files    []*pendingFile
	sarif    []*sarif.Writer
}

// openSinks makes a handler for each output. filter wraps a handler with what the format shows by default.
func (a *app) openSinks(outputs []output, all bool, filter func(format string, h report.Handler) report.Handler) (*sinks, error) {
	s := &sinks{}
	for _, o := range outputs {
		w := a.world.Stdout
		if o.file != "" {
			f, err := newFile(o.file)
			if err != nil {
				s.discard()
				return nil, err
			}
			s.files = append(s.files, f)
			w = f
		}
		s.handlers = append(s.handlers, filter(o.format, s.handler(a, o.format, w, all)))
	}
	return s, nil
}

func (s *sinks) handler(a *app, format string, w io.Writer, all bool) report.Handler {
	switch format {
	case formatJSON:
		return report.NewJSON(w)
	case formatSARIF:
		h := sarif.New(w)
		s.sarif = append(s.sarif, h)
		return h
	}
	return text.New(w, text.Options{Screen: a.screen(w), All: all})
}

// commit gives the files their names, and says what a format had to leave out.
func (s *sinks) commit(a *app) error {
	for _, w := range s.sarif {
		if w.Cut() > 0 {
			a.say(fmt.Sprintf("sarif: %d results of lower severity are left out: a run holds %d", w.Cut(), sarif.MaxResults))
		}
	}
	for len(s.files) > 0 {
		if err := s.files[0].commit(); err != nil {
			return err
		}
		s.files = s.files[1:]
	}
	return nil
}

// discard removes the files that were not committed.
func (s *sinks) discard() {
	for _, f := range s.files {
		f.discard()
	}
}
