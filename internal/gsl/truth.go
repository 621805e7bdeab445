package gsl

// Truth is one of three values, with the and, or and not of Kleene.
type Truth uint8

// The truths. Maybe is the truth of what is unknown.
const (
	False Truth = iota
	True
	Maybe
)

var truthNames = [...]string{"false", "true", "unknown"}

// String is false, true or unknown.
func (t Truth) String() string { return truthNames[t%3] }

// TruthOf is the truth of a plain bool.
func TruthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Not is the negation.
func (t Truth) Not() Truth {
	switch t {
	case False:
		return True
	case True:
		return False
	default:
		return Maybe
	}
}

// And is the conjunction.
func (t Truth) And(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == True && u == True:
		return True
	default:
		return Maybe
	}
}

// Or is the disjunction.
func (t Truth) Or(u Truth) Truth { return t.Not().And(u.Not()).Not() }

// Value is the truth as a value: a Bool, or unknown.
func (t Truth) Value() Value {
	if t == Maybe {
		return UnknownOf("")
	}
	return BoolOf(t == True)
}

// Truth is the truth of a value that stands alone as a condition. Null, false, the empty string and the
// empty list are false, all else is true: the number 0 and a missing date are.
func (v Value) Truth() Truth {
	switch v.kind {
	case Null:
		return False
	case Unknown:
		return Maybe
	case Bool:
		return TruthOf(v.num != 0)
	case String:
		return TruthOf(v.str != "")
	case List:
		return TruthOf(length(v.Sequence()) > 0)
	default:
		return True
	}
}
