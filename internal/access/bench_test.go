package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
)

func BenchmarkNewGraph(b *testing.B) {
	snap := accounttest.Quota(1, accounttest.FullSize)
	b.ReportAllocs()
	for b.Loop() {
		w := access.New(snap, nil)
		g := access.NewGraph(w)
		b.ReportMetric(float64(len(g.Admins())), "admins")
		b.ReportMetric(float64(len(g.Reachers())), "reachers")
	}
}

func BenchmarkWhoCan_500roles(b *testing.B) {
	services := []string{"s3", "ec2", "sqs", "kms", "lambda", "dynamodb", "sns"}
	snap := &account.Snapshot{Account: self, Partition: "aws"}
	for r := range 500 {
		var doc strings.Builder
		doc.WriteString(`{"Version":"2012-10-17","Statement":[`)
		for i := range 20 {
			if i > 0 {
				doc.WriteByte(',')
			}
			svc := services[(r+i)%len(services)]
			fmt.Fprintf(&doc, `{"Effect":"Allow","Action":["%[1]s:Get*","%[1]s:List*","%[1]s:Put%[2]d*"],"Resource":["arn:aws:%[1]s:::bucket-%[2]d/*","arn:aws:%[1]s:*:*:thing/%[3]d-*"]}`, svc, i, r)
		}
		doc.WriteString(`]}`)
		snap.Roles = append(snap.Roles, account.Role{
			Name: fmt.Sprintf("role-%d", r), Trust: trust("Service", "ec2.amazonaws.com"),
			Inline: []account.InlinePolicy{{Name: "p", Document: account.Document(doc.String())}},
		})
	}
	snap.Normalize()
	w := access.New(snap, nil)
	q := &access.Question{Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket-7/path/key"}
	b.ReportAllocs()
	for b.Loop() {
		b.ReportMetric(float64(len(w.WhoCan(q))), "holders")
	}
}
