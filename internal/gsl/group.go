package gsl

import "github.com/ambit-iam/ambit/internal/gsl/syntax"

// group is one group of groupBy: the elements that have the same key.
type group struct {
	key    Value // of several properties a list
	values Values
}

// groupType declares the groups of elements of a type.
func groupType(elem *Type) *Type {
	return &Type{Name: "group", Properties: []*Property{
		Prop("values", List, "the elements of the group", func(g *group) Value { return ListOf(&g.values) }).WithElem(elem),
		Prop("key", Null, "what they have in common", func(g *group) Value { return g.key }),
	}}
}

func (k *compiler) groupBy(x *syntax.GroupBy) code {
	a := k.expr(x.X)
	k.lint.list(x.X)
	outer := k.scope
	k.scope = scope{typ: a.typ}
	keys := make([]code, len(x.Keys))
	for i, key := range x.Keys {
		keys[i] = k.path(key)
	}
	k.scope = outer
	list := a.asValue()
	return code{
		value: func(e *Env) Value { return groups(e, list(e), keys) },
		kind:  List, typ: groupType(a.typ),
	}
}

// groups makes the groups in the order of their first elements. Elements without the property are a group
// too; an unknown key makes all groups unknown.
func groups(e *Env, v Value, keys []code) Value {
	switch v.kind {
	case Null, Unknown:
		return v
	}
	outer := e.run.self
	defer func() { e.run.self = outer }()
	var list PointerSeq[group]
	byKey := map[string]*group{}
	var name []byte
	s, n := elements(v)
	for i := range n {
		e.run.self = e.at(v, s, i)
		key := make(Values, len(keys))
		name = name[:0]
		for j, c := range keys {
			var known bool
			key[j] = c.value(e)
			if name, known = e.appendJSON(name, key[j], c.typ, 0); !known {
				return UnknownOf("")
			}
			name = append(name, ',')
		}
		g := byKey[string(name)]
		if g == nil {
			g = &group{key: ListOf(&key)}
			if len(key) == 1 {
				g.key = key[0]
			}
			byKey[string(name)] = g
			list = append(list, g)
		}
		g.values = append(g.values, e.run.self)
	}
	return ListOf(&list)
}
