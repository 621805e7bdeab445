package access_test

import (
	"fmt"
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

// TestGraph_target: conditions on what a user or role has that a request works on, its tags and its boundary, and on the
// boundary that a new user is to get.
func TestGraph_target(t *testing.T) {
	t.Parallel()
	const (
		wide  = prefix + "policy/wide"
		fence = prefix + "policy/fence"
	)
	on := func(resource, condition string, actions ...string) string {
		s := allowing(resource, actions...)
		if condition != "" {
			s = s[:len(s)-1] + `,"Condition":` + condition + `}`
		}
		return s
	}
	is := func(operator, key, value string) string { return fmt.Sprintf(`{%q:{%q:%q}}`, operator, key, value) }
	bounded := func(operator, value string) string { return is(operator, "iam:PermissionsBoundary", value) }
	key := "," + allowing("*", "iam:CreateAccessKey")
	for name, tc := range map[string]struct {
		mallory string // her policy's statements
		bob     string // his boundary
		held    string // what the policy that she holds denies
		want    bool
	}{
		"put on a user within a boundary that has none":  {mallory: on("*", bounded("StringEquals", wide), "iam:PutUserPolicy") + key},
		"put on a user within a boundary that has it":    {mallory: on("*", bounded("StringEquals", wide), "iam:PutUserPolicy") + key, bob: wide, want: true},
		"attach to a user without a boundary":            {mallory: on(prefix+"user/bob", is("Null", "iam:PermissionsBoundary", "true"), "iam:AttachUserPolicy") + key, want: true},
		"attach to a user without a boundary, in one":    {mallory: on(prefix+"user/bob", is("Null", "iam:PermissionsBoundary", "true"), "iam:AttachUserPolicy") + key, bob: wide},
		"attach to a user of a tag":                      {mallory: on("*", is("StringEquals", "aws:ResourceTag/team", "blue"), "iam:AttachUserPolicy") + key, want: true},
		"attach to a user of another tag":                {mallory: on("*", is("StringEquals", "aws:ResourceTag/team", "red"), "iam:AttachUserPolicy") + key},
		"attach to a user that lacks the tag":            {mallory: on("*", is("Null", "aws:ResourceTag/owner", "false"), "iam:AttachUserPolicy") + key},
		"trust of a role of a tag":                       {mallory: on("*", is("StringEquals", "iam:ResourceTag/team", "red"), "iam:UpdateAssumeRolePolicy") + "," + allowing("*", "sts:AssumeRole"), want: true},
		"trust of a role of another tag":                 {mallory: on("*", is("StringEquals", "iam:ResourceTag/team", "blue"), "iam:UpdateAssumeRolePolicy") + "," + allowing("*", "sts:AssumeRole")},
		"trust, but of roles of the tag":                 {mallory: allowing("*", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole") + `,{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}`},
		"a new user within any policy":                   {mallory: on("*", bounded("StringLike", "arn:aws:iam::*:policy/*"), "iam:CreateUser") + "," + allowing("*", "iam:PutUserPolicy") + key, want: true},
		"a new user within a policy that bounds":         {mallory: on("*", bounded("ArnEquals", fence), "iam:CreateUser") + "," + on(prefix+"user/new", "", "iam:PutUserPolicy") + key},
		"a new user, permissions within a boundary":      {mallory: allowing(prefix+"user/new", "iam:CreateUser") + "," + on(prefix+"user/new", bounded("ArnEquals", fence), "iam:PutUserPolicy") + key},
		"a new user whose name the second action gives":  {mallory: allowing("*", "iam:CreateUser") + "," + allowing(prefix+"user/dev/*", "iam:PutUserPolicy") + key, want: true},
		"a policy of its own, which denies all of IAM":   {mallory: allowing("*", "s3:*"), held: `"NotAction":["s3:*","iam:CreatePolicyVersion"]`, want: true},
		"a policy of its own, which denies rewriting it": {mallory: allowing("*", "s3:*"), held: `"NotAction":"s3:*"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := func(statements string) account.Document {
				return account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
			}
			all := allowing("*", "*")
			snap := &account.Snapshot{
				Account: self, Partition: "aws",
				Users: []account.User{
					{Name: "mallory", Inline: []account.InlinePolicy{{Name: "i", Document: document(tc.mallory)}}},
					{Name: "bob", Boundary: tc.bob, Tags: []account.Tag{{Key: "team", Value: "blue"}}},
				},
				Roles: []account.Role{{
					Name: "boss", Tags: []account.Tag{{Key: "team", Value: "red"}}, Inline: []account.InlinePolicy{{Name: "i", Document: document(all)}},
					Trust: trust("Service", "edgelambda.amazonaws.com"),
				}},
				Policies: []account.Policy{
					{ARN: wide, Document: document(all)},
					{ARN: fence, Document: document(allowing("*", "s3:*"))},
					{ARN: prefix + "policy/held", Document: document(allowing(prefix+"policy/held", "iam:CreatePolicyVersion") + `,{"Effect":"Deny",` + tc.held + `,"Resource":"*"}`)},
				},
			}
			if tc.held != "" {
				snap.Users[0].Attached = []string{prefix + "policy/held"}
			} else {
				snap.Policies = snap.Policies[:2]
			}
			snap.Normalize()
			g := access.NewGraph(access.New(snap, nil))
			id, _ := g.Node(prefix + "user/mallory")
			if got := g.Steps(id) > 0; got != tc.want {
				t.Fatalf("climbs: %v, want %v", got, tc.want)
			}
			paths, _ := g.Paths(id, g.ToAdmin())
			for _, path := range paths {
				for _, w := range g.Witnesses(path[0]) {
					if w.Decision != authz.Allowed && w.Decision != authz.Depends {
						t.Errorf("%s on %s is %v", w.Action, w.Resource, w.Decision)
					}
				}
			}
		})
	}
}

// TestWorld_target: questions give what a request carries of its target, unless the asker says otherwise.
func TestWorld_target(t *testing.T) {
	t.Parallel()
	s := decode(t, `"users":[
		{"name":"ann","inline":[{"name":"i","document":{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}},
			{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"${aws:PrincipalTag/team}"}}}]}}],
		 "tags":[{"key":"team","value":"blue"}]},
		{"name":"bob","tags":[{"key":"team","value":"red"}]}],
		"roles":[{"name":"blue","tags":[{"key":"team","value":"blue"}],"trust":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}},
		         {"name":"red","tags":[{"key":"team","value":"red"}],"trust":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}}]`)
	w := access.New(s, nil)
	ann := w.Principal("ann")[0]
	for _, tt := range []struct {
		q    access.Question
		want authz.Decision
	}{
		{access.Question{Action: "iam:DeleteUser", Resource: prefix + "user/ann"}, authz.Allowed},
		{access.Question{Action: "iam:DeleteUser", Resource: prefix + "user/bob"}, authz.ImplicitlyDenied},
		{access.Question{Action: "iam:DeleteUser", Resource: prefix + "user/unknown"}, authz.Depends},
		{access.Question{Action: "iam:DeleteUser", Resource: prefix + "user/bob", Keys: map[string][]string{"aws:ResourceTag/team": {"blue"}}}, authz.Allowed},
		{access.Question{Action: "iam:DeleteUser", Resource: prefix + "user/ann", Absent: []string{"aws:ResourceTag/team"}}, authz.ImplicitlyDenied},
		{access.Question{Action: "iam:PassRole", Resource: prefix + "role/red"}, authz.Depends},
		{access.Question{Action: "sts:AssumeRole", Resource: prefix + "role/blue"}, authz.Allowed},
		{access.Question{Action: "sts:AssumeRole", Resource: prefix + "role/red"}, authz.ImplicitlyDenied},
	} {
		if got := w.Can(ann, &tt.q); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.q, got, tt.want)
		}
	}
	if d, r := w.Somewhere(ann, access.Question{Action: "iam:DeleteRole"}); d != authz.Allowed || r != prefix+"role/blue" {
		t.Errorf("some role: %v on %s", d, r)
	}
	if d, r := w.Somewhere(ann, access.Question{Action: "sts:AssumeRole"}); d != authz.Allowed || r != prefix+"role/blue" {
		t.Errorf("some role to assume: %v on %s", d, r)
	}
}
