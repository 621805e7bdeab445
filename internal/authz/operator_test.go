package authz_test

import (
	"fmt"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// TestARN_variables: a variable may stand in any part of an ARN that a condition names, its own colon apart.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func TestARN_variables(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:eu-west-1:111111111111:alarms:alice"
	for pattern, want := range map[string]authz.Decision{
		"arn:aws:sns:*:${aws:PrincipalAccount}:*":                            authz.Allowed,
		"arn:aws:sns:${aws:RequestedRegion}:${aws:PrincipalAccount}:alarms*": authz.Allowed,
		"arn:aws:sns:*:*:alarms:${aws:username}":                             authz.Allowed,
		"arn:aws:sns:*:${aws:PrincipalTag/none, '111111111111'}:*":           authz.Allowed,
		"arn:aws:sns:*:${aws:username}:*":                                    authz.ImplicitlyDenied,
		"arn:aws:sns:*:${aws:PrincipalTag/none}:*":                           authz.ImplicitlyDenied,
		"arn:aws:sns:*:${aws:PrincipalAccount:*":                             authz.ImplicitlyDenied, // never closed
	} {
		for _, version := range []string{"2012-10-17", "2008-10-17"} {
			document := fmt.Sprintf(`{"Version":%q,"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":%q}}}}`, version, pattern)
			p, err := authz.Compile("p", policy.Parse(document))
			if err != nil {
				t.Fatal(err)
			}
			who, err := authz.ParsePrincipal("arn:aws:iam::111111111111:user/alice")
			if err != nil {
				t.Fatal(err)
			}
			c := authz.NewContext(false)
			for key, value := range map[string]string{
				"aws:SourceArn": topic, "aws:PrincipalAccount": "111111111111", "aws:RequestedRegion": "eu-west-1", "aws:username": "alice",
			} {
				c.Set(key, value)
			}
			stack := authz.Stack{Identity: []*authz.Policy{p}}
			wanted := want
			if version == "2008-10-17" { // which takes variables for text
				wanted = authz.ImplicitlyDenied
			}
			got := stack.Decide(&authz.Request{Principal: who, Action: "sqs:SendMessage", Resource: "*", Context: c})
			if got != wanted {
				t.Errorf("%s of %s: %v, want %v", pattern, version, got, wanted)
			}
		}
	}
}

// TestParseDate_far: dates that nanoseconds of 64 bits cannot count, such as those that mean never.
func TestParseDate_far(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"9999-12-31": 253402214400, "9999-12-31T23:59:59Z": 253402300799, "0001-01-01T00:00:00Z": -62135596800, "2262-05-01": 9225014400,
		"1970-01-01T00:00:00.5Z": 0.5,
	} {
		if got, ok := authz.ParseDate(text); !ok || got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
