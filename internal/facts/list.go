package facts

import (
	"time"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// The lists below are slices seen through a pointer, so that a gsl.Value holds them without allocation.

// refs is a list of objects that are shared between entities.
type refs[T any] []*T

// Len and At make it a gsl.Sequence.
func (l *refs[T]) Len() int { return len(*l) }

// At is the object at i.
func (l *refs[T]) At(i int) gsl.Value { return gsl.PointerOf((*l)[i]) }

// rows is a list of objects that belong to one entity.
type rows[T any] []T

// Len and At make it a gsl.Sequence.
func (l *rows[T]) Len() int { return len(*l) }

// At is the object at i.
func (l *rows[T]) At(i int) gsl.Value { return gsl.PointerOf(&(*l)[i]) }

// texts is a list of strings.
type texts []string

// Len and At make it a gsl.Sequence.
func (l *texts) Len() int { return len(*l) }

// At is the string at i.
func (l *texts) At(i int) gsl.Value { return gsl.StringOf((*l)[i]) }

// date is a time as GSL has it: the zero time is gsl.NoDate.
func date(t time.Time) gsl.Value { return gsl.NumberOf(float64(t.Unix())) }

// pointer is an object, or null where there is none.
func pointer[T any](p *T) gsl.Value {
	if p == nil {
		return gsl.Value{}
	}
	return gsl.PointerOf(p)
}
