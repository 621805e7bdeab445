package gsl

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// Options are what a rule may read beside the entity.
type Options struct {
	Settings map[string]Value // setting('name') is a constant when the rule is compiled
}

// Compile checks a rule against a schema and makes it ready to run. The program is nil where a diagnostic is
// an error; warnings and notes leave it usable.
func Compile(s *Schema, f source.File, o Options) (*Program, []source.Diagnostic) {
	p, diagnostics := compile(s, f, o, false)
	if p != nil {
		p.stepped = func() *Program {
			again, _ := compile(s, f, o, true)
			return again
		}
	}
	return p, diagnostics
}

func compile(s *Schema, f source.File, o Options, steps bool) (*Program, []source.Diagnostic) {
	tree, diagnostics := syntax.Parse(f)
	if tree == nil {
		return nil, diagnostics
	}
	k := compiler{schema: s.index(), settings: o.Settings, reads: map[string]bool{}, steps: steps}
	for _, d := range diagnostics {
		k.remarks.Add(d)
	}
	p := k.rule(tree)
	diagnostics = k.remarks.Sorted()
	if source.HasErrors(diagnostics) {
		return nil, diagnostics
	}
	return p, diagnostics
}

// compiler turns one tree into closures. It goes on behind an error, with null in place of what it refused.
type compiler struct {
	schema   *index
	settings map[string]Value
	remarks  source.List
	reads    map[string]bool // "IamUser.mfaActive"
	steps    bool            // make closures that tell their steps
	root     scope
	scope    scope
	lint     lint
}

// scope is what paths are read from.
type scope struct {
	typ *Type // nil: known only when it runs
	top bool  // the entity itself, not an element of a block
}

// code is a compiled expression: at least one of value and truth is set.
type code struct {
	value  func(*Env) Value
	truth  func(*Env) Truth
	kind   Kind  // Null: known only when it runs
	typ    *Type // of an Object, or of the elements of a List; nil: none, or not known
	date   bool
	fixed  bool        // value is the same for every entity
	member *memberRead // of one name of a Record
	is     *memberIs   // of such a name and `=`: lets `and` ask for several at once
	pipe   *pipeline   // of `x with [p]`: lets a command that follows do without the filtered list
	split  *splitting  // of `x split(s)`: lets `in` do without the list of parts
}

func fixedCode(v Value) code {
	return code{value: func(*Env) Value { return v }, kind: v.kind, fixed: true}
}

func truthCode(truth func(*Env) Truth) code { return code{truth: truth, kind: Bool} }

// asTruth is the expression as a condition.
func (c code) asTruth() func(*Env) Truth {
	if c.truth != nil {
		return c.truth
	}
	value := c.value
	return func(e *Env) Truth { return value(e).Truth() }
}

// asValue is the expression as an operand.
func (c code) asValue() func(*Env) Value {
	if c.value != nil {
		return c.value
	}
	truth := c.truth
	return func(e *Env) Value { return truth(e).Value() }
}

// constant is the value of a fixed expression, else null.
func (c code) constant() Value {
	if !c.fixed {
		return Value{}
	}
	return c.asValue()(&Env{})
}

func (k *compiler) report(severity source.Severity, at source.Span, message, hint string) {
	k.remarks.Add(source.Diagnostic{Severity: severity, Span: at, Message: message, Hint: hint})
}

func (k *compiler) fail(at source.Span, message, hint string) {
	k.report(source.Error, at, message, hint)
}

func (k *compiler) rule(tree *syntax.Rule) *Program {
	p := &Program{form: tree.Form, list: tree.List, tree: tree}
	if tree.Form == syntax.Always {
		return p
	}
	p.entity = k.entity(tree.Entity)
	k.root = scope{typ: p.entity, top: true}
	if p.list {
		k.root.typ = listOf(p.entity)
	}
	k.scope = k.root
	p.where = k.condition(tree.Where)
	p.check = k.condition(tree.Condition)
	p.exclude = k.condition(tree.Exclude)
	k.lint.report(k)
	p.reads = slices.Sorted(maps.Keys(k.reads))
	p.filtered = filteredBy(tree)
	for x := range tree.All() {
		p.cost = max(p.cost, k.costOf(x))
	}
	return p
}

