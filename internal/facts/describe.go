package facts

import (
	"iter"
	"strconv"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/policy"
)

// maxSnippet is how many runes of a document evidence shows.
const maxSnippet = 240

// Describe says where a value stands that proved a verdict on the entity: a statement or another part of its
// documents, once for each document that holds it, or an element of its lists. Plain texts and numbers stand
// nowhere: the result is nil.
func Describe(e Entity, v gsl.Value) []finding.Evidence {
	switch ref := v.Ref().(type) {
	case *statement:
		return ofStatement(e, ref)
	case *document:
		return inDocuments(e, ref.parsed.Root)
	case *object:
		return inDocuments(e, (*policy.Node)(ref))
	case nil:
		return nil
	}
	if array, ok := v.Sequence().(*array); ok {
		return inDocuments(e, (*policy.Node)(array))
	}
	if v.Kind() == gsl.Object {
		return inProperties(e, v)
	}
	return nil
}

// ofStatement finds the documents of an entity that are a statement's.
func ofStatement(e Entity, st *statement) []finding.Evidence {
	var out []finding.Evidence
	for u := range uses(e.Self) {
		if u.doc != st.doc {
			continue
		}
		n := st.parsed.Node
		out = append(out, finding.Evidence{
			Document: Safe(u.title), Pointer: st.parsed.Pointer, Line: n.Pos.Line, Column: n.Pos.Column,
			Text: Safe(st.doc.parsed.Snippet(n, maxSnippet)),
		})
	}
	return out
}

// inDocuments finds the documents of an entity that a node is part of.
func inDocuments(e Entity, n *policy.Node) []finding.Evidence {
	var out []finding.Evidence
	for u := range uses(e.Self) {
		if u.doc == nil {
			continue
		}
		parsed := u.doc.parsed
		pointer := parsed.Pointer(n)
		if pointer == "" && n != parsed.Root {
			continue
		}
		out = append(out, finding.Evidence{
			Document: Safe(u.title), Pointer: pointer, Line: n.Pos.Line, Column: n.Pos.Column, Text: Safe(parsed.Snippet(n, maxSnippet)),
		})
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
