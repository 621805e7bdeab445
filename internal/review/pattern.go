package review

import (
	"slices"
	"strings"
	"sync"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/iamref"
)

// padded completes an ARN of fewer than six parts with stars, as package authz does.
func padded(text string) string {
	if missing := 5 - strings.Count(text, ":"); missing > 0 && strings.HasPrefix(text, "arn:") {
		return text + strings.Repeat(":*", missing)
	}
	return text
}

// free is a pattern with a star for each policy variable: it fits all that the pattern may fit.
func free(text string) string {
	for {
		start := strings.Index(text, "${")
		if start < 0 {
			return text
		}
		end := strings.IndexByte(text[start:], '}')
		if end < 0 {
			return text
		}
		text = text[:start] + "*" + text[start+end+1:]
	}
}

// coversResource reports whether every resource that fits narrow surely fits wide. Patterns with variables cover
// only themselves, and so do those with a star in the middle of an ARN's part, which stops at a colon.
func coversResource(wide, narrow string) bool {
	wide, narrow = padded(wide), padded(narrow)
	if wide == "*" || wide == narrow {
		return true
	}
	literal := strings.IndexAny(wide, "*?")
	if literal < 0 || !strings.HasPrefix(narrow, wide[:literal]) || strings.Contains(wide, "${") || boundStar(wide) {
		return false
	}
	return arn.Covers(wide, free(narrow))
}

// boundStar reports whether a star stands inside one of the first five parts of an ARN, not at its end.
func boundStar(text string) bool {
	for range 5 {
		part, rest, ok := strings.Cut(text, ":")
		if !ok {
			return false
		}
		if strings.Contains(strings.TrimRight(part, "*"), "*") {
			return true
		}
		text = rest
	}
	return false
}

// overlapResource reports whether some resource may fit both patterns.
func overlapResource(a, b string) bool {
	return a == "*" || b == "*" || overlaps(resourceGlob(free(a)), resourceGlob(free(b)))
}

// typePattern is one template of a resource type. Where another type of the service goes on behind a slash, what
// has that slash is none of this type: the object template arn:…:${BucketName}/${ObjectName} goes on where the
// bucket template ends, so an ARN with a slash is no bucket's.
type typePattern struct {
	template string
	ends     bool // what goes on behind a slash is of another type
}

func typePatterns(service string, r iamref.ResourceType) []typePattern {
	key := service + ":" + r.Name
	if known, ok := madePatterns.Load(key); ok {
		patterns, _ := known.([]typePattern)
		return patterns
	}
	var out []typePattern
	for _, template := range r.ARNs {
		goesOn := func(other iamref.ResourceType) bool {
			return slices.ContainsFunc(other.ARNs, func(t string) bool { return strings.HasPrefix(t, template+"/") })
		}
		ends := strings.HasSuffix(template, "}") && slices.ContainsFunc(iamref.ResourceTypes(service), goesOn)
		out = append(out, typePattern{template, ends})
	}
	madePatterns.Store(key, out)
	return out
}

// madePatterns are those of the types that were asked for, by service and type: they depend on AWS's data alone.
var madePatterns sync.Map

// mayFit reports whether a resource of the type may fit the pattern.
func (p typePattern) mayFit(pattern string) bool {
	fits, _ := p.fits(pattern)
	return fits
}

// fits is mayFit, and what it took in the steps of reached.
func (p typePattern) fits(pattern string) (fits bool, work int) {
	switch {
	case pattern == "*":
		return true, 0
	case otherService(p.template, pattern):
		return false, 0
	}
	g := resourceGlob(free(pattern))
	reach, work := reached(templateGlob(p.template, hasColons(pattern)), g)
	return reach[len(g)] && (!p.ends || !coversResource(free(p.template)+"/*", pattern)), work + 4*len(g)
}

// otherService tells most patterns that cannot fit a template at a glance.
func otherService(template, pattern string) bool { return differ(service(template), service(pattern)) }

// differ reports whether two services, as service gives them, are certainly not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// service is the third part of an ARN, empty where that or the parts before it have wildcards or variables.
func service(text string) string {
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

// hasColons reports whether a pattern was written for names with a colon in the last part. One that was not may
// happen to fit such a name with one of its stars, but is not about it: arn:aws:iam::*:user/* is about users, not
// about a policy with the name ":user/".
func hasColons(pattern string) bool { return strings.Count(free(pattern), ":") > 5 }

// except is what fits the template and is of another type.
func (p typePattern) except() []glob {
	if !p.ends {
		return nil
	}
	return []glob{append(templateGlob(p.template, true), symbol{kind: exact, byte: '/'}, symbol{kind: star})}
}
