package access

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// mallory is a user of an account with policies, those of which it has itself, those of its group, and one inline.
func mallory(policies map[string]string, own, group []string, inline string) *account.Snapshot {
	const prefix = "arn:aws:iam::111122223333:policy/"
	document := func(statements string) account.Document {
		return account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	}
	arns := func(names []string) (out []string) {
		for _, name := range names {
			out = append(out, prefix+name)
		}
		return out
	}
	s := &account.Snapshot{
		Account: "111122223333", Partition: "aws", Groups: []account.Group{{Name: "group", Attached: arns(group)}},
		Users: []account.User{{
			Name: "mallory", Attached: arns(own), Groups: []string{"group"}, Inline: []account.InlinePolicy{{Name: "i", Document: document(inline)}},
		}},
	}
	for name, statements := range policies {
		s.Policies = append(s.Policies, account.Policy{Name: name, ARN: prefix + name, Version: "v1", Document: document(statements)})
	}
	s.Normalize()
	return s
}

// pathsOf are those of the user mallory.
func pathsOf(s *account.Snapshot, parse func(account.Document) *policy.Document) (*Graph, []Path) {
	g := NewGraph(New(s, parse))
	id, _ := g.Node("arn:aws:iam::111122223333:user/mallory")
	paths, _ := g.Paths(id, g.ToAdmin())
	return g, paths
}

// TestGraph_rewritesNothingLost: who has taken a policy off its group is not made an administrator by rewriting it.
func TestGraph_rewritesNothingLost(t *testing.T) {
	t.Parallel()
	s := mallory(map[string]string{"fence": `{"Effect":"Deny","NotAction":"iam:DetachGroupPolicy","Resource":"*"}`}, nil, []string{"fence"},
		`{"Effect":"Allow","Action":["iam:DetachGroupPolicy","iam:CreatePolicyVersion"],"Resource":"*"}`)
	if _, paths := pathsOf(s, nil); len(paths) > 0 {
		t.Errorf("%d paths over a policy that is lost", len(paths))
	}
}

// TestWitnesses_removals: what also allows is taken away last, since the other requests may need it.
func TestWitnesses_removals(t *testing.T) {
	t.Parallel()
	s := mallory(map[string]string{
		"a": `{"Effect":"Allow","Action":"iam:DetachUserPolicy","Resource":"*"},{"Effect":"Deny","Action":"iam:Put*","Resource":"*"}`,
		"b": `{"Effect":"Deny","NotAction":"iam:DetachUserPolicy","Resource":"*"}`,
	}, []string{"a", "b"}, nil, `{"Effect":"Allow","NotAction":["iam:DetachUserPolicy","iam:Create*","iam:Attach*","iam:Set*","iam:Add*"],"Resource":"*"}`)
	g, paths := pathsOf(s, nil)
	if len(paths) == 0 || len(paths[0]) != 1 {
		t.Fatalf("paths %v, want one of a single step first", paths)
	}
	var got []string
	for _, w := range g.Witnesses(paths[0][0]) {
		got = append(got, w.Keys["iam:PolicyARN"]...)
	}
	if want := []string{"arn:aws:iam::111122223333:policy/b", "arn:aws:iam::111122223333:policy/a"}; !slices.Equal(got, want) {
		t.Errorf("detaches %v, want %v", got, want)
	}
}

// TestGraph_Cut_removals: a cut stops the removals that a path needs, not one that only comes with them.
func TestGraph_Cut_removals(t *testing.T) {
	t.Parallel()
	detach := func(name string) string {
		return `{"Effect":"Allow","Action":"iam:DetachUserPolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/` + name + `"}}}`
	}
	const rest = `{"Effect":"Allow","NotAction":["iam:Detach*","iam:Delete*Policy","iam:Remove*","iam:Create*","iam:Add*","iam:Set*","sso:*","codestar:*"],"Resource":"*"}`
	const all = `{"Effect":"Deny","NotAction":["iam:DetachUserPolicy","iam:DeleteUserPermissionsBoundary"],"Resource":"*"}`
	var halves [2]string // of the actions that grant the rest
	for i := range authz.Granting {
		halves[i%2] += `,"` + authz.Granting[i].Action + `"`
	}
	deny := func(actions string) string {
		return `{"Effect":"Deny","Action":["s3:DeleteBucket"` + actions + `],"Resource":"*"}`
	}
	for name, tc := range map[string]struct {
		a, b, c  string // what three policies of the user deny
		boundary string
		grants   int
	}{
		"the second":  {`{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`, all, "", "", 1},
		"the first":   {all, `{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`, "", "", 1},
		"any of two":  {deny(halves[0]), deny(halves[1]), "", "", 2},
		"both of two": {all, all, `{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`, "", 1},
		"beside a boundary": {
			`{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`, `{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringNotLike":{"iam:PolicyARN":"*"}}}`, "",
			`{"Effect":"Allow","Action":"iam:De*","Resource":"*"}`, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policies := map[string]string{"a": tc.a, "b": tc.b}
			own := []string{"a", "b"}
			if tc.c != "" {
				policies["c"] = tc.c
				own = append(own, "c")
			}
			if tc.boundary != "" {
				policies["fence"] = tc.boundary
			}
			s := mallory(policies, own, nil, detach("a")+","+detach("b")+","+detach("c")+","+rest)
			if tc.boundary != "" {
				s.Users[0].Boundary = "arn:aws:iam::111122223333:policy/fence"
			}
			g, paths := pathsOf(s, nil)
			grants, exact := g.Cut(paths, g.ToAdmin())
			if len(paths) == 0 || len(grants) != tc.grants || !exact {
				t.Fatalf("%d paths, cut by %v, exactly %v", len(paths), grants, exact)
			}
			without := func(d account.Document) *policy.Document {
				doc := policy.Parse(string(d))
				doc.Statements = slices.DeleteFunc(doc.Statements, func(st policy.Statement) bool {
					return slices.ContainsFunc(grants, func(g Grant) bool { return g.Text == doc.Snippet(st.Node, 1000) })
				})
				return doc
			}
			if _, left := pathsOf(s, without); len(left) > 0 {
				t.Errorf("%d paths are left without %s", len(left), fmt.Sprint(grants[0].Text))
			}
		})
	}
}

