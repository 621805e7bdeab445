package facts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// callers make, of an Allow of a trust policy, the calls that decide whether it admits somebody of a kind. Other
// keys than those that a call sets are free.
type callers func(t *trust, st *policy.Statement) []call

// kinds are what admits can ask for.
var kinds = map[string]callers{
	"anyone":                  (*trust).anyone,
	"other-account":           (*trust).strangers,
	"other-account-unguarded": (*trust).unguarded,
	"service":                 (*trust).services,
	"service-without-source":  (*trust).strayServices,
	"federated":               (*trust).federated,
	"oidc-without-subject":    (*trust).withoutSubject,
	"oidc-without-audience":   (*trust).withoutAudience,
	"saml-without-audience":   (*trust).withoutSAMLAudience,
	"deleted-principal":       nil, // nobody can call: decided by the text
}

const deletedPrincipal = "deleted-principal"

// call is one request to assume the role.
type call struct {
	principal authz.Principal
	action    string
	keys      []key
	anybody   bool // the principal stands for all there are: nobody has its account in mind
}

// key is a condition key that a call carries, or lacks.
type key struct {
	name, value string
	absent      bool
}

// with is the call with more keys.
func (c call) with(keys ...key) call {
	c.keys = slices.Concat(c.keys, keys)
	return c
}

// trust is the role whose trust policy is asked.
type trust struct {
	run *Run
	own string // account
	arn string // of the role; of a policy by itself, of a made-up one
}

// The names of those who have no part in the account.
const (
	foreignAccount      = "990099009900"
	otherForeignAccount = "990099009901" // where the account itself has the first
	foreignOrganization = "o-ambitprobe0"
	foreignPath         = foreignOrganization + "/r-ambi/ou-ambi-probe000/"
	foreignName         = "ambit-probe"
)

func (t *trust) foreign() string {
	if t.own == foreignAccount {
		return otherForeignAccount
	}
	return foreignAccount
}

// admits answers for a trust policy, one statement of it, or a role.
func admits(c *gsl.Call) gsl.Value {
	r := RunOf(c)
	if r == nil {
		return gsl.UnknownOf("account")
	}
	t := &trust{run: r, own: string(r.set.snap.Account)}
	t.arn = "arn:" + r.partition() + ":iam::" + t.own + ":role/any"
	if role, ok := c.Entity.(*role); ok {
		t.arn = role.arn
	}
	switch self := c.Self.Ref().(type) {
	case *role:
		if self.trust.doc == nil {
			return self.trust.value()
		}
		return gsl.BoolOf(t.document(c, self.trust.doc))
	case *document:
		return gsl.BoolOf(t.document(c, self))
	case *statement:
		return gsl.BoolOf(t.statement(c, self))
	}
	for _, v := range append(c.Args, c.Self) {
		if v.Kind() == gsl.Unknown {
			return v
		}
	}
	return gsl.BoolOf(false)
}

// document reports whether a statement admits somebody; for evidence it asks them all.
func (t *trust) document(c *gsl.Call, d *document) bool {
	admitted := false
	for i := range d.statements {
		if t.statement(c, &d.statements[i]) {
			admitted = true
			if c.Env.Trace == nil {
				break
			}
		}
	}
	return admitted
}

// statement reports whether one Allow admits somebody beside all that its document denies.
func (t *trust) statement(c *gsl.Call, st *statement) bool {
	for _, arg := range c.Args {
		who, ok := kinds[arg.Text()]
		switch {
		case !ok || st.parsed.Effect != policy.Allow:
		case arg.Text() == deletedPrincipal:
			if slices.ContainsFunc(st.parsed.Principal, func(p policy.Principal) bool { return isUniqueID(p.Text) }) {
				c.Prove(gsl.RecordOf(st))
				return true
			}
		case t.admits(c, st, who(t, st.parsed)):
			return true
		}
	}
	return false
}

func (t *trust) admits(c *gsl.Call, st *statement, calls []call) bool {
	if len(calls) == 0 {
		return false
	}
	stack := authz.Stack{Identity: []*authz.Policy{everythingAllowed()}, Resource: t.run.onlyStatement(st).compiled()}
	for _, one := range calls {
		request := t.request(one)
		if d := stack.Decide(&request); d != authz.Allowed && d != authz.Depends {
			continue
		}
		if c.Env.Trace != nil {
			e := stack.Explain(&request)
			w := witnessOf(&request, &e)
			w.Context = map[string][]string{}
			for _, k := range one.keys {
				if k.absent {
					w.Absent = append(w.Absent, k.name)
				} else {
					w.Context[k.name] = []string{k.value}
				}
			}
			c.Prove(gsl.PointerOf(w))
			c.Prove(gsl.RecordOf(st))
		}
		return true
	}
	return false
}

