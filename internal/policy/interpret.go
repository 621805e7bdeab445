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

// reader makes statements of a raw tree and notes what the grammar forbids.
type reader struct {
	doc    *Document
	sids   map[string]struct{}
	values slab[Value]
	list   []Value // of the element that is being read
}

// interpret fills the document's typed fields from its root.
func (d *Document) interpret() {
	if d.Root.Kind != Object {
		d.faultAt(d.Root, "document is "+article(d.Root.Kind)+", not an object", "a policy is a JSON object with Version and Statement")
		return
	}
	r := &reader{doc: d}
	r.values.size = 16
	var statement *Node
	for _, m := range d.Root.Members {
		switch m.Name {
		case "Version":
			r.version(m.Value)
		case "Id":
			d.ID = r.text(m)
		case "Statement":
			statement = m.Value
		default:
			r.unknown(m, "document", "Version", "Id", "Statement")
		}
	}
	if statement == nil {
		d.faultAt(d.Root, "document has no Statement", "add a Statement list")
	} else {
		r.statements(statement)
	}
	sortFaults(d.Faults)
}

func (r *reader) version(n *Node) {
	if n.Kind == String && (n.Text == version2008 || n.Text == version2012) {
		r.doc.Version = n.Text
		return
	}
	r.doc.faultAt(n, "Version is neither 2012-10-17 nor 2008-10-17", "write \"Version\": \"2012-10-17\"")
}

func (r *reader) statements(n *Node) {
	switch {
	case n.Kind == Object:
		r.doc.Statements = []Statement{r.statement(n, "/Statement")}
	case n.Kind == List && len(n.Items) > 0:
		r.doc.Statements = make([]Statement, 0, len(n.Items))
		for i, item := range n.Items {
			if item.Kind != Object {
				r.doc.faultAt(item, "statement is "+article(item.Kind)+", not an object", "")
				continue
			}
			r.doc.Statements = append(r.doc.Statements, r.statement(item, "/Statement/"+strconv.Itoa(i)))
		}
	case n.Kind == List:
		r.doc.faultAt(n, "Statement is empty", "write at least one statement, or remove the policy")
	default:
		r.doc.faultAt(n, "Statement is "+article(n.Kind)+", not an object or a list of objects", "")
	}
}

// statement reads one statement's object. Where an element stands twice the last one counts: the
// document has a fault then.
func (r *reader) statement(n *Node, pointer string) Statement {
	s := Statement{Node: n, Pointer: pointer}
	var have [noElement]*Node
	for _, m := range n.Members {
		e := elementOf(m.Name)
		if e == noElement {
			r.unknown(m, "statement", elementNames[:]...)
			continue
		}
		have[e] = m.Value
		switch e {
		case elementSid:
			s.Sid = r.sid(m)
		case elementEffect:
			s.Effect = r.effect(m.Value)
		case elementAction, elementNotAction:
			s.Action = r.strings(m)
		case elementResource, elementNotResource:
			s.Resource = r.strings(m)
		case elementPrincipal, elementNotPrincipal:
			s.Principal = r.principal(m)
		case elementCondition:
			s.Conditions = r.conditions(m.Value)
		}
	}
	s.NotAction = have[elementNotAction] != nil
	s.NotRes = have[elementNotResource] != nil
	s.NotPrinc = have[elementNotPrincipal] != nil
	r.whole(n, &have)
	return s
}

// whole judges which elements a statement has together.
func (r *reader) whole(n *Node, have *[noElement]*Node) {
	if have[elementEffect] == nil {
		r.doc.faultAt(n, "statement has no Effect", "write \"Effect\": \"Allow\" or \"Deny\"")
	}
	if have[elementAction] == nil && have[elementNotAction] == nil {
		r.doc.faultAt(n, "statement has neither Action nor NotAction", "name the actions that it is about")
	}
	for _, e := range [...]element{elementAction, elementResource, elementPrincipal} {
		if not := e + 1; have[e] != nil && have[not] != nil {
			r.doc.faultAt(n, "statement has both "+elementNames[e]+" and "+elementNames[not], "keep one of them; split the statement if both are meant")
		}
	}
}

func (r *reader) sid(m Member) string {
	sid := r.text(m)
	if sid == "" {
		return ""
	}
	if _, twice := r.sids[sid]; twice {
		r.doc.faultAt(m.Value, "Sid "+quote(sid)+" stands on two statements", "AWS wants each Sid once in a document; rename one")
	}
	if r.sids == nil {
		r.sids = make(map[string]struct{})
	}
	r.sids[sid] = struct{}{}
	return sid
}

