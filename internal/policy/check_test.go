package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDocument_Check(t *testing.T) {
	t.Parallel()
	// The mark § stands where each fault is found; want holds their messages, one a line.
	tests := []struct {
		name, text string
		kind       DocumentKind
		want       string
	}{
		{"identity", `{"Effect":"Allow","Action":"*","Resource":"*"}`, Identity, ""},
		{"identity with principal", `{"Effect":"Allow","Action":"*","NotPrincipal":§"*","NotResource":"*"}`, Identity, "statement of an identity policy names a principal"},
		{"identity without resource", `§{"Effect":"Allow","Action":"*"}`, Identity, "statement of an identity policy names no resource"},
		{"trust", `{"Effect":"Allow","Action":"*","Principal":"*"}`, Trust, ""},
		{"trust with resource", `{"Effect":"Allow","Action":"*","NotPrincipal":"*","NotResource":§["*"]}`, Trust, "statement of a trust policy names a resource"},
		{"trust without principal", `§{"Effect":"Allow","Action":"*","Resource":§"*"}`, Trust, "statement of a trust policy names no principal\nstatement of a trust policy names a resource"},
		{"resource", `{"Effect":"Allow","Action":"*","NotPrincipal":"*","NotResource":"*"}`, Resource, ""},
		{"resource without resource", `{"Effect":"Allow","Action":"*","Principal":"*"}`, Resource, ""},
		{"resource without principal", `§{"Effect":"Allow","Action":"*","Resource":"*"}`, Resource, "statement of a resource policy names no principal"},
		{"service control", `{"Effect":"Allow","NotAction":"*","NotResource":"*"}`, ServiceControl, ""},
		{"service control with principal", `§{"Effect":"Allow","Action":"*","Principal":§"*"}`, ServiceControl, "statement of a service control policy names no resource\nstatement of a service control policy names a principal"},
		{"resource control", `{"Effect":"Deny","Action":"s3:*","Principal":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Principal":{"AWS":["*"]},"NotResource":"*"}`, ResourceControl, ""},
		{"resource control that allows", `{"Effect":§"Allow","NotAction":§"s3:*","NotPrincipal":§"*","Resource":"*"}`, ResourceControl, "statement of a resource control policy allows\nstatement of a resource control policy has NotAction\nstatement of a resource control policy has NotPrincipal"},
		{"resource control of a principal", `§{"Effect":"Deny","Action":"s3:*","Principal":§{"AWS":["*","123456789012"]}}`, ResourceControl, "statement of a resource control policy names no resource\nstatement of a resource control policy names principals"},
		{"second statement", `{"Effect":"Allow","Action":"*","Resource":"*"},§{"Effect":"Allow","Action":"*"}`, Identity, "statement of an identity policy names no resource"},
		{"Sid twice", `{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":§"a","Effect":"Deny","Action":"*","Resource":"*"}`, Identity, "Sid \"a\" stands on two statements"},
		{"Sids apart", `{"Sid":"","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":"","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}`, Identity, ""},
		{"Sid of other characters", `{"Sid":§"a b","Effect":"Deny","Action":"*","Resource":"*"}`, Identity, "Sid \"a b\" has other characters than A-Z, a-z and 0-9"},
		{"Sid of other characters in trust", `{"Sid":§"a-b","Effect":"Deny","Action":"*","Principal":"*"}`, Trust, "Sid \"a-b\" has other characters than A-Z, a-z and 0-9"},
		{"Sid of other characters on a bucket", `{"Sid":"a b","Effect":"Deny","Action":"*","Principal":"*","Resource":"*"}`, Resource, ""},
		{"actions without service", `{"Effect":"Deny","Action":["*","s3:*",§"s3*",§""],"Resource":"*"}`, Identity, "action \"s3*\" lacks its service\naction \"\" lacks its service"},
		{"excepted action without service", `{"Effect":"Deny","NotAction":§"s3*","Resource":"*"}`, ServiceControl, "action \"s3*\" lacks its service"},
		{"no JSON", "{", Identity, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, want := marked(`{"Statement":[`+tt.text+`]}`, tt.want)
			if diff := cmp.Diff(want, placed(Parse(text).Check(tt.kind))); diff != "" {
				t.Errorf("check of %s (-want +got):\n%s", text, diff)
			}
		})
	}
}
