package access_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/authz"
)

// TestWorld_tags: a role's tags are those of its sessions, unless its trust policy lets in session tags.
func TestWorld_tags(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]authz.Decision{
		`"sts:AssumeRole"`:                     authz.ImplicitlyDenied,
		`["sts:AssumeRole","sts:TagSession"]`:  authz.Depends,
		`"sts:*"`:                              authz.Depends,
		`["sts:AssumeRole","sts:tagsession*"]`: authz.Depends,
	} {
		snap := decode(t, `"roles":[{"name":"r","tags":[{"key":"team","value":"red"}],
			"inline":[{"name":"i","document":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"admins"}}}}}],
			"trust":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":`+action+`}}}]`)
		snap.Normalize()
		w := access.New(snap, nil)
		p := &w.Principals()[0]
		if got := w.Can(p, &access.Question{Action: "iam:CreateUser", Resource: "arn:aws:iam::111122223333:user/x"}); got != want {
			t.Errorf("trusted with %s: got %v, want %v", action, got, want)
		}
	}
}
