package element

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
)

// What stands before or behind the name of an operator. Source: IAM User Guide, "Multivalued context keys".
const (
	ForAllValues = "ForAllValues:"
	ForAnyValue  = "ForAnyValue:"
	IfExists     = "IfExists"
)

// Operator is a condition operator taken apart.
type Operator struct {
	Known    bool
	Set      string // ForAllValues, ForAnyValue or ""
	Name     string // as AWS writes it, without set operator and IfExists
	IfExists bool
	compares // what the name says
}

// compares is how an operator compares.
type compares struct {
	Values  iamref.KeyType // of its operands; 0: any (Null, Binary)
	Negated bool
	Plain   bool // compares text without wildcards
}

// operators are AWS's condition operators. Source: IAM User Guide, "Condition operators".
var operators = map[string]compares{
	"StringEquals":              {Values: iamref.StringKey, Plain: true},
	"StringNotEquals":           {Values: iamref.StringKey, Plain: true, Negated: true},
	"StringEqualsIgnoreCase":    {Values: iamref.StringKey, Plain: true},
	"StringNotEqualsIgnoreCase": {Values: iamref.StringKey, Plain: true, Negated: true},
	"StringLike":                {Values: iamref.StringKey},
	"StringNotLike":             {Values: iamref.StringKey, Negated: true},
	"ArnEquals":                 {Values: iamref.ARNKey},
	"ArnLike":                   {Values: iamref.ARNKey},
	"ArnNotEquals":              {Values: iamref.ARNKey, Negated: true},
	"ArnNotLike":                {Values: iamref.ARNKey, Negated: true},
	"NumericEquals":             {Values: iamref.NumericKey},
	"NumericNotEquals":          {Values: iamref.NumericKey, Negated: true},
	"NumericLessThan":           {Values: iamref.NumericKey},
	"NumericLessThanEquals":     {Values: iamref.NumericKey},
	"NumericGreaterThan":        {Values: iamref.NumericKey},
	"NumericGreaterThanEquals":  {Values: iamref.NumericKey},
	"DateEquals":                {Values: iamref.DateKey},
	"DateNotEquals":             {Values: iamref.DateKey, Negated: true},
	"DateLessThan":              {Values: iamref.DateKey},
	"DateLessThanEquals":        {Values: iamref.DateKey},
	"DateGreaterThan":           {Values: iamref.DateKey},
	"DateGreaterThanEquals":     {Values: iamref.DateKey},
	"Bool":                      {Values: iamref.BoolKey},
	"BinaryEquals":              {},
	"IpAddress":                 {Values: iamref.IPKey},
	"NotIpAddress":              {Values: iamref.IPKey, Negated: true},
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

// Operators are the names of AWS's operators, in order.
func Operators() []string { return slices.Sorted(maps.Keys(operators)) }

// ParseOperator reads an operator, in any letter case.
func ParseOperator(text string) Operator {
	var o Operator
	rest := text
	for _, set := range []string{ForAllValues, ForAnyValue} {
		if len(rest) > len(set) && strings.EqualFold(rest[:len(set)], set) {
			o.Set, rest = set, rest[len(set):]
		}
	}
	if n := len(rest) - len(IfExists); n > 0 && strings.EqualFold(rest[n:], IfExists) {
		o.IfExists, rest = true, rest[:n]
	}
	o.Name = operatorNames[strings.ToLower(rest)]
	o.compares = operators[o.Name]
	o.Known = o.Name != "" && (o.Name != "Null" || !o.IfExists)
	return o
}

// HoldsAbsent reports whether a condition with this operator holds where its key is absent.
// Source: IAM User Guide, "Condition operators", "Multivalued context keys".
func (o Operator) HoldsAbsent() bool {
	switch o.Set {
	case ForAllValues:
		return true
	case ForAnyValue:
		return false
	}
	return o.Negated || o.IfExists
}
