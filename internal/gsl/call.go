package gsl

import (
	"fmt"
	"slices"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// invocation is one call of a builtin in a rule. Literal arguments are fixed codes.
type invocation struct {
	call    *syntax.Call
	example string
	self    code
	args    []code
}

// builtin is a function of the language itself.
type builtin struct {
	example  string
	free     bool // stands alone
	min, max int  // arguments
	compile  func(k *compiler, c invocation) code
}

// builtins are the functions of the language, by name.
var builtins = map[string]builtin{
	"isEmpty":              {"managedPolicies isEmpty()", false, 0, 0, compileIsEmpty},
	"length":               {"tags length() > 0", false, 0, 0, compileLength},
	"split":                {"arn split(':')", false, 1, 1, compileSplit},
	"join":                 {"attachedGroups join(',')", false, 1, 1, compileJoin},
	"getValue":             {"getValue('aws:SourceArn')", false, 1, 1, compileGetValue},
	"before":               {"createDate before(-90, 'days')", false, 2, 2, compileBefore},
	"after":                {"createDate after(-90, 'days')", false, 2, 2, compileAfter},
	"olderThan":            {"createDate olderThan(90, 'days')", false, 2, 2, compileOlderThan},
	"dateDifference":       {"createDate dateDifference(passwordLastUsed, 'days') < 60", false, 2, 2, compileDateDifference},
	"isFilterPatternEqual": {"filterPattern isFilterPatternEqual('{ $.eventName = ConsoleLogin }')", false, 1, 1, compileFilterPattern},
	"isPublic":             {"scope isPublic()", false, 0, 0, compileIsPublic},
	"isPrivate":            {"scope isPrivate()", false, 0, 0, compileIsPrivate},
	"numberOfHosts":        {"scope numberOfHosts() > 256", false, 0, 0, compileNumberOfHosts},
	"allowedHostsForPort":  {"rules allowedHostsForPort(22) > 256", false, 1, 1, compileAllowedHosts},
	"setting":              {"setting('maxAge')", true, 1, 1, compileSetting},
}

// unsupported are names that CloudGuard has, or may have, and that Ambit refuses by name.
var unsupported = []string{
	"getResource", "getResources", "every", "inAsset", "getRemediation", "startsWith",
}

func (k *compiler) call(x *syntax.Call) code {
	nothing := fixedCode(Value{})
	own, isBuiltin := builtins[x.Name.Text]
	declared, isDeclared := k.schema.functions[x.Name.Text]
	switch {
	case isBuiltin:
		if !k.shape(x, own.free, own.min, own.max, own.example) {
			return nothing
		}
		self, args := k.operands(x)
		return own.compile(k, invocation{x, own.example, self, args})
	case isDeclared:
		if !k.shape(x, declared.Free, declared.Min, declared.Max, declared.Example) {
			return nothing
		}
		return k.declared(x, declared)
	case slices.Contains(unsupported, x.Name.Text):
		k.fail(x.Name.Span, fmt.Sprintf("the function %s is not supported", x.Name.Text), "docs/gsl.md lists the functions there are")
	default:
		k.fail(x.Name.Span, fmt.Sprintf("unknown function %.60q", x.Name.Text), source.DidYouMean(x.Name.Text, k.schema.functionNames()))
	}
	return nothing
}

// shape checks how a call stands and how many arguments it has.
func (k *compiler) shape(x *syntax.Call, free bool, least, most int, example string) bool {
	hint := ""
	if example != "" {
		hint = "such as: " + example
	}
	if free && (x.X != nil || x.Root) {
		k.fail(x.Name.Span, fmt.Sprintf("%s stands alone, not behind a value", x.Name.Text), hint)
		return false
	}
	n := len(x.Args)
	if n >= least && (n <= most || most < 0) {
		return true
	}
	want := fmt.Sprint(least)
	switch {
	case most < 0:
		want = fmt.Sprintf("at least %d", least)
	case most > least:
		want = fmt.Sprintf("%d to %d", least, most)
	}
	noun := "arguments"
	if least == 1 && (most < 0 || most == least) {
		noun = "argument"
	}
	k.fail(x.Span, fmt.Sprintf("%s takes %s %s, not %d", x.Name.Text, want, noun, n), hint)
	return false
}

// operands compiles the value to the left and the arguments.
func (k *compiler) operands(x *syntax.Call) (self code, args []code) {
	switch {
	case x.X != nil:
		self = k.expr(x.X)
		k.lint.list(x.X)
	case x.Root:
		self = code{value: func(e *Env) Value { return PointerOf(e.run.root) }, typ: k.root.typ}
	default:
		self = code{value: func(e *Env) Value { return e.run.self }, typ: k.scope.typ}
	}
	for _, a := range x.Args {
		args = append(args, k.expr(a))
	}
	return self, args
}

// declared compiles a call of a function of the schema.
func (k *compiler) declared(x *syntax.Call, f *Function) code {
	self, args := k.operands(x)
	constants := make([]Value, len(args))
	values := make([]func(*Env) Value, len(args))
	for i, a := range args {
		constants[i], values[i] = a.constant(), a.asValue()
	}
	var prepared any
	if f.Check != nil {
		var err error
		if prepared, err = f.Check(constants); err != nil {
			k.fail(x.Span, fmt.Sprintf("%s: %v", f.Name, err), "such as: "+f.Example)
			return fixedCode(Value{})
		}
	}
	label := f.Name + "()"
	left := self.asValue()
	if f.Free {
		left = func(e *Env) Value { return e.run.self }
	}
	return code{typ: f.Elem, value: func(e *Env) Value {
		c := e.enter()
		c.Self, c.Entity, c.Prepared = left(e), e.run.root, prepared
		for _, arg := range values {
			c.Args = append(c.Args, arg(e))
		}
		v := f.Call(c)
		e.run.depth--
		if v.kind == Unknown {
			return e.seen(label, false, v)
		}
		return v
	}}
}

// enter gives a Call that no running function uses.
func (e *Env) enter() *Call {
	if e.run.depth == len(e.run.calls) {
		e.run.calls = append(e.run.calls, &Call{Env: e})
	}
	c := e.run.calls[e.run.depth]
	e.run.depth++
	c.Env = e // a copy of an Env shares the calls of the first
	c.Args = c.Args[:0]
	return c
}
