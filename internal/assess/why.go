package assess

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/gsl/syntax"
)

// Reason is one test of a rule's text that made its verdict.
type Reason struct {
	Part  string            `json:"part"`            // where, should or exclude
	Test  string            `json:"test"`            // as GSL writes it
	Truth string            `json:"truth"`           // true, false or unknown
	Read  string            `json:"read,omitempty"`  // what the test read
	Note  string            `json:"note,omitempty"`  // what GSL makes of it, where that may surprise
	At    *finding.Evidence `json:"place,omitempty"` // the statement that was asked; nil: the entity itself
}

// The parts of a rule, as a Reason names them.
const (
	PartWhere   = "where"
	PartShould  = "should"
	PartExclude = "exclude"
)

// maxTests bounds the reasons of one verdict.
const maxTests = 24

// why is how a program came to its verdict on an entity.
func why(p *gsl.Program, env *gsl.Env, e facts.Entity, self any) []Reason {
	w := p.Walk(env, self)
	var out []Reason
	tell := func(part string, top *gsl.Step) {
		for _, s := range top.Reasons() {
			r := reasonOf(part, s, e)
			if len(out) < maxTests && !slices.ContainsFunc(out, func(o Reason) bool { return o.same(&r) }) {
				out = append(out, r)
			}
		}
	}
	if w.Relevant != gsl.True {
		tell(PartWhere, w.Where)
		return out
	}
	if w.Excluded != gsl.False {
		tell(PartExclude, w.Exclude)
	}
	if w.Excluded != gsl.True {
		tell(PartShould, w.Check)
	}
	return out
}

func (r *Reason) same(o *Reason) bool {
	at := func(r *Reason) string {
		if r.At == nil {
			return ""
		}
		return r.At.Document + r.At.Pointer
	}
	return r.Part == o.Part && r.Test == o.Test && r.Truth == o.Truth && r.Read == o.Read && at(r) == at(o)
}

func reasonOf(part string, s *gsl.Step, e facts.Entity) Reason {
	r := Reason{Part: part, Test: facts.Safe(testText(s.Expr)), Truth: s.Truth.String()}
	proofs := []gsl.Value{s.Self}
	if v, ok := s.Read(); ok {
		r.Read, r.Note = valueText(v), noteOf(s, v)
		if hits := s.Hits(); len(hits) > 0 {
			proofs = append(proofs, hits...)
		} else {
			proofs = append(proofs, v)
		}
	}
	found := new(facts.Describer).Describe(e, proofs...)
	if i := slices.IndexFunc(found, func(f finding.Evidence) bool { return f.Document != "" }); i >= 0 {
		r.At = &found[i]
	}
	return r
}

// maxLiterals is how many of a test's own values are told.
const maxLiterals = 3

// testText is a test as GSL writes it, with the first of many values.
func testText(x syntax.Expr) string {
	cut := func(list []*syntax.Literal) ([]*syntax.Literal, string) {
		if more := len(list) - maxLiterals; more > 1 {
			return list[:maxLiterals], ", and " + strconv.Itoa(more) + " more"
		}
		return list, ""
	}
	more := ""
	switch t := x.(type) {
	case *syntax.In:
		short := *t
		short.List, more = cut(t.List)
		x = &short
	case *syntax.Block:
		short := *t
		short.List, more = cut(t.List)
		x = &short
	case *syntax.Call:
		short := *t
		if n := len(t.Args) - maxLiterals; n > 1 {
			short.Args, more = t.Args[:maxLiterals], ", and "+strconv.Itoa(n)+" more"
		}
		x = &short
	case *syntax.Or, *syntax.And, *syntax.Not, *syntax.Literal, *syntax.Path, *syntax.Self, *syntax.Compare, *syntax.Like, *syntax.Match, *syntax.GroupBy:
	}
	text := syntax.FormatExpr(x)
	if more != "" {
		text = text[:len(text)-1] + more + text[len(text)-1:]
	}
	return text
}

// maxRead is how many runes of a value that a test read are told.
const maxRead = 160

// valueText is a value that a test read.
func valueText(v gsl.Value) string {
	switch v.Kind() {
	case gsl.Null:
		return "nothing"
	case gsl.String:
		return facts.Safe(clip("'" + v.Text() + "'"))
	case gsl.List:
		return listText(v.Sequence())
	case gsl.Object:
		if r, ok := v.Ref().(gsl.Record); ok {
			return facts.Safe(clip(string(r.AppendJSON(nil))))
		}
		return ""
	case gsl.Unknown, gsl.Bool, gsl.Number:
	}
	return facts.Text(nil, v, maxNames)
}

