package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/ambit-iam/ambit/internal/arn"
	"github.com/ambit-iam/ambit/internal/facts"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/iamref"
	"github.com/ambit-iam/ambit/internal/report/text"
	"github.com/ambit-iam/ambit/internal/rule"
)

// tellExplained writes the page of one finding; input is how the command line names the account.
func (a *app) tellExplained(f *finding.Finding, of *rule.Rule, alias string, input []string) error {
	p := text.NewPage(a.world.Stdout, a.screen(a.world.Stdout))
	findingHead(p, f, of, alias)
	missingLines(p, f.Told().Missing)
	proofLines(p, f.Told().Evidence)
	witnessLines(p, f, input)
	switch {
	case of == nil:
		p.Line()
		p.Prose("", "This version of Ambit has no rule "+text.Safe(f.Rule)+", so that there is no more to say of it.", text.Dim)
	case f.Verdict == finding.Pass || f.Verdict == finding.NotApplicable:
		section(p, "Why the rule is there", of.Why)
	default:
		section(p, "Why it matters", of.Why)
		if f.Verdict != finding.Unknown {
			section(p, "In the console", of.Fix.Console)
			section(p, "With the AWS CLI", of.Fix.CLI)
			section(p, "In Terraform", of.Fix.Terraform)
		}
	}
	aliasLines(p, f.Aliases)
	return p.Flush()
}

// verdictWords are verdicts as a page tells them.
var verdictWords = map[finding.Verdict]string{
	finding.Fail: "fails", finding.Pass: "passes", finding.Unknown: "is unknown", finding.NotApplicable: "does not apply",
	finding.Accepted: "fails, and is accepted",
}

// findingHead says what was judged by what, and what came of it.
func findingHead(p *text.Page, f *finding.Finding, of *rule.Rule, alias string) {
	title := text.Safe(f.Rule)
	if of != nil {
		title = of.Title
	}
	p.Prose(text.SeverityWord(f.Severity)+"  ", title, text.Strong)
	sentence := text.Safe(f.Told().Why)
	if sentence == "" {
		sentence = text.Safe(f.Subject.Name) + " " + verdictWords[f.Verdict]
	}
	p.Prose(strings.Repeat(" ", text.SeverityWidth+2)+text.Mark(f.Verdict)+" ", sentence, text.Plain)
	p.Line()
	account := text.Safe(f.Subject.Account)
	if alias != "" {
		account += " (" + text.Safe(alias) + ")"
	}
	p.Prose(label("subject"), text.Safe(f.Subject.Name)+text.Dim.Render("  "+text.Safe(f.Subject.Type)), text.Plain)
	if f.Subject.ARN != "" && f.Subject.ARN != f.Subject.Name {
		p.Prose(label(""), text.Safe(f.Subject.ARN), text.Pointer)
	}
	if f.Subject.ID != "" {
		p.Prose(label(""), text.Safe(f.Subject.ID), text.Plain)
	}
	p.Prose(label("account"), account, text.Plain)
	p.Prose(label("rule"), text.Safe(f.Rule), text.Pointer)
	p.Prose(label("verdict"), string(f.Verdict), text.Plain)
	p.Prose(label("finding"), text.Safe(f.ID), text.Plain)
}

// missingLines tell what an unknown verdict would have needed.
func missingLines(p *text.Page, missing []finding.Missing) {
	if len(missing) == 0 {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("Not read"))
	for i := range missing {
		m := &missing[i]
		what := "who there is"
		if m.Field != "" {
			what = text.Safe(m.Field)
		}
		p.Prose("  "+text.Mark(finding.Unknown)+" ", what, text.Plain)
		reason := text.Safe(m.Error)
		if m.Call != "" {
			reason = text.Safe(m.Call) + ": " + reason
		}
		p.Prose("    ", reason, text.Plain)
		if m.Permission != "" {
			p.Prose("    grant ", text.Safe(m.Permission), text.Pointer)
		}
	}
}

func proofLines(p *text.Page, evidence []finding.Evidence) {
	if len(evidence) == 0 {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("Proof"))
	for i := range evidence {
		p.Evidence("  ", &evidence[i])
	}
}

// witnessLines tell the request that shows the finding.
func witnessLines(p *text.Page, f *finding.Finding, input []string) {
	w := f.Told().Witness
	if w == nil {
		return
	}
	p.Line()
	p.Line(text.Strong.Render("A request that shows it"))
	row := func(name, value string) { p.Prose("  "+label(name), text.Safe(value), text.Plain) }
	if w.Principal == "" {
		row("principal", "whoever holds the policy")
	} else {
		row("principal", w.Principal)
	}
	row("action", w.Action)
	row("resource", w.Resource)
	name := "context"
	for _, key := range slices.Sorted(maps.Keys(w.Context)) {
		row(name, key+" = "+strings.Join(w.Context[key], ", "))
		name = ""
	}
	for _, key := range w.Absent {
		row(name, key+" is not there")
		name = ""
	}
	if madeUp(w) {
		p.Prose("  "+label(""), facts.ProbeName+" is made up: it stands for any name that the policies do not mention", text.Dim)
	}
	decision := answerAllowed
	if w.Decision == "Depends" {
		decision = answerDepends
	}
	p.Prose("  "+label("decision")+answerMark(decision)+" ", text.Safe(w.Decision)+text.Dim.Render("  by the evaluator, of the policies as they stand"), text.Plain)
	for _, words := range w.Depends {
		row("", words)
	}
	if again := askAgain(f, input); again != "" {
		p.Line("  ", label("ask again"), text.Pointer.Render(again)) // on one line, however long, so that it can be copied
	}
}

// madeUp reports whether a request holds the name that stands for any.
func madeUp(w *finding.Witness) bool {
	parts := []string{w.Principal, w.Action, w.Resource}
	for _, values := range w.Context {
		parts = append(parts, values...)
	}
	return slices.ContainsFunc(parts, func(s string) bool { return strings.Contains(s, facts.ProbeName) })
}

// askAgain is the command that decides a witness once more; empty where it is no user's or role's of the account, or
// its action is none that ambit can knows.
func askAgain(f *finding.Finding, input []string) string {
	w := f.Told().Witness
	a, err := arn.Parse(w.Principal)
	if err != nil || a.Service != "iam" || a.Account != f.Subject.Account || !strings.HasPrefix(a.Resource, "user/") && !strings.HasPrefix(a.Resource, "role/") {
		return ""
	}
	if _, known := iamref.ActionOf(w.Action); !known {
		return ""
	}
	words := []string{"ambit", "can", w.Principal, w.Action, w.Resource}
	for _, key := range slices.Sorted(maps.Keys(w.Context)) {
		for _, value := range w.Context[key] {
			words = append(words, "-c", key+"="+value)
		}
	}
	for _, key := range w.Absent {
		words = append(words, "-c", "!"+key)
	}
	words = append(words, input...)
	for i, word := range words {
		if text.Safe(word) != word {
			return "" // it cannot be shown, and so not be copied
		}
		words[i] = shellQuote(word)
	}
	return strings.Join(words, " ")
}

// shellQuote makes one word of a text for any POSIX shell.
func shellQuote(s string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=@+,%"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
