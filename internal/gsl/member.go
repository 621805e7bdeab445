package gsl

// memberRead reads one member of the Record that a block's element is. Published rules ask nearly every statement
// for its Effect and its Action, so that it is worth a way of its own.
type memberRead struct {
	name, label string
	field       bool
}

func (m *memberRead) value(e *Env) Value {
	v := e.run.self
	if r, ok := v.ref.(Record); ok && v.kind == Object {
		v, _ = r.Lookup(m.name)
	} else {
		v = absent(v)
	}
	if v.kind == Unknown || e.Trace != nil {
		return e.seen(m.label, m.field, v)
	}
	return v
}

// memberIs tests a member for a text.
type memberIs struct {
	*memberRead
	text string
}

func (m *memberIs) truth(e *Env) Truth { return equal(m.value(e), StringOf(m.text)) }

// allAre is the truth of several tests of one Record's members, without a trace.
func allAre(tests []memberIs) func(*Env) Truth {
	return func(e *Env) Truth {
		r, ok := e.run.self.ref.(Record)
		ok = ok && e.run.self.kind == Object
		result := True
		for i := range tests {
			t := &tests[i]
			if ok {
				if v, _ := r.Lookup(t.name); v.kind == String {
					if v.str != t.text {
						return False
					}
					continue
				}
			}
			if result = result.And(t.truth(e)); result == False {
				return False
			}
		}
		return result
	}
}
