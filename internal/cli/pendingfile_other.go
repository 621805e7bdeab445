//go:build !linux

package cli

import (
	"errors"
	"os"
)

// openUnnamed is nil: only Linux has files without a name.
func openUnnamed(string) *os.File { return nil }

func nameFile(*os.File, string) (string, error) { return "", errors.ErrUnsupported }
