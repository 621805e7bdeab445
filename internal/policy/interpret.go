package policy

import (
	"strconv"
	"strings"
)

// The policy language versions. Source: IAM User Guide, "IAM JSON policy elements: Version".
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// interpret fills the document's typed fields from its root.
func (p *parser) interpret() {
	d := p.doc
	if d.Root.Kind != Object {
		d.faultAt(d.Root, "document is "+article(d.Root.Kind)+", not an object", "a policy is a JSON object with Version and Statement")
		return
	}
	var statement *Node
	for _, m := range d.Root.Members {
		if d.full() {
			return
		}
		switch m.Name {
		case "Version":
			p.version(m.Value)
		case "Id":
			d.ID = p.oneString(m)
		case "Statement":
			statement = m.Value
		default:
			p.unknown(m, "document", "Version", "Id", "Statement")
		}
	}
	if statement == nil {
		d.faultAt(d.Root, "document has no Statement", "add a Statement list")
	} else {
		p.statements(statement)
	}
}

func (p *parser) version(n *Node) {
	if n.Kind == String && (n.Text == version2008 || n.Text == version2012) {
		p.doc.Version = n.Text
		return
	}
	p.doc.faultAt(n, "Version is neither 2012-10-17 nor 2008-10-17", "write \"Version\": \"2012-10-17\"")
}

func (p *parser) statements(n *Node) {
	switch {
	case n.Kind == Object:
		p.doc.Statements = []Statement{p.statement(n, "/Statement")}
	case n.Kind == List && len(n.Items) > 0:
		p.doc.Statements = make([]Statement, 0, len(n.Items))
		for i, item := range n.Items {
			if p.doc.full() {
				break
			}
			if item.Kind != Object {
				p.doc.faultAt(item, "statement is "+article(item.Kind)+", not an object", "")
				continue
			}
			p.doc.Statements = append(p.doc.Statements, p.statement(item, "/Statement/"+strconv.Itoa(i)))
		}
	case n.Kind == List:
		p.doc.faultAt(n, "Statement is empty", "write at least one statement, or remove the policy")
	default:
		p.doc.faultAt(n, "Statement is "+article(n.Kind)+", not an object or a list of objects", "")
	}
}

// statement reads one statement's object. Where an element stands twice the last one counts: the
// document has a fault then.
func (p *parser) statement(n *Node, pointer string) Statement {
	s := Statement{Node: n, Pointer: pointer}
	var have [noElement]*Node
	for _, m := range n.Members {
		e := elementOf(m.Name)
		if e == noElement {
			p.unknown(m, "statement", elementNames[:]...)
			continue
		}
		have[e] = m.Value
		switch e {
		case elementSid:
			s.Sid = p.oneString(m)
		case elementEffect:
			s.Effect = p.effect(m.Value)
		case elementAction, elementNotAction:
			s.Action = p.stringList(m)
		case elementResource, elementNotResource:
			s.Resource = p.stringList(m)
		case elementPrincipal, elementNotPrincipal:
			s.Principal = p.principal(m)
		case elementCondition:
			s.Conditions = p.conditions(m.Value)
		}
	}
	s.NotAction = have[elementNotAction] != nil
	s.NotRes = have[elementNotResource] != nil
	s.NotPrinc = have[elementNotPrincipal] != nil
	p.whole(n, &have)
	return s
}

// whole judges which elements a statement has together.
func (p *parser) whole(n *Node, have *[noElement]*Node) {
	if have[elementEffect] == nil {
		p.doc.faultAt(n, "statement has no Effect", "write \"Effect\": \"Allow\" or \"Deny\"")
	}
	if have[elementAction] == nil && have[elementNotAction] == nil {
		p.doc.faultAt(n, "statement has neither Action nor NotAction", "name the actions that it is about")
	}
	for _, e := range [...]element{elementAction, elementResource, elementPrincipal} {
		if not := e + 1; have[e] != nil && have[not] != nil {
			p.doc.faultAt(n, "statement has both "+elementNames[e]+" and "+elementNames[not], "keep one of them; split the statement if both are meant")
		}
	}
}

func (p *parser) effect(n *Node) Effect {
	if n.Kind == String && (n.Text == string(Allow) || n.Text == string(Deny)) {
		return Effect(n.Text)
	}
	hint := "write Allow or Deny"
	if n.Kind == String && (strings.EqualFold(n.Text, string(Allow)) || strings.EqualFold(n.Text, string(Deny))) {
		hint = "letter case counts: " + hint
	}
	p.doc.faultAt(n, "Effect is neither \"Allow\" nor \"Deny\"", hint)
	return ""
}

