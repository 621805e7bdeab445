package access_test

import (
	"fmt"
	"testing"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
)

// keyOf is a condition that the request which AWS sends for an action of an escalation meets, and one that it does not.
func keyOf(e *access.Escalation, action string) (meets, fails string) {
	is := func(operator, key, value string) string { return fmt.Sprintf(`{%q:{%q:%q}}`, operator, key, value) }
	const administrator, reader = "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"
	switch action {
	case "iam:PassRole":
		if e.Service == "" {
			return "", ""
		}
		return is("StringEquals", "iam:PassedToService", e.Service), is("StringEquals", "iam:PassedToService", "nothing.amazonaws.com")
	case "iam:AttachUserPolicy", "iam:AttachRolePolicy", "iam:AttachGroupPolicy":
		return is("ArnEquals", "iam:PolicyARN", administrator), is("ArnEquals", "iam:PolicyARN", reader)
	case "iam:DetachUserPolicy", "iam:DetachRolePolicy", "iam:DetachGroupPolicy":
		return is("ArnLike", "iam:PolicyARN", prefix+"policy/*"), is("ArnEquals", "iam:PolicyARN", reader)
	case "iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary":
		return is("ArnEquals", "iam:PermissionsBoundary", administrator), is("ArnEquals", "iam:PermissionsBoundary", reader)
	case "iam:CreateUser", "iam:CreateRole":
		return is("Null", "iam:PermissionsBoundary", "true"), is("ArnEquals", "iam:PermissionsBoundary", reader)
	}
	return "", ""
}

// onTargets are the actions that work on a user or a role, whose tags their request carries.
var onTargets = map[string]bool{
	"iam:AttachUserPolicy": true, "iam:AttachRolePolicy": true, "iam:PutUserPolicy": true, "iam:PutRolePolicy": true,
	"iam:CreateAccessKey": true, "iam:CreateLoginProfile": true, "iam:UpdateLoginProfile": true, "iam:UpdateAssumeRolePolicy": true,
	"iam:DeleteUserPolicy": true, "iam:DetachUserPolicy": true, "iam:DeleteRolePolicy": true, "iam:DetachRolePolicy": true, "iam:DeleteUserPermissionsBoundary": true, "iam:DeleteRolePermissionsBoundary": true,
	"sts:AssumeRole": true,
}

// withCondition is the stage where one of the escalation's actions is allowed on a condition only.
func withCondition(t *testing.T, e *access.Escalation, action, condition string) *stage {
	t.Helper()
	s := newStage(t, e, sound)
	var rest []string
	for _, a := range e.Actions {
		if a != action {
			rest = append(rest, a)
		}
	}
	statements := fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":"*","Condition":%s}`, action, condition)
	if len(rest) > 0 {
		statements += "," + allowing("*", rest...)
	}
	document := account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	behind := account.Document(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":%q,"Resource":"*"}]}`, action))
	guarded := e.Effect == access.UnboundSelf || e.Effect == access.UndenySelf // mallory holds everything behind a guardrail
	changed := 0
	tags := []account.Tag{{Key: "team", Value: "blue"}}
	rewrite := func(name string, inline []account.InlinePolicy) {
		for k := range inline {
			switch {
			case inline[k].Name == "grants":
				inline[k].Document, changed = document, changed+1
			case inline[k].Name == "all" && guarded && name == "mallory":
				inline[k].Document = behind
			}
		}
	}
	for i := range s.snap.Users {
		s.snap.Users[i].Tags = tags
		rewrite(s.snap.Users[i].Name, s.snap.Users[i].Inline)
	}
	for i := range s.snap.Roles {
		s.snap.Roles[i].Tags = tags
		rewrite(s.snap.Roles[i].Name, s.snap.Roles[i].Inline)
	}
	if changed != 1 {
		t.Fatalf("%s: %d policies of mallory", e.ID, changed)
	}
	return s
}

// TestEscalations_keys: each escalation honours the keys that AWS's requests carry.
func TestEscalations_keys(t *testing.T) {
	t.Parallel()
	list := access.Escalations()
	tried := 0
	for i := range list {
		e := &list[i]
		for _, action := range e.Actions {
			meets, fails := keyOf(e, action)
			try := func(condition string, want bool) {
				tried++
				if got := withCondition(t, e, action, condition).climbs(t, e); got != want {
					t.Errorf("%s with %s on %s: %v, want %v", e.ID, condition, action, got, want)
				}
			}
			if meets != "" {
				try(meets, true)
				try(fails, false)
			}
			if isNew := e.Effect == access.CreateRole || e.Effect == access.CreateUser; onTargets[action] && !isNew && e.Effect != access.Elsewhere {
				for _, key := range []string{"aws:ResourceTag/team", "iam:ResourceTag/Team"} {
					try(fmt.Sprintf(`{"StringEquals":{%q:"blue"}}`, key), true)
					try(fmt.Sprintf(`{"StringEquals":{%q:"red"}}`, key), false)
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d variants", tried)
	}
	t.Logf("%d variants of %d escalations", tried, len(list))
}
