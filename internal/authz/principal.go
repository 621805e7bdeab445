package authz

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/policy"
)

// claim is how closely a Principal element names a caller; it decides which other layers still bind.
// Source: IAM User Guide, "Policy evaluation logic" and "Principal".
type claim uint8

const (
	noClaim     claim = iota
	accountWide       // the account: it delegates to its own identity policies
	byRole            // the role: boundary and session policy of its sessions still bind
	direct            // the user, the session, the service, or everyone
)

// named is one compiled principal.
type named struct {
	kind    namedKind
	text    string // ARN, host name or id as written
	account string
	role    string // of a role ARN its name, without path
	session string // of a session's ARN the name of its role
}

type namedKind uint8

const (
	namedNobody  namedKind = iota // a deleted principal's unique id, a canonical user
	namedAll                      // "*" or {"AWS": "*"}
	namedAccount                  // an account id or its root ARN
	namedARN
	namedService
	namedFederated
)

func compilePrincipal(p *policy.Principal) named {
	n := named{text: p.Text}
	switch {
	case p.Type == "Service":
		n.kind = namedService
	case p.Type == "Federated":
		n.kind = namedFederated
	case p.Text == "*" && (p.Type == "*" || p.Type == "AWS"):
		n.kind = namedAll
	case p.Type != "AWS":
	case arn.IsAccountID(p.Text):
		n.kind, n.account = namedAccount, p.Text
	default:
		n.compileARN()
	}
	return n
}

func (n *named) compileARN() {
	a, err := arn.Parse(n.text)
	if err != nil {
		return
	}
	n.kind, n.account = namedARN, a.Account
	switch {
	case a.Resource == "root":
		n.kind = namedAccount
	case a.Service == "iam" && strings.HasPrefix(a.Resource, "role/"):
		n.role = a.Name()
	case a.Service == "sts" && strings.HasPrefix(a.Resource, "assumed-role/"):
		n.session, _, _ = strings.Cut(strings.TrimPrefix(a.Resource, "assumed-role/"), "/")
	}
}

// someSession reports whether n is a session of the role that asks: whoever assumes it may choose that name.
func (n *named) someSession(p *Principal) bool {
	return p.Kind == Role && n.session != "" && n.session == p.Name && n.account == p.Account
}

// claim is how n names p.
func (n *named) claim(p *Principal) claim {
	switch n.kind {
	case namedAll:
		return direct
	case namedAccount:
		if p.Account == n.account && p.Kind != Service && p.Kind != Anonymous {
			if p.Kind == Root {
				return direct
			}
			return accountWide
		}
	case namedService:
		if p.Kind == Service && (n.text == p.ARN || n.text == "*") {
			return direct
		}
	case namedFederated:
		if n.text == p.ARN || n.text == "*" && p.Kind == Federated {
			return direct
		}
	case namedARN:
		return n.arnClaim(p)
	}
	return noClaim
}

// arnClaim compares ARNs; they take no wildcards. A role's ARN covers its sessions, whatever its path:
// names are unique in an account, and a session's ARN does not carry the path.
func (n *named) arnClaim(p *Principal) claim {
	switch {
	case n.role != "" && p.isRole():
		if n.account == p.Account && n.role == p.Name {
			return byRole
		}
	case n.text == p.ARN:
		return direct
	}
	return noClaim
}

// claims is the closest claim of a statement's Principal or NotPrincipal on p. Some is for a role that asks: the
// statement may claim one of its sessions directly, and another not.
func (s *statement) claims(p *Principal, bounded bool) (best claim, some bool) {
	if s.unread {
		return direct, false
	}
	if s.notPrincipal {
		return s.claimsAllBut(p, bounded)
	}
	for i := range s.principals {
		n := &s.principals[i]
		best = max(best, n.claim(p))
		some = some || n.someSession(p)
	}
	if best == direct && p.Kind == Anonymous && !s.namesAll() {
		return noClaim, false
	}
	return best, some && best != direct
}

func (s *statement) namesAll() bool {
	for i := range s.principals {
		if s.principals[i].kind == namedAll {
			return true
		}
	}
	return false
}

// claimsAllBut is NotPrincipal. With Deny a caller is exempt only where its account, its role and its session
// are all listed, and never when it has a permissions boundary; with Allow any of them is enough.
// Source: IAM User Guide, "NotPrincipal".
func (s *statement) claimsAllBut(p *Principal, bounded bool) (all claim, some bool) {
	var listed [direct + 1]bool
	sessionListed := false
	for i := range s.principals {
		n := &s.principals[i]
		listed[n.claim(p)] = true
		sessionListed = sessionListed || n.text == p.ARN
		some = some || n.someSession(p)
	}
	exempt := listed[direct] || listed[byRole] || listed[accountWide]
	if s.effect == policy.Allow {
		if exempt || some { // the sessions that are not listed are admitted
			return noClaim, !exempt
		}
		return direct, false
	}
	if exempt && !bounded && s.fullyListed(p, listed, sessionListed) {
		return noClaim, p.Kind == Role && !s.namesAll() // sessions that are not listed are denied
	}
	return direct, false
}

func (s *statement) fullyListed(p *Principal, listed [direct + 1]bool, sessionListed bool) bool {
	switch p.Kind {
	case User, FederatedUser:
		return listed[direct] && (listed[accountWide] || s.namesAll())
	case RoleSession:
		return listed[byRole] && listed[accountWide] && sessionListed || s.namesAll()
	case Role:
		return listed[byRole] && listed[accountWide] || s.namesAll()
	}
	return true
}
