package source_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/source"
)

func TestFile_Pos(t *testing.T) {
	t.Parallel()
	f := source.File{Text: "añb\n\tx\n"}
	for _, c := range []struct{ offset, line, column int }{
		{0, 1, 1}, {1, 1, 2}, {3, 1, 3}, {4, 1, 4}, {5, 2, 1}, {6, 2, 2}, {8, 3, 1}, {-5, 1, 1}, {99, 3, 1},
	} {
		got := f.Pos(c.offset)
		if got.Line != c.line || got.Column != c.column {
			t.Errorf("offset %d: got %d:%d, want %d:%d", c.offset, got.Line, got.Column, c.line, c.column)
		}
	}
}

func TestDiagnostic_Append(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 150) + "BAD" + strings.Repeat("z", 150)
	for _, c := range []struct {
		name       string
		file       source.File
		diagnostic source.Diagnostic
		want       string
	}{
		{
			"span and hint",
			source.File{Name: "r.gsl", Text: "one\nIamUser where pasword=1"},
			source.Diagnostic{Severity: source.Error, Message: "unknown", Hint: "did you mean x?"},
			"r.gsl:2:15: error: unknown\n  IamUser where pasword=1\n                ^^^^^^^\n  hint: did you mean x?\n",
		},
		{
			"end of text",
			source.File{Text: "pasword"},
			source.Diagnostic{Severity: source.Warning, Message: "early"},
			"1:1: warning: early\n  pasword\n  ^^^^^^^\n",
		},
		{
			"tabs and control characters are one column",
			source.File{Text: "\t\x1b[31mpasword\x07"},
			source.Diagnostic{Severity: source.Note, Message: "bell\x07"},
			"1:7: note: bell\ufffd\n   \ufffd[31mpasword\ufffd\n        ^^^^^^^\n",
		},
		{
			"no position",
			source.File{Name: "x"},
			source.Diagnostic{Severity: source.Error, Message: "m"},
			"x: error: m\n",
		},
		{
			"long line",
			source.File{Text: long},
			source.Diagnostic{Severity: source.Error, Message: "m"},
			"1:151: error: m\n  …" + strings.Repeat("a", 33) + "BAD" + strings.Repeat("z", 64) + "…\n  " + strings.Repeat(" ", 34) + "^^^\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := c.diagnostic
			for _, word := range []string{"pasword", "BAD"} {
				if at := strings.Index(c.file.Text, word); at >= 0 {
					d.Span = c.file.Span(at, at+len(word))
				}
			}
			if diff := cmp.Diff(c.want, string(d.Append(nil, c.file))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever the text and the span, printing does not panic, and what it prints is safe.
func TestDiagnostic_Append_anything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := source.File{Name: rapid.String().Draw(t, "name"), Text: string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))}
		start, end := rapid.IntRange(0, 60).Draw(t, "start"), rapid.IntRange(0, 60).Draw(t, "end")
		d := source.Diagnostic{Severity: source.Error, Span: f.Span(start, end), Message: rapid.String().Draw(t, "message")}
		for line := range strings.Lines(string(d.Append(nil, f))) {
			line = strings.TrimSuffix(line, "\n")
			if source.Safe(line) != line || !utf8.ValidString(line) {
				t.Fatalf("unsafe: %q", line)
			}
		}
	})
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain é 漢":       "plain é 漢",
		"a\tb\u00a0c":     "a b c",
		"\x1b[2J\r\n\x7f": "\ufffd[2J\ufffd\ufffd\ufffd",
		"\u202eabc\u2028": "\ufffdabc\ufffd",
		"\xff":            "\ufffd",
	} {
		if got := source.Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClosest(t *testing.T) {
	t.Parallel()
	names := []string{"attachmentCount", "name", "arn", "should", "have", "isEmpty"}
	for name, want := range map[string]string{
		"atachmentCount": "attachmentCount", "attachmentcount": "attachmentCount", "mame": "name",
		"shoud": "should", "isempty": "isEmpty", "banana": "", "": "", "x": "", "an": "arn", "attachCount": "attachmentCount",
	} {
		if got := source.Closest(name, names); got != want {
			t.Errorf("Closest(%q) = %q, want %q", name, got, want)
		}
	}
	if got := source.DidYouMean("mame", names); got != `did you mean "name"?` {
		t.Error(got)
	}
	if got := source.DidYouMean("banana", names); got != "" {
		t.Error(got)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	var l source.List
	f := source.File{Text: strings.Repeat(" ", 300)}
	for i := range 150 {
		l.Add(source.Diagnostic{Severity: source.Warning, Span: f.Span(200-i, 201-i)})
	}
	l.Add(source.Diagnostic{Severity: source.Error, Span: f.Span(0, 1)})
	got := l.Sorted()
	if len(got) != 101 || !source.HasErrors(got) || got[0].Severity != source.Error || got[100].Severity != source.Note {
		t.Errorf("got %d remarks, first %v, last %v", len(got), got[0], got[len(got)-1])
	}
	for i := 1; i < 100; i++ {
		if got[i-1].Span.Start.Offset > got[i].Span.Start.Offset {
			t.Fatalf("remark %d is out of order", i)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	candidates := []string{"f68922f2", "f68900f3", "f68922f3", "f68922f2", "abcdef01"}
	got := source.Nearest("F68922F4", candidates, 2)
	if len(got) != 2 || got[0] != "f68922f2" || got[1] != "f68922f3" {
		t.Errorf("nearest %q", got)
	}
	if got := source.Nearest("zzzzzzzz", candidates, 3); len(got) != 0 {
		t.Errorf("nearest to nothing like it: %q", got)
	}
}
