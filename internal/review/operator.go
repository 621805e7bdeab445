package review

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// The set operators. Source: IAM User Guide, "Multivalued context keys".
const (
	forAllValues = "ForAllValues:"
	forAnyValue  = "ForAnyValue:"
	ifExists     = "IfExists"
)

// operator is a condition operator taken apart.
type operator struct {
	known    bool
	set      string // forAllValues, forAnyValue or ""
	name     string // as AWS writes it, without set operator and IfExists
	ifExists bool
	compares // what the name says
}

// compares is how an operator compares.
type compares struct {
	values  iamref.KeyType // of its operands; 0: any (Null, Binary)
	negated bool
	plain   bool // compares text without wildcards
}

// operators are AWS's condition operators. Source: IAM User Guide, "Condition operators".
var operators = map[string]compares{
	"StringEquals":              {values: iamref.StringKey, plain: true},
	"StringNotEquals":           {values: iamref.StringKey, plain: true, negated: true},
	"StringEqualsIgnoreCase":    {values: iamref.StringKey, plain: true},
	"StringNotEqualsIgnoreCase": {values: iamref.StringKey, plain: true, negated: true},
	"StringLike":                {values: iamref.StringKey},
	"StringNotLike":             {values: iamref.StringKey, negated: true},
	"ArnEquals":                 {values: iamref.ARNKey},
	"ArnLike":                   {values: iamref.ARNKey},
	"ArnNotEquals":              {values: iamref.ARNKey, negated: true},
	"ArnNotLike":                {values: iamref.ARNKey, negated: true},
	"NumericEquals":             {values: iamref.NumericKey},
	"NumericNotEquals":          {values: iamref.NumericKey, negated: true},
	"NumericLessThan":           {values: iamref.NumericKey},
	"NumericLessThanEquals":     {values: iamref.NumericKey},
	"NumericGreaterThan":        {values: iamref.NumericKey},
	"NumericGreaterThanEquals":  {values: iamref.NumericKey},
	"DateEquals":                {values: iamref.DateKey},
	"DateNotEquals":             {values: iamref.DateKey, negated: true},
	"DateLessThan":              {values: iamref.DateKey},
	"DateLessThanEquals":        {values: iamref.DateKey},
	"DateGreaterThan":           {values: iamref.DateKey},
	"DateGreaterThanEquals":     {values: iamref.DateKey},
	"Bool":                      {values: iamref.BoolKey},
	"BinaryEquals":              {},
	"IpAddress":                 {values: iamref.IPKey},
	"NotIpAddress":              {values: iamref.IPKey, negated: true},
	"Null":                      {},
}

// operatorNames finds an operator whatever the letter case, as AWS does.
var operatorNames = func() map[string]string {
	m := map[string]string{}
	for name := range operators {
		m[strings.ToLower(name)] = name
	}
	return m
}()

func parseOperator(text string) operator {
	var o operator
	rest := text
	for _, set := range []string{forAllValues, forAnyValue} {
		if len(rest) > len(set) && strings.EqualFold(rest[:len(set)], set) {
			o.set, rest = set, rest[len(set):]
		}
	}
	if n := len(rest) - len(ifExists); n > 0 && strings.EqualFold(rest[n:], ifExists) {
		o.ifExists, rest = true, rest[:n]
	}
	o.name = operatorNames[strings.ToLower(rest)]
	o.compares = operators[o.name]
	o.known = o.name != "" && (o.name != "Null" || !o.ifExists)
	return o
}

// holdsAbsent reports whether a condition with this operator holds where its key is absent.
// Source: IAM User Guide, "Condition operators", "Multivalued context keys".
func (o operator) holdsAbsent() bool {
	switch o.set {
	case forAllValues:
		return true
	case forAnyValue:
		return false
	}
	return o.negated || o.ifExists
}

// isNull reports whether c is Null with this value, "true" or "false", on the key.
func isNull(c *policy.Condition, key, value string) bool {
	if o := parseOperator(c.Operator); o.name != "Null" || !strings.EqualFold(c.Key, key) || len(c.Values) == 0 {
		return false
	}
	for _, v := range c.Values {
		if !strings.EqualFold(v.Text, value) {
			return false
		}
	}
	return true
}

// needsKey reports whether a statement holds only where the key is present: Null false, or any operator that
// an absent key fails.
func needsKey(s *policy.Statement, key string) bool {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !strings.EqualFold(c.Key, key) {
			continue
		}
		if o := parseOperator(c.Operator); isNull(c, key, "false") || o.known && o.name != "Null" && !o.holdsAbsent() {
			return true
		}
	}
	return false
}
