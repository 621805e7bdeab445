package authz

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
)

// condition is one compiled operator on one key.
type condition struct {
	op     operator
	key    string // lower case
	values []operand
	always bool // holds whether or not the key is there, whatever its value
	source *policy.Condition
}

func compileCondition(c *policy.Condition, variables bool) condition {
	out := condition{op: parseOperator(c.Operator), key: strings.ToLower(c.Key), source: c}
	for _, v := range c.Values {
		out.values = append(out.values, compileOperand(out.op.family, v.Text, variables))
	}
	out.always = out.tautology()
	return out
}

// tautology reports whether an operator that an absent key satisfies has a value that fits everything.
func (cd *condition) tautology() bool {
	ifAbsent := cd.op.set == forAll || cd.op.set == single && cd.op.ifExists
	if !ifAbsent || cd.op.negated {
		return false
	}
	for i := range cd.values {
		if o := &cd.values[i]; o.pattern.all || len(o.parts) == 1 && o.parts[0].all {
			return true
		}
	}
	return false
}

// holds evaluates the condition. A key that is absent makes a positive operator False, a negated one and
// …IfExists True, ForAllValues True and ForAnyValue False.
// Source: IAM User Guide, "Condition operators" and "Multivalued context keys".
func (cd *condition) holds(c *Context) Truth {
	if cd.op.family == familyNone {
		return Maybe // AWS may know more operators than we do
	}
	v, p := c.look(cd.key)
	switch {
	case cd.always:
		return True
	case p == unknown:
		return Maybe
	case cd.op.family == familyNull:
		return cd.null(p == present && len(v.values) > 0)
	case p == absent || len(v.values) == 0:
		return TruthOf(cd.withoutValue(p))
	}
	return cd.overValues(v.values, c)
}

// null: "true" asks for a key that is absent, "false" for one that is there.
func (cd *condition) null(there bool) Truth {
	for i := range cd.values {
		wantAbsent := strings.EqualFold(cd.values[i].text, "true")
		if !cd.values[i].bad && wantAbsent != there {
			return True
		}
	}
	return False
}

func (cd *condition) withoutValue(p presence) bool {
	switch cd.op.set {
	case forAll:
		return true
	case forAny:
		return false
	}
	return cd.op.negated || cd.op.ifExists && p == absent
}

// overValues applies the set operator. A multi-valued key without one is taken as ForAnyValue of the
// positive operator: AWS leaves it undefined.
func (cd *condition) overValues(values []string, c *Context) Truth {
	switch cd.op.set {
	case forAll:
		all := True
		for _, v := range values {
			all = all.And(cd.one(v, c))
		}
		return all
	case forAny:
		some := False
		for _, v := range values {
			some = some.Or(cd.one(v, c))
		}
		return some
	}
	some := False
	for _, v := range values {
		some = some.Or(cd.matches(v, c))
	}
	if cd.op.negated {
		return some.Not()
	}
	return some
}

// one judges one value of the request, negation included.
func (cd *condition) one(value string, c *Context) Truth {
	t := cd.matches(value, c)
	if cd.op.negated {
		return t.Not()
	}
	return t
}

// matches reports whether value fits one of the operands.
func (cd *condition) matches(value string, c *Context) Truth {
	some := False
	for i := range cd.values {
		if some = some.Or(cd.values[i].match(cd.op, value, c)); some == True {
			break
		}
	}
	return some
}
