// Package access answers questions on one account: can, who can, what can, and which steps lead to administrator.
//
// Contract: a World is built once from a Snapshot and may be read by many at once. Answers come from authz
// with every policy that the snapshot holds on a principal; what could not be read makes an answer depend.
// A condition key that nobody gave is unknown, unless the principal decides it (its ARN, account, tags).
// Limits: session policies and the policies of resources other than roles are given by the caller or missing; an
// answer that needs one that is missing depends on it. Control policies that the snapshot lacks are taken as not there.
// Floor: 4.
package access

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// World holds an account's principals with their compiled policies.
type World struct {
	snap       *account.Snapshot
	parse      func(account.Document) *policy.Document
	parsed     map[account.Document]*policy.Document
	numbers    map[*policy.Document]int
	managed    map[string]*authz.Policy // by ARN
	principals []Principal              // users, then roles, each by name
	byARN      map[string]*Principal
	groups     map[string]*account.Group // by name
	ofGroup    map[string][]*authz.Policy
	trust      map[string]*authz.Policy // of a role, by its ARN
	namedBy    map[string][]int         // roles whose trust names a principal, by principalKey
	// The account's own resources, by number.
	ownUsers, ownRoles, ownGroups, ownPolicies *authz.Universe
	scps, rcps                                 [][]*authz.Policy // what an organization puts over the account; nil: nobody gave that
}

// Principal is a user or a role with the policies that speak on it.
type Principal struct {
	authz.Principal
	Stack   authz.Stack // without a resource policy
	Context *authz.Context
	Linked  bool // a service-linked role: control policies do not bind it, and nobody can change it
	User    *account.User
	Role    *account.Role // of User and Role one is set
}

// New builds a World. Parse gives a parsed document, so that callers can share what they parsed;
// nil means policy.Parse.
func New(s *account.Snapshot, parse func(account.Document) *policy.Document) *World {
	if parse == nil {
		parse = func(d account.Document) *policy.Document { return policy.Parse(string(d)) }
	}
	w := &World{
		snap: s, parse: parse,
		parsed: map[account.Document]*policy.Document{}, numbers: map[*policy.Document]int{}, managed: map[string]*authz.Policy{},
		byARN: map[string]*Principal{}, groups: map[string]*account.Group{}, ofGroup: map[string][]*authz.Policy{}, trust: map[string]*authz.Policy{}, namedBy: map[string][]int{},
	}
	if c := s.Controls; c != nil {
		w.scps, w.rcps = w.levels(c.SCPs), w.levels(c.RCPs)
	}
	for i := range s.Policies {
		p := &s.Policies[i]
		w.managed[p.ARN] = w.compile(p.ARN, p.Document)
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		w.groups[g.Name] = g
		w.ofGroup[g.Name] = slices.Concat(w.attached(g.Attached), w.inline("group "+g.Name, g.Inline))
	}
	w.principals = make([]Principal, 0, len(s.Users)+len(s.Roles))
	for i := range s.Users {
		w.principals = append(w.principals, w.user(&s.Users[i]))
	}
	for i := range s.Roles {
		w.principals = append(w.principals, w.role(&s.Roles[i]))
	}
	for i := range w.principals {
		w.byARN[w.principals[i].ARN] = &w.principals[i]
	}
	w.numberOwn()
	return w
}

// compile gives the compiled document; one that is missing or faulty may do anything.
func (w *World) compile(name string, d account.Document) *authz.Policy {
	if d == "" {
		return authz.Unread(name)
	}
	doc, ok := w.parsed[d]
	if !ok {
		doc = w.parse(d)
		w.parsed[d] = doc
	}
	p, err := authz.Compile(name, doc)
	if err != nil {
		return authz.Unread(name)
	}
	return p
}

// inline compiles inline policies, named for their owner.
func (w *World) inline(owner string, list []account.InlinePolicy) []*authz.Policy {
	var out []*authz.Policy
	for _, p := range list {
		out = append(out, w.compile(`inline policy "`+p.Name+`" of `+owner, p.Document))
	}
	return out
}

// levels compiles control policies, from the organization's root on.
func (w *World) levels(levels []account.ControlLevel) [][]*authz.Policy {
	var out [][]*authz.Policy
	for i := range levels {
		policies := make([]*authz.Policy, 0, len(levels[i].Policies))
		for _, p := range levels[i].Policies {
			policies = append(policies, w.compile(levels[i].Title(&p), p.Document))
		}
		out = append(out, policies)
	}
	return out
}

// Level is what a level of service control policies is called; 0 is the organization's root.
func (w *World) Level(i int) string {
	if c := w.snap.Controls; c != nil && i < len(c.SCPs) && c.SCPs[i].Name != "" {
		return c.SCPs[i].Name
	}
	return "level " + strconv.Itoa(i+1)
}