// oneString is the value of a member that must be a string.
func (p *parser) oneString(m Member) string {
	if m.Value.Kind != String {
		p.doc.faultAt(m.Value, m.Name+" is "+article(m.Value.Kind)+", not a string", "")
	}
	return m.Value.Text
}

// stringList is the value of a member that must be a string or a list of strings, not empty.
func (p *parser) stringList(m Member) []Value {
	if m.Value.Kind == List && len(m.Value.Items) == 0 {
		p.doc.faultAt(m.Value, m.Name+" is an empty list", "name at least one, or \"*\"")
	}
	return p.each(m, func(k Kind) bool { return k == String }, "a string")
}

// each makes one list of AWS's two shapes, a value and a list of values, of the kinds that fit.
func (p *parser) each(m Member, fits func(Kind) bool, want string) []Value {
	items := m.Value.Items
	if m.Value.Kind != List {
		items = []*Node{m.Value}
	}
	for _, n := range items {
		if p.doc.full() {
			break
		}
		if !fits(n.Kind) {
			p.doc.faultAt(n, quote(m.Name)+" holds "+article(n.Kind)+" where "+want+" is wanted", "")
			continue
		}
		p.found = append(p.found, Value{n.Text, n})
	}
	out := p.valueSlab.copy(p.found)
	p.found = popped(p.found, 0)
	return out
}

// principal reads the bare star, or an object of principal types.
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
func (p *parser) principal(m Member) []Principal {
	n := m.Value
	if n.Kind == String && n.Text == "*" {
		return []Principal{{"*", Value{n.Text, n}}}
	}
	if n.Kind != Object || len(n.Members) == 0 {
		p.doc.faultAt(n, m.Name+" is neither \"*\" nor an object of principal types", "write {\"AWS\": …}, {\"Service\": …} or {\"Federated\": …}")
		return nil
	}
	var out []Principal
	for _, t := range n.Members {
		switch t.Name {
		case "AWS", "Service", "Federated", "CanonicalUser":
		default:
			p.unknown(t, m.Name, "AWS", "Service", "Federated", "CanonicalUser")
			continue
		}
		for _, v := range p.stringList(t) {
			out = append(out, Principal{t.Name, v})
		}
	}
	return out
}

// conditions reads an object of operators, each an object of keys. An empty object is true, and AWS takes it.
func (p *parser) conditions(n *Node) []Condition {
	if n.Kind != Object {
		p.doc.faultAt(n, "Condition is "+article(n.Kind)+", not an object of operators", "write {\"StringEquals\": {\"aws:…\": \"…\"}}")
		return nil
	}
	out := make([]Condition, 0, len(n.Members))
	for _, operator := range n.Members {
		if operator.Value.Kind != Object {
			p.doc.faultAt(operator.Value, "condition operator "+quote(operator.Name)+" holds "+article(operator.Value.Kind)+", not an object of keys", "")
			continue
		}
		for _, key := range operator.Value.Members {
			values := p.each(key, isLiteral, "a string, number or boolean")
			out = append(out, Condition{Operator: operator.Name, Key: key.Name, Values: values, Node: key.Value})
		}
	}
	return out
}

func isLiteral(k Kind) bool { return k == String || k == Number || k == Bool }

// unknown reports a name that the grammar has not, with the one that was probably meant.
func (p *parser) unknown(m Member, where string, known ...string) {
	if p.doc.full() {
		return
	}
	hint := "the elements are " + strings.Join(known, ", ")
	for _, k := range known {
		if strings.EqualFold(k, m.Name) {
			hint = "letter case counts: write " + strconv.Quote(k)
		}
	}
	p.doc.fault(m.Offset, m.Offset+1, where+" has an unknown element "+quote(m.Name), hint)
}

// article is a kind in words.
func article(k Kind) string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// element is a statement's element. A negated element follows its plain one.
type element uint8

const (
	elementAction element = iota
	elementNotAction
	elementResource
	elementNotResource
	elementPrincipal
	elementNotPrincipal
	elementSid
	elementEffect
	elementCondition
	noElement
)

var elementNames = [noElement]string{
	"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Sid", "Effect", "Condition",
}

func elementOf(name string) element {
	for i, known := range elementNames {
		if known == name {
			return element(i)
		}
	}
	return noElement
}
