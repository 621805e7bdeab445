package accounttest_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
)

func TestQuota(t *testing.T) {
	t.Parallel()
	size := accounttest.Size{Users: 100, Roles: 120, Policies: 60, Groups: 10}
	s := accounttest.Quota(7, size)
	got := accounttest.Size{Users: len(s.Users), Roles: len(s.Roles), Policies: len(s.Policies) - 6, Groups: len(s.Groups)}
	if got != size {
		t.Errorf("got %+v, want %+v", got, size)
	}
	if diff := cmp.Diff(s, accounttest.Quota(7, size)); diff != "" {
		t.Error("the same seed gave another account", diff)
	}
	if cmp.Equal(s, accounttest.Quota(8, size)) {
		t.Error("another seed gave the same account")
	}
}

func TestQuota_survives(t *testing.T) {
	t.Parallel()
	s := accounttest.Quota(1, accounttest.SmallSize)
	var first, second bytes.Buffer
	if err := s.Encode(&first); err != nil {
		t.Fatal(err)
	}
	back, err := account.Decode(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back); diff != "" {
		t.Error(diff)
	}
	if err := back.Encode(&second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkQuota(b *testing.B) {
	for b.Loop() {
		accounttest.Quota(1, accounttest.FullSize)
	}
}
