package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ambit-iam/ambit/internal/authz"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/review/diff"
)

// What policy diff can be told to expect.
const (
	expectSame     = "same"
	expectNarrower = "narrower"
)

func (a *app) policyDiff() *cobra.Command {
	var kind, format, expect string
	c := &cobra.Command{
		Use:   "diff A B [flags]",
		Short: "Say what policy document B allows that A does not, and the reverse",
		Long: "Compares what two documents decide, not how they are written, and shows for each difference a request that they decide differently. " +
			"The list is complete but for what it names as perhaps not all said. Actions, types of resource and keys are those that Ambit knows. - is stdin.\n\n" +
			"Exit code 6: with --expect same, they differ; with --expect narrower, B allows what A does not or no longer denies it; with either, something is perhaps not all said.",
		Example: examples(
			"ambit policy diff old.json new.json", "what changes",
			"git show HEAD:policy.json | ambit policy diff - policy.json --expect narrower", "a test: may not widen",
			"ambit policy diff old.json new.json -o json", "for programs",
		),
		Args: questionArgs(2, 2, "A B, two files"),
		RunE: func(_ *cobra.Command, files []string) error {
			d, err := a.comparePolicies(files, kind)
			if err != nil {
				return err
			}
			if format == formatJSON {
				err = a.writeJSON(d)
			} else {
				err = a.tellDifference(d)
			}
			if err != nil {
				return err
			}
			return d.met(expect)
		},
	}
	kindFlag(c, &kind)
	c.Flags().Var(&choice{&expect, []string{expectSame, expectNarrower}}, "expect", "exit with 6 unless B is `WHAT` of A: same or narrower")
	outputFlag(c, &format)
	return c
}

// difference is what two documents decide differently, for programs.
type difference struct {
	A        string       `json:"a"`
	B        string       `json:"b"`
	Changes  []change     `json:"changes"`
	Unproven []uncompared `json:"unproven"` // empty: there is no other difference
}

// change is a set of requests that the two documents decide differently.
type change struct {
	Turn       string      `json:"turn"` // gained, lost, denied or undenied
	Actions    []string    `json:"actions"`
	NotActions []string    `json:"notActions,omitempty"`
	Resources  []string    `json:"resources"`
	Except     []string    `json:"except,omitempty"`
	Principals []string    `json:"principals,omitempty"`
	If         []string    `json:"if"` // conditions, in words
	Causes     []string    `json:"causes"`
	Witness    diffWitness `json:"witness"`
}

// diffWitness is a request that the two documents decide differently.
type diffWitness struct {
	Principal string              `json:"principal"` // empty: an anonymous caller
	Action    string              `json:"action"`
	Resource  string              `json:"resource"`
	Context   map[string][]string `json:"context"` // a key that is not here is absent
	A         string              `json:"a"`
	B         string              `json:"b"`
}

type uncompared struct {
	Actions    []string `json:"actions"`
	NotActions []string `json:"notActions,omitempty"`
	Why        string   `json:"why"`
}

// comparePolicies reads two files and compares them.
func (a *app) comparePolicies(files []string, kind string) (*difference, error) {
	if files[0] == "-" && files[1] == "-" {
		return nil, usagef("only one of A and B can be stdin")
	}
	var docs [2]*policy.Document
	d := &difference{A: shownName(files[0]), B: shownName(files[1]), Changes: []change{}, Unproven: []uncompared{}}
	for i, name := range files {
		doc, file, err := a.readPolicy(name)
		if err == nil {
			err = faultsOf(doc, file)
		}
		if err != nil {
			return nil, err
		}
		docs[i] = doc
	}
	first, second := kindOf(docs[0], kind), kindOf(docs[1], kind)
	if first != second {
		return nil, usagef("%s looks like %s policy, %s like %s policy: only two of a kind compare; say which with --kind", d.A, article(first), d.B, article(second))
	}
	for i, doc := range docs {
		if named := namesPrincipals(doc); named != asksWho(first) && first != policy.ResourceControl {
			return nil, usagef("%s is no %s policy: %s", []string{d.A, d.B}[i], first,
				map[bool]string{true: "it names principals", false: "it names no principals"}[named])
		}
	}
	found, err := diff.Documents(docs[0], docs[1], first)
	if err != nil {
		return nil, usage(err)
	}
	for i := range found.Changes {
		d.Changes = append(d.Changes, d.change(&found.Changes[i]))
	}
	for _, u := range found.Unproven {
		d.Unproven = append(d.Unproven, uncompared{u.Actions, u.NotActions, u.Why})
	}
	return d, nil
}

func namesPrincipals(doc *policy.Document) bool {
	return slices.ContainsFunc(doc.Statements, func(s policy.Statement) bool { return len(s.Principal) > 0 })
}

// asksWho reports whether documents of a kind say who may ask.
func asksWho(kind policy.DocumentKind) bool { return kind == policy.Trust || kind == policy.Resource }

// article is a kind with its article.
func article(kind policy.DocumentKind) string {
	if kind == policy.Identity {
		return "an " + kind.String()
	}
	return "a " + kind.String()
}

