package gsl

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/ambit-iam/ambit/internal/source"
)

// unit is a unit of time: so many seconds, or so many months of the calendar.
type unit struct {
	seconds float64 // of a month 30 days, of a year 365: what dateDifference divides by
	months  int     // what before and after step by, where it is not 0
}

var units = map[string]unit{
	"second": {seconds: 1},
	"minute": {seconds: 60},
	"hour":   {seconds: 3600},
	"day":    {seconds: 86400},
	"week":   {seconds: 7 * 86400},
	"month":  {seconds: 30 * 86400, months: 1},
	"year":   {seconds: 365 * 86400, months: 12},
}

var unitNames = []string{"seconds", "minutes", "hours", "days", "weeks", "months", "years"}

// unit reads the last argument of a time function; singular, plural and letter case do not matter.
func (k *compiler) unit(c invocation) (unit, bool) {
	last := len(c.args) - 1
	name, ok := k.fixedText(c, last)
	if !ok {
		return unit{}, false
	}
	u, ok := units[strings.TrimSuffix(strings.ToLower(name), "s")]
	if !ok {
		hint := source.DidYouMean(name, unitNames)
		if hint == "" {
			hint = "the units are " + strings.Join(unitNames, ", ")
		}
		k.fail(c.call.Args[last].Range(), fmt.Sprintf("unknown unit of time %.40q", name), hint)
	}
	return u, ok
}

// maxMonths is about ten thousand years, which keeps the calendar within its range.
const maxMonths = 120_000

// from is the second that lies n units behind now. Months keep the day, or take the last of a shorter month.
func (u unit) from(now int64, n float64) float64 {
	if u.months == 0 {
		return float64(now) + n*u.seconds
	}
	steps := int(math.Max(-maxMonths, math.Min(maxMonths, math.Trunc(n)*float64(u.months))))
	t := time.Unix(now, 0).UTC()
	first := time.Date(t.Year(), t.Month()+time.Month(steps), 1, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	lastDay := first.AddDate(0, 1, -1).Day()
	return float64(first.AddDate(0, 0, min(t.Day(), lastDay)-1).Unix())
}

func compileBefore(k *compiler, c invocation) code {
	return k.dateTest(c, 1, func(date, limit float64) bool { return date < limit })
}

func compileAfter(k *compiler, c invocation) code {
	return k.dateTest(c, 1, func(date, limit float64) bool { return date > limit })
}

func compileOlderThan(k *compiler, c invocation) code {
	return k.dateTest(c, -1, func(date, limit float64) bool { return date < limit })
}

// dateTest compares a date with now plus sign × n units. What is no date compares as false.
func (k *compiler) dateTest(c invocation, sign float64, holds func(date, limit float64) bool) code {
	u, ok := k.unit(c)
	if !ok {
		return fixedCode(Value{})
	}
	if n := c.args[0].constant(); n.kind != Null && n.kind != Unknown { // null also where it is not fixed
		if _, ok := n.numeric(); !ok {
			k.fail(c.call.Args[0].Range(), c.call.Name.Text+" takes a number here", "such as: "+c.example)
			return fixedCode(Value{})
		}
	}
	value, count := c.self.asValue(), c.args[0].asValue()
	return truthCode(func(e *Env) Truth {
		v, w := value(e), count(e)
		date, isDate := v.numeric()
		n, isNumber := w.numeric()
		switch {
		case isDate && isNumber:
			return TruthOf(holds(date, u.from(e.Now, sign*n)))
		case v.kind == Unknown && (isNumber || w.kind == Unknown), w.kind == Unknown && isDate:
			return Maybe
		}
		return False
	})
}

// compileDateDifference is the distance between two dates, without a sign and not rounded.
func compileDateDifference(k *compiler, c invocation) code {
	u, ok := k.unit(c)
	if !ok {
		return fixedCode(Value{})
	}
	from, to := c.self.asValue(), c.args[0].asValue()
	return code{kind: Number, value: func(e *Env) Value {
		v, w := from(e), to(e)
		a, isDate := v.numeric()
		b, isDateToo := w.numeric()
		switch {
		case isDate && isDateToo:
			return NumberOf(math.Abs(a-b) / u.seconds)
		case v.kind == Unknown && w.kind != Null:
			return v
		case w.kind == Unknown && v.kind != Null:
			return w
		}
		return Value{}
	}}
}
