package review

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
	"github.com/ambit-iam/ambit/internal/source"
)

// conditions looks at each operator, key and value on its own.
func (l *linter) conditions(s *policy.Statement) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		o := element.ParseOperator(c.Operator)
		if !o.Known {
			l.note(UnknownOperator, c.Node, "condition operator "+quote(c.Operator)+" is not known", closestOperator(c.Operator))
			continue
		}
		key, known := iamref.Key(c.Key)
		if !known {
			l.unknownKey(c)
		}
		if o.Name == "Null" {
			l.values(c, iamref.BoolKey, "true or false")
			continue
		}
		l.operands(c, o)
		if known {
			l.operatorFits(c, o, key)
		}
	}
}

func closestOperator(text string) string {
	if n := len(text) - len(element.IfExists); n > 0 && strings.EqualFold(text[n:], element.IfExists) && strings.EqualFold(text[:n], "Null") {
		return "write \"Null\""
	}
	set, rest, ok := strings.Cut(text, ":")
	if !ok {
		set, rest = "", text
	} else {
		set += ":"
	}
	tail := ""
	if n := len(rest) - len(element.IfExists); n > 0 && strings.EqualFold(rest[n:], element.IfExists) {
		rest, tail = rest[:n], element.IfExists
	}
	near := source.Closest(rest, element.Operators())
	if near == "" || len(text) > 64 {
		return "the operators are " + strings.Join(element.Operators(), ", ")
	}
	if set != "" {
		set = source.Closest(set, []string{element.ForAllValues, element.ForAnyValue})
	}
	return "did you mean " + strconv.Quote(set+near+tail) + "?"
}

func (l *linter) unknownKey(c *policy.Condition) {
	if fromProvider(c.Key) || l.full(UnknownKey) {
		return
	}
	cure := ""
	if near := closestKey(c.Key); near != "" {
		cure = "did you mean " + strconv.Quote(near) + "?"
	}
	l.note(UnknownKey, c.Node, "condition key "+quote(c.Key)+" is not known", cure)
}

// fromProvider reports whether a key is a claim of an identity provider, named by its host: any provider can be
// set up, so its keys cannot be known.
func fromProvider(key string) bool {
	i := strings.LastIndexByte(key, ':')
	return i > 0 && strings.Contains(key[:i], ".")
}

// closestKey finds a key by its fixed part, the free part (a tag's name) apart.
func closestKey(name string) string {
	if len(name) > 128 {
		return ""
	}
	head, tail, free := strings.Cut(name, "/")
	prefix, _, _ := strings.Cut(head, ":")
	var candidates, ofService []string
	for k := range iamref.Keys() {
		fixed, _, family := strings.Cut(k.Name, "/${")
		if family != free {
			continue
		}
		candidates = append(candidates, fixed)
		if service, _, _ := strings.Cut(fixed, ":"); strings.EqualFold(service, prefix) {
			ofService = append(ofService, fixed)
		}
	}
	if len(ofService) > 0 {
		candidates = ofService
	}
	near := source.Closest(head, candidates)
	if near != "" && free {
		near += "/" + tail
	}
	return near
}

// operatorFits compares an operator with the type of its key.
func (l *linter) operatorFits(c *policy.Condition, o element.Operator, key iamref.ConditionKey) {
	if !comparesWith(o.Values, key) {
		l.note(MismatchedOperator, c.Node, c.Operator+" compares "+o.Values.String()+" values, and "+key.Name+" is of type "+key.Type.String(),
			"use an operator for "+key.Type.String()+" values")
	}
	switch {
	case key.Many && o.Set == "":
		l.note(MissingSetOperator, c.Node, key.Name+" may have many values, and "+c.Operator+" does not say whether all or any of them count",
			"write "+element.ForAnyValue+c.Operator+", or "+element.ForAllValues+c.Operator+" beside \"Null\": {"+strconv.Quote(key.Name)+": \"false\"}")
	case !key.Many && o.Set != "":
		l.note(NeedlessSetOperator, c.Node, key.Name+" has one value, and "+c.Operator+" takes it for many", "write "+c.Operator[len(o.Set):])
	}
}

// comparesWith: text operators compare ARNs too, and numeric ones the time in seconds. Binary keys are not told
// apart from text. Keys whose name says that they hold an ARN do, even where AWS's tables call them text, and
// tags, encryption contexts and other families hold whatever people put there.
func comparesWith(values iamref.KeyType, key iamref.ConditionKey) bool {
	if strings.Contains(key.Name, "${") {
		return true
	}
	switch values {
	case 0, key.Type:
		return true
	case iamref.StringKey:
		return key.Type == iamref.ARNKey
	case iamref.ARNKey:
		return key.Type == iamref.StringKey && strings.HasSuffix(strings.ToLower(key.Name), "arn")
	case iamref.NumericKey:
		return key.Type == iamref.DateKey
	}
	return false
}

// operands checks each value against its operator.
func (l *linter) operands(c *policy.Condition, o element.Operator) {
	switch o.Values {
	case iamref.BoolKey:
		l.values(c, o.Values, "true or false")
	case iamref.NumericKey:
		l.values(c, o.Values, "a number")
	case iamref.DateKey:
		l.values(c, o.Values, "a date such as 2026-01-31T00:00:00Z")
	case iamref.IPKey:
		l.values(c, o.Values, "an address or a range such as 203.0.113.0/24")
	case iamref.ARNKey:
		l.values(c, o.Values, "an ARN")
	}
	for _, v := range c.Values {
		if o.Plain && strings.Contains(strings.ReplaceAll(v.Text, "${*}", ""), "*") {
			l.note(LiteralWildcard, v.Node, c.Operator+" compares the star in "+quote(v.Text)+" with a star", "use "+like(o)+" for a pattern")
		}
	}
}

// like is the operator of the same kind that takes patterns.
func like(o element.Operator) string {
	name := "StringLike"
	if o.Negated {
		name = "StringNotLike"
	}
	if o.IfExists {
		name += element.IfExists
	}
	return o.Set + name
}

func (l *linter) values(c *policy.Condition, t iamref.KeyType, want string) {
	for _, v := range c.Values {
		if !reads(v.Text, t) {
			l.note(MalformedValue, v.Node, quote(v.Text)+" is not "+want, "")
		}
	}
}

// reads reports whether an operator for values of this type can read text.
// Source: IAM User Guide, "Condition operators".
func reads(text string, t iamref.KeyType) bool {
	var err error
	switch t {
	case iamref.BoolKey:
		return strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case iamref.NumericKey:
		_, err = strconv.ParseFloat(text, 64)
	case iamref.DateKey:
		_, ok := authz.ParseDate(text)
		return ok
	case iamref.IPKey:
		if _, err = netip.ParsePrefix(text); err != nil {
			_, err = netip.ParseAddr(text)
		}
	case iamref.ARNKey:
		return text == "*" || strings.HasPrefix(text, "${") || strings.Count(text, ":") >= 5
	}
	return err == nil
}
