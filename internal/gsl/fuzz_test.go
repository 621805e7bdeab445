package gsl_test

import (
	"testing"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// samples gives a sample of what a program judges.
func samples(p *gsl.Program) any {
	switch {
	case p.List():
		return &gsl.PointerSeq[user]{alice(), alice()}
	case p.Entity() == userType:
		return alice()
	case p.Entity() == roleType:
		return &role{name: "r", account: "1", trust: object(`{"Statement":{"Effect":"Allow","Principal":"*"}}`)}
	case p.Entity() == policyType:
		return &policy{name: "p", attachments: 1, document: object(`{"Statement":[{"Effect":"Allow","Action":["a"]}]}`)}
	}
	return alice().data
}

// FuzzCompile: the checker and the run never panic, the canonical form of a rule gives the same judgement,
// a trace changes none, and with everything known nothing is unknown.
func FuzzCompile(f *testing.F) {
	for _, c := range truths {
		f.Add("IamUser where " + c.expr + " should have " + c.expr)
	}
	for _, c := range remarksOn {
		f.Add(c.rule)
	}
	f.Add(iam86)
	f.Add(iam99)
	f.Fuzz(func(t *testing.T, text string) {
		p, remarks := gsl.Compile(schema, source.File{Text: text}, settings)
		if p == nil {
			if !source.HasErrors(remarks) {
				t.Fatal("neither a program nor an error")
			}
			return
		}
		tree, _ := syntax.Parse(source.File{Text: text})
		printed := syntax.Format(tree)
		again, remarks := gsl.Compile(schema, source.File{Text: printed}, settings)
		if again == nil {
			t.Fatalf("%q is refused: %v", printed, remarks)
		}
		self := samples(p)
		got := p.Judge(&gsl.Env{Now: now.Unix()}, self)
		if other := again.Judge(&gsl.Env{Now: now.Unix()}, self); other != got {
			t.Fatalf("got %+v, but of the canonical form %q %+v", got, printed, other)
		}
		if traced := p.Judge(&gsl.Env{Now: now.Unix(), Trace: &tracer{}}, self); traced != got {
			t.Fatalf("got %+v, with a trace %+v", got, traced)
		}
		known := p.Judge(&gsl.Env{Now: now.Unix(), UnknownAsNull: true}, self)
		if known.Relevant == maybe || known.Valid == maybe || known.Excluded == maybe {
			t.Fatalf("%+v although unknown reads as null", known)
		}
	})
}