// entity finds the entity type; nil for one that is planned.
func (k *compiler) entity(name syntax.Name) *Type {
	lower := strings.ToLower(name.Text)
	if t, ok := k.schema.entities[lower]; ok {
		return t
	}
	if p, ok := k.schema.planned[lower]; ok {
		k.report(source.Note, name.Span, fmt.Sprintf("%s is not read yet, so the rule judges nothing", p.Name), p.Why)
		return nil
	}
	k.fail(name.Span, fmt.Sprintf("unknown entity type %.60q", name.Text), source.DidYouMean(name.Text, k.schema.entityNames))
	return nil
}

// listOf is the type of the one entity that List<t> judges. Its object is the Sequence of all t.
func listOf(t *Type) *Type {
	items := &Property{Name: "items", Kind: List, Elem: t, Get: func(self any) Value {
		s, _ := self.(Sequence)
		return ListOf(s)
	}}
	if t == nil {
		return &Type{Name: "List", Properties: []*Property{items}}
	}
	return &Type{Name: "List<" + t.Name + ">", Properties: []*Property{items}}
}

// condition compiles an expression whose truth counts; nil for none.
func (k *compiler) condition(x syntax.Expr) func(*Env) Truth {
	if x == nil {
		return nil
	}
	return k.truth(x)
}

func (k *compiler) truth(x syntax.Expr) func(*Env) Truth {
	return k.standing(x, k.expr(x))
}

// standing is the truth of an expression that stands as a condition.
func (k *compiler) standing(x syntax.Expr, c code) func(*Env) Truth {
	if path, ok := x.(*syntax.Path); ok && c.date {
		k.report(source.Note, path.Span, fmt.Sprintf("%s is a date, which is true even where it is missing", path.Text),
			fmt.Sprintf("write %s > 0 to ask whether there is one", path.Text))
	} else if ok && !path.Root && !k.scope.top && c.value != nil {
		return provenTruth(c.value)
	}
	return c.asTruth()
}

// provenTruth is the truth of a path of an element. A list, a text or a Record that is there proves itself.
func provenTruth(value func(*Env) Value) func(*Env) Truth {
	return func(e *Env) Truth {
		v := value(e)
		truth := v.Truth()
		if e.Trace != nil && truth == True && (v.kind == List || v.kind == String || isRecord(v)) {
			e.prove(v)
		}
		return truth
	}
}

func isRecord(v Value) bool {
	_, ok := v.ref.(Record)
	return ok && v.kind == Object
}

func (k *compiler) expr(x syntax.Expr) code {
	c := k.bare(x)
	if k.steps {
		return stepped(x, c)
	}
	return c
}

func (k *compiler) bare(x syntax.Expr) code {
	switch x := x.(type) {
	case *syntax.Or:
		return k.or(x)
	case *syntax.And:
		return k.and(x)
	case *syntax.Not:
		truth := k.truth(x.X)
		return truthCode(func(e *Env) Truth { return truth(e).Not() })
	case *syntax.Literal:
		return fixedCode(literal(x))
	case *syntax.Path:
		return k.path(x)
	case *syntax.Self:
		return code{value: func(e *Env) Value { return e.run.self }, typ: k.scope.typ}
	case *syntax.Call:
		return k.call(x)
	case *syntax.Compare:
		return k.compare(x)
	case *syntax.Like:
		return k.like(x)
	case *syntax.Match:
		return k.match(x)
	case *syntax.In:
		return k.in(x)
	case *syntax.Block:
		return k.block(x)
	case *syntax.GroupBy:
		return k.groupBy(x)
	}
	return fixedCode(Value{})
}

func literal(l *syntax.Literal) Value {
	switch l.Kind {
	case syntax.Number:
		return NumberOf(l.Number)
	case syntax.Bool:
		return BoolOf(l.Bool)
	default:
		return StringOf(l.Text)
	}
}

func literals(list []*syntax.Literal) []Value {
	values := make([]Value, len(list))
	for i, l := range list {
		values[i] = literal(l)
	}
	return values
}
