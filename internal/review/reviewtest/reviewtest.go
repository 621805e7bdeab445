// Package reviewtest has what the tests and benchmarks of the rooms that review policies share: documents, and authz as judge
// of a condition.
//
// Contract: every document parses without faults.
// Limits: for tests only.
// Floor: 4.
package reviewtest

import (
	"fmt"
	"strings"
)

// Typical is a document of the usual size with a little of everything in it.
const Typical = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Buckets",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:Get*", "s3:ListBucket", "s3:ListAllMyBuckets"],
      "Resource": ["arn:aws:s3:::example", "arn:aws:s3:::example/${aws:username}/*"],
      "Condition": {
        "StringEquals": {"aws:PrincipalOrgID": "o-0123456789", "aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}
      }
    },
    {"Sid": "Pass", "Effect": "Allow", "Action": ["iam:PassRole", "iam:*AccessKey*"], "Resource": "*"},
    {
      "Sid": "NothingWithoutMFA",
      "Effect": "Deny",
      "NotAction": ["iam:ListMFADevices", "iam:EnableMFADevice", "sts:GetSessionToken"],
      "Resource": "*",
      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
    }
  ]
}
`

// Hostile are documents that policy.Parse takes, made to cost much.
func Hostile() map[string]string {
	const wildcards = 1 << 15 // the most that policy.Parse takes
	statement := func(elements string) string {
		return `{"Effect":"Allow",` + elements + `}`
	}
	document := func(statements string) string { return `{"Version":"2012-10-17","Statement":[` + statements + `]}` }
	fill := func(each func(i int) string) string {
		const full = 128<<10 - 600
		var b strings.Builder
		for i := 0; b.Len() < full; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(each(i))
		}
		return b.String()
	}
	some := func(n int, each func(i int) string) string {
		var out []string
		for i := range n {
			out = append(out, each(i))
		}
		return strings.Join(out, ",")
	}
	letter := func(i int) string { return string(rune('c' + i)) }
	return map[string]string{
		"many statements": document(fill(func(i int) string {
			return statement(fmt.Sprintf(`"Action":"s3:Get%d*","Resource":"arn:aws:s3:::b%d/*"`, i, i))
		})),
		"many denials": document(fill(func(i int) string {
			return fmt.Sprintf(`{"Effect":"%s","Action":"s3:*","Resource":"arn:aws:s3:::*%d/*"}`, []string{"Deny", "Allow"}[i%2], i)
		})),
		"everything, often": document(fill(func(int) string { return statement(`"Action":"*","Resource":"*"`) })),
		"NotAction, often":  document(fill(func(i int) string { return statement(fmt.Sprintf(`"NotAction":"s3:%d","Resource":"*"`, i)) })),
		"wild actions": document(statement(`"Resource":"*","Action":[` + fill(func(i int) string {
			return fmt.Sprintf(`"ec2:*%d*a*e*"`, i)
		}) + `]`)),
		"wild resources": document(statement(`"Action":"ec2:*","Resource":[` + fill(func(i int) string {
			return fmt.Sprintf(`"arn:aws:ec2:*:*:*%d*/*a"`, i)
		}) + `]`)),
		"unknown actions": document(statement(`"Resource":"*","Action":[` + fill(func(i int) string {
			return fmt.Sprintf(`"ec2:Describ%dInstances"`, i)
		}) + `]`)),
		"unknown keys": document(statement(`"Action":"s3:*","Resource":"*","Condition":{` + fill(func(i int) string {
			return fmt.Sprintf(`"StringEquls%d":{"aws:Prncpal%d":"x"},"ForAllValues:StringLike%d":{"aws:Tag%d":"*${aws:usr%d}"}`, i, i, i, i, i)
		}) + `}`)),
		"one long action":   document(statement(`"Resource":"*","Action":"ec2:` + strings.Repeat("*a", wildcards-100) + `"`)),
		"one long resource": document(statement(`"Action":"s3:*","Resource":["arn:aws:s3:::` + strings.Repeat("*a", wildcards/2-100) + `","arn:aws:s3:::` + strings.Repeat("*b", wildcards/2-100) + `"]`)),
		"long patterns": document(some(8, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"arn:aws:s3:::` + strings.Repeat("*ab", 4000) + letter(i) + `*"`)
		})),
		"long bound patterns": document(some(31, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"arn:` + strings.Repeat("*a", 500) + "*" + letter(i) + `*:s3:::y"`)
		})),
		"question marks": document(some(20, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"arn:aws:s3:::*` + letter(i) + strings.Repeat("?", 1000) + `"`)
		})),
		"long conditions": document(some(8, func(i int) string {
			return statement(`"Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/t":"` + strings.Repeat("*"+letter(i), 2000) + `"}}`)
		})),
		"variables between stars": document(some(20, func(i int) string {
			return statement(fmt.Sprintf(`"Action":"s3:*","Resource":"arn:aws:s3:::*${aws:PrincipalTag/t%d}*%s"`, i%5, strings.Repeat("*b", 300)))
		})),
		"many services": document(some(100, func(i int) string {
			return statement(fmt.Sprintf(`"Action":"*","Resource":"arn:*:*:*%s%d"`, strings.Repeat("*a", 100), i))
		})),
		"every type of resource": document(statement(`"Action":"*","Resource":[` + some(1500, func(i int) string {
			return fmt.Sprintf(`"arn:aws:*:*:*:*%d*/*a"`, i)
		}) + `]`)),
		"MFA denials": document(fill(func(i int) string {
			return fmt.Sprintf(`{"Effect":"Deny","Action":"s3:A%d","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"},"Null":{"aws:MultiFactorAuthPresent":"true"}}}`, i)
		})),
	}
}
