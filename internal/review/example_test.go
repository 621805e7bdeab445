package review_test

import (
	"fmt"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review"
)

func ExampleLint() {
	doc := policy.Parse(`{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": ["s3:GetObject", "iam:ResyncMFADevicem"],
    "Resource": "*",
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
  }]
}`)
	for _, s := range review.Lint(doc, policy.Identity) {
		fmt.Printf("%d:%d %s %s: %s; %s\n", s.Span.Start.Line, s.Span.Start.Column, s.Severity, s.Rule, s.Message, s.Cure)
	}
	// Output:
	// 5:32 warning unknown-action: no action "iam:ResyncMFADevicem" is known; did you mean "iam:ResyncMFADevice"?
	// 7:66 warning mfa-fails-open: BoolIfExists holds where "aws:MultiFactorAuthPresent" is absent; write "Bool": {"aws:MultiFactorAuthPresent": "true"}
}
