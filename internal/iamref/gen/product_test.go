package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
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
	for _, name := range []string{"package/b", "package/c", "package/a"} {
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
	got, err := untar(b.Bytes(), "package/a", "package/b")
	if err != nil || fmt.Sprintf("%s", got) != "[package/a package/b]" {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := untar(b.Bytes(), "package/d"); err == nil {
		t.Error("a missing file is no error")
	}
	if _, err := untar(b.Bytes()[:b.Len()/2], "package/a"); err == nil {
		t.Error("half a package is no error")
	}
}

func TestGenerate_checksum(t *testing.T) {
	t.Parallel()
	if _, err := generate([]byte("another package")); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("another package than the pinned one: got error %v", err)
	}
}

// TestCommitted holds the committed files together: what CI can tell without the registry.
func TestCommitted(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", dataFile))
	if err != nil {
		t.Fatal(err)
	}
	text, err := unpack(data)
	if err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile(filepath.Join("..", provenanceFile))
	if err != nil {
		t.Fatal(err)
	}
	count := bytes.Count(text, []byte("\n"))
	for _, want := range []string{npmPackage + " " + npmVersion, npmSHA256, fmt.Sprintf("of %d AWS managed policies", count)} {
		if !strings.Contains(string(note), want) {
			t.Errorf("%s does not say %q", provenanceFile, want)
		}
	}
	if len(data) > sizeBudget {
		t.Errorf("%s takes %d bytes, more than its budget of %d", dataFile, len(data), sizeBudget)
	}
	t.Logf("%d policies", count)
}
