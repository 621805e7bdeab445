package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
)

const (
	self   = "111122223333"
	prefix = "arn:aws:iam::" + self + ":"
	admin  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

// stage is a small account in which one escalation can happen: mallory is who escalates, target what is reached.
type stage struct {
	snap    *account.Snapshot
	mallory string // ARN
}

// flaw is what breaks the stage.
type flaw string

const (
	sound     flaw = ""
	boundary  flaw = "boundary"
	control   flaw = "control policy"
	condition flaw = "condition"
	missing   flaw = "missing resource"
)

func allow(actions []string, resource, condition string) account.Document {
	return account.Document(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["%s"],"Resource":"%s"%s}]}`,
		strings.Join(actions, `","`), resource, condition))
}

func trust(kind, who string) account.Document {
	return account.Document(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"%s":"%s"},"Action":"sts:AssumeRole"}]}`, kind, who))
}

// newStage builds the account for an escalation, with a flaw that must break it.
func newStage(t *testing.T, e *access.Escalation, broken flaw) *stage {
	t.Helper()
	s := &stage{snap: &account.Snapshot{Account: self, Partition: "aws", TakenAt: time.Unix(1760000000, 0)}}
	resource, cond := "*", ""
	if broken == condition {
		cond = `,"Condition":{"StringEquals":{"aws:username":"nobody"}}`
	}
	if broken == missing && (e.Effect == access.Elsewhere || e.Effect == access.CreateRole || e.Effect == access.CreateUser || e.Effect == access.EmpowerSelf) {
		resource = "arn:aws:iam::999988887777:thing/other" // nothing of the account
	}
	grants := []account.InlinePolicy{{Name: "grants", Document: allow(e.Actions, resource, cond)}}
	if asRole(e) {
		s.snap.Roles = append(s.snap.Roles, account.Role{Name: "mallory", Inline: grants, Trust: trust("Service", "ec2.amazonaws.com")})
		s.mallory = prefix + "role/mallory"
	} else {
		s.snap.Users = append(s.snap.Users, account.User{Name: "mallory", Inline: grants})
		s.mallory = prefix + "user/mallory"
	}
	s.furnish(e, broken)
	if broken == boundary {
		s.bound("fence")
	}
	if broken == control {
		deny := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"%s","Resource":"*"}]}`, e.Actions[0])
		s.snap.Controls = scp(deny)
	}
	s.snap.Normalize()
	return s
}

func asRole(e *access.Escalation) bool {
	return (e.Effect == access.EmpowerSelf || e.Effect == access.UndenySelf) && strings.Contains(e.Actions[0], "RolePolicy")
}

// bound gives mallory a boundary that allows only reading.
func (s *stage) bound(name string) {
	arn := prefix + "policy/" + name
	s.snap.Policies = append(s.snap.Policies, account.Policy{Name: name, ARN: arn, Version: "v1", Document: allow([]string{"s3:Get*"}, "*", "")})
	for i := range s.snap.Users {
		if s.snap.Users[i].Name == "mallory" {
			s.snap.Users[i].Boundary = arn
		}
	}
	for i := range s.snap.Roles {
		if s.snap.Roles[i].Name == "mallory" {
			s.snap.Roles[i].Boundary = arn
		}
	}
}

// furnish adds what the escalation works on, unless it is what is missing.
func (s *stage) furnish(e *access.Escalation, broken flaw) {
	there := broken != missing
	adminRole := account.Role{Name: "target", Trust: trust("AWS", self), Inline: []account.InlinePolicy{{Name: "all", Document: admin}}}
	plainRole := account.Role{Name: "target", Trust: trust("AWS", self)}
	switch e.Effect {
	case access.PassRole, access.UseRole:
		adminRole.Trust = trust("Service", e.Service)
		if !there {
			adminRole.Trust = trust("Service", "other.amazonaws.com")
		}
		s.snap.Roles = append(s.snap.Roles, adminRole)
	case access.Assume:
		if !there {
			adminRole.Trust = trust("Service", "ec2.amazonaws.com")
		}
		s.snap.Roles = append(s.snap.Roles, adminRole)
	case access.Retrust:
		adminRole.Trust = trust("Service", "other.amazonaws.com")
		if there {
			s.snap.Roles = append(s.snap.Roles, adminRole)
		}
	case access.Credential:
		s.credential(e, there)
	case access.EmpowerOther:
		s.other(e, plainRole, there)
	case access.EmpowerSelf:
		s.own(e)
	case access.UnboundSelf, access.UnboundRole:
		s.guarded(e, broken)
	case access.UndenySelf, access.UndenyRole:
		s.denied(e, broken)
	case access.CreateUser:
		s.group(e, true)
	case access.CreateRole, access.Elsewhere:
	}
}

func (s *stage) credential(e *access.Escalation, there bool) {
	s.snap.Users = append(s.snap.Users, account.User{Name: "target", Inline: []account.InlinePolicy{{Name: "all", Document: admin}}})
	key := account.KeyRow{Active: true, Rotated: time.Unix(1700000000, 0)}
	on, off := true, false
	row := account.Credential{User: "target", PasswordEnabled: &off}
	full := [2]account.KeyRow{key, key}
	switch e.ID {
	case "iam-003": // one of two keys must go
		row.Keys = full
		if !there {
			row.Keys = [2]account.KeyRow{}
		}
	case "iam-002":
		if !there {
			row.Keys = full
		}
	case "iam-004":
		if !there {
			row.PasswordEnabled = &on
		}
	case "iam-006":
		if there {
			row.PasswordEnabled = &on
		}
	}
	s.snap.Report = &account.CredentialReport{Generated: s.snap.TakenAt, Rows: []account.Credential{row}}
}

func (s *stage) other(e *access.Escalation, target account.Role, there bool) {
	if slices.ContainsFunc(e.Actions, func(a string) bool { return credentials[a] }) {
		s.otherUser(e, there)
		return
	}
	arn := prefix + "policy/shared"
	s.snap.Policies = append(s.snap.Policies, account.Policy{Name: "shared", ARN: arn, Version: "v1", Document: allow([]string{"s3:Get*"}, "*", "")})
	target.Attached = []string{arn}
	if slices.Contains(e.Actions, "iam:UpdateAssumeRolePolicy") {
		target.Trust = trust("Service", "other.amazonaws.com")
		if there {
			s.snap.Roles = append(s.snap.Roles, target)
		}
		return
	}
	if !there {
		target.Trust = trust("Service", "other.amazonaws.com")
	}
	s.snap.Roles = append(s.snap.Roles, target)
}

// credentials are the actions that make a credential for a user.
var credentials = map[string]bool{"iam:CreateAccessKey": true, "iam:CreateLoginProfile": true, "iam:UpdateLoginProfile": true}

// otherUser adds a user who is nothing yet, with a group and a policy that mallory can change.
func (s *stage) otherUser(e *access.Escalation, there bool) {
	target := account.User{Name: "target"}
	s.group(e, there)
	arn := prefix + "policy/shared"
	s.snap.Policies = append(s.snap.Policies, account.Policy{Name: "shared", ARN: arn, Version: "v1", Document: allow([]string{"s3:Get*"}, "*", "")})
	if there {
		target.Attached = []string{arn}
		target.Groups = []string{"crew"}
	}
	switch e.Actions[0] {
	case "iam:AttachUserPolicy", "iam:PutUserPolicy":
		if !there {
			return
		}
	}
	s.snap.Users = append(s.snap.Users, target)
}

// group adds a group that mallory can change, and one of administrators unless that is what is missing.
func (s *stage) group(e *access.Escalation, there bool) {
	s.snap.Groups = append(s.snap.Groups, account.Group{Name: "crew"})
	if slices.Contains(e.Actions, "iam:AddUserToGroup") && there {
		s.snap.Groups = append(s.snap.Groups, account.Group{Name: "admins", Inline: []account.InlinePolicy{{Name: "all", Document: admin}}})
	}
}

// own gives mallory the group or policy that it can change.
func (s *stage) own(e *access.Escalation) {
	arn := prefix + "policy/mine"
	switch e.Actions[0] {
	case "iam:AttachGroupPolicy", "iam:PutGroupPolicy":
		s.snap.Groups = append(s.snap.Groups, account.Group{Name: "crew"})
		s.snap.Users[0].Groups = []string{"crew"}
	case "iam:AddUserToGroup":
		s.snap.Groups = append(s.snap.Groups, account.Group{Name: "admins", Inline: []account.InlinePolicy{{Name: "all", Document: admin}}})
	case "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion":
		s.snap.Policies = append(s.snap.Policies, account.Policy{
			Name: "mine", ARN: arn, Version: "v2", Document: allow([]string{"s3:Get*"}, "*", ""),
			Versions: []account.Version{{ID: "v1", Document: admin}, {ID: "v2"}},
		})
		s.snap.Users[0].Attached = []string{arn}
	}
}

// guarded gives mallory, or the role, everything behind a guardrail that can be taken off.
func (s *stage) guarded(e *access.Escalation, broken flaw) {
	there := broken != missing
	fence := prefix + "policy/fence"
	all := account.InlinePolicy{Name: "all", Document: admin}
	switch e.Effect {
	case access.UnboundSelf:
		cond := ""
		if broken == condition { // what mallory holds anyway, the boundary leaves only on a condition
			cond = `,"Condition":{"StringEquals":{"aws:username":"nobody"}}`
		}
		s.snap.Policies = append(s.snap.Policies, account.Policy{Name: "fence", ARN: fence, Version: "v1", Document: allow(append([]string{"s3:Get*"}, e.Actions...), "*", cond)})
		if there { // without a boundary there is nothing to take off
			s.snap.Users[0].Inline = append(s.snap.Users[0].Inline, all)
			s.snap.Users[0].Boundary = fence
		}
	case access.UnboundRole:
		role := account.Role{Name: "target", Trust: trust("AWS", self), Inline: []account.InlinePolicy{all}}
		s.snap.Policies = append(s.snap.Policies, account.Policy{Name: "fence", ARN: fence, Version: "v1", Document: allow([]string{"s3:Get*"}, "*", "")})
		if there {
			role.Boundary = fence
			s.snap.Roles = append(s.snap.Roles, role)
		}
	}
}

// denied gives mallory, or the role, everything and a Deny that can be taken off, unless it comes another way.
func (s *stage) denied(e *access.Escalation, broken flaw) {
	action := e.Actions[0]
	more := ""
	if broken == condition { // the Deny holds for its own removal too, by whoever is not nobody
		more = `,{"Effect":"Deny","Action":"` + action + `","Resource":"*","Condition":{"StringNotEquals":{"aws:username":"nobody"}}}`
	}
	deny := account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["` + action + `","s3:*"],"Resource":"*"}` + more + `]}`)
	inline := []account.InlinePolicy{{Name: "no", Document: deny}}
	attached := []string{prefix + "policy/no"}
	s.snap.Policies = append(s.snap.Policies, account.Policy{Name: "no", ARN: attached[0], Version: "v1", Document: deny})
	if byInline := strings.Contains(action, "Delete"); byInline == (broken != missing) {
		attached = nil
	} else {
		inline = nil
	}
	all := account.InlinePolicy{Name: "all", Document: admin}
	switch {
	case e.Effect == access.UndenyRole:
		s.snap.Roles = append(s.snap.Roles, account.Role{Name: "target", Trust: trust("AWS", self), Inline: append(inline, all), Attached: attached})
	case asRole(e):
		s.snap.Roles[0].Inline, s.snap.Roles[0].Attached = append(s.snap.Roles[0].Inline, append(inline, all)...), attached
	case strings.Contains(action, "Group") == (broken != missing || action != "iam:RemoveUserFromGroup"):
		s.snap.Users[0].Inline = append(s.snap.Users[0].Inline, all)
		s.snap.Groups = append(s.snap.Groups, account.Group{Name: "held", Inline: inline, Attached: attached})
		s.snap.Users[0].Groups = []string{"held"}
	default:
		s.snap.Users[0].Inline, s.snap.Users[0].Attached = append(s.snap.Users[0].Inline, append(inline, all)...), attached
	}
}

