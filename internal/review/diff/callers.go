package diff

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// anybody is the label of principals that the documents do not name.
const anybody = "*"

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

// callers are one principal for each way in which the statements of a group can answer who asks. False: there are more.
func (c *comparison) callers(g *group) (all []caller, complete bool) {
	if c.kind != policy.Trust && c.kind != policy.Resource {
		return []caller{{principal: someone}}, true
	}
	f := finder{comparison: c, places: c.places(g, nil), tests: c.tests(g), known: map[string]bool{}, labels: map[string]string{}, complete: true}
	outside := c.freshAccount("111122223333")
	f.account(outside, anybody)
	for _, t := range g.terms {
		for i := range t.Principal {
			f.nameAccount(&t.Principal[i])
		}
	}
	f.add("arn:aws:iam::"+outside+":user/"+exampleName, anybody)
	f.add(anybody, anybody)
	f.add(c.freshService(), anybody)
	for _, visit := range []func(*policy.Principal){f.named, f.related} {
		for _, t := range g.terms {
			for i := range t.Principal {
				visit(&t.Principal[i])
			}
		}
	}
	f.conditionedAccounts()
	for _, account := range f.accounts {
		f.kinds(account)
	}
	f.conditionedServices()
	if len(f.all) > maxPrincipals {
		return f.all[:maxPrincipals], false
	}
	return f.all, f.complete
}

// finder gathers callers.
type finder struct {
	*comparison
	places   [][]placed
	tests    []tests
	all      []caller
	known    map[string]bool
	accounts []string          // whose principals are tried
	labels   map[string]string // of accounts: as they are named, or anybody where only one of their principals is
	complete bool
}

func (f *finder) add(name, label string) {
	p, err := authz.ParsePrincipal(name)
	if err == nil && !f.known[name] {
		f.known[name] = true
		f.all = append(f.all, caller{p, label, pins(p)})
	}
}

func (f *finder) account(account, label string) {
	old, known := f.labels[account]
	if !known {
		f.accounts = append(f.accounts, account)
	}
	if !known || old == anybody {
		f.labels[account] = label
	}
}

// nameAccount notes the account that a Principal element names, or one of whose principals it names.
func (f *finder) nameAccount(p *policy.Principal) {
	account, label := p.Text, p.Text
	if part := strings.Split(p.Text, ":"); len(part) == 6 {
		if account = part[4]; part[5] != "root" {
			label = anybody
		}
	}
	if p.Type == "AWS" && p.Text != "*" || p.Type == "Federated" && account != p.Text && account != "" {
		f.account(account, label)
	}
}

// named adds the principal that a Principal element names, and of a role also a session.
func (f *finder) named(p *policy.Principal) {
	if p.Type != "AWS" || p.Text == "*" {
		f.add(p.Text, p.Text)
		return
	}
	part := strings.Split(p.Text, ":")
	if len(part) != 6 {
		return
	}
	f.add(p.Text, p.Text)
	if name, ok := strings.CutPrefix(part[5], "role/"); ok {
		f.add("arn:"+part[1]+":sts::"+part[4]+":assumed-role/"+name[strings.LastIndexByte(name, '/')+1:]+"/"+exampleName, p.Text)
	}
}

// related adds the role of a session that a Principal element names, and another session of it.
func (f *finder) related(p *policy.Principal) {
	part := strings.Split(p.Text, ":")
	if p.Type != "AWS" || len(part) != 6 {
		return
	}
	if name, ok := strings.CutPrefix(part[5], "assumed-role/"); ok {
		role, _, _ := strings.Cut(name, "/")
		f.add("arn:"+part[1]+":sts::"+part[4]+":assumed-role/"+role+"/"+exampleName, f.labels[part[4]])
		f.add("arn:"+part[1]+":iam::"+part[4]+":role/"+role, f.labels[part[4]])
	}
}

