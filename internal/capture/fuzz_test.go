package capture_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/capture"
)

// FuzzRead holds that whatever can be read survives being written as a capture.
func FuzzRead(f *testing.F) {
	for _, text := range accounttest.Saved(accounttest.Quota(1, accounttest.Size{Users: 1, Roles: 1, Policies: 1, Groups: 1})) {
		f.Add(text)
	}
	for _, text := range []string{
		capture1, csvReport, identity + summary + passwords, "[" + userPage(one, "u", `, "IsTruncated": true`) + "]",
		holder(billing, readOnly, own), encode16(identity, false), "An error occurred (AccessDenied) when calling the ListRoles operation",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		// The second file names an account, so that one without ARNs can be read too.
		snapshots, err := capture.Read([]capture.Input{input("fuzz", string(text)), input("identity", identity)})
		if err != nil {
			snapshots, err = capture.Read([]capture.Input{input("fuzz", string(text))})
		}
		if err != nil {
			return
		}
		for _, s := range snapshots {
			var out bytes.Buffer
			if err := s.Encode(&out); err != nil {
				t.Fatal(err)
			}
			back, err := account.Decode(&out)
			if err != nil {
				t.Fatalf("what was read cannot be a capture: %v", err)
			}
			if diff := cmp.Diff(s, back); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
