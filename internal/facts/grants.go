package facts

import (
	"cmp"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// question is what grants, grantsBeyondSelf and grantsAdmin ask of a document: does one statement of it
// allow one of the actions, and no Deny of the same document take it back?
type question struct {
	actions    []action
	beyondSelf bool // statements limited to the caller's own user and device do not count
	admin      bool // only unconditional statements on every resource count
}

// adminQuestion asks for every action on every resource.
var adminQuestion = &question{actions: []action{{text: everyAction, wild: true}}, admin: true}

// ask answers for a document, a statement, a policy, or all policies of a user, group or role.
func (q *question) ask(c *gsl.Call) gsl.Value {
	switch self := c.Self.Ref().(type) {
	case *document:
		return gsl.BoolOf(q.document(c, self))
	case *statement:
		return gsl.BoolOf(q.statement(self) && q.prove(c, self))
	case *managedPolicy:
		return q.use(c, self.doc)
	case *inlinePolicy:
		return q.use(c, self.use)
	case *combinedPolicy:
		return q.use(c, self.use)
	case *user:
		return q.identity(c, &self.identity)
	case *group:
		return q.identity(c, &self.identity)
	case *role:
		return q.identity(c, &self.identity)
	}
	if c.Self.Kind() == gsl.Unknown {
		return c.Self
	}
	return gsl.BoolOf(false)
}

func (q *question) use(c *gsl.Call, u use) gsl.Value {
	if u.doc == nil {
		return u.value()
	}
	return gsl.BoolOf(q.document(c, u.doc))
}

// identity is true where one document grants; else unknown where one could not be read.
func (q *question) identity(c *gsl.Call, i *identity) gsl.Value {
	hole, granted := cmp.Or(i.unheard, i.hole), false
	for _, p := range i.combined {
		switch {
		case p.relation == relationTrust:
		case p.doc == nil:
			hole = p.hole
		case q.document(c, p.doc):
			granted = true
		}
		if granted && c.Env.Trace == nil {
			break
		}
	}
	if !granted && hole != "" {
		return gsl.UnknownOf(hole)
	}
	return gsl.BoolOf(granted)
}

// document reports whether one statement grants; for evidence it proves all that do.
func (q *question) document(c *gsl.Call, d *document) bool {
	granted := false
	for i := range d.statements {
		if st := &d.statements[i]; q.statement(st) {
			granted = q.prove(c, st)
			if c.Env.Trace == nil {
				break
			}
		}
	}
	return granted
}

func (q *question) prove(c *gsl.Call, st *statement) bool {
	c.Prove(gsl.RecordOf(st))
	return true
}

// statement reports whether a statement grants one of the actions, what its document denies left out.
func (q *question) statement(st *statement) bool {
	p := st.parsed
	if p.Effect != policy.Allow || q.beyondSelf && selfService(st) {
		return false
	}
	if q.admin && (len(p.Conditions) > 0 || !onEverything(p)) {
		return false
	}
	for i := range q.actions {
		if a := &q.actions[i]; names(p, a) && onSomething(p, a) && !denied(st.doc, a) {
			return true
		}
	}
	return false
}

// names reports whether a statement's Action or NotAction covers the action.
func names(p *policy.Statement, a *action) bool {
	for i := range p.Action {
		if p.NotAction && a.meets(p.Action[i].Text) {
			return false
		}
		if !p.NotAction && a.within(p.Action[i].Text) {
			return true
		}
	}
	return p.NotAction
}

// onSomething reports whether a statement's Resource or NotResource leaves something to act on.
func onSomething(p *policy.Statement, a *action) bool {
	for i := range p.Resource {
		if p.NotRes && everything(p.Resource[i].Text) {
			return false
		}
		if !p.NotRes && a.onResource(p.Resource[i].Text) {
			return true
		}
	}
	return p.NotRes
}

// onEverything reports whether a statement is about every resource.
func onEverything(p *policy.Statement) bool {
	for i := range p.Resource {
		if !p.NotRes && everything(p.Resource[i].Text) {
			return true
		}
	}
	return false
}

// denied reports whether the document denies the action on every resource, whatever the request. A Deny on
// some resources, or with a condition, leaves requests that are allowed.
func denied(d *document, a *action) bool {
	for _, p := range d.denies {
		if names(p, a) {
			return true
		}
	}
	return false
}

// selfService reports whether every resource of a statement is the caller's own user or MFA device:
// ${aws:username} is the whole last path element. Before 2012-10-17 that text is no variable.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func selfService(st *statement) bool {
	p := st.parsed
	if p.NotRes || len(p.Resource) == 0 || st.doc.parsed.Version != "2012-10-17" {
		return false
	}
	for i := range p.Resource {
		if !isOwn(p.Resource[i].Text) {
			return false
		}
	}
	return true
}

// userName is the variable that stands for the name of the caller; keys ignore letter case.
const userName = "/${aws:username}"

func isOwn(resource string) bool {
	head := len(resource) - len(userName)
	if head < 0 || !strings.EqualFold(resource[head:], userName) {
		return false
	}
	a, err := arn.Parse(resource)
	kind, _, _ := strings.Cut(a.Resource, "/")
	return err == nil && a.Service == "iam" && (kind == "user" || kind == "mfa")
}
