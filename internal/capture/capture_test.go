package capture_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/capture"
)

var saved = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)

// input is a file; the folder stands before the last slash of its name.
func input(name, text string) capture.Input {
	dir, _, _ := strings.Cut(name, "/")
	return capture.Input{
		Name: name, Dir: dir, ModTime: saved,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}
}

// inputs are files by name, in the order of their names.
func inputs(files map[string]string) []capture.Input {
	var list []capture.Input
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, input(name, files[name]))
	}
	return list
}

func read(t *testing.T, files map[string]string, opts ...capture.Option) []*account.Snapshot {
	t.Helper()
	s, err := capture.Read(inputs(files), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readOne(t *testing.T, files map[string]string, opts ...capture.Option) *account.Snapshot {
	t.Helper()
	s := read(t, files, opts...)
	if len(s) != 1 {
		t.Fatalf("got %d accounts, want 1", len(s))
	}
	return s[0]
}

func TestRead_saved(t *testing.T) {
	t.Parallel()
	want := accounttest.Quota(3, accounttest.Size{Users: 300, Roles: 200, Policies: 100, Groups: 20})
	files := map[string]string{}
	for name, text := range accounttest.Saved(want) {
		files["dump/"+name] = string(text)
	}
	got := readOne(t, files)
	want.Source, want.TakenAt = "files", want.Report.Generated
	layOut(want)
	dangling := "arn:aws:iam::111122223333:policy/deleted-long-ago"
	for _, g := range got.Gaps {
		if g.Subject != dangling {
			t.Errorf("unexpected gap %+v", g)
		}
	}
	want.Gaps = got.Gaps
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// layOut lays every document out as the CLI does, and leaves out what nobody uses.
func layOut(s *account.Snapshot) {
	do := func(d *account.Document) {
		if v := jsontext.Value(*d); v.IsValid() {
			_ = v.Indent(jsontext.WithIndent("    "))
			*d = account.Document(v)
		}
	}
	inline := func(list []account.InlinePolicy) {
		for i := range list {
			do(&list[i].Document)
		}
	}
	for i := range s.Users {
		inline(s.Users[i].Inline)
	}
	for i := range s.Groups {
		inline(s.Groups[i].Inline)
	}
	for i := range s.Roles {
		do(&s.Roles[i].Trust)
		inline(s.Roles[i].Inline)
	}
	for i := range s.Policies {
		do(&s.Policies[i].Document)
		for j := range s.Policies[i].Versions {
			do(&s.Policies[i].Versions[j].Document)
		}
	}
}

func TestRead_capture(t *testing.T) {
	t.Parallel()
	want := accounttest.Quota(4, accounttest.SmallSize)
	var text bytes.Buffer
	if err := want.Encode(&text); err != nil {
		t.Fatal(err)
	}
	got := readOne(t, map[string]string{"a/capture.json": text.String()})
	want.Source = "capture"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
