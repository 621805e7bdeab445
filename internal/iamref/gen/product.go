package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
)

// product is one embedded file.
type product struct {
	source  source
	file    string
	holds   string // in words
	newest  string // date of the newest change in the data, or ""
	text    []byte // unpacked
	data    []byte // packed
	budget  int    // bytes that data may take of the program
	licence []byte
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

func provenance(made []*product) []byte {
	var b bytes.Buffer
	b.WriteString("# Where the embedded data comes from\n\n" +
		"Made by `go generate ./internal/iamref`; do not edit. `go run ./internal/iamref/gen -check -dir internal/iamref` compares.\n")
	for _, p := range made {
		fmt.Fprintf(&b, `
## %s

| holds | %s |
|---|---|
| newest change in it | %s |
| npm package | %s %s |
| sha256 of the package | %s |
| licence | MIT, below |

`, p.file, p.holds, p.newest, p.source.npm, p.source.version, p.source.sha256)
		for line := range strings.Lines(string(bytes.TrimSpace(p.licence)) + "\n") {
			b.WriteString(strings.TrimRight("> "+line, " \n") + "\n")
		}
	}
	return b.Bytes()
}
