package iamref

import (
	"iter"
	"slices"
	"strings"
)

// Level is the access level that AWS gives an action.
// Source: IAM User Guide, "Access levels in policy summaries".
type Level uint8

// The access levels.
const (
	List Level = iota + 1
	Read
	Tagging
	Write
	PermissionsManagement
)

var levelNames = [...]string{"", "List", "Read", "Tagging", "Write", "Permissions management"}

// String is the level as AWS writes it.
func (l Level) String() string { return levelNames[l] }

// Action is one action of a service.
type Action struct {
	Service string // its prefix: "s3"
	Name    string // as AWS writes it: "GetObject"
	Level   Level
	// Resources are the types of resource that the action names. Empty: it names none, and a policy must say
	// "*". None Required: a request names one of them, or none.
	Resources []ResourceType
	Keys      []string // condition keys of the action itself; those of its resources stand there
	Index     int      // from 0 to ActionCount()-1, in the order of Expand("*")
}

// String is the action as policies write it: "s3:GetObject".
func (a Action) String() string { return a.Service + ":" + a.Name }

// ResourceType is one type of resource that an action names.
type ResourceType struct {
	Name     string
	ARNs     []string // templates: "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	Keys     []string // condition keys that only requests on this type carry
	Required bool     // a request always names one; of several required types, one of each
}

// ActionCount is the number of actions known.
func ActionCount() int { return len(reference().actions) }

// ActionAt is the action of this Index.
func ActionAt(index int) Action { return reference().actions[index] }

// ActionOf finds an action by its full name, such as "s3:GetObject", whatever the letter case.
func ActionOf(name string) (Action, bool) {
	prefix, name, _ := strings.Cut(name, ":")
	s := reference().service(prefix)
	if s == nil {
		return Action{}, false
	}
	i, found := slices.BinarySearchFunc(s.actions, name, func(a Action, name string) int {
		return compareFold(a.Name, name)
	})
	if !found {
		return Action{}, false
	}
	return s.actions[i], true
}

// Expand yields the actions that a value of an Action element stands for, by service and name. As AWS has it,
// letter case does not count, * and ? stand anywhere in the name, and the service takes no wildcard: only
// "*" and "*:*" reach every service. Source: IAM User Guide, "IAM JSON policy elements: Action".
func Expand(pattern string) iter.Seq[Action] {
	return func(yield func(Action) bool) {
		t := reference()
		if pattern == "*" || pattern == "*:*" {
			for i := range t.actions {
				if !yield(t.actions[i]) {
					return
				}
			}
			return
		}
		prefix, name, ok := strings.Cut(pattern, ":")
		if s := t.service(prefix); ok && s != nil {
			s.expand(name, yield)
		}
	}
}

func (s *service) expand(pattern string, yield func(Action) bool) {
	literal := pattern
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		literal = pattern[:i]
	}
	from, _ := slices.BinarySearchFunc(s.actions, literal, func(a Action, literal string) int {
		return compareFold(a.Name, literal)
	})
	for i := from; i < len(s.actions) && hasPrefixFold(s.actions[i].Name, literal); i++ {
		if fits(pattern[len(literal):], s.actions[i].Name[len(literal):]) && !yield(s.actions[i]) {
			return
		}
	}
}

// fits matches a name with a pattern of * and ?, letter case ignored. It is arn.MatchFold for ASCII names:
// rooms of one floor do not import one another.
func fits(pattern, name string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || lower(pattern[p]) == lower(name[i])):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
