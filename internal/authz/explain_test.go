package authz_test

import (
	"slices"
	"testing"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// compiledStatement compiles a statement.
func compiledStatement(t *testing.T, statement string) *authz.Policy {
	t.Helper()
	p, err := authz.Compile("p", policy.Parse(`{"Version":"2012-10-17","Statement":`+statement+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestExplain_levels: an implicit denial by control policies names each level without an Allow, and no other.
func TestExplain_levels(t *testing.T) {
	t.Parallel()
	full := compiledStatement(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	reads := compiledStatement(t, `{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`)
	perhaps := compiledStatement(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`)
	for _, tt := range []struct {
		name   string
		levels [][]*authz.Policy
		want   authz.Decision
		closed []int
	}{
		{"all open", [][]*authz.Policy{{full}, {reads, full}}, authz.Allowed, nil},
		{"the second of three", [][]*authz.Policy{{full}, {reads}, {full}}, authz.ImplicitlyDenied, []int{1}},
		{"two of three, one without any policy", [][]*authz.Policy{{}, {full}, {reads}}, authz.ImplicitlyDenied, []int{0, 2}},
		{"an open condition closes nothing", [][]*authz.Policy{{perhaps}, {reads}}, authz.ImplicitlyDenied, []int{1}},
		{"it alone", [][]*authz.Policy{{perhaps}}, authz.Depends, nil},
	} {
		stack := authz.Stack{Identity: []*authz.Policy{full}, SCPs: tt.levels}
		p, err := authz.ParsePrincipal("arn:aws:iam::111122223333:user/a")
		if err != nil {
			t.Fatal(err)
		}
		e := stack.Explain(&authz.Request{Principal: p, Action: "s3:PutObject", Resource: "arn:aws:s3:::b/k", Context: &authz.Context{Open: true}})
		if e.Decision != tt.want || !slices.Equal(e.Levels, tt.closed) {
			t.Errorf("%s: %s, closed %v; want %s, %v", tt.name, e.Decision, e.Levels, tt.want, tt.closed)
		}
	}
}

// TestExplain_session: a role that its account's trust leaves without a permission depends on the session that is named
// beside the account, and does not where it has the permission itself.
func TestExplain_session(t *testing.T) {
	t.Parallel()
	trust := compiledStatement(t, `{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:sts::111122223333:assumed-role/r/s"]},"Action":"sts:AssumeRole"}`)
	role, err := authz.ParsePrincipal("arn:aws:iam::111122223333:role/r")
	if err != nil {
		t.Fatal(err)
	}
	for identity, want := range map[string]authz.Decision{
		`{"Effect":"Allow","Action":"sts:*","Resource":"*"}`: authz.Allowed,
		`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`:  authz.Depends,
	} {
		stack := authz.Stack{Identity: []*authz.Policy{compiledStatement(t, identity)}, Resource: trust}
		e := stack.Explain(&authz.Request{Principal: role, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/t", Context: authz.NewContext(false)})
		at := slices.IndexFunc(e.Deciding(), func(m authz.Match) bool { return m.Layer == authz.Resource })
		if e.Decision != want || at < 0 {
			t.Fatalf("%s: %s, resource policy at %d of %+v, want %s", identity, e.Decision, at, e.Deciding(), want)
		}
		if m := e.Deciding()[at]; m.Session != (want == authz.Depends) || (m.Holds == authz.Maybe) != m.Session {
			t.Errorf("%s: holds %v, session %v", identity, m.Holds, m.Session)
		}
	}
}
