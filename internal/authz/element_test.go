package authz_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

func TestActionElement(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ statement, action, want string }{
		{`"Action":"iam:*"`, "iam:PassRole", "/Statement/Action"},
		{`"Action":["s3:Get*","IAM:passrole"]`, "iam:PassRole", "/Statement/Action/1"},
		{`"Action":["s3:Get*"]`, "iam:PassRole", ""},
		{`"NotAction":["s3:*"]`, "iam:PassRole", "/Statement/NotAction"},
		{`"NotAction":["iam:*"]`, "iam:PassRole", ""},
	} {
		d := policy.Parse(`{"Statement":{"Effect":"Allow",` + tt.statement + `,"Resource":"*"}}`)
		if got := d.Pointer(authz.ActionElement(&d.Statements[0], tt.action)); got != tt.want {
			t.Errorf("%s: %s is covered at %q, want %q", tt.statement, tt.action, got, tt.want)
		}
	}
}

func TestPrincipalElement(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ statement, principal, want string }{
		{`"Principal":"*"`, "arn:aws:iam::111122223333:user/a", "/Statement/Principal"},
		{`"Principal":{"AWS":["*","111122223333"]}`, "arn:aws:iam::111122223333:user/a", "/Statement/Principal/AWS/1"},
		{`"Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:user/a"]}`, "arn:aws:iam::111122223333:user/a", "/Statement/Principal/AWS/1"},
		{`"Principal":{"AWS":["444455556666","*"]}`, "arn:aws:iam::111122223333:user/a", "/Statement/Principal/AWS/1"},
		{`"Principal":{"AWS":"444455556666"}`, "arn:aws:iam::111122223333:user/a", ""},
		{`"NotPrincipal":{"AWS":"444455556666"}`, "arn:aws:iam::111122223333:user/a", "/Statement/NotPrincipal"},
	} {
		d := policy.Parse(`{"Statement":{"Effect":"Allow",` + tt.statement + `,"Action":"sts:AssumeRole"}}`)
		p, err := authz.ParsePrincipal(tt.principal)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Pointer(authz.PrincipalElement(&d.Statements[0], &p)); got != tt.want {
			t.Errorf("%s: named at %q, want %q", tt.statement, got, tt.want)
		}
	}
	d := policy.Parse(`{"Statement":{"Effect":"Allow","Principal":{"Service":["a.amazonaws.com","b.amazonaws.com"]},"Action":"sts:AssumeRole"}}`)
	if got := d.Pointer(authz.PrincipalElement(&d.Statements[0], &authz.Principal{Kind: authz.Service, ARN: "b.amazonaws.com"})); got != "/Statement/Principal/Service/1" {
		t.Errorf("a service is named at %q", got)
	}
}
