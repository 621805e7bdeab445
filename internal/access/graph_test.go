package access_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/access"
	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
	"github.com/ambit-iam/ambit/internal/policy"
)

// climbers are the principals that are administrators or can become one.
func climbers(s *account.Snapshot) []string {
	g := access.NewGraph(access.New(s, nil))
	var out []string
	for _, id := range slices.Concat(g.Admins(), g.Reachers()) {
		p, _ := g.At(id)
		out = append(out, p.ARN)
	}
	return out
}

// scp is an organization with one control policy.
func scp(document string) *account.Controls {
	return &account.Controls{SCPs: []account.ControlLevel{{Name: "root", Policies: []account.InlinePolicy{{Name: "scp", Document: account.Document(document)}}}}}
}

// TestGraph_guardrails: a control policy more, or a boundary more, never lets anybody climb who could not.
func TestGraph_guardrails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		snap := accounttest.Quota(rapid.Uint64Range(1, 50).Draw(t, "seed"), accounttest.SmallSize)
		before := climbers(snap)
		action := rapid.SampledFrom([]string{"iam:*", "sts:AssumeRole", "iam:PassRole", "lambda:*", "iam:Create*"}).Draw(t, "denied")
		snap.Controls = scp(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"` + action + `","Resource":"*"}]}`)
		for _, arn := range climbers(snap) {
			if !slices.Contains(before, arn) {
				t.Errorf("%s climbs only under a control policy that denies %s", arn, action)
			}
		}
	})
}

// TestGraph_admins: an administrator is whoever may do everything, however the policies are called or split.
func TestGraph_admins(t *testing.T) {
	t.Parallel()
	doc := func(statements string) account.Document {
		return account.Document(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	}
	fence := account.Policy{Name: "fence", ARN: prefix + "policy/fence", Version: "v1", Document: doc(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)}
	for name, tc := range map[string]struct {
		inline   []string
		boundary string
		want     bool
	}{
		"everything":               {[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`}, "", true},
		"two halves":               {[]string{`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`, `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, "", true},
		"NotAction of a trifle":    {[]string{`{"Effect":"Allow","NotAction":"aws-portal:*","Resource":"*"}`}, "", true},
		"power user":               {[]string{`{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}`}, "", false},
		"behind a boundary":        {[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`}, fence.ARN, false},
		"cancelled":                {[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`}, "", false},
		"with a second factor":     {[]string{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`}, "", true},
		"on one bucket":            {[]string{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b"}`}, "", false},
		"of everybody else's name": {[]string{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"other"}}}`}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := account.User{Name: "u", Boundary: tc.boundary}
			for i, s := range tc.inline {
				user.Inline = append(user.Inline, account.InlinePolicy{Name: string('a' + rune(i)), Document: doc(s)})
			}
			snap := &account.Snapshot{Account: self, Partition: "aws", Users: []account.User{user}, Policies: []account.Policy{fence}}
			snap.Normalize()
			g := access.NewGraph(access.New(snap, nil))
			if got := len(g.Admins()) == 1; got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// TestGraph_Cut: without the grants of the cut no path is left, and with all but one of them some is.
func TestGraph_Cut(t *testing.T) {
	t.Parallel()
	list := access.Escalations()
	for i := range list {
		e := &list[i]
		s := newStage(t, e, sound)
		paths, grants := s.cut(nil)
		if len(paths) == 0 || len(grants) == 0 {
			t.Errorf("%s: %d paths, %d grants to cut", e.ID, len(paths), len(grants))
			continue
		}
		if left, _ := s.cut(grants); len(left) > 0 {
			t.Errorf("%s: %d paths are left without %v", e.ID, len(left), grants)
		}
		for but := range grants {
			rest := slices.Concat(grants[:but], grants[but+1:])
			if slices.ContainsFunc(rest, func(g access.Grant) bool { return strings.Contains(g.Text, `"Action":"*"`) }) {
				continue // what makes the end of the path an administrator is not what leads there
			}
			if left, _ := s.cut(rest); len(left) == 0 {
				t.Errorf("%s: the cut is no smallest one", e.ID)
			}
		}
	}
	t.Logf("%d cuts", len(list))
}

// cut finds mallory's paths to admin, and their cut, in the account without the given grants.
func (s *stage) cut(without []access.Grant) ([]access.Path, []access.Grant) {
	parse := func(d account.Document) *policy.Document {
		doc := policy.Parse(string(d))
		doc.Statements = slices.DeleteFunc(doc.Statements, func(st policy.Statement) bool {
			return slices.ContainsFunc(without, func(g access.Grant) bool {
				return g.Pointer == st.Pointer && doc.Snippet(st.Node, 1000) == g.Text
			})
		})
		return doc
	}
	g := access.NewGraph(access.New(s.snap, parse))
	from, _ := g.Node(s.mallory)
	paths, _ := g.Paths(from, g.ToAdmin())
	grants, _ := g.Cut(paths, g.ToAdmin())
	return paths, grants
}
