package report

import (
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/finding"
)

// SchemaV1 names the JSON document of a run; docs/json.md describes it.
const SchemaV1 = "ambit.run/1"

const flushAt = 64 << 10 // bytes gathered before a write

// JSON writes a run as one ambit.run/1 document, a finding a line, as it streams by. The subjects of findings must stay what
// they are until the document is complete.
type JSON struct {
	w     io.Writer
	buf   []byte
	state section
	// The rule of the last finding, and how its id and aliases are written: findings come by rule, and share them.
	rule    string
	aliases map[string][]string
	named   string
	// How subjects are written, which findings share.
	subjects map[*finding.Subject]string
}

// maxSubjects bounds how many subjects are remembered.
const maxSubjects = 1 << 17

// section is the array of the document that is open.
type section uint8

const (
	inFindings section = iota
	afterFinding
	inGaps
	afterGap
)

// NewJSON makes the Handler. The document is complete when Finish returns.
func NewJSON(w io.Writer) *JSON {
	return &JSON{w: w, buf: make([]byte, 0, flushAt+flushAt/4), subjects: map[*finding.Subject]string{}}
}

// Start implements Handler.
func (j *JSON) Start(run Run) error {
	j.text(`{"schema":`).quote(SchemaV1).text(",\n\"run\":")
	if len(run.Accounts) == 0 {
		j.text("{}")
	} else {
		j.account(&run.Accounts[0])
		if len(run.Accounts) > 1 {
			j.buf = j.buf[:len(j.buf)-1] // the list goes inside the object of the first account
			j.text(`,"accounts":[`)
			for i := range run.Accounts {
				j.comma(i > 0).account(&run.Accounts[i])
			}
			j.text("]}")
		}
	}
	j.text(",\n\"findings\":[")
	return j.flush(0)
}

// Finding implements Handler.
func (j *JSON) Finding(f *finding.Finding) error {
	j.comma(j.state == afterFinding).text("\n")
	j.state = afterFinding
	if err := j.finding(f); err != nil {
		return err
	}
	return j.flush(flushAt)
}

// AppendFinding appends a finding as the JSON document has it.
func AppendFinding(to []byte, f *finding.Finding) ([]byte, error) {
	j := JSON{buf: to}
	err := j.finding(f)
	return j.buf, err
}

func (j *JSON) finding(f *finding.Finding) error {
	told := f.Told()
	j.text(`{"id":`).quote(f.ID).text(`,"rule":`).ruleOf(f)
	j.text(`,"verdict":`).quote(string(f.Verdict)).text(`,"severity":`).quote(f.Severity.String())
	j.text(`,"subject":`).subject(f.Subject).text(`,"why":`).quote(told.Why)
	j.text(`,"evidence":[`)
	for i := range told.Evidence {
		j.comma(i > 0).evidence(&told.Evidence[i])
	}
	j.text(`],"witness":`)
	if told.Witness == nil {
		j.text("null")
	} else if err := j.value(told.Witness); err != nil {
		return err
	}
	if len(told.Missing) > 0 {
		j.text(`,"missing":`)
		if err := j.value(told.Missing); err != nil {
			return err
		}
	}
	j.text(`,"fixes":`).list(told.Fixes).text("}")
	return nil
}

// Gap implements Handler.
func (j *JSON) Gap(g *Gap) error {
	j.openGaps()
	j.comma(j.state == afterGap).text("\n")
	j.state = afterGap
	j.text(`{"account":`).quote(string(g.Account)).text(`,"call":`).quote(g.Call)
	j.text(`,"error":`).quote(g.Error).text(`,"permission":`).quote(g.Permission)
	j.text(`,"part":`).quote(string(g.Part)).text(`,"subject":`).quote(g.Subject)
	j.text(`,"fields":`).list(g.Fields).text("}")
	return j.flush(flushAt)
}

// Finish implements Handler.
func (j *JSON) Finish(s Summary) error {
	j.openGaps()
	j.text("],\n\"summary\":{").field("accounts", s.Accounts).text(",").field("subjects", s.Subjects)
	j.text(",").field("findings", s.Verdicts.Total()).text(",").field("shown", s.Shown)
	j.text(`,"verdicts":`).verdicts(s.Verdicts).text(`,"failing":{`)
	for severity := finding.Critical; severity >= finding.Informational; severity-- {
		j.comma(severity < finding.Critical).field(severity.String(), s.Failing[severity])
	}
	j.text(`},"rules":`).verdicts(s.Rules).text(",").field("gaps", s.Gaps).text("}}\n")
	return j.flush(0)
}

