package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
)

// number is the version of the program; a release sets it by -ldflags "-X".
var number = "0.1.0-dev"

// buildInfo is what the Go toolchain wrote into the binary.
type buildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Built    string `json:"built,omitempty"` // time of the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func readBuildInfo() buildInfo {
	b := buildInfo{Version: number, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		case "vcs.time":
			b.Built = s.Value
		}
	}
	return b
}

func (b buildInfo) String() string {
	line := "ambit " + b.Version
	if b.Revision != "" {
		line += " (" + b.Revision[:min(12, len(b.Revision))]
		if b.Modified {
			line += ", modified"
		}
		line += ", " + b.Built + ")"
	}
	return line + " " + b.Go + " " + b.Platform
}

// versionFlag makes ambit --version what ambit version is.
func (a *app) versionFlag(root *cobra.Command) {
	asked := root.Flags().Bool("version", false, "the version of the program, as ambit version prints it")
	run := root.RunE
	root.RunE = func(c *cobra.Command, args []string) error {
		if *asked && len(args) == 0 {
			_, err := fmt.Fprintln(c.OutOrStdout(), readBuildInfo())
			return err
		}
		return run(c, args)
	}
}

func (a *app) version() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "version [flags]",
		Short:   "Version of the program and how it was built",
		Example: examples("ambit version", "one line", "ambit version -o json", "for programs"),
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			info := readBuildInfo()
			if format == formatJSON {
				return a.writeJSON(info)
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), info)
			return err
		},
	}
	outputFlag(c, &format)
	return c
}

// writeJSON writes one value as one line of JSON to stdout.
func (a *app) writeJSON(v any) error { return writeLine(a.world.Stdout, v) }

// writeLine writes one value as one line of JSON.
func writeLine(w io.Writer, v any) error {
	line, err := marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// marshal makes JSON. Bytes that are not UTF-8, as an argument or the name of a file may hold, become U+FFFD.
func marshal(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}
