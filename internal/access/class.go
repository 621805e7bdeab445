package access

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// class is all principals that the same policies speak on: what one of them may do to others, all may.
type class struct {
	one      *Principal // any of them
	personal bool       // it is alone: a policy looks at who asks
	some     map[string]authz.Decision
	admin    authz.Decision // Allowed, Depends, or ImplicitlyDenied for no
	would    *bool          // whether it would be admin if it were given everything
	fans     []fan
	ready    bool
	reaches  map[string]authz.Mask
}

func (g *Graph) classOf(p *Principal) *class {
	key, personal := g.classKey(p)
	if c, ok := g.classes[key]; ok {
		return c
	}
	c := &class{one: p, personal: personal, some: map[string]authz.Decision{}, reaches: map[string]authz.Mask{}}
	c.admin = g.adminOf(p, p.Stack)
	g.classes[key] = c
	return c
}

// probes are the resources on which an administrator is asked for.
type probes struct {
	anything string
	granting [len(authz.Granting)]string
}

func (g *Graph) makeProbes() probes {
	p := probes{anything: g.world.fill("arn:${Partition}:"+authz.Probe+":us-east-1:${Account}:thing/any", "any")}
	for i := range authz.Granting {
		p.granting[i] = g.world.fill("arn:${Partition}:iam::${Account}:"+authz.Granting[i].On+"/any", "any")
	}
	return p
}

// adminOf decides whether p with the given stack may do everything that the organization leaves to the account, where
// nobody has more: anything at all, and one of the actions that grant the rest.
func (g *Graph) adminOf(p *Principal, s authz.Stack) authz.Decision {
	alone := s
	alone.SCPs = nil
	all := g.probe(p, &alone, authz.Anything, g.probes.anything)
	if !may(all) {
		return authz.ImplicitlyDenied
	}
	granting := authz.ImplicitlyDenied
	for i := range authz.Granting {
		if d := g.probe(p, &s, authz.Granting[i].Action, g.probes.granting[i]); may(d) {
			granting = max(granting, d)
		}
		if granting == authz.Allowed {
			break
		}
	}
	return min(all, granting)
}

func (g *Graph) probe(p *Principal, s *authz.Stack, action, resource string) authz.Decision {
	if !s.Mentions(action) {
		return authz.ImplicitlyDenied
	}
	return s.Decide(&authz.Request{Principal: p.Principal, Action: action, Resource: resource, ResourceAccount: p.Account, Context: p.Context})
}

// everything allows every action on every resource.
var everything = func() *authz.Policy {
	p, err := authz.Compile("AdministratorAccess", policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`))
	if err != nil {
		panic(err)
	}
	return p
}()

// wouldBeAdmin reports whether p would be an administrator if it were given everything: no boundary, control
// policy or Deny of its own stops it.
func (g *Graph) wouldBeAdmin(c *class, p *Principal) bool {
	if c.would == nil {
		s := p.Stack
		s.Identity = append(slices.Clone(s.Identity), everything)
		would := may(g.adminOf(p, s))
		c.would = &would
	}
	return *c.would
}

// somewhere decides whether p may do an action on some resource: the strongest answer among candidates, and
// the resource that gave it. Candidates are what its policies name, and the forms that AWS lists for the action.
func (g *Graph) somewhere(p *Principal, action string, keys map[string][]string) (authz.Decision, string) {
	best, where := authz.ImplicitlyDenied, ""
	if !p.Stack.Mentions(action) {
		return best, where
	}
	for resource := range g.candidates(p, action) {
		d := g.world.Can(p, &Question{Action: action, Resource: resource, Owner: p.Account, Keys: keys})
		if !may(d) {
			continue
		}
		if where == "" || d > best {
			best, where = d, resource
		}
		if best == authz.Allowed {
			break
		}
	}
	return best, where
}

func (g *Graph) candidates(p *Principal, action string) iter.Seq[string] {
	return func(yield func(string) bool) {
		forms := g.formsOf(action)
		for _, c := range forms {
			if !yield(c) {
				return
			}
		}
		for _, c := range p.Stack.Candidates(action, p.Context) {
			a, err := arn.Parse(c)
			elsewhere := err == nil && arn.IsAccountID(a.Account) && a.Account != p.Account
			if !elsewhere && !slices.Contains(forms, c) && !yield(c) {
				return
			}
		}
	}
}

// formsOf are the forms of resource that AWS lists for an action, filled in; "*" where there are none.
func (g *Graph) formsOf(action string) []string {
	forms, ok := g.forms[action]
	if !ok {
		a, _ := iamref.ActionOf(action)
		for _, t := range a.Resources {
			for _, template := range t.ARNs {
				forms = append(forms, g.world.fill(template, "any"))
			}
		}
		if len(forms) == 0 {
			forms = []string{"*"}
		}
		g.forms[action] = forms
	}
	return forms
}

// may is somewhere for a class, remembered.
func (g *Graph) classMay(c *class, action string) bool {
	d, ok := c.some[action]
	if !ok {
		d, _ = g.somewhere(c.one, action, nil)
		c.some[action] = d
	}
	return may(d)
}

// mayAll asks for every action of an escalation but those given.
func (g *Graph) mayAll(c *class, e *Escalation, but ...string) bool {
	for _, a := range e.Actions {
		if !slices.Contains(but, a) && !g.classMay(c, a) {
			return false
		}
	}
	return true
}

// accountTrust is a trust policy that leaves it to the account's own policies.
func accountTrust(account string) *authz.Policy {
	p, err := authz.Compile("trust", policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"sts:AssumeRole"}]}`))
	if err != nil || !arn.IsAccountID(account) {
		return authz.Unread("trust")
	}
	return p
}

// classKey names all principals that the same policies speak on. One with a personal policy, of its own or of the
// organization, is alone.
func (g *Graph) classKey(p *Principal) (key string, personal bool) {
	personal = p.some((*authz.Policy).Personal)
	key = g.policyKey(p, func(*authz.Policy) bool { return true })
	if personal {
		key += p.ARN
	}
	return key, personal
}

// policyKey names what those policies of a principal say that fit, and whether it has a boundary.
func (g *Graph) policyKey(p *Principal, fits func(*authz.Policy) bool) string {
	var b strings.Builder
	for _, list := range [][]*authz.Policy{p.Stack.Identity, p.Stack.Boundary} {
		ids := make([]string, 0, len(list))
		for _, policy := range list {
			if fits(policy) {
				ids = append(ids, g.content(policy))
			}
		}
		slices.Sort(ids)
		b.WriteString(strings.Join(ids, ","))
		b.WriteByte('|')
	}
	b.WriteString(strconv.FormatBool(p.Stack.Boundary == nil))
	b.WriteString(strconv.FormatBool(p.Linked))
	return b.String()
}

// content is a name for what a policy says, whatever it is called.
func (g *Graph) content(p *authz.Policy) string {
	return strconv.FormatInt(int64(g.world.number(p.Document)), 36)
}
