package review

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// reach looks at what a statement's grants lead to, beside the denials of the same document.
func (l *linter) reach(s *policy.Statement) {
	denied := l.deniedEverywhere()
	l.manages(s, denied)
	l.passesRoles(s, denied)
}

// deniedEverywhere is what the document denies on all resources, to everybody, without a condition.
func (l *linter) deniedEverywhere() element.ActionSet {
	if l.denied == nil {
		l.denied = element.NewActionSet()
		for i := range l.doc.Statements {
			s := &l.doc.Statements[i]
			everywhere := !s.NotRes && slices.ContainsFunc(s.Resource, func(v policy.Value) bool { return v.Text == "*" })
			if s.Effect == policy.Deny && len(s.Conditions) == 0 && len(s.Principal) == 0 && everywhere && l.spend(element.EverythingPrice) {
				l.denied.Join(element.ActionsOf(s))
			}
		}
	}
	return l.denied
}

// passesRoles reports an Allow of iam:PassRole on every role of an account, to whatever service.
// Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
func (l *linter) passesRoles(s *policy.Statement, denied element.ActionSet) {
	pass, ok := iamref.ActionOf("iam:PassRole")
	if !ok || !l.grants(s) || l.kind == policy.Trust || denied.Has(pass.Index) || limitsPassing(s) {
		return
	}
	at := anywhere(s)
	if at == nil {
		return
	}
	const name = "iam:passrole"
	named := slices.ContainsFunc(s.Action, func(v policy.Value) bool { return element.CoversAction(strings.ToLower(v.Text), name) })
	if named != s.NotAction {
		l.note(PassRoleAnywhere, at, "statement passes any role to any service", "name the roles, or add a condition on iam:PassedToService")
	}
}

// limitsPassing reports whether a condition says to which services or resources a role may be passed.
func limitsPassing(s *policy.Statement) bool {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if o := element.ParseOperator(c.Operator); o.Known && o.Name != "Null" && !o.HoldsAbsent() && hasKey([]string{"iam:PassedToService", "iam:AssociatedResourceArn"}, c.Key) {
			return true
		}
	}
	return false
}

// anywhere is the element that makes a statement reach every role of an account.
func anywhere(s *policy.Statement) *policy.Node {
	for _, v := range s.Resource {
		account := "*"
		if part := strings.Split(v.Text, ":"); len(part) > 4 && part[4] != "" {
			account = part[4]
		}
		if s.NotRes || element.CoversResource(v.Text, "arn:aws:iam::"+account+":role/*") {
			return v.Node
		}
	}
	return nil
}

// statements compares each statement with each: what an unconditional Deny covers is never allowed, and what
// another of the same effect covers is said twice.
func (l *linter) statements() {
	all := l.doc.Statements
	for i := range all {
		s := &all[i]
		for j := range all {
			t := &all[j]
			if i == j || s.Effect == policy.Deny && t.Effect == policy.Allow {
				continue
			}
			if !l.spend(pairPrice) {
				return
			}
			// Of two statements that say the same, the later is too many.
			if later := s.Effect != t.Effect || i > j; l.covers(t, s) && (later || !l.covers(s, t)) {
				l.covered(s, t)
				break
			}
		}
	}
}

func (l *linter) covered(s, t *policy.Statement) {
	other := "the statement in line " + strconv.Itoa(t.Node.Pos.Line)
	if t.Sid != "" {
		other = "statement " + quote(t.Sid) + " in line " + strconv.Itoa(t.Node.Pos.Line)
	}
	if s.Effect != t.Effect {
		l.note(DeniedAnyway, s.Node, "statement allows only what "+other+" denies", "delete it, or narrow the Deny")
		return
	}
	l.note(RedundantStatement, s.Node, "statement says only what "+other+" says too", "delete it")
}

// covers reports whether t surely holds wherever s does.
func (l *linter) covers(t, s *policy.Statement) bool {
	return implied(t, s) && l.coversTarget(t, s)
}

// coversTarget compares actions, resources and principals, not conditions.
func (l *linter) coversTarget(t, s *policy.Statement) bool {
	if !coversPrincipals(t, s) {
		return false
	}
	return l.coversValues(list{t.Action, t.NotAction}, list{s.Action, s.NotAction}, &ofActions) &&
		(len(t.Resource) == 0 || len(s.Resource) > 0 && l.coversValues(list{t.Resource, t.NotRes}, list{s.Resource, s.NotRes}, &ofResources))
}

// implied reports whether each condition of t stands in s too, so that t holds where s does.
func implied(t, s *policy.Statement) bool {
	for i := range t.Conditions {
		c := &t.Conditions[i]
		if !slices.ContainsFunc(s.Conditions, func(d policy.Condition) bool { return sameCondition(c, &d) }) {
			return false
		}
	}
	return true
}

func sameCondition(c, d *policy.Condition) bool {
	if !strings.EqualFold(c.Operator, d.Operator) || !strings.EqualFold(c.Key, d.Key) || len(c.Values) != len(d.Values) {
		return false
	}
	for i := range c.Values {
		if c.Values[i].Text != d.Values[i].Text {
			return false
		}
	}
	return true
}

func coversPrincipals(t, s *policy.Statement) bool {
	if len(t.Principal) == 0 && len(s.Principal) == 0 {
		return true
	}
	if t.NotPrinc || s.NotPrinc {
		return t.NotPrinc == s.NotPrinc && t.Effect == s.Effect && samePrincipals(t, s) && samePrincipals(s, t)
	}
	return slices.ContainsFunc(t.Principal, func(p policy.Principal) bool { return isEveryone(&p) }) || samePrincipals(t, s)
}

// samePrincipals reports whether t names each principal of s.
func samePrincipals(t, s *policy.Statement) bool {
	for i := range s.Principal {
		p := &s.Principal[i]
		if !slices.ContainsFunc(t.Principal, func(q policy.Principal) bool { return q.Type == p.Type && q.Text == p.Text }) {
			return false
		}
	}
	return len(s.Principal) > 0
}
