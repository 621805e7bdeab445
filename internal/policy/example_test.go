package policy_test

import (
	"fmt"

	"github.com/ambit-iam/ambit/internal/policy"
)

func ExampleParse() {
	d := policy.Parse(`{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": "*",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}
  }
}`)
	s := d.Statements[0]
	fmt.Println(s.Effect, s.Action[1].Text, s.Action[1].Node.Pos.Line, d.Pointer(s.Action[1].Node))
	fmt.Println(s.Conditions[0].Operator, s.Conditions[0].Key, s.Conditions[0].Values[0].Text)
	fmt.Println(d.Snippet(s.Node.Member("Action"), 30))
	// Output:
	// Allow s3:ListBucket 5 /Statement/Action/1
	// Bool aws:MultiFactorAuthPresent true
	// ["s3:GetObject", "s3:ListBuck…
}

func ExampleDocument_faults() {
	d := policy.Parse(`{"Statement": [{"Effect": "allow", "Action": [], "Resource": "*"}]}`)
	for _, f := range d.Faults {
		fmt.Printf("%d:%d: %s (%s)\n", f.Span.Start.Line, f.Span.Start.Column, f.Message, f.Hint)
	}
	// Output:
	// 1:27: Effect is neither "Allow" nor "Deny" (letter case counts: write Allow or Deny)
	// 1:46: Action is an empty list (name at least one, or "*")
}
