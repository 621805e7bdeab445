package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// TestGraph_variants: the ways to administrator that trust policies, conditions, partitions and organizations word in
// another way than usual, and those that they close.
func TestGraph_variants(t *testing.T) {
	t.Parallel()
	const (
		all          = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		assume       = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
		pass         = `{"Effect":"Allow","Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*"}`
		accountTrust = `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`
		users        = "arn:aws:iam::111122223333:user/"
	)
	may := func(actions ...string) string { return allowing("*", actions...) }
	on := func(resource string, actions ...string) string { return allowing(prefix+resource, actions...) }
	attach := func(operator, policy string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*","Condition":{%q:{"iam:PolicyARN":%q}}}`, operator, policy)
	}
	rebind := func(policy string) string {
		return all + fmt.Sprintf(`,{"Effect":"Deny","Action":"iam:PutUserPermissionsBoundary","Resource":"*","Condition":{"ArnNotEquals":{"iam:PermissionsBoundary":%q}}}`, policy)
	}
	to := func(element, principal string) string {
		return fmt.Sprintf(`{"Effect":"Allow",%q:%s,"Action":"sts:AssumeRole"}`, element, principal)
	}
	never := func(element, principal string) string {
		return fmt.Sprintf(`{"Effect":"Deny",%q:%s,"Action":"sts:AssumeRole"}`, element, principal)
	}
	for name, tc := range map[string]struct {
		partition string
		inline    string // of the user mallory and the role worker
		trust     string // of the role target, an administrator
		boundary  string // of mallory
		scp       string
		user      bool // whether mallory climbs
		role      bool // whether worker does
	}{
		"a session is trusted":                      {trust: to("Principal", `{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/ops"}`), inline: assume, role: true},
		"a session of another role is":              {trust: to("Principal", `{"AWS":"arn:aws:sts::111122223333:assumed-role/other/ops"}`), inline: assume},
		"a session is not trusted":                  {trust: accountTrust + "," + never("Principal", `{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/ops"}`), inline: assume, user: true, role: true},
		"a user is not trusted":                     {trust: accountTrust + "," + never("Principal", `{"AWS":"`+users+`mallory"}`), inline: assume, role: true},
		"a role is not trusted":                     {trust: accountTrust + "," + never("Principal", `{"AWS":"arn:aws:iam::111122223333:role/worker"}`), inline: assume, user: true},
		"nobody but a user is":                      {trust: accountTrust + "," + never("NotPrincipal", `{"AWS":["111122223333","`+users+`mallory"]}`), inline: assume, user: true},
		"nobody but another user is":                {trust: accountTrust + "," + never("NotPrincipal", `{"AWS":["111122223333","`+users+`bob"]}`), inline: assume},
		"nobody but a role is":                      {trust: accountTrust + "," + never("NotPrincipal", `{"AWS":["111122223333","arn:aws:iam::111122223333:role/worker"]}`), inline: assume, role: true},
		"everybody but a user is":                   {trust: to("NotPrincipal", `{"AWS":"`+users+`mallory"}`), inline: assume, role: true},
		"a service of China is":                     {partition: "aws-cn", trust: to("Principal", `{"Service":"ec2.amazonaws.com.cn"}`), inline: pass, user: true, role: true},
		"a service of China elsewhere":              {trust: to("Principal", `{"Service":"ec2.amazonaws.com.cn"}`), inline: pass},
		"a policy of its own":                       {inline: attach("ArnLike", "arn:aws:iam::111122223333:policy/*"), user: true},
		"one that makes administrators":             {inline: attach("ArnEquals", "arn:aws:iam::111122223333:policy/everything"), user: true},
		"one that does not":                         {inline: attach("ArnEquals", "arn:aws:iam::111122223333:policy/reading")},
		"AWS's, on IAM":                             {inline: attach("StringEquals", "arn:aws:iam::aws:policy/IAMFullAccess"), user: true},
		"AWS's, on reading":                         {inline: attach("StringEquals", "arn:aws:iam::aws:policy/ReadOnlyAccess")},
		"a boundary as wide as all":                 {inline: rebind("arn:aws:iam::111122223333:policy/everything"), boundary: "rebinding", user: true, role: true},
		"a boundary that bounds":                    {inline: rebind("arn:aws:iam::111122223333:policy/reading"), boundary: "rebinding", role: true},
		"without making users":                      {inline: all, scp: "iam:CreateUser", user: true, role: true},
		"without whatever gives":                    {inline: all, scp: `iam:*","sso:*","codestar:*`},
		"another user joins administrators":         {inline: may("iam:AddUserToGroup", "iam:CreateAccessKey"), user: true, role: true},
		"another user joins, and stays itself":      {inline: may("iam:AddUserToGroup"), user: true},
		"another user joins a group of readers":     {inline: on("group/readers", "iam:AddUserToGroup") + "," + may("iam:CreateAccessKey")},
		"the group of another user is given all":    {inline: may("iam:AttachGroupPolicy", "iam:UpdateLoginProfile"), user: true, role: true},
		"a group of nobody is":                      {inline: on("group/admins", "iam:PutGroupPolicy") + "," + may("iam:CreateAccessKey")},
		"a new user joins administrators":           {inline: on("user/new", "iam:CreateUser", "iam:CreateAccessKey") + "," + may("iam:AddUserToGroup"), user: true, role: true},
		"a new user of another name":                {inline: on("user/new", "iam:CreateUser") + "," + on("user/old", "iam:PutUserPolicy", "iam:CreateAccessKey")},
		"an administrator who denies a trifle":      {inline: all + `,{"Effect":"Deny","Action":"iam:CreateUser","Resource":"*"}`, user: true, role: true},
		"an administrator who is denied all of IAM": {inline: all + `,{"Effect":"Deny","Action":["iam:*","sts:*","sso:*","codestar:*"],"Resource":"*"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.partition == "" {
				tc.partition = "aws"
			}
			arn := func(rest string) string { return "arn:" + tc.partition + ":iam::111122223333:" + rest }
			document := func(statements string) account.Document {
				return account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
			}
			inline := []account.InlinePolicy{{Name: "i", Document: document(tc.inline)}}
			snap := &account.Snapshot{
				Account: self, Partition: tc.partition,
				Users:  []account.User{{Name: "mallory", Inline: inline}, {Name: "bystander", Groups: []string{"readers"}}},
				Groups: []account.Group{{Name: "readers"}, {Name: "admins", Inline: []account.InlinePolicy{{Name: "all", Document: document(all)}}}},
				Roles:  []account.Role{{Name: "worker", Inline: inline, Trust: document(to("Principal", `{"Service":"edgelambda.amazonaws.com"}`))}},
				Policies: []account.Policy{
					{ARN: arn("policy/everything"), Document: document(all)},
					{ARN: arn("policy/reading"), Document: document(`{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`)},
					{ARN: arn("policy/rebinding"), Document: document(`{"Effect":"Allow","Action":["s3:*","iam:PutUserPermissionsBoundary"],"Resource":"*"}`)},
				},
			}
			if tc.trust != "" {
				snap.Roles = append(snap.Roles, account.Role{Name: "target", Inline: []account.InlinePolicy{{Name: "i", Document: document(all)}}, Trust: document(tc.trust)})
			}
			if tc.boundary != "" {
				snap.Users[0].Boundary = arn("policy/" + tc.boundary)
			}
			if tc.scp != "" {
				snap.Controls = scp(string(document(all + `,{"Effect":"Deny","Action":["` + tc.scp + `"],"Resource":"*"}`)))
			}
			snap.Normalize()
			g := access.NewGraph(access.New(snap, nil))
			for who, want := range map[string]bool{"user/mallory": tc.user, "role/worker": tc.role} {
				id, found := g.Node(arn(who))
				if !found {
					t.Fatal(who)
				}
				if got := g.Steps(id) >= 0; got != want {
					t.Errorf("%s climbs: %v, want %v", who, got, want)
				}
				if g.Steps(id) > 0 {
					paths, _ := g.Paths(id, g.ToAdmin())
					for _, h := range paths[0] {
						for _, w := range g.Witnesses(h) {
							if w.Decision != authz.Depends && w.Decision != authz.Allowed {
								t.Errorf("%s: %s on %s is %v", who, w.Action, w.Resource, w.Decision)
							}
						}
					}
				}
			}
		})
	}
}

// allowing is a statement.
func allowing(resource string, actions ...string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":["%s"],"Resource":%q}`, strings.Join(actions, `","`), resource)
}