// request is a call as authz takes it. Source of the keys: IAM User Guide, "AWS global condition context keys".
func (t *trust) request(c call) authz.Request {
	ctx := authz.NewContext(true)
	ctx.Set("aws:ResourceAccount", t.own)
	for _, k := range c.keys {
		if k.absent {
			ctx.SetAbsent(k.name)
		} else {
			ctx.Set(k.name, k.value)
		}
	}
	return authz.Request{Principal: c.principal, Action: c.action, Resource: t.arn, ResourceAccount: t.own, Context: ctx}
}

// everythingAllowed stands for what strangers are allowed at home.
func everythingAllowed() *authz.Policy { return allowAllDocument.compiled() }

var allowAllDocument = newDocument(policy.Parse(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), -1)

// principalCall is a principal of AWS that assumes the role.
func principalCall(p authz.Principal) call {
	kind := "AssumedRole"
	if p.Kind == authz.User {
		kind = "User"
	}
	return call{principal: p, action: "sts:AssumeRole", keys: []key{
		{name: "aws:PrincipalAccount", value: p.Account},
		{name: "aws:PrincipalArn", value: p.ARN},
		{name: "aws:PrincipalType", value: kind},
		{name: "aws:PrincipalIsAWSService", value: "false"},
	}}
}

// roleOf is some role of an account.
func (t *trust) roleOf(account string) authz.Principal {
	return authz.Principal{
		Kind: authz.Role, Account: account, Name: foreignName, ARN: "arn:" + t.run.partition() + ":iam::" + account + ":role/" + foreignName,
	}
}

// strangers are principals of other accounts: those that the statement names, and where it names everybody, one
// of an account that nobody has in mind, and those that its conditions have in mind.
func (t *trust) strangers(st *policy.Statement) []call {
	var out []call
	everybody := st.NotPrinc
	for i := range st.Principal {
		p := &st.Principal[i]
		if st.NotPrinc {
			break
		}
		switch {
		case isEveryone(p):
			everybody = true
		case !isStranger(p, t.own):
		case arn.IsAccountID(p.Text):
			out = append(out, principalCall(t.roleOf(p.Text)))
		default:
			out = t.named(out, p.Text)
		}
	}
	if everybody {
		out = append(out, t.everybody(st)...)
	}
	return out
}

// named adds the principal of an ARN of another account.
func (t *trust) named(to []call, text string) []call {
	p, err := authz.ParsePrincipal(text)
	switch {
	case err != nil || p.Account == t.own:
		return to
	case p.Kind == authz.Root: // the whole account
		p = t.roleOf(p.Account)
	}
	return append(to, principalCall(p))
}

// everybody are principals that stand for all there are: one of an account that nobody has in mind, and those
// that the conditions have in mind.
func (t *trust) everybody(st *policy.Statement) []call {
	out := []call{t.anybody(t.foreign(), "")}
	for i := range st.Conditions {
		c := &st.Conditions[i]
		for _, v := range c.Values {
			switch {
			case strings.EqualFold(c.Key, "aws:PrincipalAccount"):
				out = t.ofAccount(out, v.Text)
			case strings.EqualFold(c.Key, "aws:PrincipalArn"):
				out = t.ofARN(out, v.Text)
			}
		}
	}
	return out
}

// anybody is a role of an account that stands for all there are.
func (t *trust) anybody(account, text string) call {
	p := t.roleOf(account)
	if text != "" {
		if named, err := authz.ParsePrincipal(text); err == nil {
			p = named
		}
	}
	c := principalCall(p)
	c.anybody = true
	return c
}

// ofAccount adds a principal of the account that a condition names, or of one that fits its pattern.
func (t *trust) ofAccount(to []call, pattern string) []call {
	if arn.IsAccountID(pattern) && pattern != t.own {
		return append(to, principalCall(t.roleOf(pattern)))
	}
	const length = 12
	if short := length - len(strings.ReplaceAll(pattern, "*", "")); short >= 0 {
		filled := strings.ReplaceAll(strings.Replace(pattern, "*", strings.Repeat("9", short), 1), "*", "")
		if filled = strings.ReplaceAll(filled, "?", "9"); arn.IsAccountID(filled) && filled != t.own {
			to = append(to, t.anybody(filled, ""))
		}
	}
	return to
}

// ofARN adds the principal that a condition names, or one that fits its pattern.
func (t *trust) ofARN(to []call, pattern string) []call {
	a, err := arn.Parse(pattern)
	if err != nil {
		return to
	}
	open := strings.ContainsAny(a.Account, "*?")
	if open {
		a.Account = t.foreign()
	}
	if a.Partition == "*" {
		a.Partition = t.run.partition()
	}
	a.Resource = strings.NewReplacer("*", foreignName, "?", "q").Replace(a.Resource)
	if !open {
		return t.named(to, a.String())
	}
	return append(to, t.anybody(a.Account, a.String()))
}

