package text_test

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/report/text"
)

func entry(width int, title, id string) string {
	var out strings.Builder
	p := text.NewPage(&out, text.Screen{Width: width})
	p.Entry("HIGH  ", title, text.Plain, id)
	if err := p.Flush(); err != nil {
		return err.Error()
	}
	return out.String()
}

func TestPage_Entry(t *testing.T) {
	t.Parallel()
	const title, id = "Roles open to others do not administer it", "cross-account-role"
	atEnd := func(left string, width int) string {
		return left + strings.Repeat(" ", width-len(left)-len(id)) + id + "\n"
	}
	for name, test := range map[string]struct {
		width int
		title string
		want  string
	}{
		"on one line":         {80, title, atEnd("HIGH  "+title, 80)},
		"beside one another":  {60, title, atEnd("HIGH  Roles open to others do not", 60) + "      administer it\n"},
		"one below the other": {40, title, "HIGH  Roles open to others do not\n      administer it\n      " + id + "\n"},
		"short enough":        {40, "Root has MFA", atEnd("HIGH  Root has MFA", 40)},
	} {
		if got := entry(test.width, test.title, id); got != test.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, test.want)
		}
	}
}

// TestPage_Entry_fits: no line is wider than the page, but for an id that is; nothing is lost, and the id is whole.
func TestPage_Entry_fits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(40, 120).Draw(t, "width")
		title := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-zü日]{1,12}`), 1, 12).Draw(t, "title"), " ")
		id := rapid.StringMatching(`[a-z-]{1,60}`).Draw(t, "id")
		got := entry(width, title, id)
		for line := range strings.Lines(got) {
			if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > max(width, lipgloss.Width(id)) {
				t.Errorf("a line of %d: %q", w, line)
			}
		}
		if !strings.Contains(got, id+"\n") {
			t.Errorf("the id is broken: %q", got)
		}
		words := strings.Fields(strings.Replace(strings.TrimPrefix(got, "HIGH"), id+"\n", "\n", 1))
		if joined := strings.Join(words, " "); joined != title && !strings.Contains(id, title) {
			t.Errorf("the text became %q", joined)
		}
	})
}

func TestPage_Pair(t *testing.T) {
	t.Parallel()
	name := "  " + text.Dim.Render("attachments     ") // 18 columns leave 22
	for want, value := range map[string]string{
		"  attachments     none\n":                                  "none",
		"  attachments     a value of 22 columns.\n":                "a value of 22 columns.",
		"  attachments\n    a value that is somewhat longer\n":      "a value that is somewhat longer",
		"  attachments\n    arn:aws:iam::111122223333:user/ada-b\n": "arn:aws:iam::111122223333:user/ada-b",
	} {
		var out strings.Builder
		p := text.NewPage(&out, text.Screen{Width: 40})
		p.Pair(name, value, text.Plain)
		if err := p.Flush(); err != nil || out.String() != want {
			t.Errorf("%s: got\n%q, want\n%q, %v", value, out.String(), want, err)
		}
	}
}
