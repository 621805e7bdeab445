// Package syntax is the text of GSL: tokens, lexer, parser, tree, printer and walk.
//
// Contract: Parse turns one rule into a tree with a position on every node, or into a first clear error;
// it never panics. Format prints the canonical form, which parses to the same tree.
// Limits: 64 KiB of text, 100 levels, 10,000 literals in a list, regular expressions of 1,000 bytes. What
// the names in a rule mean is the work of package gsl.
// Floor: 2.
package syntax

import "github.com/ambit-iam/ambit/internal/source"

// Form is the shape of a rule.
type Form uint8

// The forms of a rule.
const (
	Always     Form = iota // true
	Query                  // Entity where …
	Should                 // Entity … should have …
	ShouldNot              // Entity … should not have …
	ShouldFail             // Entity … should fail
)

// Rule is one rule.
type Rule struct {
	source.Span
	Form      Form
	Entity    Name // empty in Always
	List      bool // List<Entity>
	Where     Expr // nil: every entity
	Condition Expr // of Should and ShouldNot, else nil
	Exclude   Expr // nil: nothing is excluded
}

// Name is a word with its place.
type Name struct {
	source.Span
	Text string
}

// Expr is one node of an expression.
//
//sumtype:decl
type Expr interface {
	// Range is where the node stands.
	Range() source.Span
	expr()
}

type (
	// Or is true when one operand is. It has two operands or more, as has And.
	Or struct {
		source.Span
		Operands []Expr
	}
	// And is true when all operands are.
	And struct {
		source.Span
		Operands []Expr
	}
	// Not is `not x`.
	Not struct {
		source.Span
		X Expr
	}
	// Literal is a string, a number, or true or false.
	Literal struct {
		source.Span
		Kind   LiteralKind
		Text   string  // of a String
		Number float64 // of a Number
		Bool   bool    // of a Bool
	}
	// Path is `a.b.c`, or with Root `~a.b.c`: read from the entity instead of the element of the block.
	Path struct {
		source.Span
		Root bool
		Text string
	}
	// Self is `$`, the element of the block.
	Self struct {
		source.Span
	}
	// Call is `x name(args)`, or without X `name(args)`, or with Root `~name(args)`.
	Call struct {
		source.Span
		X    Expr // nil: the context, or with Root the entity
		Root bool
		Name Name
		Args []Expr
	}
	// Compare is `x op y`.
	Compare struct {
		source.Span
		X  Expr
		Op Comparison
		Y  Expr
	}
	// Like is `x like 'pattern'`, or with Not `x unlike 'pattern'`.
	Like struct {
		source.Span
		X       Expr
		Not     bool
		Pattern *Literal
	}
	// Match is `x regexMatch /pattern/flags`.
	Match struct {
		source.Span
		X       Expr
		Pattern Name // the text between the slashes, as written
		Flags   string
	}
	// In is `x in (literals)` or `x in (value)`.
	In struct {
		source.Span
		X    Expr
		List []*Literal // not empty, or else Of is set
		Of   Expr
	}
	// Block is an array command: `x contain [where]` or `x contain [literals]`.
	Block struct {
		source.Span
		X     Expr
		Op    Command
		Where Expr       // set, or else List is not empty
		List  []*Literal // stands for: the element is one of these
	}
	// GroupBy is `x groupBy [keys]`.
	GroupBy struct {
		source.Span
		X    Expr
		Keys []*Path
	}
)

func (*Or) expr()      {}
func (*And) expr()     {}
func (*Not) expr()     {}
func (*Literal) expr() {}
func (*Path) expr()    {}
func (*Self) expr()    {}
func (*Call) expr()    {}
func (*Compare) expr() {}
func (*Like) expr()    {}
func (*Match) expr()   {}
func (*In) expr()      {}
func (*Block) expr()   {}
func (*GroupBy) expr() {}

// LiteralKind is the kind of a Literal.
type LiteralKind uint8

// The kinds of a literal.
const (
	String LiteralKind = iota
	Number
	Bool
)

// Comparison is the operator of a Compare, as it is written.
type Comparison string

// The comparisons.
const (
	Equal        Comparison = "="
	NotEqual     Comparison = "!="
	Less         Comparison = "<"
	LessEqual    Comparison = "<="
	Greater      Comparison = ">"
	GreaterEqual Comparison = ">="
)

// Command is the array command of a Block, as it is written.
type Command string

// The array commands. Contain and ContainAny mean the same.
const (
	With        Command = "with"
	Contain     Command = "contain"
	ContainAny  Command = "contain-any"
	ContainAll  Command = "contain-all"
	ContainNone Command = "contain-none"
)
