package access_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// TestGraph_unbound: a boundary bounds nobody who can have it taken off, or can rewrite the policy that it is.
func TestGraph_unbound(t *testing.T) {
	t.Parallel()
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	document := func(statements string) account.Document {
		return account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	}
	may := func(actions string) string { return `{"Effect":"Allow","Action":[` + actions + `],"Resource":"*"}` }
	rebind := func(policy string) string {
		return `{"Effect":"Allow","Action":"iam:PutUserPermissionsBoundary","Resource":"` + prefix + `user/*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + policy + `"}}}`
	}
	for name, tc := range map[string]struct {
		mallory, worker, fence, older string // policies of a user and a role; the boundary's, and an older version of it
		bob                           string // policy of a user within the boundary, if there is one
		unbounded                     bool   // mallory and worker have no boundary
		user, role                    bool   // whether they climb
	}{
		"nothing to take off":                 {mallory: all, worker: all, fence: may(`"s3:*"`)},
		"its policy can be rewritten":         {mallory: all, worker: all, fence: may(`"s3:*","iam:CreatePolicyVersion"`), user: true, role: true},
		"which its own policies do not":       {mallory: may(`"s3:*"`), worker: may(`"s3:*"`), fence: may(`"s3:*","iam:CreatePolicyVersion"`)},
		"an older version allowed all":        {mallory: all, worker: all, fence: may(`"s3:*","iam:SetDefaultPolicyVersion"`), older: all, user: true, role: true},
		"an older version allowed as little":  {mallory: all, worker: all, fence: may(`"s3:*","iam:SetDefaultPolicyVersion"`), older: may(`"s3:*"`)},
		"a role takes off its own":            {mallory: all, worker: all, fence: may(`"s3:*","iam:DeleteRolePermissionsBoundary"`), role: true},
		"a user takes off its own":            {mallory: all, worker: all, fence: may(`"s3:*","iam:DeleteUserPermissionsBoundary"`), user: true},
		"a role puts a wide one in its place": {mallory: all, worker: all, fence: may(`"s3:*","iam:PutRolePermissionsBoundary"`), role: true},
		"another user's, with a key": {
			mallory: may(`"iam:DeleteUserPermissionsBoundary","iam:CreateAccessKey"`), worker: may(`"iam:PutUserPermissionsBoundary","iam:UpdateLoginProfile"`),
			fence: may(`"s3:*"`), bob: all, unbounded: true, user: true, role: true,
		},
		"another user's, without a key": {
			mallory: may(`"iam:DeleteUserPermissionsBoundary"`), worker: may(`"iam:CreateAccessKey"`), fence: may(`"s3:*"`), bob: all, unbounded: true,
		},
		"another user's, by the one policy that may replace it": {
			mallory: may(`"iam:CreateAccessKey"`) + "," + rebind("arn:aws:iam::aws:policy/AdministratorAccess"),
			worker:  may(`"iam:CreateAccessKey"`) + "," + rebind(prefix+"policy/boss"),
			fence:   may(`"s3:*"`), bob: all, unbounded: true, user: true, role: true,
		},
		"another user's, by a policy that bounds": {
			mallory: may(`"iam:CreateAccessKey"`) + "," + rebind(prefix+"policy/fence"), worker: may(`"s3:*"`),
			fence: may(`"s3:*"`), bob: all, unbounded: true,
		},
		"of a user who has little": {
			mallory: may(`"iam:DeleteUserPermissionsBoundary","iam:CreateAccessKey"`), worker: may(`"s3:*"`), fence: may(`"s3:*"`), bob: may(`"ec2:*"`), unbounded: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inline := func(statements string) []account.InlinePolicy {
				return []account.InlinePolicy{{Name: "i", Document: document(statements)}}
			}
			fence := account.Policy{ARN: prefix + "policy/fence", Version: "v2", Document: document(tc.fence)}
			if tc.older != "" {
				fence.Versions = []account.Version{{ID: "v1", Document: document(tc.older)}, {ID: "v2", Document: fence.Document}}
			}
			boundary := fence.ARN
			if tc.unbounded {
				boundary = ""
			}
			snap := &account.Snapshot{
				Account: self, Partition: "aws", Policies: []account.Policy{fence, {ARN: prefix + "policy/boss", Version: "v1", Document: document(all)}},
				Users: []account.User{{Name: "mallory", Inline: inline(tc.mallory), Boundary: boundary}},
				Roles: []account.Role{{Name: "worker", Inline: inline(tc.worker), Boundary: boundary, Trust: trust("Service", "edgelambda.amazonaws.com")}},
			}
			if tc.bob != "" {
				snap.Users = append(snap.Users, account.User{Name: "bob", Inline: inline(tc.bob), Boundary: fence.ARN})
			}
			snap.Normalize()
			g := access.NewGraph(access.New(snap, nil))
			for who, want := range map[string]bool{"user/mallory": tc.user, "role/worker": tc.role} {
				id, _ := g.Node(prefix + who)
				paths, _ := g.Paths(id, g.ToAdmin())
				if got := g.Steps(id) >= 0; got != want || got != (len(paths) > 0) {
					t.Errorf("%s climbs: %v with %d paths, want %v", who, got, len(paths), want)
				}
				for _, path := range paths {
					for _, w := range g.Witnesses(path[0]) {
						if w.Decision != authz.Allowed {
							t.Errorf("%s: %s on %s is %v", who, w.Action, w.Resource, w.Decision)
						}
					}
				}
			}
		})
	}
}
