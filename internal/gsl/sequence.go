package gsl

// Strings is a Sequence of strings: ListOf((*Strings)(&names)).
type Strings []string

// Len is the number of strings.
func (s *Strings) Len() int {
	if s == nil {
		return 0
	}
	return len(*s)
}

// At is one string.
func (s *Strings) At(i int) Value { return StringOf((*s)[i]) }

// Values is a Sequence of any values.
type Values []Value

// Len is the number of values.
func (s *Values) Len() int {
	if s == nil {
		return 0
	}
	return len(*s)
}

// At is one value.
func (s *Values) At(i int) Value { return (*s)[i] }

// PointerSeq is a Sequence of objects of a declared Type: ListOf((*PointerSeq[User])(&users)).
type PointerSeq[T any] []*T

// Len is the number of objects.
func (s *PointerSeq[T]) Len() int {
	if s == nil {
		return 0
	}
	return len(*s)
}

// At is one object.
func (s *PointerSeq[T]) At(i int) Value { return PointerOf((*s)[i]) }

// StructSeq is PointerSeq for a slice that holds the objects themselves.
type StructSeq[T any] []T

// Len is the number of objects.
func (s *StructSeq[T]) Len() int {
	if s == nil {
		return 0
	}
	return len(*s)
}

// At is one object.
func (s *StructSeq[T]) At(i int) Value { return PointerOf(&(*s)[i]) }
