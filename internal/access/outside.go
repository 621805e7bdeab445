package access

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// Outsider tells apart who, outside the account, may assume a role.
type Outsider uint8

// The outsiders, the widest first.
const (
	Anyone       Outsider = iota // any principal of any account
	OtherAccount                 // an account, or a principal of it
	Provider                     // identities of a SAML or OIDC provider
	AWSService                   // a service of AWS
)

// String is the outsider in words.
func (o Outsider) String() string {
	return [...]string{"anyone", "other account", "federated provider", "service"}[o]
}

// Exposure says that somebody outside the account may assume a role. Mode: may.
type Exposure struct {
	Role     *Principal
	Outsider Outsider
	Who      string          // "*", an account id or a principal's ARN, a provider's ARN or host, a service's host
	Caller   authz.Principal // who asked on behalf of Who
	Action   string          // how it assumes the role: sts:AssumeRole, or one of its kin for a Provider
	Decision authz.Decision  // Allowed, or Depends on conditions that Deciding names
	// Subject and Audience report, of a Provider, whether the trust turns an unknown subject and an unknown
	// audience away.
	Subject, Audience bool
	Deciding          []authz.Match
}

// Outside lists who outside the account may assume its roles, by role, outsider and Who. It asks authz with probes: a
// principal of an account that no policy names, each principal that the trust policy names, and for a provider a
// subject and an audience that nobody knows. An outsider's own account is taken to allow it everything. Principals
// that AWS has made unique ids, because they are gone, are nobody.
func (w *World) Outside() []Exposure {
	var out []Exposure
	for i := range w.principals {
		if role := &w.principals[i]; role.Role != nil {
			out = append(out, w.outside(role)...)
		}
	}
	return out
}

// prober asks on behalf of outsiders for one role.
type prober struct {
	world *World
	role  *Principal
	stack authz.Stack
	found []Exposure
}

func (w *World) outside(role *Principal) []Exposure {
	p := prober{world: w, role: role, stack: authz.Stack{RCPs: role.Stack.RCPs, Identity: []*authz.Policy{everything}, Resource: w.trust[role.ARN]}}
	named := namedIn(p.stack.Resource.Document)
	n := 999_999_999_999 // an account that no policy names
	for named.accounts[strconv.Itoa(n)] || strconv.Itoa(n) == string(w.snap.Account) {
		n--
	}
	p.anyone(strconv.Itoa(n))
	for _, who := range slices.Sorted(maps.Keys(named.aws)) {
		p.account(who)
	}
	for _, who := range slices.Sorted(maps.Keys(named.providers)) {
		p.provider(who)
	}
	for _, who := range slices.Sorted(maps.Keys(named.services)) {
		p.service(who)
	}
	slices.SortStableFunc(p.found, func(a, b Exposure) int { return cmp.Compare(a.Outsider, b.Outsider) })
	return p.found
}

// mentioned are the principals that a trust policy names, in principals or conditions.
type mentioned struct {
	aws, providers, services, accounts map[string]bool
}