// anyone are principals of an account that nobody has in mind: of another organization, and of none.
func (t *trust) anyone(st *policy.Statement) []call {
	if !st.NotPrinc && !slices.ContainsFunc(st.Principal, func(p policy.Principal) bool { return isEveryone(&p) }) {
		return nil
	}
	var out []call
	for _, c := range t.everybody(st) {
		if !c.anybody {
			continue
		}
		home := c.with(key{name: "aws:ResourceOrgID", value: "o-ambitowner0"})
		out = append(out,
			home.with(key{name: "aws:PrincipalOrgID", value: foreignOrganization}, key{name: "aws:PrincipalOrgPaths", value: foreignPath}),
			home.with(key{name: "aws:PrincipalOrgID", absent: true}, key{name: "aws:PrincipalOrgPaths", absent: true}))
	}
	return out
}

// unguarded are strangers without MFA and without the external id that was agreed on.
func (t *trust) unguarded(st *policy.Statement) []call {
	var out []call
	age := key{name: "aws:MultiFactorAuthAge", absent: true}
	for _, c := range t.strangers(st) {
		for _, mfa := range [...]key{{name: "aws:MultiFactorAuthPresent", absent: true}, {name: "aws:MultiFactorAuthPresent", value: "false"}} {
			for _, id := range [...]key{{name: "sts:ExternalId", absent: true}, {name: "sts:ExternalId", value: foreignName}} {
				out = append(out, c.with(mfa, age, id))
			}
		}
	}
	return out
}

// services are the AWS services that the statement names.
func (t *trust) services(st *policy.Statement) []call {
	var out []call
	for i := range st.Principal {
		if p := &st.Principal[i]; p.Type == "Service" && !st.NotPrinc {
			out = append(out, call{
				principal: authz.Principal{Kind: authz.Service, ARN: p.Text}, action: "sts:AssumeRole",
				keys: []key{{name: "aws:PrincipalIsAWSService", value: "true"}, {name: "aws:PrincipalServiceName", value: p.Text}},
			})
		}
	}
	return out
}

// strayServices are services that act for somebody else, of those that say for whom. Source: IAM User Guide, "The
// confused deputy problem".
func (t *trust) strayServices(st *policy.Statement) []call {
	var out []call
	for _, c := range t.services(st) {
		host := c.principal.ARN
		if !iamref.SourceKeysOf(host).Trust {
			continue
		}
		service, _, _ := strings.Cut(host, ".")
		source := arn.ARN{Partition: t.run.partition(), Service: service, Region: "us-east-1", Account: t.foreign(), Resource: foreignName}
		sources := []string{source.String()}
		for i := range st.Conditions {
			for _, v := range st.Conditions[i].Values {
				a, err := arn.Parse(v.Text)
				if err != nil || !strings.EqualFold(st.Conditions[i].Key, "aws:SourceArn") || !strings.ContainsAny(a.Account, "*?") {
					continue
				}
				a.Account = t.foreign()
				if a.Partition == "*" {
					a.Partition = t.run.partition()
				}
				if a.Service == "*" {
					a.Service = service
				}
				fill := strings.NewReplacer("*", foreignName, "?", "q")
				a.Region, a.Resource = fill.Replace(a.Region), fill.Replace(a.Resource)
				sources = append(sources, a.String())
			}
		}
		for _, s := range sources {
			out = append(out, c.with(
				key{name: "aws:SourceArn", value: s}, key{name: "aws:SourceAccount", value: t.foreign()},
				key{name: "aws:SourceOrgID", value: foreignOrganization},
				key{name: "aws:SourceOrgPaths", value: foreignPath}))
		}
	}
	return out
}

// federated are the identity providers that the statement names.
func (t *trust) federated(st *policy.Statement) []call {
	var out []call
	for i := range st.Principal {
		p := &st.Principal[i]
		if p.Type != "Federated" || st.NotPrinc {
			continue
		}
		c := call{principal: authz.Principal{Kind: authz.Federated, ARN: p.Text}, action: "sts:AssumeRoleWithWebIdentity"}
		if strings.Contains(p.Text, ":saml-provider/") {
			c.action = "sts:AssumeRoleWithSAML"
		}
		if p.Text == "*" {
			c.principal.ARN = foreignName
		}
		out = append(out, c)
	}
	return out
}

// foreignSubjects are subjects of workloads that nobody has in mind, as the issuers that many share write them.
var foreignSubjects = [...]string{
	foreignName, "repo:ambit-probe/ambit-probe:ref:refs/heads/main", "project_path:ambit-probe/ambit-probe:ref_type:branch:ref:main",
	"organization:ambit-probe:project:ambit-probe:workspace:ambit-probe:run_phase:apply",
}

