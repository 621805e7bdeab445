package cli

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/source"
)

// examples makes the text of pairs of a command and what it is for.
func examples(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString("# " + pairs[i+1] + "\n" + pairs[i] + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// help writes a verb's page: what it does, examples, usage, verbs below it, flags.
func (a *app) help(c *cobra.Command, _ []string) {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	for paragraph := range strings.SplitSeq(about, "\n\n") {
		p.Prose("", strings.Join(strings.Fields(paragraph), " "), text.Plain)
		p.Line()
	}
	if c.Example != "" {
		p.Line(text.Strong.Render("Examples"))
		for line := range strings.SplitSeq(c.Example, "\n") {
			if remark, ok := strings.CutPrefix(line, "# "); ok {
				p.Prose("  "+text.Dim.Render("# "), remark, text.Dim)
				continue
			}
			p.Line("  ", text.Pointer.Render(line)) // whole, to be copied
		}
		p.Line()
	}
	p.Line(text.Strong.Render("Usage"))
	use := c.UseLine()
	if c.HasAvailableSubCommands() {
		use = c.CommandPath() + " VERB [flags]"
	}
	p.Line("  ", use)
	helpVerbs(p, c)
	helpFlags(p, c)
	a.unhelped = p.Flush()
}

func helpVerbs(p *text.Page, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("Verbs"))
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			p.Prose("  "+lipgloss.NewStyle().Width(12).Render(sub.Name()), sub.Short, text.Plain)
		}
	}
}

func helpFlags(p *text.Page, c *cobra.Command) {
	if !c.HasAvailableFlags() {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("Flags"))
	usages := strings.TrimRight(c.Flags().FlagUsagesWrapped(p.Width), "\n")
	for line := range strings.SplitSeq(usages, "\n") {
		p.Line(line)
	}
}

// verbs makes a command that only holds verbs: alone it shows its help, and a verb it lacks is an error.
func verbs(c *cobra.Command, subs ...*cobra.Command) *cobra.Command {
	c.AddCommand(subs...)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return unknownVerb(c, args[0])
	}
	return c
}

func unknownVerb(c *cobra.Command, name string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	if near := source.Closest(name, names); near != "" {
		return usagef("unknown verb %q of %s; did you mean %s?", name, c.CommandPath(), near)
	}
	return usagef("unknown verb %q of %s: want one of %s", name, c.CommandPath(), strings.Join(names, ", "))
}

// helpVerb is ambit help [VERB...], which is ambit VERB --help.
func helpVerb() *cobra.Command {
	return &cobra.Command{
		Use:     "help [VERB...]",
		Short:   "The help page of a verb",
		Example: examples("ambit help scan", "the same as ambit scan --help"),
		RunE: func(c *cobra.Command, args []string) error {
			of, rest, err := c.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 && of.HasSubCommands() {
				return unknownVerb(of, rest[0])
			}
			return of.Help()
		},
	}
}