func (r *reader) effect(n *Node) Effect {
	if n.Kind == String && (n.Text == string(Allow) || n.Text == string(Deny)) {
		return Effect(n.Text)
	}
	hint := "write Allow or Deny"
	if n.Kind == String && (strings.EqualFold(n.Text, string(Allow)) || strings.EqualFold(n.Text, string(Deny))) {
		hint = "letter case counts: " + hint
	}
	r.doc.faultAt(n, "Effect is neither \"Allow\" nor \"Deny\"", hint)
	return ""
}

// text is the value of a member that must be a string.
func (r *reader) text(m Member) string {
	if m.Value.Kind != String {
		r.doc.faultAt(m.Value, m.Name+" is "+article(m.Value.Kind)+", not a string", "")
	}
	return m.Value.Text
}

// strings is the value of a member that must be a string or a list of strings, not empty.
func (r *reader) strings(m Member) []Value {
	if m.Value.Kind == List && len(m.Value.Items) == 0 {
		r.doc.faultAt(m.Value, m.Name+" is an empty list", "name at least one, or \"*\"")
	}
	return r.each(m, func(k Kind) bool { return k == String }, "a string")
}

// each makes one list of AWS's two shapes, a value and a list of values, of the kinds that fit.
func (r *reader) each(m Member, fits func(Kind) bool, want string) []Value {
	r.list = r.list[:0]
	add := func(n *Node) {
		if !fits(n.Kind) {
			r.doc.faultAt(n, m.Name+" holds "+article(n.Kind)+" where "+want+" is wanted", "")
			return
		}
		r.list = append(r.list, Value{n.Text, n})
	}
	if m.Value.Kind != List {
		add(m.Value)
		return r.values.copy(r.list)
	}
	for _, item := range m.Value.Items {
		add(item)
	}
	return r.values.copy(r.list)
}

// principal reads the bare star, or an object of principal types.
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
func (r *reader) principal(m Member) []Principal {
	n := m.Value
	if n.Kind == String && n.Text == "*" {
		return []Principal{{"*", Value{n.Text, n}}}
	}
	if n.Kind != Object || len(n.Members) == 0 {
		r.doc.faultAt(n, m.Name+" is neither \"*\" nor an object of principal types", "write {\"AWS\": …}, {\"Service\": …} or {\"Federated\": …}")
		return nil
	}
	var out []Principal
	for _, t := range n.Members {
		switch t.Name {
		case "AWS", "Service", "Federated", "CanonicalUser":
		default:
			r.unknown(t, m.Name, "AWS", "Service", "Federated", "CanonicalUser")
			continue
		}
		for _, v := range r.strings(t) {
			out = append(out, Principal{t.Name, v})
		}
	}
	return out
}

// conditions reads an object of operators, each an object of keys. An empty object is true, and AWS takes it.
func (r *reader) conditions(n *Node) []Condition {
	if n.Kind != Object {
		r.doc.faultAt(n, "Condition is "+article(n.Kind)+", not an object of operators", "write {\"StringEquals\": {\"aws:…\": \"…\"}}")
		return nil
	}
	out := make([]Condition, 0, len(n.Members))
	for _, operator := range n.Members {
		if operator.Value.Kind != Object {
			r.doc.faultAt(operator.Value, "condition operator "+quote(operator.Name)+" holds "+article(operator.Value.Kind)+", not an object of keys", "")
			continue
		}
		for _, key := range operator.Value.Members {
			values := r.each(key, isLiteral, "a string, number or boolean")
			out = append(out, Condition{Operator: operator.Name, Key: key.Name, Values: values, Node: key.Value})
		}
	}
	return out
}

func isLiteral(k Kind) bool { return k == String || k == Number || k == Bool }

// unknown reports a name that the grammar has not, with the one that was probably meant.
func (r *reader) unknown(m Member, where string, known ...string) {
	hint := "the elements are " + strings.Join(known, ", ")
	for _, k := range known {
		if strings.EqualFold(k, m.Name) {
			hint = "letter case counts: write " + strconv.Quote(k)
		}
	}
	r.doc.fault(m.Offset, m.Offset+1, where+" has an unknown element "+quote(m.Name), hint)
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
