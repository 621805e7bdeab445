package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/account"
)

// apply does to an account what a request asks for. Inline policies have no name in a request: every owner here has one.
func apply(t *rapid.T, s *account.Snapshot, q *Question) {
	t.Helper()
	var user *account.User
	var role *account.Role
	var group *account.Group
	for i := range s.Users {
		if s.Users[i].ARN == q.Resource {
			user = &s.Users[i]
		}
	}
	for i := range s.Roles {
		if s.Roles[i].ARN == q.Resource {
			role = &s.Roles[i]
		}
	}
	for i := range s.Groups {
		if s.Groups[i].ARN == q.Resource {
			group = &s.Groups[i]
		}
	}
	but := func(attached []string) []string {
		return slices.DeleteFunc(slices.Clone(attached), func(arn string) bool { return arn == q.Keys["iam:PolicyARN"][0] })
	}
	switch q.Action {
	case "iam:DetachUserPolicy":
		user.Attached = but(user.Attached)
	case "iam:DeleteUserPolicy":
		user.Inline = nil
	case "iam:DetachRolePolicy":
		role.Attached = but(role.Attached)
	case "iam:DeleteRolePolicy":
		role.Inline = nil
	case "iam:DetachGroupPolicy":
		group.Attached = but(group.Attached)
	case "iam:DeleteGroupPolicy":
		group.Inline = nil
	case "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary":
		if user != nil {
			user.Boundary = ""
		} else {
			role.Boundary = ""
		}
	case "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "sts:AssumeRole":
	default:
		t.Fatalf("nobody takes a guardrail away with %s", q.Action)
	}
}

// leave takes the author of a step out of a group.
func leave(s *account.Snapshot, arn, group string) {
	name := ""
	for i := range s.Groups {
		if s.Groups[i].ARN == group {
			name = s.Groups[i].Name
		}
	}
	for i := range s.Users {
		if u := &s.Users[i]; u.ARN == arn {
			u.Groups = slices.DeleteFunc(slices.Clone(u.Groups), func(g string) bool { return g == name })
		}
	}
}

// TestGraph_withoutGuardrails: where a step takes guardrails off a principal, that principal may do what it may in an
// account on which the step's requests were made.
func TestGraph_withoutGuardrails(t *testing.T) {
	t.Parallel()
	seen := map[Variant]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := NewGraph(w)
		states := map[NodeID]*account.Snapshot{}
		for from := range NodeID(len(g.nodes)) { // a place comes behind the one that leads to it
			state := states[from]
			if state == nil {
				state = w.snap
			}
			for f := range g.fansOf(from) {
				for _, to := range f.to {
					v := g.nodes[to].lost.variant()
					if f.top || v == Plain || !g.leads(f, from, to) {
						continue
					}
					before := state
					if g.nodes[from].ARN != g.nodes[to].ARN {
						before = w.snap // what the author has lost itself is not what the other has
					}
					after := account.Snapshot{
						Account: before.Account, Partition: before.Partition, Policies: before.Policies, Controls: before.Controls,
						Users: slices.Clone(before.Users), Roles: slices.Clone(before.Roles), Groups: slices.Clone(before.Groups),
					}
					for _, one := range g.Witnesses(Hop{By: f.by, From: from, To: to, Via: to}) {
						switch one.Action {
						case "iam:RemoveUserFromGroup":
							leave(&after, g.nodes[to].ARN, one.Resource)
						case "iam:CreatePolicyVersion": // of the boundary, which bounds nothing then
							apply(t, &after, &Question{Action: "iam:DeleteUserPermissionsBoundary", Resource: g.nodes[to].ARN})
						default:
							apply(t, &after, &one.Question)
						}
					}
					seen[v]++
					states[to] = &after
					same(t, g, to, f.by, &after)
				}
			}
		}
	})
	if seen[Unbounded] == 0 || seen[Undenied] == 0 || seen[Unbounded|Undenied] == 0 {
		t.Errorf("too few: %v", seen)
	}
	t.Log(seen)
}

