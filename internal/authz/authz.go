// Package authz decides requests as AWS does: identity, group, boundary, session, service control, resource
// control and resource policies, trust and key policies, with reasons.
//
// Contract: a compiled Policy is immutable and safe for concurrent use; Decide allocates nothing. An unknown
// context key makes an answer Depends, with the condition that is left; it is never guessed.
// Limits: S3 access control lists, Block Public Access, KMS grants and VPC endpoint policies are not layers here.
// Statements of a document with faults are not evaluated: Compile refuses it. Compiling costs time in proportion to
// the document, a match pattern × text at the most; one beyond 4 million elements × bytes, or of a text beyond 16 KiB
// whose ends do not tell, which AWS's own limits rule out, is unknown.
// Floor: 3.
package authz

// Truth is a value of Kleene's three-valued logic.
type Truth uint8

// The truths. The zero Truth is False.
const (
	False Truth = iota
	Maybe
	True
)

// And is the lesser of both, Or the greater, Not the mirror image.
func (t Truth) And(u Truth) Truth { return min(t, u) }

// Or is the greater of both.
func (t Truth) Or(u Truth) Truth { return max(t, u) }

// Not mirrors t: Maybe stays.
func (t Truth) Not() Truth { return True - t }

// TruthOf is True or False.
func TruthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Decision is the outcome of a request.
type Decision uint8

// The decisions. Depends means that a context key which nobody gave decides.
const (
	ImplicitlyDenied Decision = iota
	ExplicitlyDenied
	Depends
	Allowed
)

var decisionNames = [...]string{"ImplicitlyDenied", "ExplicitlyDenied", "Depends", "Allowed"}

// String is the name that simulators use.
func (d Decision) String() string { return decisionNames[d] }

// Layer names a kind of policy that takes part in a decision.
type Layer uint8

// The layers, in the order in which a reason lists them.
const (
	Identity Layer = iota
	Boundary
	Session
	ServiceControl
	ResourceControl
	Resource
	layers
)

var layerNames = [layers]string{
	"identity policy", "permissions boundary", "session policy",
	"service control policy", "resource control policy", "resource policy",
}

// String is the layer's name in words.
func (l Layer) String() string { return layerNames[l] }

// Stack is every policy that speaks on one principal and one resource.
type Stack struct {
	Identity []*Policy // of the user and its groups, or of the role
	Boundary []*Policy // nil: no boundary. Several are joined: one allowing is enough
	Session  []*Policy // nil: no session policy
	// SCPs and RCPs hold one list of policies for each level from the root to the account; nil: the
	// account is outside an organization, or exempt. An empty level denies.
	// Source: Organizations User Guide, "SCP evaluation".
	SCPs, RCPs [][]*Policy
	Resource   *Policy // bucket, key, queue … or trust policy; nil: none
}
