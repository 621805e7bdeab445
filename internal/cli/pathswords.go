package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/access"
)

// step is one step of a way.
type step struct {
	From     place        `json:"from"`
	To       place        `json:"to"`
	By       string       `json:"escalation"` // its id in the public catalogues
	Does     string       `json:"does"`       // in words
	Requests []witnessing `json:"requests"`   // in the order in which somebody would make them
	Assumes  string       `json:"assumes,omitempty"`
	Also     []string     `json:"also,omitempty"` // other escalations that make the same step
}

// place is a principal, with or without its guardrails, or administrator.
type place struct {
	ARN     string `json:"arn"` // admin for administrator
	Without string `json:"without,omitempty"`
	Admin   bool   `json:"admin"` // may do everything as it stands
	Made    string `json:"made,omitempty"`

	name string
	user bool
}

// witnessing is one request of a step, and what decides it.
type witnessing struct {
	Principal string              `json:"principal"`
	Action    string              `json:"action"`
	Resource  string              `json:"resource"`
	Context   map[string][]string `json:"context,omitempty"`
	Absent    []string            `json:"absent,omitempty"`
	Decision  string              `json:"decision"`
	Deciding  []reason            `json:"deciding"`
}

// routeKey is the same for paths through the same places.
func routeKey(path access.Path) string {
	var b strings.Builder
	for _, h := range path {
		b.WriteString(strconv.Itoa(int(h.To)) + "/" + strconv.Itoa(int(h.Via)) + " ")
	}
	return b.String()
}

// addWays notes the escalations of another path through the same places.
func (r *route) addWays(path access.Path) {
	for i, h := range path {
		s := &r.Steps[i]
		if h.By.ID != s.By && !slices.Contains(s.Also, h.By.ID) {
			s.Also = append(s.Also, h.By.ID)
		}
	}
}

func (f *finder) route(path access.Path) *route {
	r := &route{}
	for _, h := range path {
		r.Steps = append(r.Steps, f.step(h))
	}
	r.Source, r.Target = r.Steps[0].From.ARN, r.Steps[len(r.Steps)-1].To.ARN
	return r
}

func (f *finder) step(h access.Hop) step {
	s := step{From: f.place(h.From), To: f.place(h.To), By: h.By.ID, Assumes: h.By.Assume, Requests: []witnessing{}}
	if h.To == access.Admin && h.Via != access.Admin {
		s.To.Made = f.arn(h.Via)
	}
	s.Does = f.does(&h)
	for _, w := range f.graph.Witnesses(h) {
		s.Requests = append(s.Requests, witnessing{
			Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: w.Keys, Absent: w.Absent,
			Decision: answerWord(w.Decision), Deciding: reasonsOf(w.Deciding, w.Action),
		})
	}
	return s
}

// without says which guardrails are gone.
func without(v access.Variant) string {
	var gone []string
	if v&access.Unbounded != 0 {
		gone = append(gone, "its permissions boundary")
	}
	if v&access.Undenied != 0 {
		gone = append(gone, "policies that deny")
	}
	return strings.Join(gone, " and ")
}

func (f *finder) place(id access.NodeID) place {
	if id == access.Admin {
		return place{ARN: toAdmin, Admin: true, name: "administrator"}
	}
	p, v := f.graph.At(id)
	return place{ARN: p.ARN, Without: without(v), Admin: f.graph.IsAdmin(id), name: p.Name, user: p.User != nil}
}

// label is a place's name, with what it is without.
func (p *place) label() string {
	if p.Without != "" {
		return p.name + " without " + p.Without
	}
	return p.name
}

