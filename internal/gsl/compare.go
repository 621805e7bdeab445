package gsl

import (
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

func (k *compiler) compare(x *syntax.Compare) code {
	a, b := k.expr(x.X), k.expr(x.Y)
	k.scalarUse(x.X, a)
	k.scalarUse(x.Y, b)
	var c code
	switch x.Op {
	case syntax.Equal:
		c = truthCode(equals(a, b))
		if want := b.constant(); a.member != nil && want.kind == String {
			c.is = &memberIs{a.member, want.str}
		}
	case syntax.NotEqual:
		truth := equals(a, b)
		c = truthCode(func(e *Env) Truth { return truth(e).Not() })
	case syntax.Less:
		c = truthCode(ordered(a, b, func(x, y float64) bool { return x < y }))
	case syntax.LessEqual:
		c = truthCode(ordered(a, b, func(x, y float64) bool { return x <= y }))
	case syntax.Greater:
		c = truthCode(ordered(a, b, func(x, y float64) bool { return x > y }))
	case syntax.GreaterEqual:
		c = truthCode(ordered(a, b, func(x, y float64) bool { return x >= y }))
	}
	return fold(c, a, b)
}

// fold computes what does not depend on the entity.
func fold(c code, operands ...code) code {
	for _, o := range operands {
		if !o.fixed {
			return c
		}
	}
	return fixedCode(c.asValue()(&Env{}))
}

func equals(a, b code) func(*Env) Truth {
	if a.fixed {
		a, b = b, a
	}
	left, right := a.asValue(), b.asValue()
	if !b.fixed {
		return func(e *Env) Truth { return equal(left(e), right(e)) }
	}
	return equalsConstant(left, b.constant())
}

// equalsConstant has the likely kind of value in its straight path.
func equalsConstant(left func(*Env) Value, want Value) func(*Env) Truth {
	switch want.kind {
	case String:
		return func(e *Env) Truth {
			v := left(e)
			if v.kind == String {
				return TruthOf(v.str == want.str)
			}
			return equal(v, want)
		}
	case Bool, Number:
		return func(e *Env) Truth {
			v := left(e)
			if v.kind == want.kind {
				return TruthOf(v.num == want.num)
			}
			return equal(v, want)
		}
	default:
		return func(e *Env) Truth { return equal(left(e), want) }
	}
}

// ordered compares as numbers; what is none compares as false.
func ordered(a, b code, holds func(x, y float64) bool) func(*Env) Truth {
	left, right := a.asValue(), b.asValue()
	return func(e *Env) Truth {
		v, w := left(e), right(e)
		x, isNumber := v.numeric()
		y, isNumberToo := w.numeric()
		switch {
		case isNumber && isNumberToo:
			return TruthOf(holds(x, y))
		case v.kind == Unknown && (w.kind == Unknown || isNumberToo), w.kind == Unknown && isNumber:
			return Maybe
		}
		return False
	}
}

func (k *compiler) in(x *syntax.In) code {
	a := k.expr(x.X)
	k.scalarUse(x.X, a)
	if x.Of != nil {
		list := k.expr(x.Of)
		if list.split != nil {
			return truthCode(inParts(a.asValue(), list.split))
		}
		return truthCode(inValue(a.asValue(), list.asValue()))
	}
	return fold(truthCode(inLiterals(a.asValue(), literals(x.List))), a)
}

// inLiterals tests membership in a list that is known when the rule is compiled.
func inLiterals(value func(*Env) Value, list []Value) func(*Env) Truth {
	if len(list) == 1 {
		return equalsConstant(value, list[0])
	}
	var names []string
	for _, v := range list {
		if v.kind == String {
			names = append(names, v.str)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return func(e *Env) Truth {
		v := value(e)
		if v.kind == String && len(names) == len(list) {
			_, found := slices.BinarySearch(names, v.str)
			return TruthOf(found)
		}
		return member(v, list)
	}
}

func member(v Value, list []Value) Truth {
	result := False
	for _, w := range list {
		switch equal(v, w) {
		case True:
			return True
		case Maybe:
			result = Maybe
		}
	}
	return result
}

// inValue tests membership in a list that an expression yields; a scalar is a list of one.
func inValue(value, list func(*Env) Value) func(*Env) Truth {
	return func(e *Env) Truth {
		v := value(e)
		return isIn(e, v, list(e))
	}
}

func isIn(e *Env, v, of Value) Truth {
	if of.kind != List {
		return equal(v, of)
	}
	result := False
	s := of.Sequence()
	if texts, ok := s.(*Strings); ok && texts != nil && v.kind == String {
		return TruthOf(slices.Contains(*texts, v.str))
	}
	for i := range length(s) {
		switch equal(v, e.element(s, i)) {
		case True:
			return True
		case Maybe:
			result = Maybe
		}
	}
	return result
}

// inParts is inValue of what split makes. Of a string no list is made.
func inParts(value func(*Env) Value, list *splitting) func(*Env) Truth {
	return func(e *Env) Truth {
		v, whole := value(e), list.of(e)
		if v.kind == String && whole.kind == String {
			return TruthOf(hasPart(whole.str, list.sep, v.str))
		}
		return isIn(e, v, list.parts(e, whole))
	}
}

// hasPart reports whether one part of a split text is the wanted one. Most texts do not even hold it.
func hasPart(text, sep, want string) bool {
	for more := strings.Contains(text, want); more; {
		var part string
		if part, text, more = strings.Cut(text, sep); part == want {
			return true
		}
	}
	return false
}

// length is the number of elements; a nil Sequence has none.
func length(s Sequence) int {
	if s == nil {
		return 0
	}
	return s.Len()
}

// scalarUse takes note of an operand that a scalar operator compares.
func (k *compiler) scalarUse(x syntax.Expr, c code) {
	path, ok := x.(*syntax.Path)
	if !ok {
		return
	}
	k.lint.scalar(path)
	if c.kind == List {
		k.lint.lists = append(k.lint.lists, path.Span)
	}
}
