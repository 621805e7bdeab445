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

// Paths through names that hold dots, against a plain search of the longest name first.
func TestPath_dots(t *testing.T) {
	t.Parallel()
	names := rapid.SampledFrom([]string{"a", "b", "a.b", "b.a", "a.a", "a.b.a", "b.", ".a"})
	var draw func(t *rapid.T, depth int) map[string]any
	draw = func(t *rapid.T, depth int) map[string]any {
		m := map[string]any{}
		for range rapid.IntRange(2, 6).Draw(t, "members") {
			if name := names.Draw(t, "name"); depth > 0 && rapid.Bool().Draw(t, "object") {
				m[name] = draw(t, depth-1)
			} else {
				m[name] = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "text")
			}
		}
		return m
	}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 4).Draw(t, "path")
		tree := draw(t, 3)
		text, _ := walkDots(tree, parts).(string)
		if text == "x" {
			found++
		}
		path := strings.Join(parts, ".")
		u := alice()
		u.data = recordOf(map[string]any{"one": tree, "many": []any{tree}})
		for _, rule := range []string{
			"IamUser should have data.many contain [" + path + " = 'x']", "IamUser should have data.one contain [" + path + " = 'x' and $]",
		} {
			p, remarks := gsl.Compile(schema, file(rule), gsl.Options{})
			if p == nil {
				t.Fatal(remarks)
			}
			if got := p.Judge(&gsl.Env{}, u).Valid; got != gsl.TruthOf(text == "x") {
				t.Fatalf("%s of %v: got %v, want %q", rule, tree, got, text)
			}
		}
	})
	if found == 0 {
		t.Error("no path led to the text")
	}
}

func walkDots(v any, parts []string) any {
	m, _ := v.(map[string]any)
	for n := len(parts); n > 0; n-- {
		next, ok := m[strings.Join(parts[:n], ".")]
		switch {
		case ok && n == len(parts):
			return next
		case ok:
			if found := walkDots(next, parts[n:]); found != nil {
				return found
			}
		}
	}
	return nil
}
