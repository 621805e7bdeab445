package authz_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/policy"
)

// world is a small random request with every layer, as JSON-ready documents.
type world struct {
	identity, resource []map[string]any // statements
	boundary, session  []map[string]any // nil: none
	scps               [][]map[string]any
	request            authz.Request
	context            map[string]string
}

var (
	drawAction    = rapid.SampledFrom([]string{"s3:GetObject", "s3:*", "*", "s3:Get*", "s3:Put?bject", "S3:getobject", "iam:*", "kms:Decrypt"})
	drawResource  = rapid.SampledFrom([]string{"*", "arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*", "arn:aws:s3:::b/${aws:username}", "arn:*"})
	drawPrincipal = rapid.SampledFrom([]string{"arn:aws:iam::111111111111:user/alice", "111111111111", "*", "arn:aws:iam::111111111111:role/app", "arn:aws:sts::111111111111:assumed-role/app/s1"})
	drawOperator  = rapid.SampledFrom([]string{"StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringLike", "Null", "Bool", "BoolIfExists", "StringNotLikeIfExists"})
	drawKey       = rapid.SampledFrom([]string{"aws:username", "aws:PrincipalTag/t", "aws:MultiFactorAuthPresent"})
	drawValue     = rapid.SampledFrom([]string{"alice", "true", "false", "a*", "${aws:username}"})
)

func drawStatement(t *rapid.T, withPrincipal bool) map[string]any {
	s := map[string]any{
		"Effect": rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect"),
	}
	action := rapid.SampledFrom([]string{"Action", "Action", "NotAction"}).Draw(t, "action element")
	s[action] = rapid.SliceOfNDistinct(drawAction, 1, 3, rapid.ID).Draw(t, "actions")
	resource := rapid.SampledFrom([]string{"Resource", "Resource", "NotResource"}).Draw(t, "resource element")
	s[resource] = rapid.SliceOfNDistinct(drawResource, 1, 2, rapid.ID).Draw(t, "resources")
	if withPrincipal {
		s["Principal"] = map[string]any{"AWS": drawPrincipal.Draw(t, "principal")}
	}
	if rapid.Bool().Draw(t, "conditional") {
		s["Condition"] = map[string]any{drawOperator.Draw(t, "operator"): map[string]any{drawKey.Draw(t, "key"): drawValue.Draw(t, "value")}}
	}
	return s
}

func drawStatements(t *rapid.T, label string, withPrincipal bool) []map[string]any {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) map[string]any { return drawStatement(t, withPrincipal) }), 1, 4).Draw(t, label)
}

func drawWorld(t *rapid.T) *world {
	w := &world{identity: drawStatements(t, "identity", false), context: map[string]string{}}
	if rapid.Bool().Draw(t, "has resource policy") {
		w.resource = drawStatements(t, "resource policy", true)
	}
	if rapid.Bool().Draw(t, "has boundary") {
		w.boundary = drawStatements(t, "boundary", false)
	}
	if rapid.Bool().Draw(t, "has session policy") {
		w.session = drawStatements(t, "session", false)
	}
	for range rapid.IntRange(0, 2).Draw(t, "levels") {
		w.scps = append(w.scps, drawStatements(t, "scp", false))
	}
	for _, key := range []string{"aws:username", "aws:PrincipalTag/t", "aws:MultiFactorAuthPresent"} {
		if rapid.Bool().Draw(t, key+" given") {
			w.context[key] = rapid.SampledFrom([]string{"alice", "true", "false"}).Draw(t, key)
		}
	}
	p, _ := authz.ParsePrincipal(rapid.SampledFrom([]string{
		"arn:aws:iam::111111111111:user/alice", "arn:aws:sts::111111111111:assumed-role/app/s1", "arn:aws:iam::111111111111:root",
	}).Draw(t, "caller"))
	w.request = authz.Request{
		Principal: p, Action: rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "kms:Decrypt"}).Draw(t, "asked"),
		Resource:        rapid.SampledFrom([]string{"arn:aws:s3:::b/k", "arn:aws:s3:::b/alice", "arn:aws:s3:::d/x", "arn:aws:kms:us-east-1:111111111111:key/1"}).Draw(t, "on"),
		ResourceAccount: rapid.SampledFrom([]string{"111111111111", "222222222222"}).Draw(t, "owner"),
	}
	return w
}

func document(statements []map[string]any) *authz.Policy {
	text, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	p, err := authz.Compile("p", policy.Parse(string(text)))
	if err != nil {
		panic(err)
	}
	return p
}

func optional(statements []map[string]any) []*authz.Policy {
	if statements == nil {
		return nil
	}
	return []*authz.Policy{document(statements)}
}

func (w *world) decide(open bool) authz.Decision {
	s := &authz.Stack{Identity: optional(w.identity), Boundary: optional(w.boundary), Session: optional(w.session)}
	if w.resource != nil {
		s.Resource = document(w.resource)
	}
	for _, level := range w.scps {
		s.SCPs = append(s.SCPs, optional(level))
	}
	r := w.request
	r.Context = authz.NewContext(open)
	for k, v := range w.context {
		r.Context.Set(k, v)
	}
	d := s.Decide(&r)
	if p := s.Prepare(&r).Decide(r.Resource); p != d {
		panic("prepared says " + p.String() + ", decided says " + d.String())
	}
	return d
}