// TestGraph_undenierOf: who may take policies off roles is worked out once for all who are alike to the policies on that.
func TestGraph_undenierOf(t *testing.T) {
	t.Parallel()
	const detach = `{"Effect":"Allow","Action":"iam:DetachRolePolicy","Resource":"*","Condition":{"ArnLike":{"iam:PolicyARN":"*/a"},"StringEquals":{"aws:PrincipalTag/team":"x"}}}`
	const own = `{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"arn:aws:iam::*:user/${aws:username}"}`
	const denied = `{"Effect":"Deny","Action":"iam:Detach*","Resource":"*","Condition":{"ArnLike":{"iam:PolicyARN":"*/b"}}}`
	user := func(name, team, statements string) account.User {
		return account.User{Name: name, Tags: []account.Tag{{Key: "team", Value: team}}, Inline: []account.InlinePolicy{
			{Name: "i", Document: account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)},
			{Name: "own", Document: `{"Version":"2012-10-17","Statement":[` + own + `]}`},
		}}
	}
	s := &account.Snapshot{Account: "111122223333", Partition: "aws", Users: []account.User{
		user("ann", "x", detach), user("bob", "x", detach), user("cy", "y", detach), user("dan", "x", detach+","+denied),
	}}
	s.Normalize()
	g := NewGraph(New(s, nil))
	of := func(i int) undenier { return g.undenierOf(g.nodes[i].Principal, "iam:DetachRolePolicy") }
	if of(0) != of(1) {
		t.Error("two who are alike are told apart")
	}
	for i := 2; i < len(s.Users); i++ {
		if of(0) == of(i) {
			t.Errorf("%s is taken for ann", s.Users[i].Name)
		}
	}
}

// TestGraph_unboundBeyondLosses: that a principal has lost as many policies as are followed hides nothing of its boundary.
func TestGraph_unboundBeyondLosses(t *testing.T) {
	t.Parallel()
	mixed := func(i int) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::b%d"}`, i)
	}
	policies := map[string]string{"fence": `{"Effect":"Allow","Action":["iam:Detach*","iam:DeleteUserPolicy"],"Resource":"*"}`}
	var own, group []string
	var inline []account.InlinePolicy
	for i := range maxMixed {
		own, group = append(own, fmt.Sprint("own", i)), append(group, fmt.Sprint("group", i))
		policies[own[i]], policies[group[i]] = mixed(i), mixed(10+i)
		inline = append(inline, account.InlinePolicy{
			Name: fmt.Sprint("i", i), Document: account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},` + mixed(20+i) + `]}`),
		})
	}
	s := mallory(policies, own, group, `{"Effect":"Allow","Action":["iam:DeleteUserPermissionsBoundary","iam:CreateAccessKey"],"Resource":"*"}`)
	bob := s.Users[0]
	bob.Name, bob.ARN, bob.Boundary, bob.Inline = "bob", "", "arn:aws:iam::111122223333:policy/fence", inline
	s.Users = append(s.Users, bob)
	s.Users[0].Attached, s.Users[0].Groups = nil, nil
	s.Normalize()
	g, paths := pathsOf(s, nil)
	if places := g.losses[s.Users[0].ARN]; len(paths) == 0 || places != maxLosses {
		t.Errorf("%d paths over bob, who lacks policies in %d places", len(paths), places)
	}
}
