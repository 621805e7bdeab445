package facts

import (
	"time"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// date is a time as GSL has it: the zero time is gsl.NoDate.
func date(t time.Time) gsl.Value { return gsl.NumberOf(float64(t.Unix())) }

// pointer is an object, or null where there is none.
func pointer[T any](p *T) gsl.Value {
	if p == nil {
		return gsl.Value{}
	}
	return gsl.PointerOf(p)
}