func denied(d authz.Decision) bool {
	return d == authz.ExplicitlyDenied || d == authz.ImplicitlyDenied
}

// TestUnknownIsSound: what an open context decides holds for every way of filling the keys in.
func TestUnknownIsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		open := w.decide(true)
		for _, key := range []string{"aws:username", "aws:PrincipalTag/t", "aws:MultiFactorAuthPresent"} {
			if _, given := w.context[key]; !given && rapid.Bool().Draw(t, "fill "+key) {
				w.context[key] = rapid.SampledFrom([]string{"alice", "true", "false", "k", "*"}).Draw(t, "filled "+key)
			}
		}
		closed := w.decide(false)
		if open == authz.Allowed && closed != authz.Allowed {
			t.Fatalf("open says Allowed, filled says %v", closed)
		}
		if denied(open) && !denied(closed) {
			t.Fatalf("open says %v, filled says %v", open, closed)
		}
	})
}

// TestMetamorphic holds what every policy language with deny-overrides must hold.
func TestMetamorphic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := w.decide(false)
		extra := drawStatement(t, false)

		deny := *w
		extra["Effect"] = "Deny"
		deny.identity = append(slices.Clone(w.identity), extra)
		if after := deny.decide(false); denied(before) && !denied(after) {
			t.Fatalf("a Deny more turned %v into %v", before, after)
		}
		if before != authz.Allowed {
			return
		}
		allow := *w
		allow.identity = append(slices.Clone(w.identity), map[string]any{"Effect": "Allow", "Action": extra["Action"], "NotAction": extra["NotAction"], "Resource": "*"})
		last := allow.identity[len(allow.identity)-1]
		for _, k := range []string{"Action", "NotAction"} {
			if last[k] == nil {
				delete(last, k)
			}
		}
		if after := allow.decide(false); after != authz.Allowed {
			t.Fatalf("an Allow more turned Allowed into %v", after)
		}
		fewer := *w
		if len(w.scps) > 0 {
			fewer.scps = w.scps[1:]
			if after := fewer.decide(false); after != authz.Allowed {
				t.Fatalf("a control policy less turned Allowed into %v", after)
			}
		}
	})
}

// TestNeutral: the order of statements and the grouping of actions say nothing.
func TestNeutral(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := w.decide(false)
		other := *w
		other.identity = nil
		for _, s := range w.identity {
			if list, ok := s["Action"].([]string); ok {
				for _, a := range list {
					one := maps.Clone(s)
					one["Action"] = a
					other.identity = append(other.identity, one)
				}
				continue
			}
			other.identity = append(other.identity, s)
		}
		slices.Reverse(other.identity)
		if after := other.decide(false); after != before {
			t.Fatalf("split and reversed: %v became %v", before, after)
		}
	})
}

// TestResourcePatterns judges the matcher by a regular expression.
func TestResourcePatterns(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab:*?")), 0, 8, -1)
	value := rapid.StringOfN(rapid.SampledFrom([]rune("ab:")), 0, 10, -1)
	rapid.Check(t, func(t *rapid.T) {
		resource := "arn:aws:s3:::" + text.Draw(t, "pattern")
		asked := "arn:aws:s3:::" + value.Draw(t, "value")
		expr := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(resource))
		want := regexp.MustCompile("^(?s)" + expr + "$").MatchString(asked)
		w := &world{identity: []map[string]any{{"Effect": "Allow", "Action": "s3:*", "Resource": resource}}}
		p, _ := authz.ParsePrincipal("arn:aws:iam::111111111111:user/a")
		w.request = authz.Request{Principal: p, Action: "s3:GetObject", Resource: asked}
		if got := w.decide(false) == authz.Allowed; got != want {
			t.Fatalf("%q on %q: got %v, want %v", resource, asked, got, want)
		}
	})
}

// TestMarks: evaluating a policy for many resources at once says what deciding one by one says.
func TestMarks(t *testing.T) {
	t.Parallel()
	resources := []string{"arn:aws:s3:::b/k", "arn:aws:s3:::b/alice", "arn:aws:s3:::c/x", "arn:aws:s3:::b/true", "arn:aws:sqs:us-east-1:1:q", "*"}
	u := authz.NewUniverse(resources)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.boundary, w.session, w.resource, w.scps = nil, nil, nil, nil
		w.request.Principal, _ = authz.ParsePrincipal("arn:aws:iam::111111111111:user/alice")
		w.request.Action, w.request.ResourceAccount = "s3:GetObject", "111111111111"
		p := document(w.identity)
		r := w.request
		r.Context = authz.NewContext(rapid.Bool().Draw(t, "open"))
		for k, v := range w.context {
			r.Context.Set(k, v)
		}
		where := func(how authz.Certainty) authz.Mask {
			allows, denies := p.Marks(&r, u, how)
			m := u.None()
			m.Or(allows)
			m.Minus(denies)
			return m
		}
		possible, sure := where(authz.Possible), where(authz.Sure)
		for i, resource := range resources {
			one := r
			one.Resource = resource
			got := (&authz.Stack{Identity: []*authz.Policy{p}}).Decide(&one)
			if possible.Has(i) == denied(got) || sure.Has(i) != (got == authz.Allowed) {
				t.Fatalf("%s: marks say %v and %v, Decide says %v", resource, possible.Has(i), sure.Has(i), got)
			}
		}
	})
}
