package facts

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// The strangers that admits can ask for.
const (
	otherAccount = "other-account" // a principal of another account, or anyone
	anyone       = "anyone"        // every principal of AWS
)

// assumeRole is the call that a trust policy admits strangers to. The calls for federated identities have
// names of their own, and conditions of their own.
var assumeRole = action{text: "sts:AssumeRole"}

// admits answers for a trust policy, one statement of it, or a role.
func admits(c *gsl.Call) gsl.Value {
	var kind string
	if len(c.Args) > 0 {
		kind = c.Args[0].Text()
	}
	set, _ := c.Env.Host.(*Set)
	if set == nil {
		return gsl.UnknownOf("account")
	}
	own := string(set.snap.Account)
	switch self := c.Self.Ref().(type) {
	case *role:
		if self.trust.doc == nil {
			return self.trust.value()
		}
		return gsl.BoolOf(documentAdmits(c, self.trust.doc, kind, own))
	case *document:
		return gsl.BoolOf(documentAdmits(c, self, kind, own))
	case *statement:
		admitted := statementAdmits(self.parsed, kind, own)
		if admitted {
			c.Prove(c.Self)
		}
		return gsl.BoolOf(admitted)
	}
	if c.Self.Kind() == gsl.Unknown {
		return c.Self
	}
	return gsl.BoolOf(false)
}

// documentAdmits reports whether a statement admits strangers, and no Deny takes it back from everyone.
func documentAdmits(c *gsl.Call, d *document, kind, own string) bool {
	for i := range d.statements {
		p := d.statements[i].parsed
		if p.Effect == policy.Deny && len(p.Conditions) == 0 && names(p, &assumeRole) && deniesEveryone(p) {
			return false
		}
	}
	admitted := false
	for i := range d.statements {
		if st := &d.statements[i]; statementAdmits(st.parsed, kind, own) {
			admitted = true
			c.Prove(gsl.RecordOf(st))
		}
	}
	return admitted
}

func deniesEveryone(p *policy.Statement) bool {
	for i := range p.Principal {
		if !p.NotPrinc && isEveryone(&p.Principal[i]) {
			return true
		}
	}
	return false
}

func isEveryone(p *policy.Principal) bool {
	return p.Text == "*" && (p.Type == "*" || p.Type == "AWS")
}

func statementAdmits(p *policy.Statement, kind, own string) bool {
	if p.Effect != policy.Allow || !names(p, &assumeRole) {
		return false
	}
	everyone, stranger := p.NotPrinc, p.NotPrinc
	for i := range p.Principal {
		everyone = everyone || isEveryone(&p.Principal[i])
		stranger = stranger || isStranger(&p.Principal[i], own)
	}
	if kind == anyone {
		return everyone && !confined(p, "")
	}
	return (everyone || stranger) && !confined(p, own)
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

// confined reports whether a condition keeps a statement to callers of the account own; with no own account,
// to callers of named accounts, organizations or principals.
func confined(p *policy.Statement, own string) bool {
	for i := range p.Conditions {
		c := &p.Conditions[i]
		if !demands(c) {
			continue
		}
		for _, key := range callerKeys {
			if strings.EqualFold(c.Key, key.name) && all(c.Values, func(v string) bool { return key.confines(v, own) }) {
				return true
			}
		}
	}
	return false
}

// callerKeys say who calls, and whether a value of theirs confines the callers.
var callerKeys = []struct {
	name     string
	confines func(value, own string) bool
}{
	{"aws:PrincipalAccount", func(value, own string) bool {
		return strings.EqualFold(value, "${aws:ResourceAccount}") || value == own || own == "" && arn.IsAccountID(value)
	}},
	{"aws:PrincipalArn", func(value, own string) bool {
		a, err := arn.Parse(value)
		return err == nil && (a.Account == own || own == "" && arn.IsAccountID(a.Account))
	}},
	{"aws:PrincipalOrgID", func(value, own string) bool { return own == "" && !strings.ContainsAny(value, "*?") }},
	{"aws:PrincipalOrgPaths", func(value, own string) bool {
		organization, _, _ := strings.Cut(value, "/")
		return own == "" && organization != "" && !strings.ContainsAny(organization, "*?")
	}},
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
