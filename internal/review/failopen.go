package review

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/source"
)

// The keys of multi-factor authentication. Requests signed with long-term access keys carry neither.
// Source: IAM User Guide, "AWS global condition context keys".
const (
	mfaPresent = "aws:MultiFactorAuthPresent"
	mfaAge     = "aws:MultiFactorAuthAge"
)

// alwaysThere are keys that every signed request carries; those before the gap, requests of services and
// anonymous callers too. Source: IAM User Guide, "AWS global condition context keys".
var alwaysThere = []string{
	"aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:RequestedRegion", "aws:ViaAWSService",
	"aws:PrincipalIsAWSService", "aws:ResourceAccount",

	"aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid",
}

const everybody = 7 // how many of alwaysThere are in requests of services and anonymous callers

// whoOrWhence are keys that say who asks or from where, and what bounds a new user or role: an Allow that lets their
// absence pass lets in those that it was written against.
var whoOrWhence = []string{
	"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalTag/",
	"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:SourceArn", "aws:SourceAccount",
	"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceIdentity", "sts:ExternalId",
	"iam:PermissionsBoundary",
}

// failOpen looks for conditions that an absent key satisfies against the writer's will.
func (l *linter) failOpen(s *policy.Statement) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		o := element.ParseOperator(c.Operator)
		switch {
		case !o.Known || o.Name == "Null":
		case s.Effect == policy.Deny:
			l.denyMisses(s, c, o)
		case l.grants(s) && o.HoldsAbsent() && !needsKey(s, c.Key):
			l.letsIn(c, o)
		}
	}
	if s.Effect == policy.Deny {
		l.hitsServices(s)
	}
}

// letsIn reports a condition of an Allow that holds where its key is absent.
func (l *linter) letsIn(c *policy.Condition, o element.Operator) {
	guard := "add \"Null\": {" + quote(c.Key) + ": \"false\"}"
	switch {
	case isMFA(c.Key):
		l.note(MFAFailsOpen, c.Node, c.Operator+" holds where "+quote(c.Key)+" is absent", "write \"Bool\": {\""+mfaPresent+"\": \"true\"}")
	case l.alwaysThere(c.Key):
	case o.Set == element.ForAllValues:
		smell := l.note(ForAllWithoutGuard, c.Node, c.Operator+" holds where "+quote(c.Key)+" is absent or empty", guard)
		if strings.EqualFold(c.Key, "aws:TagKeys") {
			smell.Severity = source.Note // a request without tags is mostly meant to pass
		}
	case o.Negated:
		l.note(NegatedWithoutGuard, c.Node, c.Operator+" holds where "+quote(c.Key)+" is absent", guard+", or name what is allowed")
	case hasKey(whoOrWhence, c.Key):
		l.note(FailsOpen, c.Node, c.Operator+" holds where "+quote(c.Key)+" is absent", "leave out IfExists, or "+guard)
	}
}

func isMFA(key string) bool {
	return strings.EqualFold(key, mfaPresent) || strings.EqualFold(key, mfaAge)
}

func (l *linter) alwaysThere(key string) bool {
	keys := alwaysThere
	if l.kind == policy.Trust || l.kind == policy.Resource {
		keys = keys[:everybody]
	}
	return hasKey(keys, key)
}

// hasKey finds a key whatever the letter case; a name that ends in a slash stands for its family.
func hasKey(keys []string, key string) bool {
	return slices.ContainsFunc(keys, func(k string) bool {
		if strings.HasSuffix(k, "/") {
			return len(key) > len(k) && strings.EqualFold(key[:len(k)], k)
		}
		return strings.EqualFold(k, key)
	})
}

// denyMisses reports a Deny for want of MFA that requests without the key escape, unless another statement
// denies just those.
func (l *linter) denyMisses(s *policy.Statement, c *policy.Condition, o element.Operator) {
	if !isMFA(c.Key) || o.HoldsAbsent() || deniesWhenTrue(c) || l.deniedWithoutMFA(s) {
		return
	}
	l.note(MFADenyMissesKeys, c.Node, c.Operator+" does not hold where "+quote(c.Key)+" is absent", "write "+c.Operator+element.IfExists)
}

// deniesWhenTrue: a Deny of those who have MFA is another matter.
func deniesWhenTrue(c *policy.Condition) bool {
	return strings.EqualFold(c.Key, mfaPresent) && slices.ContainsFunc(c.Values, func(v policy.Value) bool { return strings.EqualFold(v.Text, "true") })
}

// deniedWithoutMFA reports whether another Deny covers what s denies, where the key is absent.
func (l *linter) deniedWithoutMFA(s *policy.Statement) bool {
	return slices.ContainsFunc(l.withoutMFA, func(other *policy.Statement) bool {
		return other != s && l.spend(pairPrice) && l.coversTarget(other, s)
	})
}

// denialsWithoutMFA are the denials whose only condition is one that requests without MFA's keys meet.
func denialsWithoutMFA(doc *policy.Document) []*policy.Statement {
	var all []*policy.Statement
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != policy.Deny || len(s.Conditions) != 1 {
			continue
		}
		c := &s.Conditions[0]
		o := element.ParseOperator(c.Operator)
		if isMFA(c.Key) && (isNull(c, c.Key, "true") || o.Known && o.Name != "Null" && o.HoldsAbsent()) {
			all = append(all, s)
		}
	}
	return all
}

// hitsServices reports a Deny of all who are not of the organization, or not at the address, that AWS's own
// services run into when they act for the account. Source: IAM User Guide, "aws:SourceIp", "aws:PrincipalOrgID",
// "aws:ViaAWSService", "aws:PrincipalIsAWSService".
func (l *linter) hitsServices(s *policy.Statement) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		o := element.ParseOperator(c.Operator)
		if !o.Known || o.Name == "Null" || !o.HoldsAbsent() {
			continue
		}
		switch {
		case o.Name == "NotIpAddress" && strings.EqualFold(c.Key, "aws:SourceIp") && !names(s, "aws:ViaAWSService", "aws:PrincipalIsAWSService", "aws:CalledVia", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"):
			l.note(DenyHitsServices, c.Node, "statement denies requests that AWS services forward, which come from other addresses", "add \"Bool\": {\"aws:ViaAWSService\": \"false\"}")
		case l.kind != policy.Identity && l.kind != policy.ServiceControl && o.Negated && hasKey([]string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths"}, c.Key) && !names(s, "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceArn"):
			l.note(DenyHitsServices, c.Node, "statement denies AWS services, which belong to no organization", "add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}")
		}
	}
}

// names reports whether a condition of the statement is on one of the keys.
func names(s *policy.Statement, keys ...string) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return hasKey(keys, c.Key) })
}

// isNull reports whether c is Null with this value, "true" or "false", on the key.
func isNull(c *policy.Condition, key, value string) bool {
	if o := element.ParseOperator(c.Operator); o.Name != "Null" || !strings.EqualFold(c.Key, key) || len(c.Values) == 0 {
		return false
	}
	for _, v := range c.Values {
		if !strings.EqualFold(v.Text, value) {
			return false
		}
	}
	return true
}

// needsKey reports whether a statement holds only where the key is present: Null false, or any operator that
// an absent key fails.
func needsKey(s *policy.Statement, key string) bool {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !strings.EqualFold(c.Key, key) {
			continue
		}
		if o := element.ParseOperator(c.Operator); isNull(c, key, "false") || o.Known && o.Name != "Null" && !o.HoldsAbsent() {
			return true
		}
	}
	return false
}
