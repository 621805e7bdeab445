package policy_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/policy"
)

// TestDocument_Excerpt: what a range covers is the text of its spot, however little room there is.
func TestDocument_Excerpt(t *testing.T) {
	t.Parallel()
	d := policy.Parse(`{
  "Statement": [{"Sid":  "Ünï\"c[ode",
    "Effect": "Allow", "Action": ["s3:Get*",
      "iam:PassRole"], "NotResource": [ "a",  "b" ]
   ,
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent":
       "true"}}}]
}`)
	if len(d.Faults) > 0 {
		t.Fatal(d.Faults)
	}
	s := &d.Statements[0]
	spots := []policy.Spot{d.Spot(s.Action[1].Node), d.MemberSpot(s.Conditions[0].Node), d.MemberSpot(s.Node.Member("NotResource"))}
	for i, want := range []struct {
		pointer      string
		line, column int
		text         string
	}{
		{"/Statement/0/Action/1", 4, 7, `"iam:PassRole"`},
		{"/Statement/0/Condition/BoolIfExists/aws:MultiFactorAuthPresent", 6, 36, `"aws:MultiFactorAuthPresent": "true"`},
		{"/Statement/0/NotResource", 4, 24, `"NotResource": [ "a", "b" ]`},
	} {
		spot := spots[i]
		if spot.Pointer != want.pointer || spot.Start.Line != want.line || spot.Start.Column != want.column {
			t.Errorf("spot %d is %+v, want %+v", i, spot, want)
		}
		whole, ranges := d.Excerpt(s.Node, 1000, spots...)
		if got := string([]rune(whole)[ranges[i].Start:ranges[i].End]); got != want.text {
			t.Errorf("spot %d covers %s, want %s", i, got, want.text)
		}
		if whole != d.Snippet(s.Node, 1000) {
			t.Errorf("the excerpt %s is not the snippet", whole)
		}
		for limit := 3 * len(want.text); limit < len(whole); limit++ {
			text, ranges := d.Excerpt(s.Node, limit, spot)
			if n := len([]rune(text)); n > limit {
				t.Fatalf("limit %d: %d runes", limit, n)
			}
			if got := string([]rune(text)[ranges[0].Start:ranges[0].End]); got != want.text {
				t.Fatalf("limit %d: spot %d covers %s in %s", limit, i, got, text)
			}
		}
	}
	one := policy.Parse(`{"Statement":{"Action":"a:b","NotResource":"c"}}`)
	for name, column := range map[string]int{"Action": 24, "NotResource": 30} {
		if got := one.MemberOrValue(one.Root.Member("Statement").Member(name)); got.Start.Column != column {
			t.Errorf("%s stands at %+v, want column %d", name, got, column)
		}
	}
	if got := d.Spot(policy.Parse(`{"a":1}`).Root); got != (policy.Spot{}) {
		t.Errorf("a node from elsewhere stands at %+v", got)
	}
}

// TestDocument_Excerpt_property: ranges lie in the text whatever the limit, and without spots it is the snippet.
func TestDocument_Excerpt_property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		actions := rapid.SliceOfN(rapid.StringMatching(`[a-z*:é "\\]{0,12}`), 1, 6).Draw(t, "actions")
		var quoted []string
		for _, a := range actions {
			quoted = append(quoted, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a)+`"`)
		}
		gap := rapid.SampledFrom([]string{"", " ", "\n   ", "\t"}).Draw(t, "gap")
		d := policy.Parse(`{"Statement":` + gap + `{"Effect":"Allow",` + gap + `"Action":[` + strings.Join(quoted, ","+gap) + `],"Resource":"*"}}`)
		n := d.Root.Member("Statement")
		limit := rapid.IntRange(1, 200).Draw(t, "limit")
		if text, _ := d.Excerpt(n, limit); text != d.Snippet(n, limit) {
			t.Fatalf("limit %d: excerpt %q, snippet %q", limit, text, d.Snippet(n, limit))
		}
		var spots []policy.Spot
		for _, item := range n.Member("Action").Items {
			spots = append(spots, d.Spot(item))
		}
		at := rapid.IntRange(0, len(spots)-1).Draw(t, "at")
		text, ranges := d.Excerpt(n, limit, append(spots[at:], spots[:at]...)...)
		length := len([]rune(text))
		if length > limit {
			t.Fatalf("limit %d: %d runes", limit, length)
		}
		for i, r := range ranges {
			spot := append(spots[at:len(spots):len(spots)], spots[:at]...)[i]
			if got := string([]rune(text)[r.Start:r.End]); gap == "" && limit > len(d.Text) && got != d.Text[spot.Start.Offset:spot.End] {
				t.Fatalf("spot %s covers %s", spot.Pointer, got)
			}
			if r.Start < 0 || r.Start > r.End || r.End > length {
				t.Fatalf("limit %d: range %v in %q", limit, r, text)
			}
		}
	})
}
