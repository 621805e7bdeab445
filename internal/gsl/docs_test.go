package gsl

import (
	"os"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// The language reference names every function, and its examples parse.
func TestDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/gsl.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	used := map[string]bool{}
	for block := range strings.SplitSeq(string(text), "```gsl\n") {
		block, _, _ = strings.Cut(block, "```")
		if strings.HasPrefix(block, "#") {
			continue // what stands before the first example
		}
		for line := range strings.Lines(block) {
			f := source.File{Name: "gsl.md", Text: strings.TrimSpace(line)}
			tree, remarks := syntax.Parse(f)
			if tree == nil || len(remarks) > 0 {
				t.Errorf("%s", remarks[0].Append(nil, f))
				continue
			}
			examples++
			for x := range tree.All() {
				if c, ok := x.(*syntax.Call); ok {
					used[c.Name.Text] = true
				}
			}
		}
	}
	if examples < 25 {
		t.Errorf("only %d examples", examples)
	}
	for name, b := range builtins {
		if !used[name] && name != "after" {
			t.Errorf("no example of %s", name)
		}
		if !strings.Contains(string(text), "`"+name+"(") {
			t.Errorf("%s is not described", name)
		}
		if tree, remarks := syntax.Parse(source.File{Text: "A should have " + b.example}); tree == nil {
			t.Errorf("the example of %s: %v", name, remarks)
		}
	}
	for _, name := range unsupported {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("%s is not named as unsupported", name)
		}
	}
}
