package finding_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/finding"
)

// TestNewID: the id stays the same from version to version, and parts that join to one text do not collide.
func TestNewID(t *testing.T) {
	t.Parallel()
	s := finding.Subject{Type: "IamUser", Name: "bob", ARN: "arn:aws:iam::111122223333:user/bob", Account: "111122223333"}
	if got, want := finding.NewID("console-user-without-mfa", &s), "ecc81b80084cf582"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	renamed := s
	renamed.Name = "robert"
	if finding.NewID("r", &s) != finding.NewID("r", &renamed) {
		t.Error("the name counts, beside the ARN")
	}
	seen := map[string]bool{}
	for _, one := range []finding.Subject{{Type: "a", ARN: "bc"}, {Type: "ab", ARN: "c"}, {ARN: "abc"}, {Type: "a", ARN: "b", ID: "c"}} {
		id := finding.NewID("r", &one)
		if len(id) != 16 || seen[id] {
			t.Errorf("id %s of %+v", id, one)
		}
		seen[id] = true
	}
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	for s := finding.Informational; s <= finding.Critical; s++ {
		text, err := s.MarshalText()
		var back finding.Severity
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%s came back as %s", s, back)
		}
	}
	for _, bad := range []string{"", "High", "severity(0)"} {
		if _, err := finding.ParseSeverity(bad); err == nil {
			t.Errorf("%q is a severity", bad)
		}
	}
}
