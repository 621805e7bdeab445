package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// party is on whom a question is decided: an identity, or whoever may hold a document.
type party struct {
	principal authz.Principal
	stack     authz.Stack
	personas  []persona
	named     []persona   // those whose user name is known
	sure      []persona   // see plain
	nameless  []persona   // see Context.Nameless
	unproven  []persona   // see withoutMFA
	documents []*document // whose Allows propose resources
}

// persona is one who asks: what is known of its requests.
type persona struct {
	context *authz.Context
	name    string // of a user
}

// someone is the user name of a document's holder, where one is needed.
const someone = "ambit-holder"

// onPaper is the party of a document that anybody may hold.
func (r *Run) onPaper(d *document) *party {
	p := &r.paper
	if p.personas == nil {
		own := string(r.set.snap.Account)
		p.principal = authz.Principal{Kind: authz.User, Account: own}
		p.stack.Resource = r.delegate()
		anybody := r.context()
		user, session := anybody.Clone(), anybody.Clone()
		user.Set("aws:username", someone)
		session.SetAbsent("aws:username")
		p.personas = []persona{{context: anybody}}
		p.named = []persona{{user, someone}, {context: session}}
		p.stack.Identity = make([]*authz.Policy, 1)
		p.documents = make([]*document, 1)
	}
	p.stack.Identity[0], p.documents[0] = d.compiled(), d
	return p
}

// partyOf is the party of an identity. A group has no requests of its own: its members' are open.
func (r *Run) partyOf(i *identity, kind authz.PrincipalKind) *party {
	if r.of == i {
		return &r.party
	}
	r.of = i
	own := string(r.set.snap.Account)
	p := party{principal: authz.Principal{Kind: kind, Account: own, ARN: i.arn, Name: i.name}}
	c := r.context()
	switch kind {
	case authz.User:
		c.Set("aws:username", i.name)
		c.Set("aws:PrincipalType", "User")
		c.Set("aws:userid", i.id)
	case authz.Role:
		c.SetAbsent("aws:username")
		c.Set("aws:PrincipalType", "AssumedRole")
	default:
		paper := r.onPaper(emptyDocument)
		p.principal, p.personas, p.named = paper.principal, paper.personas, paper.named
	}
	if p.personas == nil {
		c.Set("aws:PrincipalArn", i.arn)
		for _, t := range i.tags {
			if kind != authz.Role || !i.tagsSessions() {
				c.Set("aws:PrincipalTag/"+t.Key, t.Value)
			}
		}
		if kind == authz.User {
			c.Close("aws:PrincipalTag/")
		}
		p.personas = []persona{{c, i.name}}
		if kind == authz.Role {
			p.personas[0].name = ""
		}
		p.named = p.personas
	}
	p.stack.Resource = r.delegate()
	for _, held := range i.combined {
		if held.relation != relationTrust && held.doc != nil {
			p.stack.Identity = append(p.stack.Identity, held.doc.compiled())
			p.documents = append(p.documents, held.doc)
		}
	}
	if b := i.boundary; b != nil && b.doc.doc != nil {
		p.stack.Boundary = []*authz.Policy{b.doc.doc.compiled()}
		p.documents = append(p.documents, b.doc.doc)
	}
	r.controlled(&p.stack, i)
	r.party = p
	return &r.party
}

// tagsSessions reports whether the trust policy of a role lets whoever assumes it put other values in the place of
// the role's tags. Source: IAM User Guide, "Pass session tags in AWS STS".
func (i *identity) tagsSessions() bool {
	for _, held := range i.combined {
		if held.relation == relationTrust {
			return held.doc == nil || held.doc.compiled().Mentions("sts:TagSession")
		}
	}
	return true
}

var emptyDocument = newDocument(&policy.Document{Version: "2012-10-17"}, -1)

// context is what is known of every request within the account. Source: IAM User Guide, "AWS global condition
// context keys".
func (r *Run) context() *authz.Context {
	c := authz.NewContext(true)
	c.Set("aws:PrincipalAccount", string(r.set.snap.Account))
	c.Set("aws:PrincipalIsAWSService", "false")
	return c
}