func (d *difference) change(c *diff.Change) change {
	w := &c.Witness
	out := change{
		Turn: c.Turn.String(), Actions: c.Actions, NotActions: c.NotActions, Resources: append([]string{}, c.Resources...),
		Except: c.Except, Principals: c.Principals, If: []string{}, Causes: []string{},
		Witness: diffWitness{w.Principal, w.Action, w.Resource, map[string][]string{}, w.A.String(), w.B.String()},
	}
	for _, clause := range c.Conditions {
		out.If = append(out.If, clauseWords(&clause))
	}
	for _, cause := range c.Causes {
		name := d.A
		if cause.InB {
			name = d.B
		}
		if n := cause.Statement.Node; n != nil {
			name += ":" + strconv.Itoa(n.Pos.Line) + ":" + strconv.Itoa(n.Pos.Column)
		}
		out.Causes = append(out.Causes, string(cause.Statement.Effect)+" "+name)
	}
	for _, s := range w.Context {
		out.Witness.Context[s.Key] = append([]string{}, s.Values...)
	}
	return out
}

// clauseWords says a statement's conditions in words.
func clauseWords(c *diff.Clause) string {
	var all []string
	for i := range c.Statement.Conditions {
		all = append(all, conditionWords(&c.Statement.Conditions[i]))
	}
	words := strings.Join(all, " and ")
	if !c.Hold {
		return "not: " + words
	}
	return words
}

// met fails where an expectation is not met.
func (d *difference) met(expect string) error {
	wider := 0
	for i := range d.Changes {
		if t := d.Changes[i].Turn; t == diff.Gained.String() || t == diff.Undenied.String() {
			wider++
		}
	}
	switch {
	case expect == "":
		return nil
	case expect == expectSame && len(d.Changes) > 0:
		return &exitError{codeExpectation, errors.New("expected the same, and they differ")}
	case expect == expectNarrower && wider > 0:
		return &exitError{codeExpectation, errors.New("expected " + d.B + " to be narrower, and it allows more")}
	case len(d.Unproven) > 0:
		return &exitError{codeExpectation, errors.New("perhaps there is more: not all could be compared")}
	}
	return nil
}

// turnTitles head the changes, in the order in which they are told.
var turnTitles = [...]struct {
	turn  diff.Turn
	title string
}{
	{diff.Gained, "%[2]s allows, and %[1]s does not"},
	{diff.Lost, "%[1]s allows, and %[2]s does not"},
	{diff.Denied, "neither allows, and %[2]s denies"},
	{diff.Undenied, "neither allows, and %[1]s denies"},
}

func (a *app) tellDifference(d *difference) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	for _, t := range turnTitles {
		first := true
		for i := range d.Changes {
			if d.Changes[i].Turn != t.turn.String() {
				continue
			}
			if first {
				p.Line(text.Strong.Render(text.Safe(fmt.Sprintf(t.title, d.A, d.B))))
			}
			first = false
			d.Changes[i].lines(p)
		}
		if !first {
			p.Line()
		}
	}
	for _, u := range d.Unproven {
		p.Prose(text.Mark(finding.Unknown)+" ", "perhaps not all is said on "+text.Safe(but(u.Actions, u.NotActions)+": "+u.Why), text.Doubt)
	}
	switch {
	case len(d.Changes) == 0 && len(d.Unproven) == 0:
		p.Line("They decide the same.")
	case len(d.Changes) == 0:
		p.Line(text.Dim.Render("no difference found"))
	default:
		p.Line(text.Dim.Render(plural(len(d.Changes), "difference")))
	}
	return p.Flush()
}

func (c *change) lines(p *text.Page) {
	mark := text.Bad.Render("+")
	if c.Turn == diff.Lost.String() || c.Turn == diff.Denied.String() {
		mark = text.Good.Render("-")
	}
	what := but(c.Actions, c.NotActions)
	if len(c.Resources) > 0 {
		what += " on " + but(c.Resources, c.Except)
	}
	if len(c.Principals) > 0 {
		what += " for " + strings.ReplaceAll(strings.Join(c.Principals, ", "), "*", "anyone")
	}
	p.Prose("  "+mark+" ", text.Safe(what), text.Plain)
	for _, words := range c.If {
		p.Prose("      "+text.Doubt.Render("if")+" ", text.Safe(words), text.Plain)
	}
	for _, cause := range c.Causes {
		p.Prose("      ", text.Safe(cause), text.Pointer)
	}
	w := &c.Witness
	who := "" // in a document that names nobody, whoever it is attached to
	switch {
	case len(c.Principals) > 0 && w.Principal == "":
		who = "an anonymous caller: "
	case len(c.Principals) > 0:
		who = w.Principal + ": "
	}
	request := witnessing{Action: w.Action, Resource: w.Resource, Context: w.Context}
	p.Prose("      for example ", text.Safe(who+request.words()+" ("+decisionWord(w.A)+" → "+decisionWord(w.B)+")"), text.Dim)
}

// but lists all, and what of it is left out.
func but(all, except []string) string {
	s := strings.Join(all, ", ")
	if len(except) > 0 {
		s += " but not " + strings.Join(except, ", ")
	}
	return s
}

// decisionWord is a decision's name in plain words.
func decisionWord(name string) string {
	return map[string]string{
		authz.Allowed.String(): "allowed", authz.ImplicitlyDenied.String(): "not allowed",
		authz.ExplicitlyDenied.String(): "denied", authz.Depends.String(): "depends",
	}[name]
}