// kinds adds a principal of each kind in an account, and principals with the names that conditions tell apart.
func (f *finder) kinds(account string) {
	label := f.labels[account]
	iam, sts := "arn:aws:iam::"+account+":", "arn:aws:sts::"+account+":"
	f.add(iam+"user/"+exampleName, label)
	f.add(iam+"root", label)
	f.add(iam+"role/"+exampleName, label)
	f.add(sts+"assumed-role/"+exampleName+"/"+exampleName, label)
	f.add(sts+"federated-user/"+exampleName, label)
	f.add(iam+"saml-provider/"+exampleName, label)
	const key = "aws:principalarn"
	for _, before := range []string{iam + "user/", iam + "role/", sts + "federated-user/"} {
		for _, name := range f.texts(key, append(glob.Plain(before), glob.Symbol{Kind: glob.OnePart}, glob.Symbol{Kind: glob.Part})) {
			f.add(name, label)
			if role, ok := strings.CutPrefix(name, iam+"role/"); ok && !strings.Contains(role, "/") {
				f.add(sts+"assumed-role/"+role+"/"+exampleName, label)
			}
		}
	}
}

// texts are the values in a domain that conditions on a key tell apart, for a key that follows from the principal. A
// condition with a variable is not read: what that stands for is known only once the principal is.
func (f *finder) texts(key string, domain glob.Glob, more ...glob.Glob) []string {
	c := candidatesOf(testsOn(f.tests, key).all, nil, append(f.factors(f.places, key), more...), f.Budget)
	open := func(p glob.Owned) bool { return p.Glob.Open() >= 0 }
	f.complete = f.complete && !slices.ContainsFunc(c.patterns, open)
	c.patterns = slices.DeleteFunc(c.patterns, open)
	if len(c.patterns) == 0 {
		return nil
	}
	found := glob.NewAtoms(c.owners, c.free)
	f.complete = glob.NewAtomizer(f.tried(), c.patterns, found, f.Budget).Walk(domain) && f.complete
	var out []string
	for _, a := range found.All {
		out = append(out, a.Texts[0])
	}
	return out
}

// tried are the names of callers and accounts that were found before. They are left out of a search for more: conditions
// may answer them like others, and a Principal element tells them apart all the same.
func (f *finder) tried() []glob.Glob {
	var out []glob.Glob
	for _, names := range []iter.Seq[string]{maps.Keys(f.known), maps.Keys(f.labels)} {
		for _, name := range slices.Sorted(names) {
			out = append(out, glob.Plain(name))
		}
	}
	return out
}

// conditionedAccounts adds the accounts that conditions on the principal tell apart.
func (f *finder) conditionedAccounts() {
	const digits = 12
	var domain glob.Glob
	for range digits {
		domain = append(domain, glob.Symbol{Kind: glob.Digit})
	}
	var pieces []glob.Glob
	for _, l := range testsOn(f.tests, "aws:principalarn").all {
		for _, v := range l.Values {
			if g, ok := operandGlob(element.ParseOperator(l.Operator), v.Text, l.modern, nil); ok {
				for _, service := range []string{"iam", "sts"} {
					f.Pieces(glob.Plain("arn:aws:"+service+"::"), g, glob.Glob{{Byte: ':'}, {Kind: glob.Star}}, func(g glob.Glob) { pieces = append(pieces, g) })
				}
			}
		}
	}
	for _, account := range f.texts("aws:principalaccount", domain, pieces...) {
		f.account(account, anybody)
	}
}

// conditionedServices adds the services that conditions on the principal tell apart.
func (f *finder) conditionedServices() {
	domain := append(glob.Glob{{Kind: glob.OnePart}, {Kind: glob.Part}}, glob.Plain(".amazonaws.com")...)
	for _, name := range f.texts("aws:principalservicename", domain) {
		f.add(name, anybody)
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

// resourceAccount is the account that owns what is asked for. Where documents name principals, it is one that they do not
// name, so that the document alone decides. "": it does not matter.
func (c *comparison) resourceAccount() string {
	if c.kind != policy.Trust && c.kind != policy.Resource {
		return ""
	}
	return c.freshAccount("999999999993")
}
