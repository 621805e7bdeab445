package gsl_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// sharedList is a list that several entities have.
type sharedList struct{ gsl.Strings }

func (*sharedList) Shared() bool { return true }

// holder has such a list.
type holder struct {
	name string
	list gsl.Sequence
}

// counted is a schema whose function counts its calls: costly() is true of every element.
func counted(calls *int) *gsl.Schema {
	call := func(*gsl.Call) gsl.Value {
		*calls++
		return gsl.BoolOf(true)
	}
	return &gsl.Schema{
		Entities: []*gsl.Type{{Name: "Holder", Properties: []*gsl.Property{
			gsl.Prop("name", gsl.String, "", func(h *holder) gsl.Value { return gsl.StringOf(h.name) }),
			gsl.Prop("list", gsl.List, "", func(h *holder) gsl.Value { return gsl.ListOf(h.list) }),
		}}},
		Functions: []*gsl.Function{
			{Name: "costly", Cost: 1, Call: call, Example: "costly()"},
			{Name: "ofEntity", Cost: 1, OfEntity: true, Call: call, Example: "ofEntity()"},
			{Name: "dearest", Cost: 2, Call: call, Example: "dearest()"},
		},
	}
}

// TestJudge_once counts how often two holders of one list make a rule call a function.
func TestJudge_once(t *testing.T) {
	t.Parallel()
	shared := &sharedList{gsl.Strings{"a", "b"}}
	own := func() gsl.Sequence { return &gsl.Strings{"a", "b"} }
	for _, tt := range []struct {
		expr        string
		a, b        gsl.Sequence
		traced      bool
		want, calls int
	}{
		{expr: "list contain-all [costly()]", a: shared, b: shared, want: 2, calls: 2},
		{expr: "list contain-all [costly()]", a: own(), b: own(), want: 2, calls: 4},
		{expr: "list contain-all [costly()]", a: shared, b: shared, traced: true, want: 2, calls: 4},
		{expr: "list contain-all [ofEntity()]", a: shared, b: shared, want: 2, calls: 4},
		{expr: "list contain-all [costly() and ~name = 'first']", a: shared, b: shared, want: 1, calls: 2},
		{expr: "list with [$ != 'a'] contain [costly()]", a: shared, b: shared, want: 2, calls: 2},
		{expr: "list contain-none [costly()]", a: shared, b: shared, want: 0, calls: 1},
		// The dear is asked last, and not where the cheap decides.
		{expr: "costly() and name = 'first'", a: own(), b: own(), want: 1, calls: 1},
		{expr: "costly() or name = 'first'", a: own(), b: own(), want: 2, calls: 1},
		{expr: "dearest() and list contain [costly()] and name = 'nobody'", a: own(), b: own(), want: 0, calls: 0},
	} {
		calls, held := 0, 0
		p, remarks := gsl.Compile(counted(&calls), file("Holder should have "+tt.expr), gsl.Options{})
		if p == nil {
			t.Fatal(remarks)
		}
		env := &gsl.Env{Now: now.Unix()}
		if tt.traced {
			env.Trace = &tracer{}
		}
		for _, h := range []*holder{{"first", tt.a}, {"second", tt.b}} {
			if p.Judge(env, h).Valid == gsl.True {
				held++
			}
		}
		if held != tt.want || calls != tt.calls {
			t.Errorf("%s (traced %t): holds of %d with %d calls, want %d with %d", tt.expr, tt.traced, held, calls, tt.want, tt.calls)
		}
	}
}

func TestProgram_Cost(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"Holder should have name":                                        0,
		"Holder where costly() should have name":                         1,
		"Holder should have list contain [costly() or dearest()]":        2,
		"Holder should have name exclude list contain [not costly()]":    1,
		"Holder should have list contain [$ regexMatch /a/ and $ = 'a']": 0,
	} {
		calls := 0
		p, remarks := gsl.Compile(counted(&calls), file(text), gsl.Options{})
		if p == nil {
			t.Fatal(remarks)
		}
		if p.Cost() != want {
			t.Errorf("%s costs %d, want %d", text, p.Cost(), want)
		}
	}
}
