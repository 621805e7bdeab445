package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/rules")

const docsFolder = "../docs/rules"

// TestDocs holds docs/rules against the rules; with -update it writes them.
func TestDocs(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	pages := map[string]string{"README.md": c.Index()}
	for _, r := range c.All() {
		pages[r.ID+".md"] = c.Page(r)
	}
	if *update {
		writeDocs(t, pages)
	}
	there, err := filepath.Glob(docsFolder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if _, known := pages[filepath.Base(path)]; !known {
			t.Errorf("%s belongs to no rule: go test ./rules -update removes it", path)
		}
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(docsFolder, name))
		if err != nil {
			t.Errorf("%v: go test ./rules -update writes it", err)
			continue
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("docs/rules/%s is stale: go test ./rules -update\n%s", name, diff)
		}
	}
	t.Logf("%d pages", len(pages))
}

func writeDocs(t *testing.T, pages map[string]string) {
	t.Helper()
	if err := os.RemoveAll(docsFolder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(docsFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(docsFolder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
