package directory

import (
	"strings"
	"sync"
)

// usage counts who holds one managed policy.
type usage struct{ attached, boundaries int }

// memo is what is derived from a whole state, when it is first asked for. A writer asks before it changes
// anything; what it publishes gets a new memo.
type memo struct {
	uses    func() map[string]usage   // every managed policy that is in use, by ARN
	members func() map[string][]*user // the users of each group, by folded group name, in the order of their names
}

// remember gives s a memo of its own.
func (s *state) remember() {
	s.memo = &memo{sync.OnceValue(s.countUsage), sync.OnceValue(s.listMembers)}
}

func (s *state) countUsage() map[string]usage {
	uses := make(map[string]usage)
	count := func(attached []string, boundary string) {
		for _, arn := range attached {
			u := uses[arn]
			u.attached++
			uses[arn] = u
		}
		if boundary != "" {
			u := uses[boundary]
			u.boundaries++
			uses[boundary] = u
		}
	}
	for u := range s.users.all() {
		count(u.Attached, u.Boundary)
	}
	for g := range s.groups.all() {
		count(g.Attached, "")
	}
	for r := range s.roles.all() {
		count(r.Attached, r.Boundary)
	}
	return uses
}

func (s *state) listMembers() map[string][]*user {
	members := make(map[string][]*user)
	for u := range s.users.all() {
		for _, g := range u.Groups {
			members[fold(g)] = append(members[fold(g)], u)
		}
	}
	return members
}

// isAWS reports whether a policy ARN is of a policy that AWS manages.
func isAWS(arn string) bool { return strings.Contains(arn, ":iam::aws:") }
