package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// Compiled is a rule ready to run, with its settings filled in.
type Compiled struct {
	Rule     *Rule
	Programs []*gsl.Program // one for each entity type, in the order of rule.gsl
	Vendor   []*gsl.Program // the published texts, in the order of Rule.Vendor; they take Programs' place on request

	values map[string]gsl.Value // of the settings
}

// Compile fills the settings in: the given ones by name, else their defaults. An unknown name or a value of the
// wrong type is a *SettingError.
func (r *Rule) Compile(schema *gsl.Schema, given map[string]any) (*Compiled, error) {
	values, err := r.values(given)
	if err != nil {
		return nil, err
	}
	found := &faults{file: r.File}
	c := r.compile(schema, values, found)
	if errs, _ := split(found.all); len(errs) > 0 {
		return nil, &LoadError{Faults: errs}
	}
	return c, nil
}

func (r *Rule) compile(schema *gsl.Schema, values map[string]gsl.Value, found *faults) *Compiled {
	c := &Compiled{Rule: r, values: values}
	options := gsl.Options{Settings: values}
	program := func(e expression) *gsl.Program {
		p, list := gsl.Compile(schema, source.File{Name: r.File.Name, Text: e.text}, options)
		found.take(shift(list, e.at))
		return p
	}
	for _, e := range r.expressions {
		c.Programs = append(c.Programs, program(e))
	}
	for _, v := range r.Vendor {
		c.Vendor = append(c.Vendor, program(v.expression))
	}
	return c
}

// Text compiles another text for the rule's entities, with the rule's settings: expressions that blank lines part. Remarks
// stop nothing; an error is a *LoadError.
func (c *Compiled) Text(schema *gsl.Schema, f source.File) (programs []*gsl.Program, remarks []Fault, err error) {
	found := &faults{file: f}
	for _, e := range (section{text: f.Text, at: source.Pos{Line: 1, Column: 1}}).expressions() {
		p, list := gsl.Compile(schema, source.File{Name: f.Name, Text: e.text}, gsl.Options{Settings: c.values})
		found.take(shift(list, e.at))
		programs = append(programs, p)
	}
	if len(programs) == 0 {
		found.add(f.Span(0, 0), "no expression in this text", "write one, such as: IamUser should have mfaActive=true")
	}
	errs, remarks := split(found.all)
	if len(errs) > 0 {
		return nil, nil, &LoadError{Faults: errs}
	}
	return programs, remarks, nil
}

// check holds the rule against the schema: entities, the properties that it tells, and its texts.
func (r *Rule) check(schema *gsl.Schema, found *faults) {
	r.checkEntities(schema, found)
	values, err := r.values(nil)
	if err != nil {
		found.add(r.header.doc.Key("settings"), err.Error(), "")
		return
	}
	c := r.compile(schema, values, found)
	judged := map[string]bool{}
	for i, p := range c.Programs {
		if p == nil || p.Entity() == nil {
			continue
		}
		name, at := programEntity(p), source.Span{Start: r.expressions[i].at, End: r.expressions[i].at}
		switch {
		case judged[name]:
			found.add(at, "a second expression on "+name, "one entity type has one expression: join them with and, or")
		case !slices.Contains(r.Entities, name):
			found.add(at, fmt.Sprintf("the expression judges %s, which the header's entity lacks", name), "")
		}
		judged[name] = true
	}
	for i, name := range r.Entities {
		if entityType(schema, name) != nil && !judged[name] {
			found.add(r.header.doc.Value("entity", fmt.Sprint(i)), "no expression judges "+name, "")
		}
	}
}

// checkEntities holds the header's entities, message and evidence against the schema.
func (r *Rule) checkEntities(schema *gsl.Schema, found *faults) {
	var known []string
	for i, name := range r.Entities {
		t := entityType(schema, name)
		if t == nil && !planned(schema, name) {
			found.add(r.header.doc.Value("entity", fmt.Sprint(i)), fmt.Sprintf("unknown entity %q", name), source.DidYouMean(name, entityNames(schema)))
		}
		if t == nil || isList(name) {
			continue
		}
		for _, p := range t.Properties {
			known = append(known, p.Name)
		}
	}
	r.header.checkPaths(known, found)
}

func programEntity(p *gsl.Program) string {
	if p.List() {
		return "List<" + p.Entity().Name + ">"
	}
	return p.Entity().Name
}

// isList reports whether an entity name stands for the list of all of a type.
func isList(name string) bool {
	return strings.HasPrefix(name, "List<") && strings.HasSuffix(name, ">")
}

func entityType(schema *gsl.Schema, name string) *gsl.Type {
	if isList(name) {
		name = name[len("List<") : len(name)-1]
	}
	for _, t := range schema.Entities {
		if t.Name == name {
			return t
		}
	}
	return nil
}

func planned(schema *gsl.Schema, name string) bool {
	return slices.ContainsFunc(schema.Planned, func(p gsl.Planned) bool { return p.Name == name })
}

func entityNames(schema *gsl.Schema) []string {
	var names []string
	for _, t := range schema.Entities {
		names = append(names, t.Name, "List<"+t.Name+">")
	}
	return names
}
