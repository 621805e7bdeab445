package access_test

import (
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// ableWorld is an account with a user that holds one inline policy, and a role that trusts the account.
func ableWorld(tb testing.TB, document string) (*access.World, *access.Principal) {
	tb.Helper()
	s, err := account.Decode(strings.NewReader(`{"schema":"ambit.account/1","account":"111122223333","partition":"aws",
		"takenAt":"2026-01-01T00:00:00Z","source":"capture",
		"users":[{"name":"bob","inline":[{"name":"x","document":` + document + `}]}],
		"roles":[{"name":"target","trust":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}}]}`))
	if err != nil {
		tb.Fatal(err)
	}
	w := access.New(s, nil)
	return w, w.Principal("bob")[0]
}

func TestWorld_Somewhere(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		statement, action, resource string
		want                        authz.Decision
	}{
		"any resource":                     {`"Effect":"Allow","Action":"s3:*","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::any/any", authz.Allowed},
		"a bucket is no object":            {`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"`, "s3:GetObject", "", authz.ImplicitlyDenied},
		"a bucket's star holds its keys":   {`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-*"`, "s3:GetObject", "arn:aws:s3:::b-any/any", authz.Allowed},
		"keys of a bucket":                 {`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/k*"`, "s3:GetObject", "arn:aws:s3:::b/kany", authz.Allowed},
		"an action without resources":      {`"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b"`, "s3:ListAllMyBuckets", "", authz.ImplicitlyDenied},
		"a role that is there":             {`"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"`, "sts:AssumeRole", "arn:aws:iam::111122223333:role/target", authz.Allowed},
		"a role that is not there":         {`"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/gone"`, "sts:AssumeRole", "", authz.ImplicitlyDenied},
		"a role of another account":        {`"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::444455556666:role/x"`, "sts:AssumeRole", "arn:aws:iam::444455556666:role/x", authz.Depends},
		"a key that decides":               {`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, "s3:GetObject", "arn:aws:s3:::any/any", authz.Depends},
		"an own resource before a made-up": {`"Effect":"Allow","Action":"iam:PassRole","Resource":"*"`, "iam:PassRole", "arn:aws:iam::111122223333:role/target", authz.Allowed},
		"a denied one":                     {`"Effect":"Deny","Action":"*","Resource":"*"`, "s3:GetObject", "", authz.ExplicitlyDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := ableWorld(t, `{"Version":"2012-10-17","Statement":[{`+tc.statement+`}]}`)
			got, resource := w.Somewhere(p, access.Question{Action: tc.action})
			if got != tc.want || tc.resource != "" && resource != tc.resource {
				t.Errorf("got %v on %q, want %v on %q", got, resource, tc.want, tc.resource)
			}
		})
	}
}

// TestWorld_Somewhere_named: a role that names a user lets it in, whatever the user's own policies say.
func TestWorld_Somewhere_named(t *testing.T) {
	t.Parallel()
	s, err := account.Decode(strings.NewReader(`{"schema":"ambit.account/1","account":"111122223333","partition":"aws",
		"takenAt":"2026-01-01T00:00:00Z","source":"capture","users":[{"name":"bob"},{"name":"eve"}],
		"roles":[{"name":"open","trust":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"sts:AssumeRole"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	w := access.New(s, nil)
	for name, want := range map[string]authz.Decision{"bob": authz.Allowed, "eve": authz.ImplicitlyDenied} {
		if got, _ := w.Somewhere(w.Principal(name)[0], access.Question{Action: "sts:AssumeRole"}); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// TestWorld_WhatCan holds the list against its own questions: what it lists may be done on the resource it names.
func TestWorld_WhatCan(t *testing.T) {
	t.Parallel()
	w, p := ableWorld(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["iam:*","kms:Decrypt"],"Resource":"*"},
		{"Effect":"Deny","Action":"iam:Create*","Resource":"*"}]}`)
	seen := map[string]authz.Decision{}
	for _, d := range w.WhatCan(p) {
		seen[d.Action.String()] = d.Decision
		if got := w.Can(p, &access.Question{Action: d.Action.String(), Resource: d.Resource}); got == authz.ImplicitlyDenied || got == authz.ExplicitlyDenied {
			t.Errorf("%s on %s: %v", d.Action, d.Resource, got)
		}
	}
	for action, want := range map[string]authz.Decision{
		"iam:GetUser": authz.Allowed, "iam:CreateUser": authz.ImplicitlyDenied, "kms:Decrypt": authz.Depends,
		"kms:Encrypt": authz.ImplicitlyDenied, "s3:GetObject": authz.ImplicitlyDenied, "sts:GetCallerIdentity": authz.Allowed,
	} {
		if seen[action] != want {
			t.Errorf("%s: %v, want %v", action, seen[action], want)
		}
	}
}

func BenchmarkWorld_WhatCan(b *testing.B) {
	w, p := ableWorld(b, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	for b.Loop() {
		if n := len(w.WhatCan(p)); n < iamref.ActionCount()/2 {
			b.Fatal(n)
		}
	}
}
