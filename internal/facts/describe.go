package facts

import (
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// maxSnippet is how many runes of a document evidence shows.
const maxSnippet = 240

// maxMarks is how many elements of one statement evidence marks.
const maxMarks = 8

// elements are guilty elements of a statement, as a function proves them.
type elements struct {
	of    *statement
	spots []policy.Spot
}

// Prove tells the trace that elements of a statement made the verdict. Nodes that are nil are left out; without any
// the statement itself did. What is no statement is not told.
func Prove(c *gsl.Call, v gsl.Value, spots ...policy.Spot) {
	if st, ok := v.Ref().(*statement); ok && c.Env.Trace != nil {
		spots = slices.DeleteFunc(spots, func(s policy.Spot) bool { return s == policy.Spot{} })
		c.Prove(gsl.PointerOf(&elements{st, spots}))
	}
}

// Describer describes proofs. It remembers what it has shown of documents, which many entities share. It is not safe for
// concurrent use; the zero value is ready.
type Describer struct {
	shown  map[shown]finding.Evidence
	places []place // room for those of one verdict
}

// Describe says where the values stand that proved a verdict on the entity: statements with the elements in them that
// were proved, or other parts of its documents, once for each document that holds them, and elements of its lists.
// Evidence that a function made is taken as it is. Plain texts and numbers stand nowhere.
func (d *Describer) Describe(e Entity, proofs ...gsl.Value) []finding.Evidence {
	in := describer{entity: e, places: d.places[:0]}
	for _, v := range proofs {
		in.add(v)
	}
	d.places = in.places
	if len(in.places) == 0 {
		return nil
	}
	out := make([]finding.Evidence, 0, len(in.places))
	for i := range in.places {
		found := d.evidence(&in.places[i])
		same := func(o finding.Evidence) bool { return o.Document == found.Document && o.Pointer == found.Pointer }
		if !slices.ContainsFunc(out, same) {
			out = append(out, found)
		}
	}
	return out
}

// shown is a part of a document with few guilty elements, as it is called.
type shown struct {
	title string
	node  *policy.Node
	spots [2]policy.Spot
}

// maxShown bounds what a Describer remembers.
const maxShown = 1 << 14

func (d *Describer) evidence(p *place) finding.Evidence {
	if p.doc == nil {
		return p.made
	}
	key := shown{title: p.title, node: p.node}
	if len(p.spots) > len(key.spots) {
		return EvidenceAt(p.title, p.doc.parsed, p.node, p.spots...)
	}
	copy(key.spots[:], p.spots)
	found, ok := d.shown[key]
	if !ok {
		found = EvidenceAt(p.title, p.doc.parsed, p.node, p.spots...)
		if d.shown == nil {
			d.shown = map[shown]finding.Evidence{}
		}
		if len(d.shown) < maxShown {
			d.shown[key] = found
		}
	}
	return found
}

// describer gathers places, each statement of a document once.
type describer struct {
	entity Entity
	places []place
}

// place is a part of a document, or evidence of another kind that is made already.
type place struct {
	title string
	doc   *document
	node  *policy.Node
	spots []policy.Spot
	made  finding.Evidence
}

func (d *describer) add(v gsl.Value) {
	switch ref := v.Ref().(type) {
	case *finding.Evidence:
		d.places = append(d.places, place{made: *ref})
	case *statement:
		d.statement(ref, nil)
	case *elements:
		d.statement(ref.of, ref.spots)
	case *document:
		d.node(ref.parsed.Root)
	case *object:
		d.node((*policy.Node)(ref))
	case *policy.Node:
		d.node(ref)
	case nil:
	default:
		if array, ok := v.Sequence().(*array); ok {
			d.node((*policy.Node)(array))
		} else if v.Kind() == gsl.Object {
			for _, found := range inProperties(d.entity, v) {
				d.places = append(d.places, place{made: found})
			}
		}
	}
}

// statement adds the documents of the entity that are a statement's.
func (d *describer) statement(st *statement, spots []policy.Spot) {
	for u := range uses(d.entity.Self) {
		if u.doc == st.doc {
			d.merge(u, st.parsed.Node, spots)
		}
	}
}

// node adds the documents of the entity that a node is part of: as an element of its statement where it is in one.
func (d *describer) node(n *policy.Node) {
	for u := range uses(d.entity.Self) {
		if u.doc == nil {
			continue
		}
		spot := u.doc.parsed.Spot(n)
		if spot.Pointer == "" && n != u.doc.parsed.Root {
			continue
		}
		if st := u.doc.holding(n); st != nil {
			d.merge(u, st.parsed.Node, []policy.Spot{u.doc.parsed.MemberOrValue(n)})
		} else {
			d.merge(u, n, nil)
		}
	}
}

// holding is the statement that a node is an element of.
func (d *document) holding(n *policy.Node) *statement {
	for i := range d.statements {
		if of := d.statements[i].parsed.Node; of != n && of.Pos.Offset <= n.Pos.Offset && n.End <= of.End {
			return &d.statements[i]
		}
	}
	return nil
}

// merge adds spots to a place that is there, or a place.
func (d *describer) merge(u use, n *policy.Node, spots []policy.Spot) {
	i := slices.IndexFunc(d.places, func(p place) bool { return p.doc == u.doc && p.title == u.title && p.node == n })
	if i < 0 {
		i = len(d.places)
		d.places = append(d.places, place{title: u.title, doc: u.doc, node: n})
	}
	p := &d.places[i]
	for _, s := range spots {
		if len(p.spots) < maxMarks && !slices.Contains(p.spots, s) {
			p.spots = append(p.spots, s)
		}
	}
}

// EvidenceAt is a part of a document as evidence, with guilty elements in it: the first one gives the place.
func EvidenceAt(title string, d *policy.Document, n *policy.Node, spots ...policy.Spot) finding.Evidence {
	spots = slices.DeleteFunc(spots, func(s policy.Spot) bool { return s == policy.Spot{} })
	out := finding.Evidence{Document: Safe(title), Pointer: d.Pointer(n), Line: n.Pos.Line, Column: n.Pos.Column}
	text, ranges := d.Excerpt(n, maxSnippet, spots...)
	if len(spots) > 0 {
		first := &spots[0]
		out.Pointer, out.Line, out.Column = first.Pointer, first.Start.Line, first.Start.Column
	}
	out.Text = Safe(text)
	for i, r := range ranges {
		if out.Text != text { // an escape is longer than what it stands for
			runes := []rune(text)
			r.Start, r.End = utf8.RuneCountInString(Safe(string(runes[:r.Start]))), utf8.RuneCountInString(Safe(string(runes[:r.End])))
		}
		out.Marks = append(out.Marks, finding.Mark{Pointer: spots[i].Pointer, Start: r.Start, End: r.End})
	}
	return out
}

// Titles are what evidence calls a document wherever an entity has it; a value that is no document has none.
func Titles(self any, v gsl.Value) []string {
	doc, ok := v.Ref().(*document)
	var out []string
	for u := range uses(self) {
		if ok && u.doc == doc {
			out = append(out, Safe(u.title))
		}
	}
	return out
}

// uses are the documents that speak for an entity.
func uses(self any) iter.Seq[use] {
	return func(yield func(use) bool) {
		switch e := self.(type) {
		case *managedPolicy:
			e.uses(yield)
		case *user:
			e.uses(yield)
		case *group:
			e.uses(yield)
		case *role:
			e.uses(yield)
		}
	}
}

func (i *identity) uses(yield func(use) bool) {
	for _, p := range i.combined {
		if !yield(p.use) {
			return
		}
	}
}

// inProperties finds the property, or the element of one, that an object of the entity is, or names the entity
// that it is itself.
func inProperties(e Entity, v gsl.Value) []finding.Evidence {
	for _, p := range e.Type.Properties {
		if p.Elem == nil {
			continue
		}
		got := p.Get(e.Self)
		if got.Kind() == gsl.Object && got.Ref() == v.Ref() {
			return []finding.Evidence{{Pointer: "/" + p.Name, Text: objectText(p.Elem, v)}}
		}
		list := got.Sequence()
		for i := range length(list) {
			if list.At(i).Ref() == v.Ref() {
				return []finding.Evidence{{Pointer: "/" + p.Name + "/" + strconv.Itoa(i), Text: objectText(p.Elem, v)}}
			}
		}
	}
	if item, ok := v.Ref().(interface{ self() *common }); ok && v.Ref() != e.Self { // of a List<X>
		return []finding.Evidence{{Pointer: "/items", Text: Safe(item.self().name + " (" + item.self().arn + ")")}}
	}
	return nil
}

// PrincipalOf is the ARN of the user or role that a value is.
func PrincipalOf(v gsl.Value) (arn string, ok bool) {
	switch e := v.Ref().(type) {
	case *user:
		return e.arn, !e.root
	case *role:
		return e.arn, true
	}
	return "", false
}

// DocumentOf is the whole document that a value is; nil where it is none.
func DocumentOf(v gsl.Value) *policy.Document {
	if d, ok := v.Ref().(*document); ok {
		return d.parsed
	}
	return nil
}

// WholeOf is the document that a statement stands in; nil where the value is none.
func WholeOf(v gsl.Value) *policy.Document {
	if st, ok := v.Ref().(*statement); ok {
		return st.doc.parsed
	}
	return nil
}

// StatementOf is the statement that a value is, as a document of its own without the other statements; nil where
// it is none.
func StatementOf(v gsl.Value) *policy.Document {
	st, ok := v.Ref().(*statement)
	if !ok {
		return nil
	}
	whole := st.doc.parsed
	return &policy.Document{Text: whole.Text, Root: whole.Root, Version: whole.Version, Statements: []policy.Statement{*st.parsed}}
}
