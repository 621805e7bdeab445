package access

import (
	_ "embed"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
)

// Effect is what an escalation gives its author.
type Effect string

// The effects.
const (
	PassRole     Effect = "pass-role"     // run code of one's own as a role, on new compute
	UseRole      Effect = "use-role"      // run it on compute that already has the role
	Assume       Effect = "assume"        // assume a role
	Retrust      Effect = "retrust"       // make a role trust oneself
	Credential   Effect = "credential"    // make a credential for a user
	EmpowerSelf  Effect = "empower-self"  // give oneself permissions
	EmpowerOther Effect = "empower-other" // give a principal permissions and become it
	UnboundSelf  Effect = "unbound-self"  // take one's own permissions boundary off
	UnboundRole  Effect = "unbound-role"  // take a role's boundary off and assume it
	UndenySelf   Effect = "undeny-self"   // take policies that deny off oneself
	UndenyRole   Effect = "undeny-role"   // take them off a role and assume it
	CreateRole   Effect = "create-role"   // make a new administrator role
	CreateUser   Effect = "create-user"   // make a new user, an administrator of it, and a credential for it
	Elsewhere    Effect = "elsewhere"     // through a service whose inventory is not read
)

// Escalation is one known way from some permissions to more. The list is facts of public catalogues
// (pathfinding.cloud, Prowler, Rhino Security Labs, PMapper, iam-vulnerable), by their ids; those whose ids begin with
// "ambit-" join the same steps in ways that the catalogues do not list.
type Escalation struct {
	ID      string   `json:"id"`
	Effect  Effect   `json:"effect"`
	Service string   `json:"service,omitempty"` // that the role must trust
	Assume  string   `json:"assume,omitempty"`  // what must exist, and is not read
	Actions []string `json:"actions"`
}

//go:embed escalations.json
var escalationsJSON []byte

// Escalations is the list, in the order of its file.
var Escalations = sync.OnceValue(func() []Escalation {
	var out []Escalation
	if err := json.Unmarshal(escalationsJSON, &out); err != nil {
		panic("access: escalations.json: " + err.Error()) // embedded, and tested
	}
	return out
})

// ofUser reports whether the escalation makes a credential for a user.
func (e *Escalation) ofUser() bool {
	return e.needs("iam:CreateAccessKey") || e.needs("iam:CreateLoginProfile") || e.needs("iam:UpdateLoginProfile")
}

// needs reports whether the escalation asks for an action.
func (e *Escalation) needs(action string) bool {
	return slices.Contains(e.Actions, action)
}
