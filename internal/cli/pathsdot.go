package cli

import (
	"fmt"
	"strings"

	"github.com/ambit-iam/ambit/internal/report/text"
)

// dotOf is the ways of all accounts in Graphviz's language.
func dotOf(found []*routes) string {
	var b strings.Builder
	b.WriteString("digraph paths {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f4f6f8\", fontname=\"sans-serif\"];\n" +
		"  edge [fontname=\"sans-serif\", fontsize=10];\n")
	for i, r := range found {
		d := draw(r.Routes)
		fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s;\n", i, dotQuote("account "+r.Account+", paths to "+r.Goal))
		if len(r.Routes) == 0 {
			fmt.Fprintf(&b, "    none_%d [label=\"no path\", style=dashed];\n", i)
		}
		for j := range d.nodes {
			n := &d.nodes[j]
			if n.kind == "" {
				continue
			}
			label := n.label
			if n.less != "" {
				label += " without " + n.less
			}
			fmt.Fprintf(&b, "    n%d_%d [label=%s, tooltip=%s%s];\n", i, j, dotQuote(label), dotQuote(n.title), n.dotStyle())
		}
		b.WriteString("  }\n")
		for j := range d.arrows {
			a := &d.arrows[j]
			style := ""
			if a.depends {
				style = ", style=dashed"
			}
			fmt.Fprintf(&b, "  n%d_%d -> n%d_%d [label=%s, tooltip=%s%s];\n", i, a.from, i, a.to, dotQuote(a.label()), dotQuote(a.title), style)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func (n *drawn) dotStyle() string {
	switch {
	case n.admin:
		return ", fillcolor=\"#f8d7d4\", penwidth=2"
	case n.source:
		return ", fillcolor=\"#dbe9f8\""
	}
	return ""
}

// maxIDs is how many escalations an arrow names.
const maxIDs = 2

// label names the first escalations of an arrow, and counts the others.
func (a *arrow) label() string {
	shown := a.by[:min(maxIDs, len(a.by))]
	label := strings.Join(shown, ", ")
	if more := len(a.by) - len(shown); more > 0 {
		label += fmt.Sprintf(" +%d", more)
	}
	return label
}

// dotQuote is a text as a quoted string. A backslash is doubled: Graphviz would read \N and its kin as its own.
func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text.Safe(s)) + `"`
}
