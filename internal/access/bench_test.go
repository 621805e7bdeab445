package access_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
)

func BenchmarkNewGraph(b *testing.B) {
	snap := accounttest.Quota(1, accounttest.FullSize)
	b.ReportAllocs()
	for b.Loop() {
		w := access.New(snap, access.Around{}, nil)
		g := access.NewGraph(w)
		b.ReportMetric(float64(len(g.Admins())), "admins")
		b.ReportMetric(float64(len(g.Reachers())), "reachers")
	}
}
