package review

import (
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
	if strings.Contains(wide, "${") || boundStar(wide) {
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

// typePattern is the template of a resource type as a pattern; longer are those of its service that go on where
// it ends: what fits one of them is no resource of this type, though the pattern would fit it.
type typePattern struct {
	template glob
	longer   []string
}

// typePatterns are the patterns of a resource type. The object template arn:…:${BucketName}/${ObjectName} goes
// on where the bucket template ends, so an ARN with a slash is no bucket's.
func typePatterns(service string, r iamref.ResourceType) []typePattern {
	key := service + ":" + r.Name
	if known, ok := madePatterns.Load(key); ok {
		patterns, _ := known.([]typePattern)
		return patterns
	}
	var out []typePattern
	for _, template := range r.ARNs {
		p := typePattern{template: templateGlob(template)}
		for _, other := range iamref.ResourceTypes(service) {
			for _, t := range other.ARNs {
				if strings.HasSuffix(template, "}") && strings.HasPrefix(t, template+"/") {
					p.longer = append(p.longer, free(t))
				}
			}
		}
		out = append(out, p)
	}
	madePatterns.Store(key, out)
	return out
}

// madePatterns are those of the types that were asked for, by service and type: they depend on AWS's data alone.
var madePatterns sync.Map

// mayFit reports whether a resource of the type may fit the pattern.
func (p typePattern) mayFit(pattern string) bool {
	if pattern != "*" && !overlaps(p.template, resourceGlob(free(pattern))) {
		return false
	}
	for _, longer := range p.longer {
		if coversResource(longer, pattern) {
			return false
		}
	}
	return true
}
