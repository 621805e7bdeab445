package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// pendingFile is a file that appears under its name only when it is complete. Until then it has no name at all where
// the system can do that, so that a process that is killed leaves nothing behind; elsewhere it has a name of its
// own beside the target.
type pendingFile struct {
	*os.File
	name string // empty: the file was opened under its own name
	temp string // empty: it has no name yet
}

// tempPattern names files that are not complete.
const tempPattern = ".ambit-*"

// newFile opens a file for writing, readable by its owner only: a report tells where an account is weak. Of a link it
// writes what the link leads to, as a shell does.
func newFile(name string) (*pendingFile, error) {
	name, err := followed(name)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return nil, usagef("%s is a folder: name a file in it", name)
		}
		f, err := os.OpenFile(name, os.O_WRONLY, 0) // a pipe or a device
		return &pendingFile{File: f}, err
	}
	dir := filepath.Dir(name)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("cannot write %s: there is no folder %s", name, dir)
	case err == nil && !info.IsDir(), errors.Is(err, syscall.ENOTDIR):
		return nil, fmt.Errorf("cannot write %s: %s is no folder", name, dir)
	}
	if f := openUnnamed(dir); f != nil {
		return &pendingFile{File: f, name: name}, nil
	}
	f, err := os.CreateTemp(dir, tempPattern)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("cannot write %s: you may not write into the folder %s", name, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", name, err)
	}
	return &pendingFile{f, name, f.Name()}, nil
}

// followed is what a chain of links leads to, which need not be there yet.
func followed(name string) (string, error) {
	const most = 40 // as Linux has it
	at := name
	for range most {
		info, err := os.Lstat(at)
		missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		if missing || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return at, nil
		}
		target, err := os.Readlink(at)
		if err != nil {
			return "", fmt.Errorf("cannot write %s: %w", name, err)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Dir(at) + string(filepath.Separator) + target // not Join: .. behind a link is not where we came from
		}
		at = target
	}
	return "", fmt.Errorf("cannot write %s: its links lead nowhere", name)
}

// commit gives the file its name, in place of what had it.
func (p *pendingFile) commit() error {
	if p.name == "" {
		return p.Close()
	}
	if p.temp == "" {
		temp, err := nameFile(p.File, filepath.Dir(p.name))
		if err != nil {
			return errors.Join(fmt.Errorf("cannot write %s: %w", p.name, err), p.Close())
		}
		p.temp = temp
	}
	err := p.Close()
	if err == nil {
		err = os.Rename(p.temp, p.name)
	}
	if err != nil {
		_ = os.Remove(p.temp)
	}
	return err
}

// discard removes what was not committed.
func (p *pendingFile) discard() {
	_ = p.Close()
	if p.temp != "" {
		_ = os.Remove(p.temp)
	}
}
