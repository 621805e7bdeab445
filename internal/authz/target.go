package authz

import (
	"slices"
	"strconv"
	"strings"
)

// targetPrefixes begin the keys, in lower case, that a request of IAM or STS carries of the user or role that it works on.
var targetPrefixes = [...]string{"aws:resourcetag/", "iam:resourcetag/", "iam:permissionsboundary"}

// TargetKeys are the keys that the policy looks at, in conditions and variables, among those with which a request of IAM
// or STS describes the user or role that it works on. They are in lower case and sorted; do not change the list.
func (p *Policy) TargetKeys() []string { return p.target }

// findTargetKeys is TargetKeys, at compile time.
func (p *Policy) findTargetKeys() []string {
	var out []string
	note := func(key string) {
		if slices.ContainsFunc(targetPrefixes[:], func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			out = append(out, key)
		}
	}
	for i := range p.statements {
		p.statements[i].keys(note)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// keys notes each key that a statement looks at, in conditions and variables.
func (s *statement) keys(note func(key string)) {
	patterns := func(list []pattern) {
		for i := range list {
			for _, e := range list[i].elements {
				if e.kind == variable {
					note(e.text)
				}
			}
		}
	}
	patterns(s.resources)
	for j := range s.conditions {
		note(s.conditions[j].key)
		for k := range s.conditions[j].values {
			o := &s.conditions[j].values[k]
			patterns(o.parts)
			patterns([]pattern{o.pattern})
		}
	}
}

// Spell writes what a context says of some keys, in lower case, so that equal texts say the same.
func (c *Context) Spell(keys []string) string {
	var b strings.Builder
	for _, key := range keys {
		v, p := c.look(key)
		b.WriteByte('0' + byte(p))
		for _, value := range v.values {
			b.WriteString(strconv.Itoa(len(value)))
			b.WriteByte(':')
			b.WriteString(value)
		}
		b.WriteByte(';')
	}
	return b.String()
}