// does says a step in words; its subject is the place where it begins.
func (f *finder) does(h *access.Hop) string {
	target := ""
	if h.Via != access.Admin {
		p, _ := f.graph.At(h.Via)
		target = p.Name
	}
	e := h.By
	switch e.Effect {
	case access.PassRole:
		return "passes the role " + target + " to " + e.Service + ", and runs code of its own there as that role"
	case access.UseRole:
		return "runs code of its own on what " + e.Service + " already runs as the role " + target
	case access.Assume:
		return "assumes the role " + target
	case access.Retrust:
		return "makes the role " + target + " trust it, and assumes it"
	case access.Credential:
		return credentialWords[strings.Join(e.Actions, "+")] + target + ", and signs in as that user"
	case access.EmpowerSelf:
		if h.To != access.Admin {
			return "rewrites the policy that is its permissions boundary, so that it bounds nothing"
		}
		return empowerWords[e.Actions[0]]
	case access.EmpowerOther:
		return "makes " + target + " an administrator with " + e.Actions[0] + ", and becomes it with " + e.Actions[len(e.Actions)-1]
	case access.UnboundSelf:
		if f.other(h) {
			return "takes the permissions boundary of the user " + target + " away, and makes a credential for that user"
		}
		return "takes its own permissions boundary away"
	case access.UnboundRole:
		if !f.other(h) {
			return "takes its own permissions boundary away"
		}
		return "takes the permissions boundary of the role " + target + " away, and assumes it"
	case access.UndenySelf:
		return undenyWords[e.Actions[0]]
	case access.UndenyRole:
		return "takes policies that deny off the role " + target + ", and assumes it"
	case access.CreateRole:
		return "makes a new role with every permission that trusts it, and assumes it"
	case access.CreateUser:
		return "makes a new user, an administrator of it with " + e.Actions[1] + ", and becomes it with " + e.Actions[2]
	case access.Elsewhere:
	}
	return "becomes administrator by way of a service whose state is not read"
}

// other reports whether a step leads to another principal than the one that makes it.
func (f *finder) other(h *access.Hop) bool {
	from, _ := f.graph.At(h.From)
	to, _ := f.graph.At(h.To)
	return to == nil || from.ARN != to.ARN
}

// credentialWords tell escalations that make a credential, by their actions.
var credentialWords = map[string]string{
	"iam:CreateAccessKey":                     "makes an access key for the user ",
	"iam:CreateAccessKey+iam:DeleteAccessKey": "deletes an access key, to make room, and makes a new one for the user ",
	"iam:CreateLoginProfile":                  "sets a console password for the user ",
	"iam:UpdateLoginProfile":                  "replaces the console password of the user ",
}

// undenyWords tell escalations that take policies away which deny, by their action.
var undenyWords = map[string]string{
	"iam:DetachUserPolicy":    "detaches policies that deny from itself",
	"iam:DetachRolePolicy":    "detaches policies that deny from itself",
	"iam:DeleteUserPolicy":    "deletes inline policies of its own that deny",
	"iam:DeleteRolePolicy":    "deletes inline policies of its own that deny",
	"iam:RemoveUserFromGroup": "leaves groups whose policies deny",
	"iam:DetachGroupPolicy":   "detaches policies that deny from a group that it is in",
	"iam:DeleteGroupPolicy":   "deletes inline policies that deny of a group that it is in",
}

// empowerWords tell escalations of one's own permissions, by their action.
var empowerWords = map[string]string{
	"iam:CreatePolicyVersion":     "rewrites a policy that it holds, so that it allows everything",
	"iam:SetDefaultPolicyVersion": "brings back an older version, which allows everything, of a policy that it holds",
	"iam:PutRolePolicy":           "writes itself an inline policy that allows everything",
	"iam:PutUserPolicy":           "writes itself an inline policy that allows everything",
	"iam:PutGroupPolicy":          "writes a group that it is in an inline policy that allows everything",
	"iam:AttachUserPolicy":        "attaches a policy to itself that allows everything",
	"iam:AttachRolePolicy":        "attaches a policy to itself that allows everything",
	"iam:AttachGroupPolicy":       "attaches a policy that allows everything to a group that it is in",
	"iam:AddUserToGroup":          "joins a group of administrators",
}
