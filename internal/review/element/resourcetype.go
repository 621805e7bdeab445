package element

import (
	"slices"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// Type is a resource type of a service. There is one value of each, so that pointers compare.
type Type struct {
	Name     string // "s3:object"
	Patterns []TypePattern
	services []string // of the patterns
}

// types are those that were asked for, by name: they depend on AWS's data alone.
var types sync.Map

// TypeOf is a resource type of a service.
func TypeOf(service string, r iamref.ResourceType) *Type {
	name := service + ":" + r.Name
	known, ok := types.Load(name)
	if !ok {
		known, _ = types.LoadOrStore(name, newType(name, service, r))
	}
	t, _ := known.(*Type)
	return t
}

func newType(name, service string, r iamref.ResourceType) *Type {
	t := &Type{Name: name}
	for _, template := range r.ARNs {
		goesOn := func(other iamref.ResourceType) bool {
			return slices.ContainsFunc(other.ARNs, func(t string) bool { return strings.HasPrefix(t, template+"/") })
		}
		ends := strings.HasSuffix(template, "}") && slices.ContainsFunc(iamref.ResourceTypes(service), goesOn)
		t.Patterns = append(t.Patterns, TypePattern{template, ends})
		t.services = append(t.services, Service(template))
	}
	return t
}

// MayBeOf reports whether a resource of the type may be one of a service's, which Service found in an ARN.
func (t *Type) MayBeOf(service string) bool {
	return slices.ContainsFunc(t.services, func(s string) bool { return !differ(s, service) })
}

// MayFit reports whether a resource of the type may fit a pattern.
func (t *Type) MayFit(pattern string) bool {
	return slices.ContainsFunc(t.Patterns, func(p TypePattern) bool { return p.MayFit(pattern) })
}

// TypePattern is one template of a resource type. Where another type of the service goes on behind a slash, what
// has that slash is none of this type: the object template arn:…:${BucketName}/${ObjectName} goes on where the
// bucket template ends, so an ARN with a slash is no bucket's.
type TypePattern struct {
	Template string
	ends     bool // what goes on behind a slash is of another type
}

// MayFit reports whether a resource of the type may fit the pattern.
func (p TypePattern) MayFit(pattern string) bool {
	fits, _ := p.Fits(pattern)
	return fits
}

// Fits is MayFit, and what it took, in the steps of glob.Reached.
func (p TypePattern) Fits(pattern string) (fits bool, work int) {
	switch {
	case pattern == "*":
		return true, 0
	case otherService(p.Template, pattern):
		return false, 0
	}
	g := glob.Resource(Free(pattern))
	reach, work := glob.Reached(p.Domain(HasColons(pattern)), g)
	return reach[len(g)] && (!p.ends || !CoversResource(Free(p.Template)+"/*", pattern)), work + 4*len(g)
}

// otherService tells most patterns that cannot fit a template at a glance.
func otherService(template, pattern string) bool { return differ(Service(template), Service(pattern)) }

// differ reports whether two services, as Service gives them, are certainly not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// Service is the third part of an ARN, empty where that or the parts before it have wildcards or variables.
func Service(text string) string {
	partition, rest, _ := strings.Cut(strings.TrimPrefix(text, "arn:"), ":")
	if partition != "${Partition}" && strings.ContainsAny(partition, "*?$") {
		return ""
	}
	text, _, _ = strings.Cut(rest, ":")
	if strings.ContainsAny(text, "*?$") {
		return ""
	}
	return text
}

// HasColons reports whether a pattern was written for names with a colon in the last part. One that was not may
// happen to fit such a name with one of its stars, but is not about it: arn:aws:iam::*:user/* is about users, not
// about a policy with the name ":user/".
func HasColons(pattern string) bool { return strings.Count(Free(pattern), ":") > 5 }

// Except is what fits the template and is of another type.
func (p TypePattern) Except() []glob.Glob {
	if !p.ends {
		return nil
	}
	return []glob.Glob{append(p.Domain(true), glob.Symbol{Kind: glob.Exact, Byte: '/'}, glob.Symbol{Kind: glob.Star})}
}

// Domain is the glob of a template. Variables in its first five parts hold no colon; those in
// the last are not empty, and hold a colon where colons says so.
func (p TypePattern) Domain(colons bool) glob.Glob {
	template := p.Template
	g := make(glob.Glob, 0, len(template))
	parts := 0
	for text := template; text != ""; {
		if end := strings.IndexByte(text, '}'); strings.HasPrefix(text, "${") && end > 0 {
			switch {
			case parts < 5: // some have no region, some no account
				g = append(g, glob.Symbol{Kind: glob.Part})
			case !colons:
				g = append(g, glob.Symbol{Kind: glob.OnePart}, glob.Symbol{Kind: glob.Part})
			default:
				g = append(g, glob.Symbol{Kind: glob.One}, glob.Symbol{Kind: glob.Star})
			}
			text = text[end+1:]
			continue
		}
		s := glob.Symbol{Byte: text[0]}
		switch text[0] {
		case '*':
			s.Kind = glob.Star
		case ':':
			parts++
		}
		g = append(g, s)
		text = text[1:]
	}
	return g
}
