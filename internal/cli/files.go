package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/ambit-iam/ambit/internal/capture"
	"github.com/ambit-iam/ambit/internal/report/text"
)

// maxFile bounds what is read of a file that is kept in memory.
const maxFile = 64 << 20

// openFile opens a file, or stdin for "-".
func (a *app) openFile(name string) (io.ReadCloser, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fileError(name, err)
		}
		return f, nil
	}
	r, err := a.stdin()
	return io.NopCloser(r), err
}

// readAll reads a file, or stdin for "-".
func (a *app) readAll(name string) (string, error) {
	r, err := a.openFile(name)
	if err != nil {
		return "", err
	}
	defer r.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: longer than %d MiB", shownName(name), maxFile>>20)
	}
	return string(text), fileError(name, err)
}

// namedError is what keeps a file from being read, in the words of whoever named it.
type namedError struct {
	words string
	err   error
}

func (f *namedError) Error() string { return f.words }
func (f *namedError) Unwrap() error { return f.err }

// fileError says of the usual reasons for which a file cannot be read what they are, in plain words.
func fileError(name string, err error) error {
	name = text.Safe(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &namedError{name + ": no such file", err}
	case errors.Is(err, syscall.EISDIR):
		return &namedError{name + " is a folder: name a file", err}
	case errors.Is(err, fs.ErrPermission):
		return &namedError{name + ": you may not read it", err}
	}
	return err
}

// readText is readAll of a text that may be UTF-16 or carry a byte order mark, as PowerShell writes.
func (a *app) readText(name string) (string, error) {
	raw, err := a.readAll(name)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(capture.Text(strings.NewReader(raw)))
	return string(content), err
}

func shownName(name string) string {
	if name == "-" {
		return "stdin"
	}
	return name
}
