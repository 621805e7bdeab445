package simulate_test

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/simulate"
)

// TestRun_context: what a case gives a key is what a request would carry, and what no request carries is said.
func TestRun_context(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		context, condition string
		allowed            bool
		remark, fault      string
	}{
		"an account's id as a number": {`{"aws:SourceAccount":111122223333}`, `{"StringEquals":{"aws:SourceAccount":"111122223333"}}`, true, "", ""},
		"a large number":              {`{"s3:max-keys":2000000}`, `{"StringEquals":{"s3:max-keys":"2000000"}}`, true, "", ""},
		"a fraction":                  {`{"aws:MultiFactorAuthAge":1.5}`, `{"NumericEquals":{"aws:MultiFactorAuthAge":"1.5"}}`, true, "", ""},
		"a truth":                     {`{"aws:SecureTransport":true}`, `{"Bool":{"aws:SecureTransport":"true"}}`, true, "", ""},
		"a list":                      {`{"aws:TagKeys":["a",1]}`, `{"ForAnyValue:StringEquals":{"aws:TagKeys":"1"}}`, true, "", ""},
		"a range":                     {`{"aws:SourceIp":"10.0.0.0/8"}`, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, false, "context aws:SourceIp=10.0.0.0/8: a request comes from one address", ""},
		"one of a list":               {`{"aws:SourceIp":["10.0.0.1","here"]}`, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, true, "context aws:SourceIp=here: want an IP address", ""},
		"an object":                   {`{"aws:username":{"a":1}}`, `{"StringEquals":{"aws:username":"a"}}`, false, "", "context aws:username: want a text, a number"},
		"nothing":                     {`{"aws:username":null}`, `{"StringEquals":{"aws:username":"a"}}`, false, "", "context aws:username: want a text, a number"},
		"a list of lists":             {`{"aws:TagKeys":[["a"]]}`, `{"StringEquals":{"aws:username":"a"}}`, false, "", "context aws:TagKeys: want"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases, err := simulate.Read("f", strings.NewReader(`{"request":{"principal":"arn:aws:iam::111111111111:user/a","action":"s3:GetObject","resource":"*","context":`+tc.context+`},
				"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+tc.condition+`}}],"expected":"Allowed"}`))
			if err != nil {
				t.Fatal(err)
			}
			r := simulate.Run(&cases[0])
			if got := r.Outcome() == simulate.Passed; got != tc.allowed {
				t.Errorf("got %v, fault %q", r.Decision, r.Fault)
			}
			if !strings.HasPrefix(strings.Join(r.Remarks, "; "), tc.remark) || (tc.remark == "") != (len(r.Remarks) == 0) {
				t.Errorf("remarks %q, want %q", r.Remarks, tc.remark)
			}
			if !strings.HasPrefix(r.Fault, tc.fault) || (tc.fault == "") != (r.Fault == "") {
				t.Errorf("fault %q, want %q", r.Fault, tc.fault)
			}
		})
	}
}
