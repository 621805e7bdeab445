package review

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/element"
)

// version looks at the document's Version.
func (l *linter) version() {
	switch v := l.doc.Root.Member("Version"); {
	case v == nil:
		l.note(MissingVersion, l.doc.Root, "document has no Version", "add \"Version\": \""+element.Modern+"\"")
	case v.Text != element.Modern:
		l.note(OldVersion, v, "document is in the language of 2008", "write \"Version\": \""+element.Modern+"\"")
	}
}

// variables looks at the policy variables of a statement.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func (l *linter) variables(s *policy.Statement) {
	for _, v := range s.Action {
		l.variable(v, false)
	}
	for i := range s.Principal {
		l.variable(s.Principal[i].Value, false)
	}
	for _, v := range s.Resource {
		l.variable(v, true)
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if o := element.ParseOperator(c.Operator); !o.Known || o.Values != iamref.StringKey && o.Values != iamref.ARNKey {
			continue // other operators take none, and the value does not read
		}
		for _, v := range c.Values {
			l.conditionVariable(v)
		}
	}
}

// variable looks at the variables of an action, principal or resource; only the last part of a resource may
// have some.
func (l *linter) variable(v policy.Value, isResource bool) {
	for at, name := range element.VariablesOf(v.Text) {
		switch {
		case isResource && l.doc.Version != element.Modern:
			l.oldVariable(v, name)
			return
		case l.doc.Version != element.Modern:
		case !isResource || strings.Count(v.Text[:at], ":") < 5:
			l.note(MisplacedVariable, v.Node, "policy variable "+quote(name)+" stands where AWS does not replace it", "use a wildcard, or a condition")
		default:
			l.knownVariable(v, name)
		}
	}
}

func (l *linter) conditionVariable(v policy.Value) {
	for _, name := range element.VariablesOf(v.Text) {
		if l.doc.Version != element.Modern {
			l.oldVariable(v, name)
			return
		}
		l.knownVariable(v, name)
	}
}

func (l *linter) oldVariable(v policy.Value, name string) {
	l.note(VariableInOldVersion, v.Node, "policy variable "+quote(name)+" in a document of 2008", "write \"Version\": \""+element.Modern+"\"")
}

func (l *linter) knownVariable(v policy.Value, name string) {
	key, _, _ := strings.Cut(strings.Trim(name, "${}"), ",")
	key = strings.TrimSpace(key)
	k, known := iamref.Key(key)
	switch {
	case l.full(UnknownVariable) || fromProvider(key):
	case !known:
		cure := ""
		if near := closestKey(key); near != "" {
			cure = "did you mean \"${" + near + "}\"?"
		}
		l.note(UnknownVariable, v.Node, "policy variable "+quote(name)+" is not known", cure)
	case k.Many:
		l.note(UnknownVariable, v.Node, "policy variable "+quote(name)+" may have many values, so AWS does not replace it", "compare the key in a condition instead")
	}
}
