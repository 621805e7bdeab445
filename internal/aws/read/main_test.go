package read

import (
	"fmt"
	"os"
	"testing"

	"github.com/ambit-iam/ambit/internal/aws/conn/conntest"
)

// TestMain keeps the whole binary away from the real AWS, and fails if anything tried to reach it.
func TestMain(m *testing.M) {
	trap := conntest.Offline()
	code := m.Run()
	if hosts := trap.Hosts(); len(hosts) > 0 {
		fmt.Fprintln(os.Stderr, "FAIL: the tests would have talked to", hosts)
		code = 1
	}
	trap.Close()
	os.Exit(code)
}
