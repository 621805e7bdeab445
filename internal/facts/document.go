package facts

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// document is one parsed text, shared by all who use that text. It is the Record of its root object.
type document struct {
	parsed     *policy.Document
	statements statements
	number     int  // among the set's documents; negative: it is none of them
	shared     bool // several use it, or may
	resource   bool // a policy of a resource, such as a trust policy: it speaks for no identity

	compile  sync.Once
	policy   *authz.Policy // see compiled
	personal bool          // its answers may change with who asks
	regions  []string      // see regionsOf
}

// use is one use of a document: what it is called where it stands, and the text or why there is none.
type use struct {
	title string    // how evidence names it: a policy's ARN, "trust policy", `inline policy "x"`
	doc   *document // nil: unknown
	hole  string    // the reason when doc is nil
}

func (u use) value() gsl.Value {
	if u.doc == nil {
		return gsl.UnknownOf(u.hole)
	}
	return gsl.RecordOf(u.doc)
}

// newDocument takes a document without faults.
func newDocument(parsed *policy.Document, number int) *document {
	d := &document{parsed: parsed, number: number, statements: make(statements, len(parsed.Statements))}
	for i := range parsed.Statements {
		st := &parsed.Statements[i]
		d.statements[i] = statement{doc: d, parsed: st}
		d.resource = d.resource || len(st.Principal) > 0 || len(st.Resource) == 0
	}
	return d
}

// compiled is the document for authz, compiled at its first use.
func (d *document) compiled() *authz.Policy {
	d.compile.Do(func() {
		p, err := authz.Compile("policy", d.parsed)
		if err != nil { // a document with faults is no document here
			p = authz.Unread("policy")
		}
		d.policy, d.personal, d.regions = p, p.Personal(), regionsOf(d.parsed)
	})
	return d.policy
}

// maxRegions bounds the regions that a question on everything is tried in.
const maxRegions = 16

// regionsOf are those that the resources of a document's Allows name, beside us-east-1, where questions are asked anyway; of a
// pattern, one that it fits.
func regionsOf(d *policy.Document) []string {
	var out []string
	for i := range d.Statements {
		st := &d.Statements[i]
		if st.Effect != policy.Allow || st.NotRes {
			continue
		}
		for _, v := range st.Resource {
			region := regionIn(v.Text)
			if region == "" || arn.Match(region, "us-east-1") || len(out) == maxRegions {
				continue
			}
			if region = strings.NewReplacer("*", "x", "?", "q").Replace(region); !slices.Contains(out, region) {
				out = append(out, region)
			}
		}
	}
	return out
}

// regionIn is the fourth part of an ARN; empty where it has none.
func regionIn(text string) string {
	for range 3 {
		_, rest, ok := strings.Cut(text, ":")
		if !ok {
			return ""
		}
		text = rest
	}
	region, _, ok := strings.Cut(text, ":")
	if !ok {
		return ""
	}
	return region
}

// Parsed is the document that a text of the snapshot was parsed to, so that nobody parses it again.
func (s *Set) Parsed(text account.Document) *policy.Document {
	if d, ok := s.documents[text]; ok {
		return d.parsed
	}
	return policy.Parse(string(text)) // one with faults
}

// Lookup gives the statements as records that know their document, and anything else as it stands.
func (d *document) Lookup(name string) (gsl.Value, bool) {
	n := d.parsed.Root.Member(name)
	if n == nil {
		return gsl.Value{}, false
	}
	if name != "Statement" || len(d.statements) == 0 {
		return node(n), true
	}
	if n.Kind == policy.Object {
		return gsl.RecordOf(&d.statements[0]), true
	}
	return gsl.ListOf(&d.statements), true
}

// Longest finds the member with the longest name that a path begins with.
func (d *document) Longest(path string, below int) (gsl.Value, int) {
	v, n := longest(d.parsed.Root, path, below)
	if n > 0 && path[:n] == "Statement" {
		v, _ = d.Lookup(path[:n])
	}
	return v, n
}

// AppendJSON writes the document compactly.
func (d *document) AppendJSON(to []byte) []byte { return d.parsed.Root.AppendJSON(to) }

// statement is one statement of a document, as a Record.
type statement struct {
	doc    *document
	parsed *policy.Statement
}

// Lookup finds a member by its exact name.
func (s *statement) Lookup(name string) (gsl.Value, bool) { return member(s.parsed.Node, name) }

// Longest finds the member with the longest name that a path begins with.
func (s *statement) Longest(path string, below int) (gsl.Value, int) {
	return longest(s.parsed.Node, path, below)
}

// AppendJSON writes the statement compactly.
func (s *statement) AppendJSON(to []byte) []byte { return s.parsed.Node.AppendJSON(to) }

// statements is the list of a document's statements.
type statements []statement

// Len and At make it a gsl.Sequence.
func (l *statements) Len() int { return len(*l) }

// Shared implements gsl.Shared.
func (l *statements) Shared() bool { return len(*l) > 0 && (*l)[0].doc.shared }

// At is the statement at i.
func (l *statements) At(i int) gsl.Value { return gsl.RecordOf(&(*l)[i]) }

// object is any other object of a document, as a Record.
type object policy.Node

// Lookup finds a member by its exact name.
func (o *object) Lookup(name string) (gsl.Value, bool) { return member((*policy.Node)(o), name) }

// Longest finds the member with the longest name that a path begins with.
func (o *object) Longest(path string, below int) (gsl.Value, int) {
	return longest((*policy.Node)(o), path, below)
}

// AppendJSON writes the object compactly.
func (o *object) AppendJSON(to []byte) []byte { return (*policy.Node)(o).AppendJSON(to) }

// array is a list of a document, as a Sequence.
type array policy.Node

// Len and At make it a gsl.Sequence.
func (a *array) Len() int { return len(a.Items) }

// At is the value at i.
func (a *array) At(i int) gsl.Value { return node(a.Items[i]) }

func member(n *policy.Node, name string) (gsl.Value, bool) {
	found := n.Member(name)
	if found == nil {
		return gsl.Value{}, false
	}
	return node(found), true
}

func longest(n *policy.Node, path string, below int) (gsl.Value, int) {
	var found *policy.Node
	length := 0
	if n == nil {
		return gsl.Value{}, 0
	}
	for i := range n.Members {
		m := &n.Members[i]
		if l := len(m.Name); l > length && l < below && gsl.Leads(m.Name, path) {
			found, length = m.Value, l
		}
	}
	if found == nil {
		return gsl.Value{}, 0
	}
	return node(found), length
}

// node is a node of a document as GSL sees it.
func node(n *policy.Node) gsl.Value {
	switch n.Kind {
	case policy.Bool:
		return gsl.BoolOf(n.Text == "true")
	case policy.Number:
		f, err := strconv.ParseFloat(n.Text, 64)
		if err != nil { // beyond float64: GSL compares it as text
			return gsl.StringOf(n.Text)
		}
		return gsl.NumberOf(f)
	case policy.String:
		return gsl.StringFrom(n.Text, n)
	case policy.List:
		return gsl.ListOf((*array)(n))
	case policy.Object:
		return gsl.RecordOf((*object)(n))
	case policy.Null:
	}
	return gsl.Value{}
}
