package access

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
)

// TestGraph_Cut_twins: policies that say the same in the same words are as many policies to change.
func TestGraph_Cut_twins(t *testing.T) {
	t.Parallel()
	const assume = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`
	// Normalize changes what it is given: nothing is shared.
	inline := func() []account.InlinePolicy { return []account.InlinePolicy{{Name: "assume", Document: assume}} }
	const all = account.Document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	for name, tc := range map[string]struct {
		groups []string // of each user
		users  int
		want   int
	}{
		"two users":                     {users: 2, want: 2},
		"one user, and by its group":    {users: 1, groups: []string{"g"}, want: 1}, // the trust policy
		"users who have it by a group":  {users: 2, groups: []string{"g"}, want: 2},
		"three users without any group": {users: 3, want: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := account.Snapshot{Account: "111122223333", Partition: "aws", Groups: []account.Group{{Name: "g", Inline: inline()}}}
			for i := range tc.users {
				user := fmt.Sprintf("u%d", i)
				s.Users = append(s.Users, account.User{Name: user, Inline: inline(), Groups: slices.Clone(tc.groups)})
				s.Roles = append(s.Roles, account.Role{Name: "boss of " + user, Inline: []account.InlinePolicy{{Name: "all", Document: all}}, Trust: account.Document(
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:username":"` + user + `"}}}]}`)})
			}
			s.Normalize()
			g := NewGraph(New(&s, nil))
			var paths []Path
			for _, id := range g.Reachers() {
				found, _ := g.Paths(id, g.ToAdmin())
				paths = append(paths, found...)
			}
			grants, exact := g.Cut(paths, g.ToAdmin())
			named := map[string]bool{}
			for i := range grants {
				named[grants[i].Policy] = true
				if tc.groups != nil && grants[i].Policy == `inline policy "assume" of group g` {
					t.Errorf("%s does not close what the user has itself", grants[i].Policy)
				}
			}
			if len(paths) != tc.users || len(named) != tc.want || !exact {
				t.Errorf("%d paths, cut by %v, exact %v; want %d grants", len(paths), named, exact, tc.want)
			}
		})
	}
}
