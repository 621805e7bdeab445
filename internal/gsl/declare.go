package gsl

// Prop declares a property of the objects that *T holds. A nil *T reads as null.
func Prop[T any](name string, kind Kind, doc string, get func(*T) Value) *Property {
	return &Property{Name: name, Kind: kind, Doc: doc, Get: func(self any) Value {
		p, _ := self.(*T)
		if p == nil {
			return Value{}
		}
		return get(p)
	}}
}

// BoolProp declares a property that is true or false.
func BoolProp[T any](name, doc string, get func(*T) Value) *Property {
	return Prop(name, Bool, doc, get)
}

// NumberProp declares a number.
func NumberProp[T any](name, doc string, get func(*T) Value) *Property {
	return Prop(name, Number, doc, get)
}

// DateProp declares a date in unix seconds; see NoDate.
func DateProp[T any](name, doc string, get func(*T) Value) *Property {
	return Prop(name, Number, doc, get).AsDate()
}

// StringProp declares a string.
func StringProp[T any](name, doc string, get func(*T) Value) *Property {
	return Prop(name, String, doc, get)
}

// ListProp declares a list; elem is nil for scalars and Records.
func ListProp[T any](name, doc string, elem *Type, get func(*T) Value) *Property {
	return Prop(name, List, doc, get).WithElem(elem)
}

// ObjectProp declares an object; elem is nil for a Record.
func ObjectProp[T any](name, doc string, elem *Type, get func(*T) Value) *Property {
	return Prop(name, Object, doc, get).WithElem(elem)
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
