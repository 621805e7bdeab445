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
	"user":                    (*trust).people,
	"user-without-mfa":        (*trust).peopleWithoutMFA,
	"any-user":                (*trust).anyUser,
	"any-role":                (*trust).anyRole,
	"any-certificate":         (*trust).anyCertificate,
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
	own string             // account
	arn string             // of the role; of a policy by itself, of a made-up one
	all []policy.Statement // the Allow that is asked, and the Denies beside it
}

// values are what conditions on a key say, in the Allow and in the Denies.
func (t *trust) values(key string) []string { return policy.ConditionValues(t.all, key) }

// ProbeName is in requests that show a finding, where the policies say nothing of the name that stands there: an
// action of a service, a role of another account, an audience.
const ProbeName = authz.Probe

// The names of those who have no part in the account.
const (
	foreignAccount      = "990099009900"
	otherForeignAccount = "990099009901" // where the account itself has the first
	foreignOrganization = "o-ambitprobe" // as long as all that AWS gave
	foreignPath         = foreignOrganization + "/r-ambi/ou-ambi-probe000/"
	foreignName         = ProbeName
)

func (t *trust) foreign() string {
	if t.own == foreignAccount {
		return otherForeignAccount
	}
	return foreignAccount
}

// admits answers for a trust policy, one statement of it, or a role.
func admits(c *gsl.Call) gsl.Value { return askTrust(c, (*trust).statement) }

// askTrust answers for a trust policy, one statement of it, or a role, of which one statement is enough.
func askTrust(c *gsl.Call, holds func(*trust, *gsl.Call, *statement) bool) gsl.Value {
	r := RunOf(c)
	if r == nil {
		return gsl.UnknownOf("account")
	}
	t := &trust{run: r, own: string(r.set.snap.Account)}
	if role, ok := c.Entity.(*role); ok {
		t.arn = role.arn
	} else {
		t.arn = "arn:" + r.Partition() + ":iam::" + t.own + ":role/any"
	}
	switch self := c.Self.Ref().(type) {
	case *role:
		if self.trust.doc == nil {
			return self.trust.value()
		}
		return gsl.BoolOf(t.document(c, self.trust.doc, holds))
	case *document:
		return gsl.BoolOf(t.document(c, self, holds))
	case *statement:
		return gsl.BoolOf(holds(t, c, self))
	}
	for _, v := range append(c.Args, c.Self) {
		if v.Kind() == gsl.Unknown {
			return v
		}
	}
	return gsl.BoolOf(false)
}

// document reports whether a statement admits somebody; for evidence it asks them all.
func (t *trust) document(c *gsl.Call, d *document, holds func(*trust, *gsl.Call, *statement) bool) bool {
	admitted := false
	for i := range d.statements {
		if holds(t, c, &d.statements[i]) {
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
			if i := slices.IndexFunc(st.parsed.Principal, func(p policy.Principal) bool { return isUniqueID(p.Text) }); i >= 0 {
				Prove(c, gsl.RecordOf(st), st.doc.parsed.Spot(st.parsed.Principal[i].Node))
				return true
			}
		case t.once(c, st, arg.Text(), who):
			return true
		}
	}
	return false
}

// once asks whether one Allow admits somebody of a kind. The role that it stands on has no part in the answer, unless a
// policy names roles, so that roles with the same trust share it; evidence is gathered anew.
func (t *trust) once(c *gsl.Call, st *statement, kind string, who callers) bool {
	ask := func() bool {
		t.all = t.run.onlyStatement(st).parsed.Statements
		return t.admits(c, st, who(t, st.parsed))
	}
	if _, rcps := t.run.controls(); c.Env.Trace != nil || len(rcps) > 0 || len(st.parsed.Resource) > 0 {
		return ask()
	}
	key := admission{st, kind}
	known := t.run.admitted[key]
	if known == notAsked {
		if known = no; ask() {
			known = yes
		}
		t.run.admitted[key] = known
	}
	return known == yes
}

// admission is a question to a statement of a trust policy.
type admission struct {
	*statement
	kind string
}

// admitsBeyond answers whether somebody of an account may assume the role that is neither its own nor one of a list, without
// being of an organization that the conditions name.
func admitsBeyond(c *gsl.Call) gsl.Value {
	known, ok, err := literals(c.Args)
	if err != nil || !ok {
		for _, a := range c.Args {
			if a.Kind() == gsl.Unknown {
				return a
			}
		}
		return gsl.BoolOf(false)
	}
	return askTrust(c, func(t *trust, c *gsl.Call, st *statement) bool {
		t.all = t.run.onlyStatement(st).parsed.Statements
		if st.parsed.Effect != policy.Allow {
			return false
		}
		var calls []call
		for _, one := range t.strangers(st.parsed) {
			if !slices.Contains(known, one.principal.Account) {
				calls = append(calls, one.ofOrganizations()...)
			}
		}
		return t.admits(c, st, calls)
	})
}

// ofOrganizations is the call as a member of a foreign organization makes it, and as one of none.
func (c call) ofOrganizations() []call {
	return []call{
		c.with(key{name: "aws:PrincipalOrgID", value: foreignOrganization}, key{name: "aws:PrincipalOrgPaths", value: foreignPath}),
		c.with(key{name: "aws:PrincipalOrgID", absent: true}, key{name: "aws:PrincipalOrgPaths", absent: true}),
	}
}

func (t *trust) admits(c *gsl.Call, st *statement, calls []call) bool {
	if len(calls) == 0 {
		return false
	}
	_, rcps := t.run.controls()
	stack := authz.Stack{Identity: []*authz.Policy{everythingAllowed()}, RCPs: rcps, Resource: t.run.onlyStatement(st).compiled()}
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
			Prove(c, gsl.RecordOf(st), st.doc.parsed.MemberOrValue(authz.PrincipalElement(st.parsed, &one.principal)))
		}
		return true
	}
	return false
}

// keysOfServices are in requests of services alone. Source: IAM User Guide, "AWS global condition context keys".
var keysOfServices = [...]string{"aws:principalservicename", "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}

// asksKeys reports whether a policy that has a say has conditions.
func (t *trust) asksKeys() bool {
	_, rcps := t.run.controls()
	return len(rcps) > 0 || slices.ContainsFunc(t.all, func(s policy.Statement) bool { return len(s.Conditions) > 0 })
}

// request is a call as authz takes it. Source of the keys: IAM User Guide, "AWS global condition context keys".
func (t *trust) request(c call) authz.Request {
	ctx := authz.NewContext(true)
	ctx.Set("aws:ResourceAccount", t.own)
	if c.principal.Kind != authz.Service && t.asksKeys() {
		for _, k := range keysOfServices {
			ctx.SetAbsent(k)
		}
	}
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
