package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
)

func decode(tb testing.TB, rest string) *account.Snapshot {
	tb.Helper()
	s, err := account.Decode(strings.NewReader(`{"schema":"ambit.account/1","account":"111122223333","partition":"aws",
		"takenAt":"2026-01-01T00:00:00Z","source":"capture",` + rest + `}`))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// TestWorld_Outside: who may assume a role of one trust statement.
func TestWorld_Outside(t *testing.T) {
	t.Parallel()
	const (
		github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
		corp   = "arn:aws:iam::111122223333:saml-provider/corp"
	)
	oidc := func(condition string) string {
		return `{"Effect":"Allow","Principal":{"Federated":"` + github + `"},"Action":"sts:AssumeRoleWithWebIdentity"` + condition + `}`
	}
	for name, tt := range map[string]struct {
		statements string
		want       []string
	}{
		"own account":           {`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}`, nil},
		"anyone":                {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`, []string{"anyone * Allowed 1"}},
		"anyone of an org":      {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`, []string{"anyone * Depends 1"}},
		"everybody of own":      {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`, nil},
		"one account by key":    {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/*"}}}`, []string{"other account arn:aws:iam::444455556666:role/any Allowed 1"}},
		"a name of any account": {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy"}}}`, []string{"anyone * Allowed 1"}},
		"a name, as text":       {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringLike":{"aws:PrincipalArn":"*:user/deploy"}}}`, []string{"anyone * Allowed 1"}},
		"accounts by a digit":   {`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringLike":{"aws:PrincipalAccount":"2*"}}}`, []string{"anyone * Allowed 1"}},
		"oidc, any owner":       {oidc(`,"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*/app:*"}}`), []string{"federated provider " + github + " Depends 1"}},
		"all but one":           {`{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"sts:AssumeRole"}`, []string{"anyone * Allowed 1"}},
		"another action":        {`{"Effect":"Allow","Principal":"*","Action":"sts:TagSession"}`, nil},
		"a gone principal":      {`{"Effect":"Allow","Principal":{"AWS":"AIDA1234567890EXAMPLE"},"Action":"sts:AssumeRole"}`, nil},
		"accounts, and a key":   {`{"Effect":"Allow","Principal":{"AWS":["999999999999","arn:aws:iam::444455556666:user/x"]},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"e"}}}`, []string{"other account 999999999999 Depends 1", "other account arn:aws:iam::444455556666:user/x Depends 1"}},
		"denied again": {
			`{"Effect":"Allow","Principal":{"AWS":["444455556666","777788889999"]},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"444455556666"},"Action":"*"}`,
			[]string{"other account 777788889999 Allowed 1"},
		},
		"a service":                  {`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, []string{"service ec2.amazonaws.com Allowed 1"}},
		"a service for an account":   {`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`, []string{"service sns.amazonaws.com Depends 1"}},
		"oidc, bare":                 {oidc(""), []string{"federated provider " + github + " Allowed 1"}},
		"oidc, any subject":          {oidc(`,"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"*"}}`), []string{"federated provider " + github + " Depends 1"}},
		"oidc, audience":             {oidc(`,"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}`), []string{"federated provider " + github + " Depends 1 audience"}},
		"oidc, subject and audience": {oidc(`,"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:o/*"}}`), []string{"federated provider " + github + " Depends 1 subject audience"}},
		"oidc, fails open":           {oidc(`,"Condition":{"ForAllValues:StringLike":{"token.actions.githubusercontent.com:sub":"repo:o/*"}}`), []string{"federated provider " + github + " Depends 1 subject"}},
		"oidc, a repository":         {oidc(`,"Condition":{"StringEquals":{"token.actions.githubusercontent.com:repository":"o/app"}}`), []string{"federated provider " + github + " Depends 1 subject"}},
		"oidc, a branch":             {oidc(`,"Condition":{"StringEquals":{"token.actions.githubusercontent.com:ref":"refs/heads/main"}}`), []string{"federated provider " + github + " Depends 1"}},
		"saml":                       {`{"Effect":"Allow","Principal":{"Federated":"` + corp + `"},"Action":"sts:AssumeRoleWithSAML","Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}`, []string{"federated provider " + corp + " Depends 1 audience"}},
		"saml, wrong action":         {`{"Effect":"Allow","Principal":{"Federated":"` + corp + `"},"Action":"sts:AssumeRole"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := decode(t, `"roles":[{"name":"r","trust":{"Version":"2012-10-17","Statement":[`+tt.statements+`]}}]`)
			if diff := cmp.Diff(tt.want, exposures(access.New(s, nil))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func exposures(w *access.World) []string {
	var out []string
	for _, e := range w.Outside() {
		line := fmt.Sprintf("%v %s %v %d", e.Outsider, e.Who, e.Decision, len(e.Deciding))
		if e.Subject {
			line += " subject"
		}
		if e.Audience {
			line += " audience"
		}
		out = append(out, line)
	}
	return out
}

// TestWorld_Outside_controls: a resource control policy keeps strangers out, and a trust that nobody could read may
// let anyone in.
func TestWorld_Outside_controls(t *testing.T) {
	t.Parallel()
	s := decode(t, `"roles":[{"name":"r","trust":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["*","444455556666"],"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}}]`)
	s.Controls = &account.Controls{RCPs: []account.ControlLevel{{Policies: []account.InlinePolicy{{Name: "rcp", Document: `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*",
		"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"},"Bool":{"aws:PrincipalIsAWSService":"false"}}}}`}}}}}
	want := []string{"other account 444455556666 Allowed 1", "service ec2.amazonaws.com Allowed 1"}
	if diff := cmp.Diff(want, exposures(access.New(s, nil))); diff != "" {
		t.Error(diff)
	}
	s.Roles[0].Trust, s.Controls = "", nil
	if diff := cmp.Diff([]string{"anyone * Depends 2"}, exposures(access.New(s, nil))); diff != "" {
		t.Error(diff)
	}
}
