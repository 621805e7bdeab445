package authz_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// complexStack is 10 policies of 20 statements, five actions and two resources each, a third with conditions.
func complexStack(tb testing.TB) *authz.Stack {
	tb.Helper()
	services := []string{"s3", "ec2", "iam", "sqs", "kms", "lambda", "dynamodb"}
	s := &authz.Stack{}
	for p := range 10 {
		var doc strings.Builder
		doc.WriteString(`{"Version":"2012-10-17","Statement":[`)
		for i := range 20 {
			if i > 0 {
				doc.WriteByte(',')
			}
			svc := services[(p+i)%len(services)]
			cond := ""
			if i%3 == 0 {
				cond = `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"team-` + fmt.Sprint(i) + `"},"Bool":{"aws:SecureTransport":"true"}}`
			}
			fmt.Fprintf(&doc, `{"Effect":"Allow","Action":["%[1]s:Get*","%[1]s:List%[2]d*","%[1]s:Put*Object","%[1]s:Describe*","%[1]s:Delete%[2]d"],`+
				`"Resource":["arn:aws:%[1]s:::bucket-%[2]d/*","arn:aws:%[1]s:*:*:thing/%[3]d-*"]%[4]s}`, svc, i, p, cond)
		}
		doc.WriteString(`]}`)
		c, err := authz.Compile("p", policy.Parse(doc.String()))
		if err != nil {
			tb.Fatal(err)
		}
		s.Identity = append(s.Identity, c)
	}
	return s
}

func BenchmarkDecide_complex(b *testing.B) {
	s := complexStack(b)
	p, _ := authz.ParsePrincipal("arn:aws:iam::111111111111:user/alice")
	ctx := authz.NewContext(false)
	ctx.Set("aws:PrincipalTag/team", "team-3")
	ctx.Set("aws:SecureTransport", "true")
	r := &authz.Request{Principal: p, Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket-99/path/to/key", Context: ctx}
	b.ReportAllocs()
	for b.Loop() {
		s.Decide(r)
	}
}