func (w *World) attached(arns []string) []*authz.Policy {
	var out []*authz.Policy
	for _, arn := range arns {
		out = append(out, w.managedPolicy(arn))
	}
	return out
}

func (w *World) managedPolicy(arn string) *authz.Policy {
	p, ok := w.managed[arn]
	if !ok {
		p = authz.Unread(arn)
		w.managed[arn] = p
	}
	return p
}

func (w *World) boundary(arn string) []*authz.Policy {
	if arn == "" {
		return nil
	}
	return []*authz.Policy{w.managedPolicy(arn)}
}

func (w *World) user(u *account.User) Principal {
	p := Principal{Principal: authz.Principal{Kind: authz.User, ARN: u.ARN, Account: string(w.snap.Account), Name: u.Name}, User: u}
	p.Stack.Identity = slices.Concat(w.attached(u.Attached), w.inline("user "+u.Name, u.Inline))
	for _, name := range u.Groups {
		policies, ok := w.ofGroup[name]
		if !ok {
			policies = []*authz.Policy{authz.Unread("group " + name)}
		}
		p.Stack.Identity = append(p.Stack.Identity, policies...)
	}
	p.Stack.Boundary = w.boundary(u.Boundary)
	p.Stack.SCPs, p.Stack.RCPs = w.scps, w.rcps
	p.Context = w.context(&p.Principal, u.Tags)
	p.Context.Set("aws:username", u.Name)
	p.Context.Set("aws:PrincipalType", "User")
	p.Context.Set("aws:userid", u.ID)
	p.Context.Close("aws:PrincipalTag/") // a user's tags are all its tags
	return p
}

func (w *World) role(r *account.Role) Principal {
	p := Principal{Principal: authz.Principal{Kind: authz.Role, ARN: r.ARN, Account: string(w.snap.Account), Name: r.Name}, Role: r}
	p.Linked = strings.HasPrefix(r.Path, "/aws-service-role/")
	p.Stack.Identity = slices.Concat(w.attached(r.Attached), w.inline("role "+r.Name, r.Inline))
	p.Stack.Boundary = w.boundary(r.Boundary)
	p.Stack.RCPs = w.rcps
	if !p.Linked {
		p.Stack.SCPs = w.scps
	}
	trust := w.compile("trust policy of "+r.Name, r.Trust)
	w.trust[r.ARN] = trust
	tags := r.Tags
	if trust.Mentions("sts:TagSession") { // whoever assumes the role may put other values in their place
		tags = nil
	}
	p.Context = w.context(&p.Principal, tags)
	p.Context.SetAbsent("aws:username")
	p.Context.Set("aws:PrincipalType", "AssumedRole")
	return p
}

// context holds the keys that the principal decides. Source: IAM User Guide, "Global condition context keys".
func (w *World) context(p *authz.Principal, tags []account.Tag) *authz.Context {
	c := authz.NewContext(true)
	c.Set("aws:PrincipalArn", p.ARN)
	c.Set("aws:PrincipalAccount", p.Account)
	c.Set("aws:PrincipalIsAWSService", "false")
	for _, t := range tags {
		c.Set("aws:PrincipalTag/"+t.Key, t.Value)
	}
	return c
}

// Principals are the users, then the roles, each by name.
func (w *World) Principals() []Principal { return w.principals }

// Principal finds a user or role by ARN or, where one only has it, by name.
func (w *World) Principal(name string) []*Principal {
	if p, ok := w.byARN[name]; ok {
		return []*Principal{p}
	}
	var out []*Principal
	for i := range w.principals {
		if strings.EqualFold(w.principals[i].Name, name) {
			out = append(out, &w.principals[i])
		}
	}
	return out
}

// Snapshot is the account that the World was built from.
func (w *World) Snapshot() *account.Snapshot { return w.snap }

// number gives each document a number; equal texts share one where the parser shares what it parsed.
func (w *World) number(d *policy.Document) int {
	n, ok := w.numbers[d]
	if !ok {
		n = len(w.numbers)
		w.numbers[d] = n
	}
	return n
}

// partition is that of the account, "aws" where the snapshot does not say.
func (w *World) partition() string { return cmp.Or(w.snap.Partition, "aws") }

// fill writes the account's own values for an ARN template's ${…}, and free for what is left.
func (w *World) fill(template, free string) string {
	var b strings.Builder
	for template != "" {
		before, rest, ok := strings.Cut(template, "${")
		b.WriteString(before)
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		switch {
		case name == "Partition":
			b.WriteString(w.partition())
		case name == "Account":
			b.WriteString(string(w.snap.Account))
		case name == "Region" && free != "*":
			b.WriteString("us-east-1")
		default:
			b.WriteString(free)
		}
		template = after
	}
	return b.String()
}
