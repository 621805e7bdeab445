package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/source"
)

// TestLines compares positions with counting from the beginning.
func TestLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aaaa\n\r é漢🙂{"))).Draw(t, "text")
		l := &lines{r: iotest.HalfReader(strings.NewReader(text))}
		if _, err := io.Copy(io.Discard, l); err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(text)).Draw(t, "offset")
		for at < len(text) && !utf8.RuneStart(text[at]) {
			at++
		}
		before := text[:at]
		want := source.Pos{
			Offset: at, Line: 1 + strings.Count(before, "\n"),
			Column: 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]),
		}
		if got := l.pos(int64(at)); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// TestDedent holds Dedent to be the inverse of how Verbatim indents.
func TestDedent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := Dedent(rapid.StringOf(rapid.SampledFrom([]rune("ab{}  \t\n\n\r"))).Draw(t, "text"))
		if again := Dedent(text); again != text {
			t.Fatalf("%q became %q", text, again)
		}
		var out bytes.Buffer
		w := NewWriter(&out)
		depth := rapid.IntRange(0, 20).Draw(t, "depth")
		w.depth, w.named = depth, true
		w.Verbatim(text)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSuffix(out.String(), "\n")
		if Dedent(got) != text {
			t.Fatalf("%q was written as %q and read as %q", text, got, Dedent(got))
		}
	})
}

type thing struct {
	name  string
	size  int
	seen  time.Time
	inner []thing
}

func things(loose bool) *Object[thing] {
	inner := NewObject(Field("name", Text[string](), func(v *thing) *string { return &v.name }))
	o := NewObject(
		Field("name", Text[string](), func(v *thing) *string { return &v.name }),
		Field("size", Int(), func(v *thing) *int { return &v.size }),
		Field("seen", Time(), func(v *thing) *time.Time { return &v.seen }),
		Field("inner", List(inner.Flat()), func(v *thing) *[]thing { return &v.inner }),
	)
	if loose {
		return o.Loose()
	}
	return o
}

func TestObject_Read(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text  string
		loose bool
		want  string // of the error
	}{
		"all":              {text: `{"name": "a", "size": -3, "seen": "2026-01-01T00:00:00Z", "inner": [{"name": "b"}, {}]}`},
		"nulls":            {text: `{"name": null, "size": null, "seen": null, "inner": null}`},
		"null":             {text: `null`},
		"escaped name":     {text: `{"\u006eame": "\u0061"}`},
		"unknown passed":   {text: `{"x": {"y": [1, {}]}, "name": "b", "x": 2}`, loose: true},
		"unknown":          {text: "{\n \"x\": 1}", want: `line 2, column 2: unknown member "x" at "/x" (known here: name, size, seen, inner)`},
		"twice":            {text: `{"name": "a", "name": "b"}`, want: `line 1, column 15: member "name" stands twice at "/name" (keep one of them)`},
		"wrong in list":    {text: `{"inner": [{}, 1]}`, want: `line 1, column 16: want an object, found 1 at "/inner/1"`},
		"list for text":    {text: `{"name": ["a"]}`, want: `line 1, column 10: want a string, found a list at "/name"`},
		"object for size":  {text: `{"size": {}}`, want: `want a whole number, found an object`},
		"text for size":    {text: `{"size": "1"}`, want: `want a whole number, found "1"`},
		"half a size":      {text: `{"size": 1.5}`, want: `want a whole number, found 1.5`},
		"long number":      {text: `{"size": 1` + strings.Repeat("0", 500) + `}`, want: `found 1` + strings.Repeat("0", 39) + `… at`},
		"long text":        {text: `{"size": "` + strings.Repeat("é", 500) + `"}`, want: `found "` + strings.Repeat("é", 20) + `…"`},
		"bad time":         {text: `{"seen": "now"}`, want: `want a time such as 2026-01-31T08:00:00Z, found "now"`},
		"cut":              {text: `{"inner": [{"name": "`, want: `the text ends in the middle of a value`},
		"cut after comma":  {text: `{"inner": [{},`, want: `the text ends in the middle of a value`},
		"cut in a name":    {text: `{"inn`, want: `the text ends in the middle of a value`},
		"bad escape":       {text: `{"name": "\x"}`, want: `line 1, column 11: not JSON`},
		"bare word":        {text: `{"name": nil}`, want: `not JSON: invalid character 'i'`},
		"missing comma":    {text: "{\"name\": \"a\"\n\"size\": 1}", want: `line 2, column 1: not JSON`},
		"nothing":          {text: ``, want: `line 1, column 1: the text ends`},
		"closed by others": {text: `{"inner": [}`, want: `not JSON`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v thing
			err := things(tt.loose).Read(NewReader(strings.NewReader(tt.text)), &v)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestReader_streamFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	var v thing
	err := things(false).Read(NewReader(io.MultiReader(strings.NewReader(`{"name": "`), iotest.ErrReader(broken))), &v)
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestWriter_streamFails(t *testing.T) {
	t.Parallel()
	r, pipe := io.Pipe()
	broken := errors.New("disk full")
	r.CloseWithError(broken)
	w := NewWriter(pipe)
	things(false).Write(w, &thing{name: strings.Repeat("x", 2*bufferSize)})
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestObject_Write(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := NewWriter(&out)
	things(false).Write(w, &thing{
		name: "a", size: -1, seen: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)),
		inner: []thing{{name: "b"}, {}},
	})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{
  "name": "a",
  "size": -1,
  "seen": "2026-01-02T02:04:05.000000006Z",
  "inner": [
    {"name": "b"},
    {}
  ]
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
