package diff_test

import (
	"fmt"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/diff"
)

func ExampleDocuments() {
	document := func(resource string) *policy.Document {
		return policy.Parse(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "` + resource + `"}}`)
	}
	a, b := document("arn:aws:s3:::logs/*"), document("arn:aws:s3:::logs/2026/*")
	found, err := diff.Documents(a, b, policy.Identity)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range found.Changes {
		fmt.Printf("%s %v on %v except %v\n", c.Turn, c.Actions, c.Resources, c.Except)
		fmt.Printf("  %s on %s: %s, then %s\n", c.Witness.Action, c.Witness.Resource, c.Witness.A, c.Witness.B)
	}
	// Output:
	// lost [s3:GetObject] on [arn:aws:s3:::logs/*] except [arn:aws:s3:::logs/2026/*]
	//   s3:GetObject on arn:aws:s3:::logs/example: Allowed, then ImplicitlyDenied
}
