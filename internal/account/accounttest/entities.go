package accounttest

import (
	"fmt"
	"time"

	"github.com/ambit-iam/ambit/internal/account"
)

// awsManaged are the AWS managed policies in use, with documents of our own in their place.
var awsManaged = []string{
	"arn:aws:iam::aws:policy/AdministratorAccess",
	"arn:aws:iam::aws:policy/ReadOnlyAccess",
	"arn:aws:iam::aws:policy/PowerUserAccess",
	"arn:aws:iam::aws:policy/AWSSupportAccess",
	"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
	"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
}

// boundary is the policy that is used as a permissions boundary only.
const boundary = 1

func (g *generator) policies() []account.Policy {
	var list []account.Policy
	for i := range g.size.Policies {
		created := g.ago(1500)
		p := account.Policy{
			Name: policyName(i), ID: g.id("ANPA"), ARN: g.size.policyARN(i), Path: "/",
			Created: created, Updated: created.Add(TakenAt.Sub(created) / 2).Truncate(time.Second),
			Version: "v1", Document: g.document(8),
		}
		switch {
		case i == 0:
			p.Document = fullAdmin
		case i == g.size.Policies-1:
			p.Document = selfMFA
		case i%97 == 2:
			p.Document = mfaAdmin
		case i%997 == 3:
			p.Document = twiceNamed
		case i%997 == 4:
			p.Document = brokenText
		}
		p.Versions = []account.Version{{ID: "v1", Created: p.Updated, Document: p.Document}}
		if g.one(3) {
			p.Version = "v2"
			p.Versions[0] = account.Version{ID: "v1", Created: p.Created, Document: g.document(2)}
			p.Versions = append(p.Versions, account.Version{ID: "v2", Created: p.Updated, Document: p.Document})
		}
		list = append(list, p)
	}
	for i, arn := range awsManaged {
		p := account.Policy{
			ARN: arn, ID: g.id("ANPA"), Created: g.ago(3000), Version: "v1", Document: g.document(6),
		}
		if i == 0 {
			p.Document = laidOut(fullAdmin)
		}
		p.Updated = p.Created
		p.Versions = []account.Version{{ID: "v1", Created: p.Created, Document: p.Document}}
		list = append(list, p)
	}
	return list
}

// attached draws the managed policies of one principal; a rare one of them no longer exists.
func (g *generator) attached(most int) []string {
	var list []string
	for range g.rand.IntN(most + 1) {
		switch {
		case g.one(4):
			list = append(list, awsManaged[1+g.rand.IntN(len(awsManaged)-1)])
		case g.one(500):
			list = append(list, "arn:aws:iam::"+string(Account)+":policy/deleted-long-ago")
		case g.size.Policies > 5:
			list = append(list, g.size.policyARN(5+g.rand.IntN(g.size.Policies-5)))
		}
	}
	return list
}

func (g *generator) inline(most, statements int) []account.InlinePolicy {
	var list []account.InlinePolicy
	for i := range g.rand.IntN(most + 1) {
		list = append(list, account.InlinePolicy{Name: fmt.Sprintf("inline-%d", i), Document: g.document(statements)})
	}
	return list
}

func (g *generator) groups() []account.Group {
	var list []account.Group
	for i := range g.size.Groups {
		group := account.Group{
			Name: groupName(i), ID: g.id("AGPA"), Path: g.path(), Created: g.ago(1500), Attached: g.attached(4),
		}
		switch i {
		case 0:
			group.Attached = []string{awsManaged[0], g.size.policyARN(0)}
			group.Inline = []account.InlinePolicy{{Name: "mfa", Document: mfaAdmin}}
		case g.size.Groups - 1: // without inline policies
		default:
			group.Inline = g.inline(1, 3)
		}
		list = append(list, group)
	}
	return list
}

func (g *generator) users() []account.User {
	var list []account.User
	for i := range g.size.Users {
		u := account.User{
			Name: userName(i), ID: g.id("AIDA"), Path: g.path(), Created: g.ago(1200), Tags: g.tags(4),
		}
		switch i {
		case 0:
			u.Name, u.Tags = "=1+1", []account.Tag{{Key: "<script>", Value: `alert("1"), '2'`}}
			u.Attached = []string{awsManaged[0], g.size.policyARN(0)}
			u.Inline = []account.InlinePolicy{{Name: "everything", Document: fullAdmin}}
		case g.size.Users - 1:
			u.Groups = g.memberships(1)
		default:
			u.Groups = g.memberships(g.rand.IntN(4))
			if g.one(5) {
				u.Attached = g.attached(3)
			}
			if g.one(8) {
				u.Inline = g.inline(2, 3)
			}
			if g.one(6) {
				u.Boundary = g.size.policyARN(boundary)
			}
		}
		list = append(list, u)
	}
	return list
}

func (g *generator) memberships(n int) []string {
	var list []string
	for range min(n, g.size.Groups) {
		list = append(list, groupName(g.rand.IntN(g.size.Groups)))
	}
	return list
}

func (g *generator) roles() []account.Role {
	var list []account.Role
	for i := range g.size.Roles {
		r := account.Role{
			Name: roleName(i), ID: g.id("AROA"), Path: g.path(), Created: g.ago(1200), Trust: trust(g.trust()),
			Attached: g.attached(3), Inline: g.inline(2, 4), Tags: g.tags(4),
			MaxSession: pick(g, []int{3600, 3600, 3600, 14400, 43200}),
		}
		if g.one(3) {
			r.Description = "Runs the " + pick(g, teams) + " service"
		}
		if !g.one(4) {
			r.LastUsed, r.LastUsedRegion = g.ago(300), pick(g, []string{"eu-west-1", "us-east-1"})
		}
		if g.one(10) {
			r.Boundary = g.size.policyARN(boundary)
		}
		switch i {
		case 0:
			r.Trust = trust(openTrust)
			r.Attached = []string{awsManaged[0]}
		case 1:
			r.Attached = []string{"arn:aws:iam::aws:policy/AWSSupportAccess"}
		case g.size.Roles - 1:
			r.Trust = trust(guardedTrust)
		}
		list = append(list, r)
	}
	return list
}

// profiles gives every fifth role an instance profile.
func (g *generator) profiles() []account.InstanceProfile {
	var list []account.InstanceProfile
	for i := 0; i < g.size.Roles; i += 5 {
		list = append(list, account.InstanceProfile{
			Name: roleName(i), ID: g.id("AIPA"), Path: "/", Created: g.ago(1000), Roles: []string{roleName(i)},
		})
	}
	return list
}
