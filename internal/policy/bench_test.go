package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// typical is a document of the usual size and shapes: lists and single values, conditions, indented.
const typical = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadBuckets",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:GetBucketLocation"],
      "Resource": [
        "arn:aws:s3:::example-data-eu-west-1",
        "arn:aws:s3:::example-data-eu-west-1/*"
      ],
      "Condition": {
        "StringEquals": {"aws:PrincipalOrgID": "o-0123456789", "aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
        "Bool": {"aws:SecureTransport": "true"}
      }
    },
    {
      "Sid": "PassToLambda",
      "Effect": "Allow",
      "Action": "iam:PassRole",
      "Resource": "arn:aws:iam::123456789012:role/lambda/*",
      "Condition": {"StringLike": {"iam:PassedToService": "lambda.amazonaws.com"}}
    },
    {
      "Sid": "OwnKeys",
      "Effect": "Allow",
      "Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey"],
      "Resource": "arn:aws:iam::*:user/${aws:username}"
    },
    {
      "Sid": "NothingWithoutMFA",
      "Effect": "Deny",
      "NotAction": ["iam:ListMFADevices", "iam:EnableMFADevice", "sts:GetSessionToken"],
      "Resource": "*",
      "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    }
  ]
}
`

// hostile are texts made to cost more than their size.
func hostile() map[string]string {
	random := make([]byte, maxText)
	src := rand.NewChaCha8([32]byte{1})
	_, _ = src.Read(random)
	var members, same, many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&members, `"%x":1,`, i)
		same.WriteString(`"k":1,`)
		many.WriteString(`{"Effect":`)
	}
	statement := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[`
	return map[string]string{
		"random bytes":      string(random),
		"10,000 lists":      strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"openers":           strings.Repeat("[", maxText),
		"commas in text":    `"` + strings.Repeat(",{", maxText/2-1) + `"`,
		"100,000 members":   "{" + members.String() + `"Statement":[]}`,
		"100,000 same":      "{" + same.String() + `"Statement":[]}`,
		"open objects":      many.String(),
		"bad statements":    `{"Statement":[` + strings.Repeat(`{},`, 100_000) + `{}]}`,
		"bad actions":       statement + strings.Repeat(`1,`, 100_000) + `1]}]}`,
		"actions":           statement + strings.Repeat(`"s3:*",`, 100_000) + `"s3:*"]}]}`,
		"one long text":     statement + `"` + strings.Repeat(`\u002a`, maxText/6-50) + `"]}]}`,
		"white space":       strings.Repeat("\n ", maxText/2),
		"too long":          strings.Repeat(" ", maxText+1),
		"many empty values": statement + strings.Repeat(`{},`, 120_000) + `{}]}]}`,
	}
}

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for b.Loop() {
		if d := Parse(typical); len(d.Faults) > 0 {
			b.Fatal(d.Faults)
		}
	}
}

func BenchmarkParseHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(text)
			}
		})
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	d := Parse(typical)
	b.SetBytes(int64(len(typical)))
	var buf []byte
	for b.Loop() {
		buf = d.Root.AppendJSON(buf[:0])
	}
}
