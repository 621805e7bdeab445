package policy

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/source"
)

// DocumentKind is the use that a document is put to; each has its own wants.
type DocumentKind uint8

// The kinds of a document.
const (
	Identity        DocumentKind = iota + 1 // attached to or inline in a user, group or role; a boundary; a session policy
	Trust                                   // a role's AssumeRolePolicyDocument
	Resource                                // on a bucket, key, queue …
	ServiceControl                          // an organization's ceiling for its members' principals (SCP)
	ResourceControl                         // an organization's ceiling for its members' resources (RCP)
)

// Check reports what AWS would refuse in a document of this kind beside its Faults: an identity policy
// names resources and no principal, a trust policy names principals and no resource, a resource policy
// names principals, a service control policy is like an identity policy, a resource control policy denies
// everybody certain actions; in each an action names its service and a Sid stands once, and on principals a Sid is
// alphanumeric. That is asked when a document is saved; a document
// that fails it can still be read, and Sids decide nothing.
// Source: IAM User Guide, "Grammar of the IAM JSON policy language", "IAM JSON policy elements: Sid"; Organizations User Guide, "SCP syntax",
// "RCP syntax".
func (d *Document) Check(kind DocumentKind) []source.Diagnostic {
	c := checker{doc: d}
	for i := range d.Statements {
		c.statement(d.Statements[i].Node, kind)
		c.actions(&d.Statements[i])
		c.sid(&d.Statements[i], kind)
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
	named, withResource := kind != Identity && kind != ServiceControl, kind != Trust && kind != Resource
	if !named && principal != nil {
		c.note(principal, "statement of "+kind.policy()+" names a principal", "delete it: the principal is who the policy is attached to")
	}
	if withResource && resource == nil {
		c.note(n, "statement of "+kind.policy()+" names no resource", "add \"Resource\"")
	}
	if named && principal == nil {
		c.note(n, "statement of "+kind.policy()+" names no principal", "add \"Principal\"")
	}
	if kind == Trust && resource != nil {
		c.note(resource, "statement of a trust policy names a resource", "delete it: the resource is the role itself")
	}
	if kind == ResourceControl {
		c.resourceControl(n)
	}
}

// actions: AWS wants the service before the colon, but for every action.
func (c *checker) actions(s *Statement) {
	for _, v := range s.Action {
		if every := v.Text != "" && strings.Trim(v.Text, "*") == ""; !every && !strings.Contains(v.Text, ":") {
			c.note(v.Node, "action "+quote(v.Text)+" lacks its service", "write SERVICE:NAME, such as s3:GetObject, or *")
		}
	}
}

// sid: other services than IAM take more in their resource policies.
func (c *checker) sid(s *Statement, kind DocumentKind) {
	if kind != Identity && kind != Trust {
		return
	}
	if strings.ContainsFunc(s.Sid, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		c.note(s.Node.Member("Sid"), "Sid "+quote(s.Sid)+" has other characters than A-Z, a-z and 0-9", "leave them out")
	}
}

// resourceControl: only AWS's own RCPFullAWSAccess allows. Source: Organizations User Guide, "RCP syntax".
func (c *checker) resourceControl(n *Node) {
	if e := n.Member("Effect"); e != nil && e.Text == string(Allow) {
		c.note(e, "statement of a resource control policy allows", "write Deny: what these policies do not deny is left as it is")
	}
	for _, name := range []string{"NotAction", "NotPrincipal"} {
		if e := n.Member(name); e != nil {
			c.note(e, "statement of a resource control policy has "+name, "AWS takes Action and \"Principal\": \"*\" here; make exceptions with conditions")
		}
	}
	if e := n.Member("Principal"); e != nil && !everyone(e) {
		c.note(e, "statement of a resource control policy names principals", "write \"Principal\": \"*\", and name principals in a condition on aws:PrincipalArn")
	}
}

// everyone reports whether a Principal is "*" or {"AWS": "*"}.
func everyone(n *Node) bool {
	if aws := n.Member("AWS"); aws != nil && len(n.Members) == 1 {
		n = aws
	}
	if n.Kind == List && len(n.Items) == 1 {
		n = n.Items[0]
	}
	return n.Kind == String && n.Text == "*"
}

// either is the named element of a statement, or its negation.
func either(statement *Node, element string) *Node {
	if n := statement.Member(element); n != nil {
		return n
	}
	return statement.Member("Not" + element)
}

var kindNames = [...]string{"unknown", "identity", "trust", "resource", "service control", "resource control"}

// String is the kind in lower case.
func (k DocumentKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[0]
}

// policy is the kind in a sentence.
func (k DocumentKind) policy() string {
	if k == Identity {
		return "an identity policy"
	}
	return "a " + k.String() + " policy"
}