// withoutSubject are identities of an OpenID Connect provider whose subject nobody has in mind.
func (t *trust) withoutSubject(st *policy.Statement) []call {
	var out []call
	for _, c := range t.federated(st) {
		_, issuer, found := strings.Cut(c.principal.ARN, ":oidc-provider/")
		if !found {
			continue
		}
		for _, subject := range foreignSubjects {
			out = append(out, c.with(key{name: issuer + ":sub", value: subject}))
		}
	}
	return out
}

// withoutAudience are identities with a token that was made for somebody else.
func (t *trust) withoutAudience(st *policy.Statement) []call {
	var out []call
	for _, c := range t.federated(st) {
		if c.action != "sts:AssumeRoleWithWebIdentity" {
			continue
		}
		issuer := c.principal.ARN
		if _, after, found := strings.Cut(issuer, ":oidc-provider/"); found {
			issuer = after
		}
		claim := ":aud"
		if issuer == "graph.facebook.com" || issuer == "www.amazon.com" {
			claim = ":app_id"
		}
		out = append(out, c.with(key{name: issuer + claim, value: foreignName}))
	}
	return out
}

// withoutSAMLAudience are identities with an assertion that was made for somebody else.
func (t *trust) withoutSAMLAudience(st *policy.Statement) []call {
	var out []call
	for _, c := range t.federated(st) {
		if c.action == "sts:AssumeRoleWithSAML" {
			out = append(out, c.with(key{name: "SAML:aud", value: "https://ambit-probe.example"}))
		}
	}
	return out
}

// checkAdmits takes the names of kinds.
func checkAdmits(args []gsl.Value) (any, error) {
	for _, a := range args {
		if _, ok := kinds[a.Text()]; !ok {
			names := slices.SortedFunc(maps.Keys(kinds), cmp.Compare[string])
			return nil, fmt.Errorf("admits %q: want one of %s", a.Text(), strings.Join(names, ", "))
		}
	}
	return nil, nil
}

func isEveryone(p *policy.Principal) bool {
	return p.Text == "*" && (p.Type == "*" || p.Type == "AWS")
}

// isStranger reports whether a principal belongs to another account: an account id, or an ARN of any
// partition. A service, a federated identity, and the unique id of a deleted user or role are none.
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
func isStranger(p *policy.Principal, own string) bool {
	if p.Type != "AWS" || isUniqueID(p.Text) {
		return false
	}
	if a, err := arn.Parse(p.Text); err == nil {
		return a.Account != own
	}
	return p.Text != own
}

// isUniqueID reports whether AWS put the id of a deleted user or role in place of its ARN.
func isUniqueID(s string) bool {
	return len(s) >= 16 && !strings.Contains(s, ":") && (strings.HasPrefix(s, "AIDA") || strings.HasPrefix(s, "AROA"))
}

func all(values []policy.Value, holds func(string) bool) bool {
	for i := range values {
		if !holds(values[i].Text) {
			return false
		}
	}
	return len(values) > 0
}

// positive are the condition operators, in lower case, that are false where the key is absent.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
var positive = map[string]bool{
	"stringequals": true, "stringequalsignorecase": true, "stringlike": true, "arnequals": true, "arnlike": true, "bool": true,
	"numericequals": true, "numericlessthan": true, "numericlessthanequals": true, "numericgreaterthan": true,
	"numericgreaterthanequals": true, "dateequals": true, "datelessthan": true, "datelessthanequals": true,
	"dategreaterthan": true, "dategreaterthanequals": true, "ipaddress": true, "binaryequals": true,
}

// demands reports whether a condition fails where its key is absent. …IfExists and ForAllValues hold then,
// negated operators too, and Null says nothing of the value.
func demands(c *policy.Condition) bool {
	operator := strings.ToLower(c.Operator)
	return positive[strings.TrimPrefix(operator, "foranyvalue:")]
}

// requires answers whether a statement's Condition demands a key, and with a second argument that value.
func requires(c *gsl.Call) gsl.Value {
	st, ok := c.Self.Ref().(*statement)
	if !ok {
		if c.Self.Kind() == gsl.Unknown {
			return c.Self
		}
		return gsl.BoolOf(false)
	}
	for _, a := range c.Args {
		if a.Kind() == gsl.Unknown {
			return a
		}
	}
	key := c.Args[0].Text()
	for i := range st.parsed.Conditions {
		condition := &st.parsed.Conditions[i]
		if !strings.EqualFold(condition.Key, key) || !demands(condition) {
			continue
		}
		if all(condition.Values, func(v string) bool {
			return !everything(v) && (len(c.Args) == 1 || strings.EqualFold(v, c.Args[1].Text()))
		}) {
			c.Prove(c.Self)
			return gsl.BoolOf(true)
		}
	}
	return gsl.BoolOf(false)
}