// extraKeys are those that a request signed with long-term access keys, from the internet, does not carry.
// Source: IAM User Guide, "AWS global condition context keys".
var extraKeys = [...]string{
	"aws:TokenIssueTime", "aws:FederatedProvider", "aws:SourceIdentity", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn",
	"aws:VpcSourceIp", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:SourceArn", "aws:SourceAccount",
	"aws:SourceOrgID", "aws:SourceOrgPaths",
}

// plain are the personas with a request that carries no more than every request does: without MFA, over TLS, now.
// Sessions of a role may carry word of MFA.
func (p *party) plain(r *Run) []persona {
	if p.sure != nil {
		return p.sure
	}
	for _, one := range p.personas {
		c := one.context.Clone()
		for _, key := range extraKeys {
			c.SetAbsent(key)
		}
		if p.principal.Kind != authz.Role {
			c.SetAbsent("aws:MultiFactorAuthPresent")
			c.SetAbsent("aws:MultiFactorAuthAge")
		}
		taken := r.set.snap.TakenAt
		c.Set("aws:ResourceAccount", string(r.set.snap.Account))
		c.Set("aws:SecureTransport", "true")
		c.Set("aws:ViaAWSService", "false")
		c.Set("aws:CurrentTime", taken.UTC().Format(time.RFC3339))
		c.Set("aws:EpochTime", strconv.FormatInt(taken.Unix(), 10))
		p.sure = append(p.sure, persona{c, one.name})
	}
	return p.sure
}

// nobody are the personas as nobody in particular.
func (p *party) nobody() []persona {
	if p.nameless != nil {
		return p.nameless
	}
	for _, one := range p.personas {
		c := one.context.Clone()
		c.Nameless = true
		p.nameless = append(p.nameless, persona{c, one.name})
	}
	return p.nameless
}

// delegate stands for the policy of a role or key that leaves it to the account's own policies: AWS asks it of
// both. Source: IAM User Guide, "Policy evaluation logic".
func (r *Run) delegate() *authz.Policy {
	type key struct{}
	p, _ := r.Once(key{}, func() any {
		text := fmt.Sprintf(`{"Statement":{"Effect":"Allow","Principal":{"AWS":%q},"Action":"*","Resource":"*"}}`, r.set.snap.Account)
		p, err := authz.Compile("policy of the resource", policy.Parse(text))
		if err != nil {
			p = authz.Unread("policy of the resource")
		}
		return p
	}).(*authz.Policy)
	return p
}

// owns reports whether a resource is the persona's own user or device.
func (p *persona) owns(resource string) bool {
	if p.name == "" || !strings.HasSuffix(resource, "/"+p.name) {
		return false
	}
	a, err := arn.Parse(resource)
	kind, _, _ := strings.Cut(a.Resource, "/")
	return err == nil && a.Service == "iam" && (kind == "user" || kind == "mfa")
}

// names reports whether an Allow names all that the pattern fits.
func (p *party) names(a *action) bool {
	for _, d := range p.documents {
		for i := range d.parsed.Statements {
			if st := &d.parsed.Statements[i]; st.Effect == policy.Allow && names(st, a) {
				return true
			}
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

// proveStatement finds the statement of a match among the party's documents, and in it what covers the action.
func (p *party) proveStatement(c *gsl.Call, m *authz.Match, action string) {
	for _, d := range p.documents {
		if d.policy != m.Policy {
			continue
		}
		for i := range d.statements {
			if d.statements[i].parsed == m.Statement {
				Prove(c, gsl.RecordOf(&d.statements[i]), d.parsed.MemberOrValue(authz.ActionElement(m.Statement, action)))
			}
		}
	}
}

// witnessOf is the request as a finding tells it.
func witnessOf(r *authz.Request, e *authz.Explanation) *finding.Witness {
	w := &finding.Witness{Principal: r.Principal.ARN, Action: r.Action, Resource: r.Resource, Decision: e.Decision.String()}
	if e.Decision == authz.Depends {
		w.Depends = DependsOn(e.Matches)
	}
	return w
}

// DependsOn are the conditions that a decision is left to, in words, each once.
func DependsOn(matches []authz.Match) []string {
	var out []string
	for i := range matches {
		for _, cond := range matches[i].Unknown {
			values := make([]string, len(cond.Values))
			for k := range cond.Values {
				values[k] = cond.Values[k].Text
			}
			text := string(matches[i].Effect) + " if " + cond.Operator + " " + cond.Key + " " + strings.Join(values, ", ")
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}
