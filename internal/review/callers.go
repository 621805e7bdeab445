package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// someone is who asks where the documents do not name principals.
var someone = authz.Principal{
	Kind: authz.User, Account: exampleAccount, Name: exampleName, ARN: "arn:aws:iam::" + exampleAccount + ":user/" + exampleName,
}

// caller is a principal that may ask, and what a request of theirs carries for sure.
type caller struct {
	principal authz.Principal
	label     string // as the documents name it; "*" for anybody else
	pinned    *settings
}

// callers are principals that the statements of a group tell apart. False: there are more.
func (c *comparison) callers(g *group) (all []caller, complete bool) {
	if c.kind != policy.Trust && c.kind != policy.Resource {
		return []caller{{principal: someone}}, true
	}
	f := finder{known: map[string]bool{}, accounts: map[string]string{}}
	outside := c.freshAccount("111122223333")
	f.accounts[outside] = "*"
	for _, t := range g.terms {
		for i := range t.Principal {
			f.account(&t.Principal[i])
		}
	}
	f.add("arn:aws:iam::"+outside+":user/"+exampleName, "*")
	f.add("*", "*")
	f.add(c.freshService(), "*")
	f.add("arn:aws:iam::"+outside+":saml-provider/"+exampleName, "*")
	for _, t := range g.terms {
		for i := range t.Principal {
			f.named(&t.Principal[i])
		}
		for i := range t.Conditions {
			f.conditioned(&t.Conditions[i])
		}
	}
	if slices.ContainsFunc(g.terms, func(t *term) bool { return t.NotPrinc }) { // which tells kinds apart
		f.kinds(outside)
	}
	if len(f.all) > maxPrincipals {
		return f.all[:maxPrincipals], false
	}
	return f.all, true
}

// finder gathers callers.
type finder struct {
	all      []caller
	known    map[string]bool
	accounts map[string]string // that are named, and how; "*" where only one of their principals is
}

func (f *finder) add(name, label string) {
	p, err := authz.ParsePrincipal(name)
	if err == nil && !f.known[name] {
		f.known[name] = true
		f.all = append(f.all, caller{p, label, pins(p)})
	}
}

// account notes the account that a Principal element names, or one of whose principals it names.
func (f *finder) account(p *policy.Principal) {
	account, label := p.Text, p.Text
	if part := strings.Split(p.Text, ":"); len(part) == 6 {
		if account = part[4]; part[5] != "root" {
			label = "*"
		}
	}
	if old, known := f.accounts[account]; p.Type == "AWS" && p.Text != "*" && (!known || old == "*") {
		f.accounts[account] = label
	}
}

// named adds who a Principal element names, and others of the same account.
func (f *finder) named(p *policy.Principal) {
	if p.Type == "Service" || p.Type == "Federated" {
		f.add(p.Text, p.Text)
		return
	}
	if p.Type != "AWS" || p.Text == "*" {
		return
	}
	account := p.Text
	if part := strings.Split(p.Text, ":"); len(part) == 6 {
		account = part[4]
		f.add(p.Text, p.Text)
		if role, ok := strings.CutPrefix(part[5], "role/"); ok {
			name := role[strings.LastIndexByte(role, '/')+1:]
			f.add("arn:"+part[1]+":sts::"+account+":assumed-role/"+name+"/"+exampleName, p.Text)
		}
	}
	f.add("arn:aws:iam::"+account+":user/"+exampleName, f.accounts[account])
	f.kinds(account)
}

// kinds adds principals of every other kind.
func (f *finder) kinds(account string) {
	label := f.accounts[account]
	f.add("arn:aws:iam::"+account+":root", label)
	f.add("arn:aws:iam::"+account+":role/"+exampleName, label)
	f.add("arn:aws:sts::"+account+":assumed-role/"+exampleName+"/"+exampleName, label)
}

// conditioned adds who a condition on the principal lets through: in each account, where it names none.
func (f *finder) conditioned(condition *policy.Condition) {
	for _, v := range condition.Values {
		switch strings.ToLower(condition.Key) {
		case "aws:principalarn":
			f.fits(v.Text)
		case "aws:principalaccount":
			account := filledText(v.Text)
			f.add("arn:aws:iam::"+account+":user/"+exampleName, cmp.Or(f.accounts[account], "*"))
		}
	}
}

// fits adds principals of the known accounts whose ARN fits a pattern.
func (f *finder) fits(pattern string) {
	f.add(filled(pattern, exampleName), "*")
	part := strings.SplitN(pattern, ":", 6)
	if len(part) != 6 {
		return
	}
	for _, account := range slices.Sorted(maps.Keys(f.accounts)) {
		if arn.Match(part[4], account) {
			there := slices.Replace(slices.Clone(part), 4, 5, account)
			f.add(filled(strings.Join(there, ":"), exampleName), f.accounts[account])
		}
	}
}

// pins are the keys that follow from who asks. Source: IAM User Guide, "AWS global condition context keys".
func pins(p authz.Principal) *settings {
	var s *settings
	absent := value{absent: true}
	one := func(text string) value { return value{texts: []string{text}} }
	switch p.Kind {
	case authz.Service:
		return s.with("aws:principalarn", absent).with("aws:principalaccount", absent).
			with("aws:principalisawsservice", one("true")).with("aws:principalservicename", one(p.ARN))
	case authz.Anonymous, authz.Federated:
		s = s.with("aws:principalarn", absent).with("aws:principalaccount", absent)
	default:
		s = s.with("aws:principalarn", one(identityARN(p))).with("aws:principalaccount", one(p.Account))
	}
	return s.with("aws:principalisawsservice", one("false"))
}

// identityARN is what aws:PrincipalArn holds: of a role's session the role's ARN.
func identityARN(p authz.Principal) string {
	part := strings.SplitN(p.ARN, ":", 3)
	if p.Kind == authz.RoleSession && len(part) == 3 {
		return "arn:" + part[1] + ":iam::" + p.Account + ":role/" + p.Name
	}
	return p.ARN
}

// freshAccount is an account that neither document names: the wanted one, or one near it.
func (c *comparison) freshAccount(wanted string) string {
	for last := byte('3'); last <= '9'; last++ {
		wanted = wanted[:len(wanted)-1] + string(last)
		if !slices.ContainsFunc(c.sides[:], func(s side) bool { return strings.Contains(s.policy.Document.Text, wanted) }) {
			return wanted
		}
	}
	return wanted
}

// freshService is a service that neither document names.
func (c *comparison) freshService() string {
	for _, service := range []string{"lambda", "ec2", "glue", "batch"} {
		name := service + ".amazonaws.com"
		if !slices.ContainsFunc(c.sides[:], func(s side) bool { return strings.Contains(s.policy.Document.Text, name) }) {
			return name
		}
	}
	return exampleName + ".amazonaws.com"
}

// resourceAccount owns what is asked for: where documents name principals, an account that they do not name, so
// that the document alone decides.
func (c *comparison) resourceAccount() string {
	if c.kind != policy.Trust && c.kind != policy.Resource {
		return ""
	}
	return c.freshAccount("999999999993")
}
