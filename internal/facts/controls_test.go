package facts

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

// TestControls: what an organization denies, nobody of the account has; service-linked roles and documents by
// themselves are not touched, and a resource control policy keeps strangers out.
func TestControls(t *testing.T) {
	t.Parallel()
	const (
		all  = account.Document(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
		deny = account.Document(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}}`)
		wary = account.Document(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}}`)
		home = account.Document(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}}}`)
		open = account.Document(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`)
	)
	level := func(documents ...account.Document) account.ControlLevel {
		var l account.ControlLevel
		for _, d := range documents {
			l.Policies = append(l.Policies, account.InlinePolicy{Name: "p", Document: d})
		}
		return l
	}
	for _, tt := range []struct {
		name                                 string
		controls                             *account.Controls
		user, sure, linked, document, anyone gsl.Truth
	}{
		{"none", nil, gsl.True, gsl.True, gsl.True, gsl.True, gsl.True},
		{"all allowed", &account.Controls{SCPs: []account.ControlLevel{level(all), level(all, all)}}, gsl.True, gsl.True, gsl.True, gsl.True, gsl.True},
		{"denied below", &account.Controls{SCPs: []account.ControlLevel{level(all), level(all, deny)}}, gsl.False, gsl.False, gsl.True, gsl.True, gsl.True},
		{"denied somewhere", &account.Controls{SCPs: []account.ControlLevel{level(all, wary), level(all)}}, gsl.True, gsl.True, gsl.True, gsl.True, gsl.True},
		{"a level that allows nothing", &account.Controls{SCPs: []account.ControlLevel{level(all), level()}}, gsl.False, gsl.False, gsl.True, gsl.True, gsl.True},
		{"strangers kept out", &account.Controls{RCPs: []account.ControlLevel{level(home)}}, gsl.True, gsl.True, gsl.True, gsl.True, gsl.False},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &account.Snapshot{
				Account: "111122223333", Partition: "aws", Controls: tt.controls,
				Users:    []account.User{{Name: "bob", Attached: []string{"arn:aws:iam::111122223333:policy/all"}}},
				Policies: []account.Policy{{ARN: "arn:aws:iam::111122223333:policy/all", Document: all}},
				Roles: []account.Role{
					{Name: "linked", Path: "/aws-service-role/x.amazonaws.com/", Trust: open, Inline: []account.InlinePolicy{{Name: "i", Document: all}}},
					{Name: "open", Trust: open},
				},
			}
			s.Normalize()
			set := New(s)
			of := func(typeName, name, expression string) gsl.Truth {
				for e := range set.Entities(typeName) {
					if e.Subject.Name == name {
						v, _ := judge(t, set, e, expression)
						return v
					}
				}
				t.Fatalf("no %s %s", typeName, name)
				return gsl.Maybe
			}
			for _, q := range []struct {
				typeName, name, expression string
				want                       gsl.Truth
			}{
				{"IamUser", "bob", "IamUser should have allows('iam:CreateUser')", tt.user},
				{"IamUser", "bob", "IamUser should have admin()", tt.user},
				{"IamUser", "bob", "IamUser should have grantsAdmin()", tt.sure},
				{"IamRole", "linked", "IamRole should have admin()", tt.linked},
				{"IamPolicy", "all", "IamPolicy should have document admin()", tt.document},
				{"IamRole", "open", "IamRole should have assumeRolePolicy admits('anyone')", tt.anyone},
			} {
				if got := of(q.typeName, q.name, q.expression); got != q.want {
					t.Errorf("%s: %v, want %v", q.expression, got, q.want)
				}
			}
		})
	}
}
