package gsl_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// drawRule draws a condition made of the table's expressions.
func drawRule(t *rapid.T) string {
	expr := func(label string) string {
		return "(" + truths[rapid.IntRange(0, len(truths)-1).Draw(t, label)].expr + ")"
	}
	connect := rapid.SampledFrom([]string{" and ", " or ", " and not ", " or not "})
	return "IamUser should have " + expr("a") + connect.Draw(t, "1") + expr("b") + connect.Draw(t, "2") + expr("c")
}

// What is decided without an unknown value stays so whatever the value turns out to be.
func TestJudge_unknownIsSound(t *testing.T) {
	t.Parallel()
	scalars := []gsl.Value{
		{},
		gsl.BoolOf(true), gsl.BoolOf(false), gsl.NumberOf(0), gsl.NumberOf(daysAgo(95)), gsl.NumberOf(gsl.NoDate),
		gsl.StringOf(""), gsl.StringOf("x"), gsl.StringOf("dev"), gsl.StringOf("10.0.0.1"), gsl.StringOf("5"),
	}
	lists := []gsl.Value{{}, gsl.ListOf(nil), gsl.ListOf(&gsl.Strings{"x"}), gsl.ListOf(&gsl.Strings{"dev", "ops"})}
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		p, remarks := gsl.Compile(schema, file(text), gsl.Options{})
		if p == nil {
			t.Fatal(remarks)
		}
		env := gsl.Env{Now: now.Unix(), Host: "sandbox"}
		before := p.Judge(&env, alice()).Valid
		if before == gsl.Maybe || strings.Contains(text, "isHidden") {
			return
		}
		known := alice()
		known.hidden = rapid.SampledFrom(scalars).Draw(t, "hidden")
		known.holes[1] = rapid.SampledFrom(scalars).Draw(t, "hole")
		known.hiddenList = rapid.SampledFrom(lists).Draw(t, "list")
		if after := p.Judge(&env, known).Valid; after != before {
			t.Fatalf("%s: %v, but %v once all is known", text, before, after)
		}
	})
}

// The order of operands, and a trace, do not matter; nor does judging twice with one Env.
func TestJudge_laws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := truths[rapid.IntRange(0, len(truths)-1).Draw(t, "a")].expr
		b := truths[rapid.IntRange(0, len(truths)-1).Draw(t, "b")].expr
		env := &gsl.Env{Now: now.Unix(), Host: "sandbox"}
		judge := func(expr string) gsl.Truth {
			p, remarks := gsl.Compile(schema, file("IamUser should have "+expr), gsl.Options{})
			if p == nil {
				t.Fatal(remarks)
			}
			traced := &gsl.Env{Now: now.Unix(), Host: "sandbox", Trace: &tracer{}}
			got := p.Judge(env, alice()).Valid
			if other := p.Judge(traced, alice()).Valid; other != got {
				t.Fatalf("%s: %v, with a trace %v", expr, got, other)
			}
			return got
		}
		x, y := "("+a+")", "("+b+")"
		for _, law := range [][2]string{
			{x + " and " + y, y + " and " + x},
			{x + " or " + y, y + " or " + x},
			{"not (" + x + " and " + y + ")", "not " + x + " or not " + y},
			{"not (not " + x + ")", x},
			{x + " or " + y + " or " + x, x + " or " + y},
		} {
			if left, right := judge(law[0]), judge(law[1]); left != right {
				t.Fatalf("%s is %v, but %s is %v", law[0], left, law[1], right)
			}
		}
	})
}

// like against the regular expression that means the same.
func TestLike_regexp(t *testing.T) {
	t.Parallel()
	alphabet := rapid.StringOfN(rapid.SampledFrom([]rune("aAbBéÉKk\u212a%_.")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		pattern, text := alphabet.Draw(t, "pattern"), alphabet.Draw(t, "text")
		parts := strings.Split(pattern, "%")
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		want := regexp.MustCompile("(?is)^" + strings.Join(parts, ".*") + "$").MatchString(text)
		u := alice()
		u.name = text
		p, remarks := gsl.Compile(schema, file("IamUser should have name like '"+pattern+"'"), gsl.Options{})
		if p == nil {
			t.Fatal(remarks)
		}
		if got := p.Judge(&gsl.Env{}, u).Valid; got != gsl.TruthOf(want) {
			t.Fatalf("%q like %q: got %v", text, pattern, got)
		}
	})
}
