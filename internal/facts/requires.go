package facts

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

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

// anyValue reports whether a value of a condition demands nothing: a pattern of wildcards alone, one of
// iam:PassedToService that fits a service which does not exist, one of iam:PolicyARN that leaves AdministratorAccess,
// one of iam:AssociatedResourceArn that fits a resource of such a service, one of aws:PrincipalOrgID or aws:PrincipalOrgPaths that
// fits another organization, one of aws:PrincipalArn that names an account at most, one of Cognito that fits somebody else's
// identity pool, or who has not signed in.
func anyValue(c *policy.Condition, value string) bool {
	if value != "" && strings.Trim(value, "*?") == "" {
		return strings.Contains(value, "*")
	}
	switch strings.ToLower(c.Key) {
	case "iam:passedtoservice":
		return arn.MatchFold(value, ProbeName+".amazonaws.com") || arn.MatchFold(value, ProbeName+".amazonaws.com.cn")
	case "iam:associatedresourcearn":
		_, rest, _ := strings.Cut(value, ":")
		_, rest, ok := strings.Cut(rest, ":") // of any partition
		return !ok || arn.Match(rest, ProbeName+":us-east-1:"+foreignAccount+":"+ProbeName+"/"+ProbeName)
	case "cognito-identity.amazonaws.com:aud", "cognito-identity-us-gov.amazonaws.com:aud":
		region, pool, ok := strings.Cut(value, ":")
		return strings.ContainsAny(region, "*?") && !ok || ok && arn.Match(pool, strangePool)
	case "cognito-identity.amazonaws.com:amr", "cognito-identity-us-gov.amazonaws.com:amr":
		return arn.Match(value, "unauthenticated")
	case "aws:principalorgpaths":
		return arn.Match(value, foreignPath)
	case "iam:policyarn":
		_, rest, _ := strings.Cut(value, ":")
		_, rest, ok := strings.Cut(rest, ":") // of any partition
		return !ok || arn.Match(rest, "iam::aws:policy/AdministratorAccess")
	case "aws:principalorgid":
		return arn.Match(value, foreignOrganization)
	case "aws:principalarn":
		a, err := arn.Parse(value)
		return err == nil && everything(a.Resource) || err != nil && arn.Match(value, "arn:aws:iam::"+foreignAccount+":role/"+foreignName)
	}
	return false
}

// strangePool is the second half of the id of an identity pool that nobody has in mind.
const strangePool = "00000000-a0b1-4000-8000-00a0b1c2d3e4"

// everyPrincipal reports whether values of aws:PrincipalArn leave out neither a user nor a role.
func everyPrincipal(c *policy.Condition) bool {
	if !strings.EqualFold(c.Key, "aws:PrincipalArn") {
		return false
	}
	fits := func(kind string) bool {
		return slices.ContainsFunc(c.Values, func(v policy.Value) bool {
			a, err := arn.Parse(v.Text)
			return err == nil && arn.Match(a.Resource, kind+foreignName)
		})
	}
	return fits("user/") && fits("role/")
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
	var value []string
	if len(c.Args) > 1 {
		value = []string{c.Args[1].Text()}
	}
	condition := demanded(st.parsed, c.Args[0].Text(), value...)
	if condition != nil {
		Prove(c, c.Self, st.doc.parsed.MemberSpot(condition.Node))
	}
	return gsl.BoolOf(condition != nil)
}

// demanded is the condition by which a statement demands a key, and that value where one is given.
func demanded(st *policy.Statement, key string, value ...string) *policy.Condition {
	for i := range st.Conditions {
		condition := &st.Conditions[i]
		if !strings.EqualFold(condition.Key, key) || !demands(condition) || authz.EveryAddress(condition) || everyPrincipal(condition) {
			continue
		}
		if all(condition.Values, func(v string) bool {
			return !anyValue(condition, v) && (len(value) == 0 || strings.EqualFold(v, value[0]))
		}) {
			return condition
		}
	}
	return nil
}
