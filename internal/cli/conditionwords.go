package cli

import (
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/policy"
)

// comparisons are the words between a key and its values, by operator in lower case without prefix and suffix.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
var comparisons = map[string]string{
	"stringequals": "is", "stringnotequals": "is not",
	"stringequalsignorecase": "is, letter case apart,", "stringnotequalsignorecase": "is not, letter case apart,",
	"stringlike": "is like", "stringnotlike": "is not like",
	"arnequals": "is like", "arnlike": "is like", "arnnotequals": "is not like", "arnnotlike": "is not like",
	"bool": "is", "binaryequals": "is",
	"numericequals": "=", "numericnotequals": "≠", "numericlessthan": "<", "numericlessthanequals": "≤",
	"numericgreaterthan": ">", "numericgreaterthanequals": "≥",
	"dateequals": "is", "datenotequals": "is not", "datelessthan": "is before", "datelessthanequals": "is not after",
	"dategreaterthan": "is after", "dategreaterthanequals": "is not before",
	"ipaddress": "is in", "notipaddress": "is not in",
}

// bare are the operators whose values need no quotes.
var bare = []string{"bool", "numeric", "date", "ip", "notip"}

// conditionWords says a condition in words: `aws:SourceIp is in 10.0.0.0/8`.
func conditionWords(c *policy.Condition) string {
	operator := strings.ToLower(c.Operator)
	subject := c.Key
	if rest, ok := strings.CutPrefix(operator, "foranyvalue:"); ok {
		operator, subject = rest, "some value of "+c.Key
	}
	if rest, ok := strings.CutPrefix(operator, "forallvalues:"); ok {
		operator, subject = rest, "every value of "+c.Key
	}
	operator, orAbsent := strings.CutSuffix(operator, "ifexists")
	if operator == "null" {
		if len(c.Values) == 1 && strings.EqualFold(c.Values[0].Text, "false") {
			return subject + " is present"
		}
		return subject + " is absent"
	}
	words, known := comparisons[operator]
	if !known {
		words = c.Operator
	}
	out := subject + " " + words + " " + valueWords(c.Values, operator, strings.HasPrefix(words, "is not"))
	if orAbsent {
		out += ", or the request does not carry it"
	}
	return out
}

// valueWords joins a condition's values: one of them is enough, or none may fit.
func valueWords(values []policy.Value, operator string, negated bool) string {
	quoted := true
	for _, prefix := range bare {
		quoted = quoted && !strings.HasPrefix(operator, prefix)
	}
	var all []string
	for _, v := range values {
		s := v.Text
		if quoted {
			s = strconv.Quote(s)
		}
		all = append(all, s)
	}
	joint := " or "
	if negated {
		joint = " nor "
	}
	return strings.Join(all, joint)
}
