// Package rule is one check: what it asks, why, how to mend what it finds, and the accounts that prove it.
//
// Contract: a rule is one txtar file named ID.txtar, data alone. Its sections:
//
//	rule.yaml                 header: id, title, severity, entity, category, message, evidence, references,
//	                          aliases, frameworks, settings, remedy (see header.go)
//	rule.gsl                  one expression for each entity type of the header, separated by blank lines
//	vendor/ID.gsl             a peer's published text, run in place of ours on request
//	why.md                    the reason, for people
//	fix/console.md            remedy; its first paragraph is the next step that reports tell
//	fix/cli.md, fix/terraform.md
//	fail/NAME.json            an ambit.account/1 capture in which the rule fails; likewise pass/, unknown/ and na/
//	fail/NAME.yaml            optional, beside a capture: settings and the exact outcome (see Case)
//
// A rule without a failing and a passing case, with an unknown key, setting, framework or section, or with GSL
// that does not compile, does not load; every fault names file, line, column and, where it can, the cure.
// Limits: proves nothing by itself, since it sees no accounts: whoever can judge runs each Case and asks Check.
// Safe for concurrent use once loaded.
// Floor: 4.
package rule

import (
	"strings"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/source"
)

// Rule is one check.
type Rule struct {
	ID         string // ours, stable for ever; the name of its file
	Title      string // what holds where the rule passes
	Severity   finding.Severity
	Entities   []string // GSL entity types, such as IamUser or List<IamPolicy>
	Category   string
	Message    string              // one sentence about a failing subject; {path} stands for a GSL property of it
	Evidence   []string            // properties whose values are told beside what the run itself proves
	References []string            // URLs
	Aliases    map[string][]string // peer to the ids under which it knows this check; "cis" as "CIS-3.0:1.10"
	Frameworks map[string][]string // framework to control ids; no ids: a member without a control of its own
	Settings   []Setting           // sorted by name
	Remedies   []string            // names of remedies
	Why        string              // Markdown
	Fix        Fix
	GSL        string // the whole of rule.gsl
	Vendor     []Published
	Cases      []Case
	File       source.File // the txtar

	expressions []expression
	header      *header
}

// Fix is how to mend what a rule finds, by hand. All Markdown.
type Fix struct {
	Console, CLI, Terraform string
}

// Published is a peer's text of the same check.
type Published struct {
	ID   string // the peer's id, one of the rule's aliases
	Text string

	expression expression
}

// expression is one GSL text and where it begins in the rule's file.
type expression struct {
	text string
	at   source.Pos
}

// NextStep is what to do first, in a sentence: the first paragraph of the console remedy on one line.
func (r *Rule) NextStep() string {
	first, _, _ := strings.Cut(strings.TrimSpace(r.Fix.Console), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

func (r *Rule) setting(name string) *Setting {
	for i := range r.Settings {
		if r.Settings[i].Name == name {
			return &r.Settings[i]
		}
	}
	return nil
}
