package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/report/text"
)

func (a *app) configVerb() *cobra.Command {
	return verbs(&cobra.Command{
		Use:   "config",
		Short: "Settings: what they are and where each came from",
		Long: "A setting comes from a flag, else from its AMBIT_ variable (AMBIT_FAIL_ON for --fail-on), else from ./ambit.yaml (or --config FILE), " +
			"else from the user's own ambit.yaml, else from the default.",
		Example: examples("ambit config show", "every setting and its origin"),
	}, a.configShow())
}

// settingRow is a setting for programs.
type settingRow struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

func (a *app) configShow() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "show [flags]",
		Short:   "Show every setting and where it came from",
		Example: examples("ambit config show", "for people", "ambit config show -o json", "for programs"),
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			set, err := a.settings(c)
			if err != nil {
				return err
			}
			rows := []settingRow{}
			for _, e := range set.Entries() {
				rows = append(rows, settingRow{e.Key, e.Value, e.Origin.String()})
			}
			if format == formatJSON {
				return a.writeJSON(rows)
			}
			return a.configPage(rows)
		},
	}
	outputFlag(c, &format)
	return c
}

func (a *app) configPage(rows []settingRow) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	key, value := 0, 0
	for _, r := range rows {
		key, value = max(key, len(r.Key)), max(value, len(r.Value))
	}
	value = min(value, p.Width/3)
	for _, r := range rows {
		pad := strings.Repeat(" ", key-len(r.Key))
		shown := text.Safe(r.Value)
		gap := strings.Repeat(" ", max(0, value-len(shown)))
		p.Prose(text.Pointer.Render(r.Key)+pad+"  ", shown+gap+"  "+text.Dim.Render(text.Safe(r.Origin)), text.Plain)
	}
	return p.Flush()
}
