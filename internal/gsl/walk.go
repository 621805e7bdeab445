package gsl

import "github.com/ambit-iam/ambit/internal/gsl/syntax"

// Step is how one part of a rule came out when the rule was judged.
type Step struct {
	Expr  syntax.Expr
	Self  Value // what it was asked of: the element of a block, or the entity
	Value Value // what it gave; of a condition nothing
	Truth Truth
	Parts []*Step // the parts of it that were asked, in that order
}

// Walk is a judgement with the steps that led to it.
type Walk struct {
	Judgement

	Where, Check, Exclude *Step // nil: the rule has no such part, or it was not asked
}

// Walk judges one entity as Judge does, and keeps how each part of the rule came out. Parts that the verdict did not need
// were not asked. Each call compiles the rule again: Walk is for explaining one verdict, not for judging many entities.
func (p *Program) Walk(e *Env, self any) Walk {
	q := p.stepped()
	quiet := *e // with a run of its own
	quiet.Trace, quiet.run = nil, run{root: self, self: PointerOf(self)}
	w := Walk{Judgement: Judgement{Relevant: True}}
	if q.where != nil {
		w.Relevant, w.Where = quiet.walk(q.where)
	}
	if w.Relevant == False {
		return w
	}
	if q.check != nil {
		var t Truth
		t, w.Check = quiet.walk(q.check)
		w.Valid = q.outcome(t)
	} else {
		w.Valid = q.valid(&quiet)
	}
	if q.exclude != nil {
		w.Excluded, w.Exclude = quiet.walk(q.exclude)
	}
	return w
}

// walk evaluates a condition with its steps.
func (e *Env) walk(condition func(*Env) Truth) (Truth, *Step) {
	var top Step
	e.run.step = &top
	t := condition(e)
	e.run.step = nil
	if len(top.Parts) == 0 { // it is the same for every entity
		return t, nil
	}
	return t, top.Parts[0]
}

// stepped makes a code tell its steps. What is the same for every entity is no step.
func stepped(x syntax.Expr, c code) code {
	if c.fixed {
		return c
	}
	if truth := c.truth; truth != nil {
		c.truth = func(e *Env) Truth {
			s, outer := e.enterStep(x)
			t := truth(e)
			e.leaveStep(s, outer, Value{}, t)
			return t
		}
	}
	if value := c.value; value != nil {
		c.value = func(e *Env) Value {
			s, outer := e.enterStep(x)
			v := value(e)
			e.leaveStep(s, outer, v, v.Truth())
			return v
		}
	}
	return c
}

func (e *Env) enterStep(x syntax.Expr) (s, outer *Step) {
	outer = e.run.step
	if outer == nil {
		return nil, nil
	}
	s = &Step{Expr: x, Self: e.run.self}
	outer.Parts = append(outer.Parts, s)
	e.run.step = s
	return s, outer
}

func (e *Env) leaveStep(s, outer *Step, v Value, t Truth) {
	if s != nil {
		s.Value, s.Truth = v, t
		e.run.step = outer
	}
}

// Reasons are the tests that made the truth of a step: comparisons, functions and properties, and blocks of which no
// element decides. Of an `and` that is false they are those of the operands that are false, of one that is true those of
// all, and so on; a negation turns around what is asked for.
func (s *Step) Reasons() []*Step {
	if s == nil {
		return nil
	}
	var below []*Step
	switch x := s.Expr.(type) {
	case *syntax.And:
		below = s.partsOf(s.Truth)
	case *syntax.Or:
		below = s.partsOf(s.Truth)
	case *syntax.Not:
		below = s.Parts
	case *syntax.Block:
		below = s.elements(x)
	case *syntax.Literal, *syntax.Path, *syntax.Self, *syntax.Call, *syntax.Compare, *syntax.Like, *syntax.Match, *syntax.In, *syntax.GroupBy:
	}
	var out []*Step
	for _, part := range below {
		out = append(out, part.Reasons()...)
	}
	if len(out) == 0 {
		return []*Step{s}
	}
	return out
}

// partsOf are the parts of a truth.
func (s *Step) partsOf(t Truth) []*Step {
	var out []*Step
	for _, part := range s.Parts {
		if part.Truth == t {
			out = append(out, part)
		}
	}
	return out
}

// elements are the steps on the elements of a block that made its truth.
func (s *Step) elements(x *syntax.Block) []*Step {
	wanted := s.Truth
	if x.Op == syntax.ContainNone {
		wanted = wanted.Not()
	}
	var out []*Step
	for _, part := range s.Parts {
		if part.Expr == x.Where && part.Truth == wanted {
			out = append(out, part)
		}
	}
	return out
}

// Read is what the test of a step read: the value of its first operand that is none of the rule's own text.
func (s *Step) Read() (Value, bool) {
	switch s.Expr.(type) {
	case *syntax.Path, *syntax.Self:
		return s.Value, true
	case *syntax.Or, *syntax.And, *syntax.Not, *syntax.Literal, *syntax.Call, *syntax.Compare, *syntax.Like, *syntax.Match, *syntax.In,
		*syntax.Block, *syntax.GroupBy:
	}
	for _, part := range s.Parts {
		if v, ok := part.Read(); ok {
			return v, true
		}
	}
	return Value{}, false
}

// Hits are the elements that the test of a block with a list of values, such as `Action contain ['*', 's3:%']`, found
// among them; of any other test there are none.
func (s *Step) Hits() []Value {
	block, ok := s.Expr.(*syntax.Block)
	if !ok || block.Where != nil {
		return nil
	}
	v, _ := s.Read()
	if v.kind == Null || v.kind == Unknown {
		return nil
	}
	e := &Env{}
	isHit := isOneOf(literals(block.List))
	var out []Value
	list, n := elements(v)
	for i := range n {
		e.run.self = e.at(v, list, i)
		if isHit(e) == True {
			out = append(out, e.run.self)
		}
	}
	return out
}
