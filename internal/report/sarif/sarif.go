// Package sarif writes a run as SARIF 2.1.0, in the shape that GitHub code scanning shows well.
//
// Contract: the document validates against the standard's schema. What fails, or was accepted, is a result;
// what could not be read, or was cut, is a notification. Results are sorted by severity, worst first.
// Limits: at most 25,000 results, which is what code scanning takes; the cut is said in the document and by Cut.
// A live account has no files, so that a result's place is a stable made-up path, such as aws/111111111111/role/app.
// Floor: 6.
package sarif

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/report"
	"github.com/ambit-iam/ambit/internal/rule"
)

// MaxResults is the number of results of one run that code scanning takes.
const MaxResults = 25_000

const (
	schemaURI   = "https://json.schemastore.org/sarif-2.1.0.json"
	homepage    = "https://github.com/ambit-iam/ambit"
	fingerprint = "ambitFindingId/v1"
	maxTags     = 20 // of one rule
)

// Writer is the Handler. The document is written by Finish.
type Writer struct {
	w       io.Writer
	max     int
	run     run
	index   map[string]int // of a rule in the driver's list
	results []sorted
	unread  int
	unknown int
	cut     int
}

// sorted is a result with the severity it is sorted by.
type sorted struct {
	severity finding.Severity
	result   result
}

// New makes the Handler.
func New(w io.Writer) *Writer { return &Writer{w: w, max: MaxResults, index: map[string]int{}} }

// Cut is the number of results that Finish had to leave out.
func (w *Writer) Cut() int { return w.cut }

// Start implements report.Handler.
func (w *Writer) Start(r report.Run) error {
	id := "ambit/scan/"
	if len(r.Accounts) == 1 {
		id += string(r.Accounts[0].ID) + "/" // the trailing slash makes all of it the category
	}
	w.run = run{
		Tool:              tool{Driver: driver{Name: "Ambit", Version: r.Tool, InformationURI: homepage, Rules: []descriptor{}}},
		AutomationDetails: automationDetails{ID: id},
		Invocations:       []invocation{{}},
		ColumnKind:        "unicodeCodePoints",
	}
	for i, one := range r.Rules {
		w.index[one.ID] = i
		w.run.Tool.Driver.Rules = append(w.run.Tool.Driver.Rules, describe(one))
	}
	for _, note := range r.Notes {
		w.notify(levelNote, note)
	}
	return nil
}

// Finding implements report.Handler.
func (w *Writer) Finding(f *finding.Finding) error {
	switch f.Verdict {
	case finding.Fail, finding.Accepted:
		w.results = append(w.results, sorted{f.Severity, w.resultOf(f)})
	case finding.Unknown:
		w.unknown++
	case finding.Pass, finding.NotApplicable:
	}
	return nil
}

// Gap implements report.Handler.
func (w *Writer) Gap(g *report.Gap) error {
	w.unread++
	text := fmt.Sprintf("not read: %s in account %s: %s", g.Call, g.Account, g.Error)
	if g.Subject != "" {
		text += "; concerns " + g.Subject
	}
	if g.Permission != "" {
		text += "; grant " + g.Permission
	}
	w.notify(levelWarning, text)
	return nil
}

// Finish implements report.Handler.
func (w *Writer) Finish(report.Summary) error {
	slices.SortStableFunc(w.results, func(a, b sorted) int { return cmp.Compare(b.severity, a.severity) })
	if w.cut = max(0, len(w.results)-w.max); w.cut > 0 {
		w.results = w.results[:w.max]
		w.notify(levelWarning, fmt.Sprintf("%d results of lower severity are left out: a run holds %d", w.cut, w.max))
	}
	if w.unknown > 0 {
		w.notify(levelWarning, fmt.Sprintf("%d judgements are unknown, since something they need was not read", w.unknown))
	}
	w.run.Invocations[0].ExecutionSuccessful = w.unread == 0
	w.run.Results = make([]result, 0, len(w.results))
	for i := range w.results {
		w.run.Results = append(w.run.Results, w.results[i].result)
	}
	document := log{Schema: schemaURI, Version: "2.1.0", Runs: []run{w.run}}
	if err := json.MarshalWrite(w.w, document, json.Deterministic(true), jsontext.WithIndent(" ")); err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	_, err := io.WriteString(w.w, "\n")
	return err
}

