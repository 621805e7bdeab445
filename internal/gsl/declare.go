package gsl

// Prop declares a property of the objects that *T points to. A nil *T reads as null. get may give null or
// unknown, whatever the kind.
func Prop[T any](name string, kind Kind, doc string, get func(*T) Value) *Property {
	return &Property{Name: name, Kind: kind, Doc: doc, Get: func(self any) Value {
		p, _ := self.(*T)
		if p == nil {
			return Value{}
		}
		return get(p)
	}}
}

// WithElem sets the type of the object, or of the elements of the list.
func (p *Property) WithElem(t *Type) *Property {
	p.Elem = t
	return p
}

// AsDate makes a number a date.
func (p *Property) AsDate() *Property {
	p.Date = true
	return p
}
