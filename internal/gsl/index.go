package gsl

import (
	"slices"
	"strings"
)

// index is a Schema as tables.
type index struct {
	entities    map[string]*Type // by lower-case name
	planned     map[string]Planned
	functions   map[string]*Function
	properties  map[*Type]map[string]*Property
	isEntity    map[*Type]bool
	entityNames []string // of both kinds, for "did you mean"
}

// index gives the tables; two goroutines that come first build the same ones.
func (s *Schema) index() *index {
	if x := s.names.Load(); x != nil {
		return x
	}
	x := newIndex(s)
	s.names.Store(x)
	return x
}

func newIndex(s *Schema) *index {
	x := &index{
		entities:   map[string]*Type{},
		planned:    map[string]Planned{},
		functions:  map[string]*Function{},
		properties: map[*Type]map[string]*Property{},
		isEntity:   map[*Type]bool{},
	}
	for _, t := range s.Entities {
		x.entities[strings.ToLower(t.Name)] = t
		x.entityNames = append(x.entityNames, t.Name)
		x.isEntity[t] = true
		x.addType(t)
	}
	for _, p := range s.Planned {
		x.planned[strings.ToLower(p.Name)] = p
		x.entityNames = append(x.entityNames, p.Name)
	}
	for _, f := range s.Functions {
		x.functions[f.Name] = f
		x.addType(f.Elem)
	}
	return x
}

// addType adds a type and all that its properties lead to.
func (x *index) addType(t *Type) {
	if t == nil || x.properties[t] != nil {
		return
	}
	names := make(map[string]*Property, len(t.Properties))
	x.properties[t] = names
	for _, p := range t.Properties {
		names[p.Name] = p
		x.addType(p.Elem)
	}
}

// property finds a property; a type that the compiler made itself is not in the tables.
func (x *index) property(t *Type, name string) *Property {
	if names, ok := x.properties[t]; ok {
		return names[name]
	}
	i := slices.IndexFunc(t.Properties, func(p *Property) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return t.Properties[i]
}

func (x *index) functionNames() []string {
	list := make([]string, 0, len(x.functions)+len(builtins))
	for name := range x.functions {
		list = append(list, name)
	}
	for name := range builtins {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