// same wants a place's principal to be what it is in an account.
func same(t *rapid.T, g *Graph, at NodeID, by *Escalation, s *account.Snapshot) {
	t.Helper()
	p := g.nodes[at].Principal
	want := New(s, nil).Principal(p.ARN)[0]
	want.Stack.Identity = readOnly(want.Stack.Identity) // as in the graph
	if want.Stack.Boundary = readOnly(want.Stack.Boundary); len(want.Stack.Boundary) == 0 {
		want.Stack.Boundary = nil
	}
	for _, q := range []Question{
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/key", Owner: p.Account},
		{Action: "kms:Decrypt", Resource: "arn:aws:kms:us-east-1:111122223333:key/k", Owner: p.Account},
		{Action: "sts:TagSession", Resource: "arn:aws:iam::111122223333:role/new0"},
		{Action: "iam:CreateUser", Resource: "arn:aws:iam::111122223333:user/new0"},
		{Action: "iam:CreateRole", Resource: "arn:aws:iam::111122223333:role/r1"},
		{Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/new"},
	} {
		if got, wanted := g.world.Can(p, &q), g.world.Can(want, &q); may(got) != may(wanted) {
			t.Fatalf("%s after %s (%+v): %s is %v, want %v", p.ARN, by.ID, g.nodes[at].lost, q.Action, got, wanted)
		}
	}
}

// TestGraph_guardrails_joined: what one step takes off is what the next one needs, and nothing is taken off that is held
// another way.
func TestGraph_guardrails_joined(t *testing.T) {
	t.Parallel()
	const prefix = "arn:aws:iam::111122223333:"
	statement := func(effect, elements string) string {
		return `{"Effect":"` + effect + `",` + elements + `,"Resource":"*"}`
	}
	inline := func(statements string) []account.InlinePolicy {
		return []account.InlinePolicy{{Name: "i", Document: account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}}
	}
	all := statement("Allow", `"Action":"*"`)
	denyBut := func(actions string) string { return statement("Deny", `"NotAction":[`+actions+`]`) }
	for name, tc := range map[string]struct {
		own, first, second, fence string // statements of the user's inline policy, of its groups', and of its boundary
		shared                    string // of a policy that the user has itself and by its first group
		steps                     int
	}{
		"leaves a group":                              {own: all, first: denyBut(`"iam:RemoveUserFromGroup"`), steps: 1},
		"may not leave":                               {own: all, first: denyBut(`"iam:DetachGroupPolicy"`), steps: -1},
		"leaves it, and takes its boundary off":       {own: all, first: denyBut(`"iam:RemoveUserFromGroup"`), fence: statement("Allow", `"Action":["iam:Remove*","iam:DeleteUserP*"]`), steps: 2},
		"detaches, and finds it by the group as well": {own: all, shared: denyBut(`"iam:DetachUserPolicy"`), steps: -1},
		"detaches both":                               {own: all, shared: denyBut(`"iam:DetachUserPolicy","iam:DetachGroupPolicy"`), steps: 2},
		"leaves what it lives on":                     {own: statement("Allow", `"Action":"s3:*"`), first: all + "," + denyBut(`"iam:RemoveUserFromGroup"`), steps: -1},
		"leaves one and lives on the other":           {own: statement("Allow", `"Action":"s3:*"`), first: denyBut(`"iam:RemoveUserFromGroup"`), second: all, steps: 1},
		"leaves the one of two that allows less": {
			own:   statement("Allow", `"Action":"s3:*"`),
			first: statement("Allow", `"Action":"ec2:*"`) + "," + denyBut(`"iam:RemoveUserFromGroup"`), second: all + "," + statement("Deny", `"Action":"s3:DeleteBucket"`), steps: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := account.User{Name: "mallory", Inline: inline(tc.own)}
			s := account.Snapshot{Account: "111122223333", Partition: "aws"}
			for _, group := range []struct{ name, statements string }{{"first", tc.first}, {"second", tc.second}} {
				g := account.Group{Name: group.name}
				if group.statements != "" {
					g.Inline = inline(group.statements)
				}
				if group.name == "first" && tc.shared != "" {
					g.Attached = []string{prefix + "policy/shared"}
					user.Attached = g.Attached
					s.Policies = append(s.Policies, account.Policy{Name: "shared", ARN: g.Attached[0], Version: "v1", Document: inline(tc.shared)[0].Document})
				}
				s.Groups = append(s.Groups, g)
				user.Groups = append(user.Groups, g.Name)
			}
			if tc.fence != "" {
				user.Boundary = prefix + "policy/fence"
				s.Policies = append(s.Policies, account.Policy{Name: "fence", ARN: user.Boundary, Version: "v1", Document: inline(tc.fence)[0].Document})
			}
			s.Users = []account.User{user}
			s.Normalize()
			g := NewGraph(New(&s, nil))
			id, _ := g.Node(prefix + "user/mallory")
			if got := g.Steps(id); got != tc.steps {
				t.Errorf("%d steps, want %d", got, tc.steps)
			}
		})
	}
}

// TestGraph_guardrails_unread: a policy that could not be read limits nothing here, so that nobody need be rid of it.
func TestGraph_guardrails_unread(t *testing.T) {
	t.Parallel()
	s := account.Snapshot{
		Account: "111122223333", Partition: "aws", Groups: []account.Group{{Name: "g", Inline: []account.InlinePolicy{{Name: "i"}}}},
		Users: []account.User{{Name: "mallory", Groups: []string{"g"}, Inline: []account.InlinePolicy{{
			Name: "i", Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:RemoveUserFromGroup","Resource":"*"}]}`,
		}}}},
	}
	s.Normalize()
	g := NewGraph(New(&s, nil))
	if len(g.nodes) != 1 {
		t.Errorf("%d places, want the user's own", len(g.nodes))
	}
}
