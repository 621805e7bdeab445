package facts

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/gsl"
)

const (
	allowEverything = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allowWithMFA    = `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	withoutMFA      = `"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`
)

func TestAllowsWithoutMFA(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, document string
		want           bool
	}{
		{"all", policyDocument(allowEverything), true},
		{"with MFA", policyDocument(allowWithMFA), false},
		{"with MFA if it is said", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}}`), true},
		{"with an age of MFA", policyDocument(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}}`), false},
		{"with what is false", policyDocument(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`), true},
		{"listed", policyDocument(`{"Effect":"Allow","Action":["iam:EnableMFADevice","iam:ListUsers","iam:ListR*"],"Resource":"*"}`), false},
		{"a pattern of more", policyDocument(`{"Effect":"Allow","Action":"iam:*MFADevice","Resource":"*"}`), true},
		{"all but what is listed", policyDocument(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), true},
		{"an action that AWS does not list", policyDocument(`{"Effect":"Allow","Action":"s3:Invented","Resource":"*"}`), true},
		{"no resource of it", policyDocument(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:sqs:*:*:*"}`), false},
		{"all of one service", policyDocument(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:sqs:*:*:a"}`), true},
		{"the same denied", policyDocument(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:*","Resource":"*",`+withoutMFA+`}`), false},
		{"less denied", policyDocument(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:G*","Resource":"*",`+withoutMFA+`}`), true},
		{"denied to sessions", policyDocument(allowEverything, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`), true},
		{"denied to keys", policyDocument(allowEverything, `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}`), true},
	}
	for _, tt := range tests {
		ask := "allowsWithoutMFA('iam:EnableMFADevice', 'iam:List*')"
		for _, expression := range []string{"document " + ask, ask} {
			got, evidence := onPolicy(t, tt.document, expression)
			if got != gsl.TruthOf(tt.want) || (len(evidence) > 0) != tt.want {
				t.Errorf("%s: %s is %v with %q, want %v", tt.name, expression, got, evidence, tt.want)
			}
		}
	}
}

// TestUserWithoutMFA holds that Denies, boundaries and control policies count wherever they stand.
func TestUserWithoutMFA(t *testing.T) {
	t.Parallel()
	deny := policyDocument(`{"Effect":"Deny","Action":"*","Resource":"*",` + withoutMFA + `}`)
	own := policyDocument(`{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::111122223333:user/${aws:username}"}`)
	tests := []struct {
		name                      string
		inline, group, boundaried string
		want                      gsl.Truth
	}{
		{"alone", policyDocument(allowEverything), "", "", gsl.True},
		{"its group denies", policyDocument(allowEverything), deny, "", gsl.False},
		{"its group allows", policyDocument(allowWithMFA), policyDocument(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), "", gsl.True},
		{"its boundary wants MFA", policyDocument(allowEverything), "", policyDocument(allowWithMFA), gsl.False},
		{"its boundary leaves some", policyDocument(allowEverything), "", policyDocument(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), gsl.True},
		{"its own user", own, "", "", gsl.True},
		{"its own user, denied", own, deny, "", gsl.False},
		{"a Deny of something else", own, policyDocument(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), "", gsl.True},
	}
	for _, tt := range tests {
		s := with(func(snap *account.Snapshot) {
			u := &snap.Users[0]
			u.Groups, u.Attached, u.Boundary = nil, nil, ""
			u.Inline = []account.InlinePolicy{{Name: "x", Document: account.Document(tt.inline)}}
			if tt.group != "" {
				snap.Groups = append(snap.Groups, account.Group{
					Name: "mfa", ARN: "arn:aws:iam::111122223333:group/mfa",
					Inline: []account.InlinePolicy{{Name: "x", Document: account.Document(tt.group)}},
				})
				u.Groups = []string{"mfa"}
			}
			if tt.boundaried != "" {
				u.Boundary = "arn:aws:iam::111122223333:policy/edge"
				snap.Policies = append(snap.Policies, account.Policy{ARN: u.Boundary, Document: account.Document(tt.boundaried)})
			}
		})
		got, evidence := judge(t, s, entity(t, s, "IamUser", s.snap.Users[0].Name), "IamUser should have allowsWithoutMFA('iam:EnableMFADevice')")
		if got != tt.want || (len(evidence) > 0) != (tt.want == gsl.True) {
			t.Errorf("%s: %v with %q, want %v", tt.name, got, evidence, tt.want)
		}
	}
}
