package strictyaml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/source"
	"github.com/ambit-iam/ambit/internal/strictyaml"
)

type target struct {
	Name  string              `yaml:"name"`
	Level finding.Severity    `yaml:"level"`
	Count int                 `yaml:"count"`
	Rate  float64             `yaml:"rate"`
	On    *bool               `yaml:"on"`
	IDs   map[string][]string `yaml:"ids"`
	Any   map[string]any      `yaml:"any"`
	Inner struct {
		List []string `yaml:"list"`
	} `yaml:"inner"`
}

func tell(faults []source.Diagnostic) []string {
	var told []string
	for _, f := range faults {
		text := fmt.Sprintf("%d:%d: %s", f.Span.Start.Line, f.Span.Start.Column, f.Message)
		if f.Hint != "" {
			text += " (" + f.Hint + ")"
		}
		told = append(told, text)
	}
	return told
}

func TestDecode(t *testing.T) {
	t.Parallel()
	on := true
	const text = `name: 1.10
level: high
count: 3
rate: 2
on: true
ids: {"3.0": ["1.10", 1.20]}
any: {days: 30, list: [a, 1], deep: {x: true, y: 1.5, z: ~}}
inner:
  list: [ä, "b"]
`
	var got target
	if _, faults := strictyaml.Decode(text, source.Pos{}, &got); faults != nil {
		t.Fatal(tell(faults))
	}
	want := target{
		Name: "1.10", Level: finding.High, Count: 3, Rate: 2, On: &on,
		IDs: map[string][]string{"3.0": {"1.10", "1.20"}},
		Any: map[string]any{"days": 30, "list": []any{"a", 1}, "deep": map[string]any{"x": true, "y": 1.5, "z": nil}},
	}
	want.Inner.List = []string{"ä", "b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecode_faults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"only comment", "# nothing\n", nil},
		{"empty value", "name:\ninner:\n", nil},
		{"unknown near", "nane: x\n", []string{`1:1: unknown key "nane" (did you mean "name"?)`}},
		{"unknown far", "zzz: x\n", []string{`1:1: unknown key "zzz" (known: any, count, ids, inner, level, name, on, rate)`}},
		{"unknown inside", "inner:\n  list: []\n  lsit: []\n", []string{`3:3: unknown key "lsit" (did you mean "list"?)`}},
		{"twice", "name: a\ncount: 1\nname: b\n", []string{`3:1: key "name" stands twice, first on line 1 (keep one of them)`}},
		{"severity", "level: hihg\n", []string{`1:8: severity "hihg": want informational, low, medium, high or critical`}},
		{"severity list", "level: [high]\n", []string{`1:8: "level" must be one word, not a list`}},
		{"int", "count: x\n", []string{`1:8: "count" must be a whole number, not the text "x"`}},
		{"int fraction", "count: 1.5\n", []string{`1:8: "count" must be a whole number, not 1.5`}},
		{"int huge", "count: 99999999999999999999\n", []string{`1:8: "count" must be a whole number, not 99999999999999999999`}},
		{"int quoted", "count: '3'\n", []string{`1:8: "count" must be a whole number, not the text "3"`}},
		{"bool", "on: yes\n", []string{`1:5: "on" must be true or false, not the text "yes"`}},
		{"float", "rate: fast\n", []string{`1:7: "rate" must be a number, not the text "fast"`}},
		{"text from bool", "name: true\n", []string{`1:7: "name" must be a text, and a bare true is a truth value (put it in quotes)`}},
		{"text from list", "name: [a]\n", []string{`1:7: "name" must be a text, not a list`}},
		{"list from text", "inner: {list: a}\n", []string{`1:15: "list" must be a list, not the text "a"`}},
		{"mapping from list", "inner: [a]\n", []string{`1:8: "inner" must be a mapping, not a list`}},
		{"root list", "[a]\n", []string{`1:1: the document must be a mapping, not a list`}},
		{"alias", "name: &a x\ninner: {list: [*a]}\n", []string{
			`1:7: anchors and aliases are not read (write the value out)`,
			`2:16: anchors and aliases are not read (write the value out)`,
		}},
		{"merge", "inner: {<<: {list: []}}\n", []string{`1:9: a key must be one plain word`}},
		{"odd key", "[a]: b\n", []string{`1:1: a key must be one plain word`}},
		{"two documents", "name: a\n---\nname: b\n", []string{`2:1: not YAML: a second document begins`}},
		{"several", "nane: x\ncount: y\n", []string{
			`1:1: unknown key "nane" (did you mean "name"?)`, `2:8: "count" must be a whole number, not the text "y"`,
		}},
		{"syntax", "name: a\n  bad: b\n", []string{`2:3: not YAML: mapping values are not allowed in this context`}},
		{"tab", "inner:\n\tlist: []\n", []string{`2:2: not YAML: found character that cannot start any token`}},
		{"columns count runes", "{name: ä, nane: x}\n", []string{`1:11: unknown key "nane" (did you mean "name"?)`}},
		{"lone returns", "name: ä\rnane: x\n\u2028count: y\n", []string{
			`1:9: unknown key "nane" (did you mean "name"?)`, `2:9: "count" must be a whole number, not the text "y"`,
		}},
		{"too long", "name: " + strings.Repeat("x", 1<<20), []string{`1:1: the text has 1048582 bytes, more than the 1048576 that are read`}},
		{"too deep", "any: " + strings.Repeat("{a: ", 70) + "1" + strings.Repeat("}", 70), []string{`1:262: more than 64 levels`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got target
			_, faults := strictyaml.Decode(tt.text, source.Pos{}, &got)
			if diff := cmp.Diff(tt.want, tell(faults)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	const before = "-- rule.yaml --\n"
	const text = "name: ä\ninner:\n  list: [a, 'b c']\n"
	var got target
	doc, faults := strictyaml.Decode(text, source.Pos{Offset: len(before), Line: 2, Column: 1}, &got)
	if faults != nil {
		t.Fatal(tell(faults))
	}
	whole := before + text
	tests := []struct {
		span source.Span
		text string
		line int
	}{
		{doc.Key("name"), "name", 2},
		{doc.Value("name"), "ä", 2},
		{doc.Value("inner", "list", "1"), "'b c'", 4},
		{doc.Key("inner", "absent"), "inner", 3},
		{doc.Value("nowhere"), "n", 2},
	}
	for _, tt := range tests {
		if text := whole[tt.span.Start.Offset:tt.span.End.Offset]; text != tt.text || tt.span.Start.Line != tt.line {
			t.Errorf("got %q on line %d, want %q on %d", text, tt.span.Start.Line, tt.text, tt.line)
		}
	}
	if !doc.Has("inner", "list") || doc.Has("count") {
		t.Error("Has is wrong")
	}
}

// FuzzDecode holds the strict decoder against the library's own: what the strict one takes without a fault, the
// library must take too, with the same values; and it never panics.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"name: a\ncount: 1\n", "inner: {list: [a]}\n", "level: high\n", "{", "on: true", "name: [", "? a\n: b", "a: &x\n",
		"rate: .inf", "count: 0x10", "name: |\n  x\n  y\n", "any: {a: [1, {b: c}]}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var strict, loose target
		doc, faults := strictyaml.Decode(text, source.Pos{}, &strict)
		for _, fault := range faults {
			if at := fault.Span.Start; at != (source.File{Text: text}).Pos(at.Offset) {
				t.Fatalf("%q: fault outside of the text: %+v", text, fault)
			}
		}
		if faults != nil {
			return
		}
		if err := yaml.Unmarshal([]byte(text), &loose); err != nil {
			t.Fatalf("%q: strict took what the library refuses: %v", text, err)
		}
		if strict.Name != loose.Name || strict.Count != loose.Count || strict.Level != loose.Level {
			t.Fatalf("%q: strict %+v, library %+v (%v)", text, strict, loose, doc)
		}
	})
}
