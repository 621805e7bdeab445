package access_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// TestReserved: what AWS keeps to itself is neither allowed nor a step of a path.
func TestReserved(t *testing.T) {
	t.Parallel()
	const (
		sso     = "/aws-reserved/sso.amazonaws.com/"
		service = prefix + "role/aws-service-role/*"
	)
	climbs := func(path string, document account.Document) (bool, *access.World) {
		snap := &account.Snapshot{
			Account: self, Partition: "aws",
			Users: []account.User{{Name: "mallory", Attached: []string{"arn:aws:iam::aws:policy/Small"}, Inline: []account.InlinePolicy{{Name: "i", Document: document}}}},
			Roles: []account.Role{{
				Name: "boss", Path: path, Attached: []string{"arn:aws:iam::aws:policy/AdministratorAccess"},
				Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + prefix + `saml-provider/x"},"Action":"sts:AssumeRoleWithSAML"}]}`,
			}},
			Policies: []account.Policy{
				{ARN: "arn:aws:iam::aws:policy/AdministratorAccess", Version: "v1", Document: admin},
				{ARN: "arn:aws:iam::aws:policy/Small", Version: "v1", Document: allow([]string{"s3:ListAllMyBuckets"}, "*", "")},
			},
		}
		snap.Normalize()
		w := access.New(snap, nil)
		g := access.NewGraph(w)
		id, ok := g.Node(w.Principals()[0].ARN)
		if !ok {
			t.Fatal("no mallory")
		}
		return g.Steps(id) > 0, w
	}
	for name, tc := range map[string]struct {
		path     string
		document account.Document
		want     bool
	}{
		"trust of a role":                    {"/", allow([]string{"iam:UpdateAssumeRolePolicy", "sts:AssumeRole"}, "*", ""), true},
		"trust of a role of Identity Center": {sso, allow([]string{"iam:UpdateAssumeRolePolicy", "sts:AssumeRole"}, "*", ""), false},
		"a new role":                         {"/", allow([]string{"iam:CreateRole", "iam:AttachRolePolicy", "sts:AssumeRole"}, prefix+"role/*", ""), true},
		"a new role of a service":            {"/", allow([]string{"iam:CreateRole", "iam:AttachRolePolicy", "sts:AssumeRole"}, service, ""), false},
		"a policy of AWS's":                  {"/", allow([]string{"iam:CreatePolicyVersion"}, "*", ""), false},
	} {
		if got, _ := climbs(tc.path, tc.document); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}

	_, w := climbs(sso, allow([]string{"iam:CreatePolicyVersion", "iam:PutRolePolicy", "iam:GetRole"}, "*", ""))
	mallory := &w.Principals()[0]
	for _, q := range []access.Question{
		{Action: "iam:CreatePolicyVersion", Resource: "arn:aws:iam::aws:policy/AdministratorAccess"},
		{Action: "iam:PutRolePolicy", Resource: prefix + "role/aws-reserved/sso.amazonaws.com/boss"},
	} {
		e := w.Explain(mallory, &q)
		if w.Can(mallory, &q) != authz.ImplicitlyDenied || e.Decision != authz.ImplicitlyDenied || !e.Reserved || len(w.WhoCan(&q)) != 0 {
			t.Errorf("%s on %s: %+v", q.Action, q.Resource, e)
		}
	}
	if d := w.Can(mallory, &access.Question{Action: "iam:GetRole", Resource: prefix + "role/aws-reserved/sso.amazonaws.com/boss"}); d != authz.Allowed {
		t.Errorf("to read is %v", d)
	}
	if d, r := w.Somewhere(mallory, access.Question{Action: "iam:PutRolePolicy"}); d != authz.Allowed || authz.Reserved("iam:PutRolePolicy", r) {
		t.Errorf("somewhere: %v on %s", d, r)
	}
	_, w = climbs("/", allow([]string{"iam:PutRolePolicy"}, service, ""))
	if d, r := w.Somewhere(&w.Principals()[0], access.Question{Action: "iam:PutRolePolicy"}); d != authz.ImplicitlyDenied {
		t.Errorf("on roles of services: %v on %s", d, r)
	}
}
