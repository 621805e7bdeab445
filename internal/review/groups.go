package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/policy"
)

// group is a set of actions that no statement, and no type of resource that statements name, tells apart.
type group struct {
	terms   []*term // the statements that are about these actions
	actions actionSet
	extra   []string // names of actions that are not known
	name    string   // one of them
	types   []resourceType
	plain   []string // resources that no pattern of the statements was written for

	changes map[string]*Change
	order   []string // keys of changes
}

// resourceType is a type of resource that a pattern of the statements may fit.
type resourceType struct {
	name     string // "s3:object"
	patterns []typePattern
}

// needsNothing is an action that nobody needs a permission for, and no Deny stops.
// Source: STS API Reference, "GetCallerIdentity".
const needsNothing = "sts:GetCallerIdentity"

// trustActions are all that is ever asked of a trust policy.
// Source: IAM User Guide, "Update a role trust policy", "Pass session tags", "Monitor and control actions taken
// with assumed roles".
var trustActions = []string{
	"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity", "sts:TagSession",
}

// groups parts all actions that the documents are about.
func (c *comparison) groups() []*group {
	about := newSet()
	for _, t := range c.terms {
		for _, v := range t.Action {
			c.spend(10 * expandPrice(v.Text))
		}
		if !c.spend(1000) {
			c.leave(everything(), nil, "the documents have too many actions")
			return nil
		}
		t.actions = setOf(t.Statement)
		about.join(t.actions)
	}
	found := map[string]*group{}
	for i := range about.all() {
		a := iamref.ActionAt(i)
		if a.String() == needsNothing || c.kind == policy.Trust && !slices.Contains(trustActions, a.String()) {
			continue
		}
		if s := c.signature(func(t *term) bool { return t.actions.has(i) }); !s.settled {
			c.join(found, s, a, "")
		}
	}
	for _, name := range c.unknownNames() {
		if s := c.signature(func(t *term) bool { return c.isAbout(t, name) }); !s.settled {
			c.join(found, s, iamref.Action{}, name)
		}
	}
	var all []*group
	for _, key := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[key])
	}
	return all
}

// signature is the statements about an action.
type signature struct {
	key      string
	terms    []*term
	settled  bool     // both documents say the same in them
	patterns []string // of their resources, but for those that fit everything
}

func (c *comparison) signature(isAbout func(*term) bool) *signature {
	bits := make([]byte, (len(c.terms)+7)/8)
	for i, t := range c.terms {
		if isAbout(t) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	if s, ok := c.signatures[string(bits)]; ok {
		return s
	}
	s := &signature{key: string(bits)}
	for i, t := range c.terms {
		if bits[i/8]>>(i%8)&1 == 1 {
			s.terms = append(s.terms, t)
		}
	}
	if c.spend(16 * len(s.terms)) {
		s.settled, s.patterns = settled(s.terms), c.specific(s.terms)
	}
	c.signatures[s.key] = s
	return s
}

func settled(terms []*term) bool {
	var same [2]map[string]bool
	for i := range same {
		same[i] = map[string]bool{}
	}
	for _, t := range terms {
		same[t.side][t.same] = true
	}
	return maps.Equal(same[0], same[1])
}

// specific are the patterns of resources of some statements, but for those that fit everything.
func (c *comparison) specific(terms []*term) []string {
	found := map[string]bool{}
	for _, t := range terms {
		c.spend(4 * len(t.Resource))
		for _, v := range t.Resource {
			if v.Text != "*" {
				found[v.Text] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// unknownNames are actions that the documents name and the tables do not know: the first of them, for each is a
// group of its own.
func (c *comparison) unknownNames() []string {
	const most = 64
	names := map[string]bool{}
	for _, t := range c.terms {
		for _, v := range t.Action {
			service, name, ok := strings.Cut(v.Text, ":")
			if !ok || strings.ContainsAny(service, "*?") || !c.spend(expandPrice(v.Text)) || reaches(v.Text) {
				continue
			}
			name = strings.ToLower(service) + ":" + strings.NewReplacer("*", "", "?", "x").Replace(name)
			if names[name] = true; len(names) > most || len(name) > 4*most {
				delete(names, name)
				c.leave(nil, []string{v.Text}, "too many actions that are not known")
				return slices.Sorted(maps.Keys(names))
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// isAbout is for actions that are not known.
func (c *comparison) isAbout(t *term, name string) bool {
	name = strings.ToLower(name)
	named := slices.ContainsFunc(t.Action, func(v policy.Value) bool {
		return c.spend(1+len(v.Text)) && coversAction(strings.ToLower(v.Text), name)
	})
	return named != t.NotAction
}

// join puts an action, or the name of one that is not known, into its group.
func (c *comparison) join(found map[string]*group, s *signature, a iamref.Action, unknown string) {
	types, plain := c.kinds(s.patterns, a, unknown != "")
	key := s.key
	for _, t := range types {
		key += " " + t.name
	}
	switch plain {
	case "":
	case "*":
		key += " *"
	default:
		key += " plain"
	}
	g := found[key]
	if g == nil {
		g = &group{terms: s.terms, actions: newSet(), types: types}
		if plain != "" {
			g.plain = []string{exampleOf(plain)}
		}
		if plain == "*" {
			g.plain = []string{"*"}
		}
		found[key] = g
	}
	name := unknown
	if unknown == "" {
		g.actions.set(a.Index)
		name = a.String()
	} else {
		g.extra = append(g.extra, unknown)
	}
	if g.name == "" || strings.EqualFold(g.name, "iam:PassRole") { // a special case of authz, so no example
		g.name = name
	}
}

// kinds are the types of resource of an action that a pattern of the statements may fit, and the template of one
// of the others: "*" where the action names none.
func (c *comparison) kinds(patterns []string, a iamref.Action, unknown bool) (types []resourceType, plain string) {
	switch {
	case c.kind == policy.Trust:
		return nil, "arn:aws:iam::" + c.resourceAccount() + ":role/" + exampleName
	case unknown:
		return []resourceType{{"*", []typePattern{{"*", false}}}}, "*"
	case len(a.Resources) == 0:
		return nil, "*"
	}
	for _, r := range a.Resources {
		t := resourceType{a.Service + ":" + r.Name, c.patternsOf(a.Service, r)}
		fits := func(p typePattern) bool { return slices.ContainsFunc(patterns, c.mayFit(p)) }
		if slices.ContainsFunc(t.patterns, fits) {
			types = append(types, t)
		} else if plain == "" {
			plain = r.ARNs[0]
		}
	}
	return types, plain
}

func (c *comparison) patternsOf(service string, r iamref.ResourceType) []typePattern {
	key := service + ":" + r.Name
	if p, ok := c.types[key]; ok {
		return p
	}
	p := typePatterns(service, r)
	c.types[key] = p
	return p
}

// mayFit remembers which patterns may fit a template.
func (c *comparison) mayFit(p typePattern) func(pattern string) bool {
	return func(pattern string) bool {
		key := [2]string{p.template, pattern}
		fits, known := c.fits[key]
		if !known {
			fits = !otherService(p.template, pattern) && c.spend(len(pattern)*4) && p.mayFit(pattern)
			c.fits[key] = fits
		}
		return fits
	}
}

// otherService tells most patterns that cannot fit at a glance.
func otherService(template, pattern string) bool {
	a, b := strings.SplitN(template, ":", 4), strings.SplitN(pattern, ":", 4)
	return len(a) == 4 && len(b) == 4 && !strings.ContainsAny(a[2]+b[0]+b[1]+b[2], "*?$") && a[2] != b[2]
}
