package policy

import "github.com/ambit-iam/ambit/internal/source"

// DocumentKind is the use that a document is put to; each has its own wants.
type DocumentKind uint8

// The kinds of a document.
const (
	Identity DocumentKind = iota + 1 // attached to or inline in a user, group or role; a boundary; a session policy
	Trust                            // a role's AssumeRolePolicyDocument
	Resource                         // on a bucket, key, queue …
)

// Check reports what AWS would refuse in a document of this kind beside its Faults: an identity policy
// names resources and no principal, a trust policy names principals and no resource, a resource policy
// names principals, and in each a Sid stands once. That is asked when a document is saved; a document that
// fails it can still be read, and Sids decide nothing.
// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
func (d *Document) Check(kind DocumentKind) []source.Diagnostic {
	c := checker{doc: d}
	for i := range d.Statements {
		c.statement(d.Statements[i].Node, kind)
	}
	for _, i := range repeated(d.Statements, func(s *Statement) string { return s.Sid }) {
		if sid := d.Statements[i].Sid; sid != "" {
			c.note(d.Statements[i].Node.Member("Sid"), "Sid "+quote(sid)+" stands on two statements", "AWS wants each Sid once in a document; rename one")
		}
	}
	sortFaults(c.found)
	return c.found
}

// checker gathers what Check reports.
type checker struct {
	doc   *Document
	found []source.Diagnostic
}

func (c *checker) note(at *Node, message, hint string) {
	if len(c.found) < maxFaults {
		c.found = append(c.found, c.doc.diagnostic(at.Pos.Offset, at.tip(), message, hint))
	}
}

func (c *checker) statement(n *Node, kind DocumentKind) {
	principal, resource := either(n, "Principal"), either(n, "Resource")
	if kind == Identity && principal != nil {
		c.note(principal, "statement of an identity policy names a principal", "delete it: the principal is who the policy is attached to")
	}
	if kind == Identity && resource == nil {
		c.note(n, "statement of an identity policy names no resource", "add \"Resource\"")
	}
	if kind != Identity && principal == nil {
		c.note(n, "statement of a "+kind.String()+" policy names no principal", "add \"Principal\"")
	}
	if kind == Trust && resource != nil {
		c.note(resource, "statement of a trust policy names a resource", "delete it: the resource is the role itself")
	}
}

// either is the named element of a statement, or its negation.
func either(statement *Node, element string) *Node {
	if n := statement.Member(element); n != nil {
		return n
	}
	return statement.Member("Not" + element)
}

// String is the kind in lower case.
func (k DocumentKind) String() string {
	switch k {
	case Identity:
		return "identity"
	case Trust:
		return "trust"
	case Resource:
		return "resource"
	}
	return "unknown"
}
