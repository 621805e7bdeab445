package review

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// principals looks at a statement's Principal or NotPrincipal.
func (l *linter) principals(s *policy.Statement) {
	if len(s.Principal) == 0 {
		return
	}
	for i := range s.Principal {
		l.principal(s, &s.Principal[i])
	}
	if !l.grants(s) {
		return
	}
	if s.NotPrinc {
		l.note(AllowNotPrincipal, s.Principal[0].Node, "statement allows everybody but the named principals", "name the principals to allow")
		return
	}
	for i := range s.Principal {
		p := &s.Principal[i]
		if isEveryone(p) && len(s.Conditions) == 0 {
			l.note(OpenPrincipal, p.Node, "statement allows everybody, without a condition", "name the principals, or add a condition on aws:PrincipalOrgID or aws:SourceArn")
		}
	}
}

func isEveryone(p *policy.Principal) bool {
	return p.Text == "*" && (p.Type == "*" || p.Type == "AWS")
}

func (l *linter) principal(s *policy.Statement, p *policy.Principal) {
	switch {
	case strings.ContainsAny(p.Text, "*?") && !isEveryone(p):
		l.note(PrincipalWildcard, p.Node, "principal "+quote(p.Text)+" has a wildcard", "write \"AWS\": \"*\" beside a condition on aws:PrincipalArn")
	case p.Type == "AWS" && isUniqueID(p.Text):
		l.note(DeletedPrincipal, p.Node, "principal "+quote(p.Text)+" is the id of a deleted user or role", "delete it, or name the user or role that is meant now")
	case p.Type == "Service" && l.grants(s) && !s.NotPrinc && l.confuses(s, p.Text):
		l.note(ConfusedDeputy, p.Node, "statement trusts "+quote(p.Text)+" whoever it acts for", "add a condition on aws:SourceAccount or aws:SourceArn")
	}
}

// isUniqueID: IAM puts a principal's unique id in place of its ARN when it is deleted.
// Source: IAM User Guide, "IAM identifiers", "Principal".
func isUniqueID(text string) bool {
	const shortest = 16
	if len(text) < shortest {
		return false
	}
	for _, prefix := range []string{"AIDA", "AROA", "AGPA", "AIPA", "ANPA"} {
		if strings.HasPrefix(text, prefix) {
			return !strings.ContainsAny(text, ":/")
		}
	}
	return false
}

// confuses reports whether a service that names the source for which it acts is trusted whatever that is.
func (l *linter) confuses(s *policy.Statement, service string) bool {
	sends := iamref.SourceKeysOf(service)
	if l.kind == policy.Trust && !sends.Trust || l.kind == policy.Resource && !sends.Resource {
		return false
	}
	return !names(s, "aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner", "sts:ExternalId")
}
