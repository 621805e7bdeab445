package text

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/ambit-iam/ambit/internal/finding"
)

// The styles of a page. Colours are the terminal's own sixteen, so that they fit its theme; a word or a mark
// always says the same as the colour.
var (
	Plain   = lipgloss.NewStyle()
	Strong  = Plain.Bold(true)
	Dim     = Plain.Faint(true)
	Good    = Plain.Foreground(lipgloss.Green)
	Bad     = Plain.Foreground(lipgloss.Red)
	Doubt   = Plain.Foreground(lipgloss.Yellow)
	Pointer = Plain.Foreground(lipgloss.Cyan)
)

// SeverityWidth is the room that the longest severity takes, "INFORMATIONAL" being written "INFO".
const SeverityWidth = len("CRITICAL")

// SeverityWord is a severity in capitals and colour, padded to a column.
func SeverityWord(s finding.Severity) string {
	word := strings.ToUpper(s.String())
	if s == finding.Informational {
		word = "INFO"
	}
	return severityStyle(s).Render(word) + strings.Repeat(" ", max(0, SeverityWidth-len(word)))
}

func severityStyle(s finding.Severity) lipgloss.Style {
	switch s {
	case finding.Critical:
		return Strong.Foreground(lipgloss.BrightWhite).Background(lipgloss.Red)
	case finding.High:
		return Strong.Foreground(lipgloss.Red)
	case finding.Medium:
		return Strong.Foreground(lipgloss.Yellow)
	case finding.Low:
		return Strong.Foreground(lipgloss.Blue)
	case finding.Informational:
	}
	return Strong
}

// Mark is a verdict's sign: a cross for a failure, a tick for a pass.
func Mark(v finding.Verdict) string {
	switch v {
	case finding.Fail:
		return Bad.Render("✗")
	case finding.Pass:
		return Good.Render("✓")
	case finding.Unknown:
		return Doubt.Render("?")
	case finding.Accepted:
		return Dim.Render("≈")
	case finding.NotApplicable:
	}
	return Dim.Render("–")
}
