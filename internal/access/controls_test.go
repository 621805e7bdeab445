package access_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// TestGraph_personalControls: a control policy that tells callers apart does so in the graph, however alike they are.
func TestGraph_personalControls(t *testing.T) {
	t.Parallel()
	inline := []account.InlinePolicy{{Name: "i", Document: allow([]string{"iam:PutUserPolicy"}, "*", "")}}
	for name, control := range map[string]string{
		"by name": `{"ArnNotEquals":{"aws:PrincipalArn":"` + prefix + `user/trusted"}}`,
		"by tag":  `{"StringNotEquals":{"aws:PrincipalTag/team":"identity"}}`,
	} {
		snap := &account.Snapshot{Account: self, Partition: "aws", Users: []account.User{
			{Name: "another", Inline: inline}, {Name: "trusted", Inline: inline, Tags: []account.Tag{{Key: "team", Value: "identity"}}}, {Name: "zoe", Inline: inline},
		}}
		snap.Controls = scp(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
			{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":` + control + `}]}`)
		snap.Normalize()
		g := access.NewGraph(access.New(snap, nil))
		for user, want := range map[string]int{"another": -1, "trusted": 1, "zoe": -1} {
			id, _ := g.Node(prefix + "user/" + user)
			if got := g.Steps(id); got != want {
				t.Errorf("%s: %s is %d steps from administrator, want %d", name, user, got, want)
			}
		}
	}
}

// TestWorld_Can_targetOfRCP: a resource control policy sees what the request carries of its target.
func TestWorld_Can_targetOfRCP(t *testing.T) {
	t.Parallel()
	snap := &account.Snapshot{
		Account: self, Partition: "aws",
		Users: []account.User{{Name: "u", Inline: []account.InlinePolicy{{Name: "i", Document: admin}}}},
		Roles: []account.Role{
			{Name: "locked", Trust: trust("AWS", self), Tags: []account.Tag{{Key: "lock", Value: "yes"}}},
			{Name: "open", Trust: trust("AWS", self)},
		},
		Controls: &account.Controls{RCPs: []account.ControlLevel{{Policies: []account.InlinePolicy{{Name: "r", Document: `{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/lock":"yes"}}}]}`}}}}},
	}
	snap.Normalize()
	w := access.New(snap, nil)
	u := w.Principal(prefix + "user/u")[0]
	for role, want := range map[string]authz.Decision{"locked": authz.ExplicitlyDenied, "open": authz.Allowed} {
		if got := w.Can(u, &access.Question{Action: "sts:AssumeRole", Resource: prefix + "role/" + role}); got != want {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
}