// climbs reports whether a path from mallory to admin uses the escalation, and checks every witness of it.
func (s *stage) climbs(t *testing.T, e *access.Escalation) bool {
	t.Helper()
	w := access.New(s.snap, nil)
	g := access.NewGraph(w)
	from, ok := g.Node(s.mallory)
	if !ok {
		t.Fatalf("no place for %s", s.mallory)
	}
	paths, _ := g.Paths(from, g.ToAdmin())
	found := false
	for _, p := range paths {
		for _, h := range p {
			found = found || h.By.ID == e.ID
			ws := g.Witnesses(h)
			if len(ws) == 0 {
				t.Errorf("%s has no witness", h.By.ID)
			}
			for _, x := range ws {
				if x.Decision != authz.Allowed && x.Decision != authz.Depends {
					t.Errorf("%s: witness %s on %s: %v", h.By.ID, x.Action, x.Resource, x.Decision)
				}
			}
		}
	}
	if len(paths) > 0 && g.Steps(from) != len(paths[0]) {
		t.Errorf("%d steps, but the shortest path has %d", g.Steps(from), len(paths[0]))
	}
	return found
}

// TestEscalations: each of the escalations is found where it can happen, and not where something stops it.
func TestEscalations(t *testing.T) {
	t.Parallel()
	list := access.Escalations()
	public := 0
	for i := range list {
		if !strings.HasPrefix(list[i].ID, "ambit-") {
			public++
		}
	}
	if public != 120 || len(list) == public {
		t.Fatalf("%d escalations of public catalogues, want 120; %d in all", public, len(list))
	}
	for i := range list {
		e := &list[i]
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			if !newStage(t, e, sound).climbs(t, e) {
				t.Errorf("%s is not found", e.ID)
			}
			for _, broken := range []flaw{boundary, control, condition, missing} {
				if newStage(t, e, broken).climbs(t, e) {
					t.Errorf("%s is found in spite of a %s", e.ID, broken)
				}
			}
		})
	}
	t.Logf("%d escalations, each sound and with four flaws", len(list))
}
