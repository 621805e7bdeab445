package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// openUnnamed opens a file in dir that has no name and is gone when it is closed; nil where the file system cannot
// do that, or nothing would name the file later. Source: open(2), O_TMPFILE.
func openUnnamed(dir string) *os.File {
	f, err := os.OpenFile(dir, unix.O_TMPFILE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(ownLink(f)); err != nil { // no /proc
		_ = f.Close()
		return nil
	}
	return f
}

func ownLink(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

// nameFile gives an unnamed file a name of its own in dir: a link cannot take the place of another file, only a
// rename can.
func nameFile(f *os.File, dir string) (string, error) {
	const attempts = 100
	var err error
	for range attempts {
		name := filepath.Join(dir, strings.Replace(tempPattern, "*", fmt.Sprintf("%016x", rand.Uint64()), 1))
		if err = unix.Linkat(unix.AT_FDCWD, ownLink(f), unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW); err == nil {
			return name, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return "", err
}