func namedIn(d *policy.Document) mentioned {
	m := mentioned{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	if d == nil {
		return m
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, p := range s.Principal {
			m.note(p.Type, p.Text)
		}
		for _, c := range s.Conditions {
			if key := strings.ToLower(c.Key); key != "aws:principalarn" && key != "aws:principalaccount" {
				continue
			}
			for _, v := range c.Values {
				m.note("AWS", strings.NewReplacer("*", "any", "?", "x").Replace(v.Text))
			}
		}
	}
	return m
}

func (m *mentioned) note(kind, text string) {
	switch kind {
	case "AWS":
		a, err := arn.Parse(text)
		if err == nil && a.Resource == "root" {
			text = a.Account
		}
		if arn.IsAccountID(text) {
			m.accounts[text] = true
		} else if err != nil || !arn.IsAccountID(a.Account) {
			return // everyone, or a unique id
		} else {
			m.accounts[a.Account] = true
		}
		m.aws[text] = true
	case "Federated":
		m.providers[text] = true
	case "Service":
		m.services[text] = true
	}
}

// anyone asks for a principal of an account that no policy names: one of any name, or of a name or an account that
// conditions have in mind. One that may is enough.
func (p *prober) anyone(account string) {
	arnOf := func(account string) string {
		return p.world.fill("arn:${Partition}:iam::", "") + account + ":user/" + authz.Probe
	}
	probes := []string{arnOf(account)}
	for _, pattern := range p.values("aws:PrincipalArn") {
		probes = append(probes, authz.StrayPrincipals(pattern, p.world.fill("${Partition}", ""), account)...)
	}
	for _, pattern := range p.values("aws:PrincipalAccount") {
		if like, ok := arn.AccountLike(pattern); ok && strings.ContainsAny(pattern, "*?") {
			probes = append(probes, arnOf(like))
		}
	}
	for _, probe := range probes {
		if a, err := arn.Parse(probe); err == nil && a.Account != string(p.world.snap.Account) && p.principal(Anyone, "*", probe) {
			return
		}
	}
}

// account asks for a principal of another account, or any of it where who is an account's id.
func (p *prober) account(who string) {
	if arn.IsAccountID(who) {
		if who != string(p.world.snap.Account) {
			p.principal(OtherAccount, who, p.world.fill("arn:${Partition}:iam::", "")+who+":user/"+authz.Probe)
		}
		return
	}
	if a, err := arn.Parse(who); err == nil && a.Account != string(p.world.snap.Account) {
		p.principal(OtherAccount, who, who)
	}
}

func (p *prober) principal(o Outsider, who, probe string) bool {
	caller, err := authz.ParsePrincipal(probe)
	if err != nil {
		return false
	}
	c := authz.NewContext(true)
	c.Set("aws:PrincipalAccount", caller.Account)
	c.Set("aws:PrincipalIsAWSService", "false")
	if caller.Kind != authz.RoleSession { // of a session it is the role's, whose path the session does not tell
		c.Set("aws:PrincipalArn", caller.ARN)
	}
	return p.ask(Exposure{Outsider: o, Who: who}, caller, "sts:AssumeRole", c)
}

func (p *prober) service(who string) {
	c := authz.NewContext(true)
	c.Set("aws:PrincipalIsAWSService", "true")
	p.ask(Exposure{Outsider: AWSService, Who: who}, authz.Principal{Kind: authz.Service, ARN: who}, "sts:AssumeRole", c)
}

// The keys that carry the subject and the audience of a token, behind the provider's name.
// Source: IAM User Guide, "Keys available for AWS OIDC federation", "SAML-based federation".
var (
	subjectKeys  = []string{"sub", "user_id", "id"}
	audienceKeys = []string{"aud", "app_id"}
)

func (p *prober) provider(who string) {
	action, prefix := "sts:AssumeRoleWithWebIdentity", who
	if a, err := arn.Parse(who); err == nil {
		prefix = strings.TrimPrefix(a.Resource, "oidc-provider/")
		if strings.HasPrefix(a.Resource, "saml-provider/") {
			action, prefix = "sts:AssumeRoleWithSAML", "saml"
		}
	}
	caller := authz.Principal{Kind: authz.Federated, ARN: who}
	letsIn := func(claims []authz.Claim) bool {
		c := authz.NewContext(true)
		for _, claim := range claims {
			if claim.Absent {
				c.SetAbsent(claim.Key)
			} else {
				c.Set(claim.Key, claim.Value)
			}
		}
		return may(p.decide(caller, action, c).Decision)
	}
	audience := make([]authz.Claim, len(audienceKeys))
	for i, k := range audienceKeys {
		audience[i] = authz.Claim{Key: prefix + ":" + k, Value: authz.Probe}
	}
	tokens := authz.StrayTokens(prefix, p.values)
	for i := range tokens { // tokens[i][0] is the subject
		for _, k := range subjectKeys {
			tokens[i] = append([]authz.Claim{{Key: prefix + ":" + k, Value: tokens[i][0].Value}}, tokens[i]...)
		}
	}
	e := Exposure{Outsider: Provider, Who: who, Subject: !slices.ContainsFunc(tokens, letsIn), Audience: !letsIn(audience)}
	p.ask(e, caller, action, authz.NewContext(true))
}

// values are what conditions of the trust policy say of a key.
func (p *prober) values(key string) []string {
	if p.stack.Resource.Document == nil {
		return nil
	}
	return policy.ConditionValues(p.stack.Resource.Document.Statements, key)
}

func (p *prober) decide(caller authz.Principal, action string, c *authz.Context) authz.Explanation {
	return p.stack.Explain(&authz.Request{
		Principal: caller, Action: action, Resource: p.role.ARN, ResourceAccount: string(p.world.snap.Account), Context: c,
	})
}

// ask notes e, and tells true, if its caller may assume the role, with the statements of the trust policy that say so.
func (p *prober) ask(e Exposure, caller authz.Principal, action string, c *authz.Context) bool {
	why := p.decide(caller, action, c)
	if !may(why.Decision) {
		return false
	}
	e.Role, e.Caller, e.Action, e.Decision = p.role, caller, action, why.Decision
	for _, m := range why.Deciding() {
		if m.Layer != authz.Identity {
			e.Deciding = append(e.Deciding, m)
		}
	}
	p.found = append(p.found, e)
	return true
}
