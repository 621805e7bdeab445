package directory

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/policy"
)

// unreserved are the characters that RFC 3986 leaves as they are.
var unreserved = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~") {
		set[c] = true
	}
	return set
}()

// encoded is a document as every answer of IAM carries it: percent-encoded as RFC 3986 has it.
func encoded(d account.Document) *string {
	const hex = "0123456789ABCDEF"
	size := len(d)
	for i := range len(d) {
		if !unreserved[d[i]] {
			size += 2
		}
	}
	var b strings.Builder
	b.Grow(size)
	plain := 0 // where the run of plain characters begins
	for i := range len(d) {
		if c := d[i]; !unreserved[c] {
			b.WriteString(string(d[plain:i]))
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			plain = i + 1
		}
	}
	b.WriteString(string(d[plain:]))
	return new(b.String())
}

// checkDocument judges a new document as IAM does before it stores one.
func checkDocument(parameter string, document *string, kind policy.DocumentKind) (*policy.Document, error) {
	if text(document) == "" {
		return nil, invalid("value at '%s' must not be empty", parameter)
	}
	d := policy.Parse(*document)
	faults := d.Faults
	if len(faults) == 0 {
		faults = d.Check(kind)
	}
	if len(faults) > 0 {
		at := faults[0].Span.Start
		return nil, malformed("%s (line %d, column %d)", faults[0].Message, at.Line, at.Column)
	}
	return d, nil
}

// checkTrust judges a trust policy: its form, its size, and that its principals exist.
func (c *Call) checkTrust(document *string) error {
	d, err := checkDocument("policyDocument", document, policy.Trust)
	if err != nil {
		return err
	}
	if most := c.st.quota("AssumeRolePolicySizeQuota"); weight(*document) > most {
		return limit("cannot exceed quota for ACLSizePerRole: %d", most)
	}
	for i := range d.Statements {
		for _, p := range d.Statements[i].Principal {
			if p.Type == "AWS" && !c.knows(p.Text) {
				return malformed("invalid principal in policy: \"AWS\":%q", p.Text)
			}
		}
	}
	return nil
}

// knows reports whether an AWS principal of a trust policy exists. Principals of accounts that are not in the
// sandbox are taken to exist.
func (c *Call) knows(principal string) bool {
	if principal == "*" || arn.IsAccountID(principal) {
		return true
	}
	a, err := arn.Parse(principal)
	if err != nil {
		return c.st.hasID(principal)
	}
	switch {
	case a.Service != "iam" && a.Service != "sts", !arn.IsAccountID(a.Account), a.Partition != c.st.partition:
		return false
	case a.Account == string(c.st.id):
		return c.st.hasPrincipal(principal)
	case c.Principal != nil:
		return c.Principal(principal)
	}
	return true
}

// hasID reports whether a user or role has this unique id.
func (s *state) hasID(id string) bool {
	if strings.HasPrefix(id, prefixRole) {
		for r := range s.roles.all() {
			if r.ID == id {
				return true
			}
		}
	}
	for u := range s.users.all() {
		if u.ID == id {
			return true
		}
	}
	return false
}

// hasPrincipal reports whether an ARN names the root, a user, a role or a session of a role of this account.
func (s *state) hasPrincipal(principal string) bool {
	a, err := arn.Parse(principal)
	if err != nil || a.Account != string(s.id) {
		return false
	}
	if principal == s.rootARN() {
		return true
	}
	switch kind, rest, _ := strings.Cut(a.Resource, "/"); kind {
	case "user":
		u, ok := s.users.get(fold(a.Name()))
		return ok && u.ARN == principal
	case "role":
		r, ok := s.roles.get(fold(a.Name()))
		return ok && r.ARN == principal
	case "assumed-role":
		name, _, _ := strings.Cut(rest, "/")
		return s.roles.has(fold(name))
	case "federated-user":
		return true
	}
	return false
}

// weight is the size of a document that quotas count: white space is free.
// Source: IAM User Guide, "IAM and AWS STS quotas".
func weight(document string) int {
	n := 0
	for _, r := range document {
		switch r {
		case ' ', '\t', '\n', '\r':
		default:
			n++
		}
	}
	return n
}