func listText(s gsl.Sequence) string {
	var texts []string
	n := 0
	if s != nil {
		n = s.Len()
	}
	if n > 0 && s.At(0).Kind() == gsl.Object && valueText(s.At(0)) == "" {
		return "a list of " + strconv.Itoa(n)
	}
	for i := range n {
		if i == maxNames {
			texts = append(texts, "and "+strconv.Itoa(n-i)+" more")
			break
		}
		texts = append(texts, valueText(s.At(i)))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func clip(s string) string {
	if runes := []rune(s); len(runes) > maxRead {
		return string(runes[:maxRead-1]) + "…"
	}
	return s
}

// noteOf says what GSL makes of a value where a reader of policies may think otherwise: it compares texts letter by
// letter, and a list equals nothing.
func noteOf(s *gsl.Step, v gsl.Value) string {
	if call, ok := s.Expr.(*syntax.Call); ok {
		return functionDoc(call.Name.Text)
	}
	literals := literalsOf(s.Expr)
	if s.Truth != gsl.False || len(literals) == 0 {
		return ""
	}
	_, block := s.Expr.(*syntax.Block)
	switch v.Kind() {
	case gsl.String:
		return surprise(v.Text(), literals)
	case gsl.List:
		of := v.Sequence()
		for i := range of.Len() {
			item := of.At(i)
			switch meant := item.Text(); {
			case item.Kind() != gsl.String:
			case !block && slices.Contains(literals, meant):
				return "a list equals nothing, though '" + facts.Safe(meant) + "' is in it"
			case surprise(meant, literals) != "" && block:
				return surprise(meant, literals)
			case surprise(meant, literals) != "":
				return "a list equals nothing; and " + surprise(meant, literals)
			}
		}
		if !block {
			return "a list equals nothing"
		}
	case gsl.Null:
		return "there is no " + readPath(s.Expr) + " to read"
	case gsl.Unknown, gsl.Bool, gsl.Number, gsl.Object:
	}
	return ""
}

// readPath is the path that a test reads, as the rule writes it.
func readPath(x syntax.Expr) string {
	switch t := x.(type) {
	case *syntax.Compare:
		x = t.X
	case *syntax.In:
		x = t.X
	case *syntax.Block:
		x = t.X
	case *syntax.Or, *syntax.And, *syntax.Not, *syntax.Literal, *syntax.Path, *syntax.Self, *syntax.Call, *syntax.Like, *syntax.Match, *syntax.GroupBy:
	}
	return syntax.FormatExpr(x)
}

// functionDoc is the first sentence on one of the schema's functions; of the language's own, which need none, it is
// empty.
func functionDoc(name string) string {
	for _, f := range Schema().Functions {
		if f.Name == name {
			first, _, _ := strings.Cut(f.Doc, ". ")
			return strings.TrimSuffix(first, ".")
		}
	}
	return ""
}

// literalsOf are the texts that an equality, or a list of them, compares with.
func literalsOf(x syntax.Expr) []string {
	var list []*syntax.Literal
	switch t := x.(type) {
	case *syntax.Compare:
		if l, ok := t.Y.(*syntax.Literal); ok && t.Op == syntax.Equal {
			list = []*syntax.Literal{l}
		}
	case *syntax.In:
		list = t.List
	case *syntax.Block:
		list = t.List
	case *syntax.Or, *syntax.And, *syntax.Not, *syntax.Literal, *syntax.Path, *syntax.Self, *syntax.Call, *syntax.Like, *syntax.Match, *syntax.GroupBy:
	}
	var out []string
	for _, l := range list {
		if l.Kind == syntax.String {
			out = append(out, l.Text)
		}
	}
	return out
}

// surprise says how a text fits one of the literals as AWS reads it, where it is not equal to any.
func surprise(text string, literals []string) string {
	for _, l := range literals {
		switch {
		case text == l:
			return ""
		case strings.EqualFold(text, l):
			return "letter case counts: it is not '" + l + "'"
		}
	}
	for _, l := range literals {
		if strings.ContainsAny(text, "*?") && !strings.Contains(l, "%") && arn.MatchFold(text, l) {
			return "'" + facts.Safe(text) + "' covers '" + facts.Safe(l) + "' as AWS reads it, but texts are compared letter by letter"
		}
	}
	return ""
}