// openGaps closes the findings, once, and opens the gaps.
func (j *JSON) openGaps() {
	if j.state < inGaps {
		j.text("],\n\"gaps\":[")
		j.state = inGaps
	}
}

func (j *JSON) account(a *Account) {
	j.text(`{"account":`).quote(string(a.ID)).text(`,"partition":`).quote(a.Partition)
	j.text(`,"takenAt":`).quote(a.TakenAt.UTC().Format(time.RFC3339))
	j.text(`,"source":`).quote(a.Source).text("}")
}

func (j *JSON) subject(s *finding.Subject) *JSON {
	if known, ok := j.subjects[s]; ok {
		return j.text(known)
	}
	from := len(j.buf)
	j.text(`{"type":`).quote(s.Type).text(`,"name":`).quote(s.Name).text(`,"arn":`).quote(s.ARN)
	j.text(`,"account":`).quote(s.Account)
	if s.ID != "" {
		j.text(`,"id":`).quote(s.ID)
	}
	j.text("}")
	if j.subjects != nil && len(j.subjects) < maxSubjects {
		j.subjects[s] = string(j.buf[from:])
	}
	return j
}

func (j *JSON) evidence(e *finding.Evidence) *JSON {
	j.text("{")
	if e.Document != "" {
		j.text(`"document":`).quote(e.Document).text(",")
	}
	j.text(`"pointer":`).quote(e.Pointer)
	if e.Line > 0 {
		j.text(",").field("line", e.Line).text(",").field("column", e.Column)
	}
	return j.text(`,"text":`).quote(e.Text).marks(e.Marks).text("}")
}

func (j *JSON) marks(marks []finding.Mark) *JSON {
	if len(marks) == 0 {
		return j
	}
	j.text(`,"marks":[`)
	for i := range marks {
		m := &marks[i]
		j.comma(i > 0).text(`{"pointer":`).quote(m.Pointer).text(",").field("start", m.Start).text(",").field("end", m.End).text("}")
	}
	return j.text("]")
}

// ruleOf writes a finding's rule with the aliases.
func (j *JSON) ruleOf(f *finding.Finding) *JSON {
	if j.named == "" || j.rule != f.Rule || !same(j.aliases, f.Aliases) {
		j.rule, j.aliases = f.Rule, f.Aliases
		from := len(j.buf)
		j.quote(f.Rule).text(`,"aliases":{`)
		for i, peer := range slices.Sorted(maps.Keys(f.Aliases)) {
			j.comma(i > 0).quote(peer).text(":").list(f.Aliases[peer])
		}
		j.text("}")
		j.named = string(j.buf[from:])
		return j
	}
	return j.text(j.named)
}

// same reports whether two maps are one.
func same(a, b map[string][]string) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

func (j *JSON) verdicts(v Verdicts) *JSON {
	j.text("{").field("fail", v.Fail).text(",").field("pass", v.Pass).text(",").field("unknown", v.Unknown)
	j.text(",").field("not-applicable", v.NotApplicable).text(",").field("accepted", v.Accepted)
	return j.text("}")
}

// value writes a value of a type that only its owner knows.
func (j *JSON) value(v any) error {
	raw, err := json.Marshal(v, json.Deterministic(true))
	j.buf = append(j.buf, raw...)
	return err
}

func (j *JSON) list(items []string) *JSON {
	j.text("[")
	for i, s := range items {
		j.comma(i > 0).quote(s)
	}
	return j.text("]")
}

func (j *JSON) field(name string, n int) *JSON {
	j.quote(name).text(":")
	j.buf = strconv.AppendInt(j.buf, int64(n), 10)
	return j
}

// quote writes a string. Bytes that are not UTF-8 become U+FFFD, which AppendQuote reports as an error that
// tells us nothing new.
func (j *JSON) quote(s string) *JSON {
	j.buf, _ = jsontext.AppendQuote(j.buf, s)
	return j
}

func (j *JSON) comma(needed bool) *JSON {
	if needed {
		j.buf = append(j.buf, ',')
	}
	return j
}

func (j *JSON) text(s string) *JSON {
	j.buf = append(j.buf, s...)
	return j
}

// flush writes what was gathered once it is at least so many bytes.
func (j *JSON) flush(atLeast int) error {
	if len(j.buf) < atLeast {
		return nil
	}
	_, err := j.w.Write(j.buf)
	j.buf = j.buf[:0]
	return err
}
