package diff

import (
	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/review/glob"
)

// settings is what a request carries, by lower-case key: a chain of keys, the last first. A key that is not there,
// or whose value is absent, is absent.
type settings struct {
	before *settings
	key    string
	value  value
	length int // of the chain
}

// get finds a key.
func (s *settings) get(key string) (value, bool) {
	for ; s != nil; s = s.before {
		if s.key == key {
			return s.value, true
		}
	}
	return value{}, false
}

// with is s and one more key.
func (s *settings) with(key string, v value) *settings { return &settings{s, key, v, s.len() + 1} }

func (s *settings) len() int {
	if s == nil {
		return 0
	}
	return s.length
}

// each calls for every key, each with the value that was set last.
func (s *settings) each(visit func(key string, v value)) {
	seen := map[string]bool{}
	for ; s != nil; s = s.before {
		if !seen[s.key] {
			seen[s.key] = true
			visit(s.key, s.value)
		}
	}
}

func (s *settings) context() *authz.Context {
	c := authz.NewContext(false)
	s.each(func(key string, v value) {
		switch {
		case v.absent:
		case v.many:
			c.SetMany(key, v.texts)
		default:
			c.Set(key, v.texts[0])
		}
	})
	return c
}

// Variable is what ${key, 'default'} stands for. Fixed: the key is there; ok: the variable has a value.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func (s *settings) Variable(name string) (text string, fixed, ok bool) {
	key, def, hasDefault := glob.VariableKey(name)
	v, found := s.get(key)
	switch {
	case !found || v.absent:
		return def, found, hasDefault
	case v.many || len(v.texts) != 1:
		return "", true, false
	}
	return v.texts[0], true, true
}

// value is what a request may carry for a condition key.
type value struct {
	texts  []string
	many   bool
	absent bool
}
