package gsl

// Kind is the kind of a Value.
type Kind uint8

// The kinds. Unknown is a value behind a gap: neither null nor anything else.
const (
	Null Kind = iota
	Unknown
	Bool
	Number
	String
	List
	Object
)

var kindNames = [...]string{"null", "unknown", "bool", "number", "string", "list", "object"}

// String is the lower-case name.
func (k Kind) String() string { return kindNames[k%Kind(len(kindNames))] }

// Value is what an expression yields. The zero Value is null.
type Value struct {
	kind Kind
	num  float64 // Number, or Bool as 0 and 1; dates are unix seconds
	str  string
	ref  any // List: a Sequence; Object: a Record, or the Go pointer that a typed schema reads; String: where it stands
}

// Sequence is a list of values. Implementations are pointers, so that a Value holds them without allocation.
// An Unknown element is one that could not be read; a list of which it is not known how long it is, is Unknown.
type Sequence interface {
	Len() int
	At(i int) Value
}

// Record is an object whose names are only known when it runs, such as a policy document or tags.
type Record interface {
	// Lookup finds a member by its exact name.
	Lookup(name string) (Value, bool)
	// Longest finds the member with the longest name of fewer than below bytes that a path begins with, up to its
	// end or to a dot. It gives the length of the name, 0 where there is none.
	Longest(path string, below int) (v Value, length int)
	// AppendJSON writes the compact JSON of the object: what regexMatch sees.
	AppendJSON(to []byte) []byte
}

// NoDate is the unix second that stands for a missing date whose owner exists: 0001-01-01, as CloudGuard has it.
const NoDate = -62135596800

// BoolOf, NumberOf, StringOf, ListOf, RecordOf and PointerOf make values; the zero Value is null.
func BoolOf(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// NumberOf makes a number.
func NumberOf(n float64) Value { return Value{kind: Number, num: n} }

// StringOf makes a string.
func StringOf(s string) Value { return Value{kind: String, str: s} }

// StringFrom makes a string that knows where it stands, for a Trace that is told of it.
func StringFrom(s string, place any) Value { return Value{kind: String, str: s, ref: place} }

// ListOf makes a list. A nil Sequence is an empty list.
func ListOf(s Sequence) Value { return Value{kind: List, ref: s} }

// RecordOf makes an object of dynamic names.
func RecordOf(r Record) Value { return Value{kind: Object, ref: r} }

// PointerOf makes an object of a declared Type; p is the pointer its properties read.
func PointerOf(p any) Value { return Value{kind: Object, ref: p} }

// UnknownOf makes an unknown; reason says which gap, such as "credentialReport".
func UnknownOf(reason string) Value { return Value{kind: Unknown, str: reason} }

// Kind is the value's kind.
func (v Value) Kind() Kind { return v.kind }

// Text is the string of a String, the reason of an Unknown, else "".
func (v Value) Text() string { return v.str }

// Number is the number of a Number, 0 or 1 of a Bool.
func (v Value) Number() float64 { return v.num }

// Sequence is the list of a List, nil for any other kind.
func (v Value) Sequence() Sequence {
	s, _ := v.ref.(Sequence)
	return s
}

// Ref is the Record or pointer of an Object, and the place of a String that has one.
func (v Value) Ref() any { return v.ref }

// Leads reports whether a name begins a path, up to its end or to a dot: what Record's Longest looks for.
func Leads(name, path string) bool {
	n := len(name)
	return n > 0 && n <= len(path) && (n == len(path) || path[n] == '.') && path[:n] == name
}
