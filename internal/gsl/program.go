package gsl

import "github.com/ambit-iam/ambit/internal/gsl/syntax"

// Program is one compiled rule. Any number of goroutines may use it, each with its own Env.
type Program struct {
	form     syntax.Form
	entity   *Type
	list     bool
	where    func(*Env) Truth // nil: every entity is relevant
	check    func(*Env) Truth
	exclude  func(*Env) Truth // nil: none is excluded
	reads    []string
	cost     int
	tree     *syntax.Rule
	filtered []filtered
	stepped  func() *Program // the same, compiled to tell its steps
}

// Judgement is what a rule says of one entity. Where Relevant is False, Valid and Excluded say nothing.
type Judgement struct {
	Relevant Truth // the entity fits the target
	Valid    Truth // it is as the rule demands
	Excluded Truth // the rule exempts it
}

// Entity is the type that the rule judges; nil for a planned type and for the rule `true`.
func (p *Program) Entity() *Type { return p.entity }

// List reports whether the rule is on List<X>: it is judged once, on the Sequence of all X.
func (p *Program) List() bool { return p.list }

// Reads lists the properties of entities that the rule reads, such as "IamUser.mfaActive", sorted.
func (p *Program) Reads() []string { return p.reads }

// Cost is the highest Function.Cost of what the rule calls.
func (p *Program) Cost() int { return p.cost }

// Text is the rule in the canonical form, on one line.
func (p *Program) Text() string { return syntax.Format(p.tree) }

// Judge runs the rule on one entity: the pointer that the type's properties read, a Record for an entity of
// a planned type, or the Sequence of a List. A query, which has no condition, is an alert: what it matches is
// not valid.
func (p *Program) Judge(e *Env, self any) Judgement {
	if e.run.depth > 0 { // a function judges in its turn
		root, element := e.run.root, e.run.self
		defer func() { e.run.root, e.run.self = root, element }()
	}
	e.run.root, e.run.self = self, PointerOf(self)
	mark := e.run.mark()

	j := Judgement{Relevant: True}
	if p.where != nil {
		j.Relevant = p.where(e)
	}
	if j.Relevant == False {
		e.run.forget(mark)
	} else {
		j.Valid = p.valid(e)
		if p.exclude != nil {
			j.Excluded = p.exclude(e)
		}
	}
	if e.Trace != nil {
		e.run.flush(e.Trace, mark)
	}
	return j
}

// outcome is what the condition of the rule makes of an entity.
func (p *Program) outcome(check Truth) Truth {
	if p.form == syntax.ShouldNot {
		return check.Not()
	}
	return check
}

func (p *Program) valid(e *Env) Truth {
	switch p.form {
	case syntax.Always:
		return True
	case syntax.Should, syntax.ShouldNot:
		return p.outcome(p.check(e))
	case syntax.Query, syntax.ShouldFail:
		return False
	}
	return False
}
