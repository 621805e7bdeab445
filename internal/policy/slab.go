package policy

// slab hands out parts of large slices, so that a document costs a few allocations, not one a value.
// size is the expected total.
type slab[T any] struct {
	free []T
	size int
}

// most is the largest number of elements taken ahead: text may promise what it does not hold.
const most = 1024

func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, min(s.size, most)))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	s.size -= n
	return out
}

func (s *slab[T]) one() *T { return &s.take(1)[0] }

func (s *slab[T]) copy(from []T) []T {
	if len(from) == 0 {
		return nil
	}
	out := s.take(len(from))
	copy(out, from)
	return out
}
