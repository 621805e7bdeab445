package gsl

import "sync/atomic"

// Property is one declared property of a Type.
type Property struct {
	Name string
	Kind Kind  // Bool, Number, String, List or Object; what it is when it is neither null nor unknown
	Date bool  // a Number of unix seconds
	Elem *Type // of a List or Object of a declared type; nil: scalars, or a Record
	Doc  string
	Get  func(self any) Value
}

// Type is an entity type or a type of nested object.
type Type struct {
	Name       string
	Doc        string
	Properties []*Property
}

// Planned is an entity type that GSL knows and this schema lacks: rules on it are accepted with a note.
type Planned struct {
	Name string
	Why  string
}

// Schema is everything a rule may name. It must not change once a rule was compiled against it, and is not
// copied; rules may be compiled against it concurrently.
type Schema struct {
	Entities  []*Type // keywords and entity names ignore letter case
	Planned   []Planned
	Functions []*Function // beside the language's own

	names atomic.Pointer[index] // look-up tables, built at the first use
}

// Function is a postfix function (`document grants('iam:*')`) or, with Free, one that stands alone
// (`setting('days')`).
type Function struct {
	Name    string
	Free    bool
	Min     int   // arguments
	Max     int   // -1: any number
	Elem    *Type // of the object it gives, or of the elements of the list; nil: a scalar, or a Record
	Doc     string
	Example string
	// Cost is 0 for what costs about as much as reading properties, and more for what costs orders of magnitude
	// more: `and` and `or` ask the dearer last.
	Cost int
	// OfEntity says that the answer may change with Call.Entity, and not only with Self and Args.
	OfEntity bool
	// Check sees the literal arguments at compile time (null for those that are not literal) and may refuse
	// them, or prepare data for Call. Nil: anything goes.
	Check func(args []Value) (prepared any, err error)
	Call  func(c *Call) Value
}

// Call is one call of a Function. It is valid until the function returns.
type Call struct {
	Env      *Env
	Self     Value   // the value to the left; the element of the block, or the entity, where there is none
	Entity   any     // the entity that is judged
	Args     []Value // evaluated
	Prepared any     // what Check gave
}

// Prove records evidence for the verdict, when evidence is wanted; else it does nothing.
func (c *Call) Prove(v Value) { c.Env.prove(v) }

// Env is what a run needs beside the entity. It is not shared between goroutines.
type Env struct {
	Now           int64 // unix seconds: "now" of before() and after()
	UnknownAsNull bool  // as CloudGuard does, for rules that run as published
	Host          any   // for the schema's own functions
	Trace         Trace // nil: no evidence is gathered

	run run
}

// Shared is what a Sequence may implement that is the same value wherever it stands, such as the statements of a
// policy that many hold. While Shared is true, an Env asks a block about it once and remembers the answer.
type Shared interface {
	Sequence
	Shared() bool
}

// Trace gathers what made a verdict: it is told nothing that did not contribute to the result. It may be told
// the same twice.
type Trace interface {
	Evidence(v Value)               // an element that a block matched, or a part of it that is there, or what a function named
	Field(path string, v Value)     // a scalar property of the entity that was read
	UnknownReason(path, why string) // a property that was unknown, and which gap it is behind
}
