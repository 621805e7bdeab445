// Package policy reads policy documents: a raw tree with positions, and typed statements over it.
//
// Contract: Parse never panics and never guesses; what AWS would refuse is a Fault with a position, and a
// document with a fault is reported, never silently empty. The raw tree keeps AWS's own letter case and
// shapes (single value or list), for literal GSL. Time and memory are linear in the text.
// Limits: 1 MiB of text, 64 levels of nesting, 131,072 values, 32,768 wildcards. The grammar is judged, not the vocabulary:
// whether an action, operator or key exists, and what a request gets, is the work of iamref and authz.
// Floor: 2.
package policy

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/source"
)

// Kind is the JSON kind of a Node.
type Kind uint8

// The kinds of a Node.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// Node is one JSON value of a document with the place it stands at. Nodes are shared: read, never change.
type Node struct {
	Kind    Kind
	Text    string   // of a String its value, of a Bool or Number its literal
	Items   []*Node  // of a List
	Members []Member // of an Object, in the document's order
	Pos     source.Pos
	End     int // byte offset behind the value
}

// Member is one name and value of an Object.
type Member struct {
	Name   string
	Value  *Node
	Offset int // byte offset of the name's opening quote
}

// Effect is Allow or Deny, spelled exactly so.
type Effect string

// The effects.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Document is a parsed policy document. It is not changed after Parse and may be read by many at once.
type Document struct {
	Text       string
	Root       *Node  // nil where the text is not JSON, or beyond a limit
	Version    string // "2008-10-17" where the document names none
	ID         string
	Statements []Statement
	Faults     []source.Diagnostic // what AWS would refuse, by position; not empty: nobody may rely on Statements
}

// Statement is one statement with lists made of AWS's "one or many" shapes.
type Statement struct {
	Sid        string
	Effect     Effect
	Action     []Value // Action or NotAction
	NotAction  bool
	Resource   []Value // Resource or NotResource; empty in a trust policy
	NotRes     bool
	Principal  []Principal // Principal or NotPrincipal
	NotPrinc   bool
	Conditions []Condition
	Node       *Node  // the statement's object
	Pointer    string // RFC 6901: "/Statement/0", or "/Statement" where the document holds one without a list
}

// Value is one text with its node.
type Value struct {
	Text string
	Node *Node
}

// Principal is one principal: Type is AWS, Service, Federated, CanonicalUser, or "*" for the bare star.
type Principal struct {
	Type string
	Value
}

// Condition is one operator on one key, with its values.
type Condition struct {
	Operator string // as written: StringEquals, ForAnyValue:StringLike, BoolIfExists …
	Key      string // as written
	Values   []Value
	Node     *Node // the values' node
}

// ConditionValues are the values that conditions of some statements compare a key with, by whatever operator. Keys are the
// same in any letter case.
func ConditionValues(statements []Statement, key string) []string {
	var out []string
	for i := range statements {
		for _, c := range statements[i].Conditions {
			if !strings.EqualFold(c.Key, key) {
				continue
			}
			for _, v := range c.Values {
				out = append(out, v.Text)
			}
		}
	}
	return out
}
