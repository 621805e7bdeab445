package element

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/review/glob"
)

func TestAtomizer_resources(t *testing.T) {
	t.Parallel()
	steps := 1_000_000
	bucket := TypePattern{"arn:${Partition}:s3:::${BucketName}", true}
	domain := bucket.Domain(true)
	found := glob.NewAtoms(3, 3)
	z := glob.NewAtomizer(bucket.Except(), []glob.Owned{
		{Glob: glob.Resource("arn:aws:s3:::b*"), Owners: []int{0}},
		{Glob: glob.Resource("arn:aws:s3:::b/*"), Owners: []int{1}},
		{Glob: glob.Resource("arn:aws:s3:::*log"), Owners: []int{2}},
	}, found, glob.NewBudget(steps))
	z.Try(domain, "arn:aws:s3:::example")
	z.Try(domain, "arn:aws:s3:::example/example")
	z.Try(domain, "arn:aws:s3:::bucket")
	if !z.Walk(domain) {
		t.Fatal("budget")
	}
	var got []string
	for _, a := range found.All {
		got = append(got, a.Fits+" "+strings.Join(a.Texts, " "))
	}
	slices.Sort(got)
	want := []string{"000 arn:aws:s3:::example", "001 arn:aws:s3:::log", "100 arn:aws:s3:::bucket", "101 arn:aws:s3:::blog"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
