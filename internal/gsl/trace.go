package gsl

// run is the state of one judgement.
type run struct {
	root    any     // the entity
	self    Value   // the element of the block, or the entity
	events  []event // what a Trace is told at the end, but for what did not contribute
	scratch []byte  // for regexMatch
	calls   []*Call // reused, by depth
	depth   int     // of calls that run
	answers map[asked]Truth
	step    *Step // that is being made; nil: nobody wants steps
}

type eventKind uint8

const (
	sawEvidence eventKind = iota
	sawField
	sawUnknown
)

// event is one call of a Trace that is held back until the result is known.
type event struct {
	kind  eventKind
	path  string
	value Value // of sawUnknown the reason as its text
}

func (r *run) tell(e event) { r.events = append(r.events, e) }

// mark is the place to go back to with forget or keep.
func (r *run) mark() int { return len(r.events) }

// forget drops all events since the mark.
func (r *run) forget(mark int) { r.events = r.events[:mark] }

// keep drops the events from base to mark, and keeps those since.
func (r *run) keep(base, mark int) {
	n := copy(r.events[base:], r.events[mark:])
	r.events = r.events[:base+n]
}

// flush tells the trace every event since the mark.
func (r *run) flush(t Trace, mark int) {
	for _, e := range r.events[mark:] {
		switch e.kind {
		case sawEvidence:
			t.Evidence(e.value)
		case sawField:
			t.Field(e.path, e.value)
		case sawUnknown:
			t.UnknownReason(e.path, e.value.str)
		}
	}
	r.forget(mark)
}

// seen passes a value on that was read at path. It turns the unknown into null where the rule runs as
// published, and tells the trace; field says whether the path is one of the entity's own.
func (e *Env) seen(path string, field bool, v Value) Value {
	if v.kind == Unknown {
		if e.UnknownAsNull {
			v = Value{}
		} else {
			if e.Trace != nil {
				e.run.tell(event{kind: sawUnknown, path: path, value: v})
			}
			return v
		}
	}
	if e.Trace != nil && field && v.kind != List && v.kind != Object {
		e.run.tell(event{kind: sawField, path: path, value: v})
	}
	return v
}

// prove records evidence. A group is proved by its elements.
func (e *Env) prove(v Value) {
	if e.Trace == nil {
		return
	}
	if g, ok := v.ref.(*group); ok {
		for _, w := range g.values {
			e.prove(w)
		}
		return
	}
	e.run.tell(event{kind: sawEvidence, value: v})
}

// element is one element of a list.
func (e *Env) element(s Sequence, i int) Value {
	v := s.At(i)
	if v.kind == Unknown {
		return e.seen("$", false, v)
	}
	return v
}