func (w *Writer) notify(l level, text string) {
	n := &w.run.Invocations[0].Notifications
	*n = append(*n, notification{Level: l, Message: message{valid(text)}})
}

func (w *Writer) resultOf(f *finding.Finding) result {
	index, ok := w.index[f.Rule]
	if !ok {
		index = -1 // the standard's word for "not in the list"
	}
	r := result{
		RuleID: f.Rule, RuleIndex: index, Level: levelOf(f.Severity),
		Message:             message{valid(cmp.Or(f.Told().Why, f.Subject.Type+" "+f.Subject.Name))},
		Locations:           []location{locate(f.Subject)},
		PartialFingerprints: map[string]string{fingerprint: f.ID},
		Properties:          resultProperties{Severity: f.Severity.String(), Account: f.Subject.Account},
	}
	for _, e := range f.Told().Evidence {
		r.Properties.Evidence = append(r.Properties.Evidence, evidence{
			Document: valid(e.Document), Pointer: valid(e.Pointer), Line: e.Line, Column: e.Column, Text: valid(e.Text),
		})
	}
	if f.Verdict == finding.Accepted {
		r.Suppressions = []suppression{{Kind: "external", Status: "accepted", Justification: valid(f.Told().Why)}}
	}
	return r
}

// locate makes the stable path of a subject: the parts of its ARN, each escaped.
func locate(s *finding.Subject) location {
	resource := s.Type + "/" + s.Name
	if parts := strings.SplitN(s.ARN, ":", 6); len(parts) == 6 && parts[5] != "" {
		resource = parts[5]
	}
	if s.ID != "" {
		resource += "/" + s.ID
	}
	path := []string{"aws", url.PathEscape(s.Account)}
	for segment := range strings.SplitSeq(resource, "/") {
		if segment == "." || segment == ".." {
			segment = "%2E" // a name must not walk up the reader's tree
		} else {
			segment = url.PathEscape(valid(segment))
		}
		path = append(path, segment)
	}
	return location{
		PhysicalLocation: physicalLocation{ArtifactLocation: artifactLocation{strings.Join(path, "/")}, Region: region{StartLine: 1}},
		LogicalLocations: []logicalLocation{{
			Name: valid(s.Name), FullyQualifiedName: valid(cmp.Or(s.ARN, s.Account+"/"+s.Type+"/"+s.Name)), Kind: "resource",
		}},
	}
}

func describe(r *rule.Rule) descriptor {
	d := descriptor{
		ID:                   r.ID,
		ShortDescription:     message{r.Title},
		FullDescription:      message{cmp.Or(r.Why, r.Title)},
		Help:                 help{Text: cmp.Or(r.Why, r.Title), Markdown: r.Why},
		DefaultConfiguration: configuration{levelOf(r.Severity)},
		Properties:           ruleProperties{Tags: tags(r), SecuritySeverity: score(r.Severity)},
	}
	if len(r.References) > 0 {
		d.HelpURI = r.References[0]
	}
	return d
}

// tags says which published checks a rule answers to, within the number that code scanning takes.
func tags(r *rule.Rule) []string {
	all := []string{"security", "aws", "iam"}
	var ids []string
	for peer, of := range r.Aliases {
		for _, id := range of {
			ids = append(ids, peer+":"+id)
		}
	}
	slices.Sort(ids)
	all = append(all, slices.Compact(ids)...) // the standard wants each once
	return all[:min(len(all), maxTags)]
}

func levelOf(s finding.Severity) level {
	switch {
	case s >= finding.High:
		return levelError
	case s == finding.Medium:
		return levelWarning
	}
	return levelNote
}

// score is the number in whose bands code scanning shows critical, high, medium and low.
func score(s finding.Severity) string {
	switch s {
	case finding.Critical:
		return "9.5"
	case finding.High:
		return "8.0"
	case finding.Medium:
		return "5.5"
	case finding.Low:
		return "3.0"
	case finding.Informational:
	}
	return "1.0"
}

// valid makes account text fit for JSON, which takes UTF-8 only.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
