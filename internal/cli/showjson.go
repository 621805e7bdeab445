package cli

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/finding"
	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/report"
)

// maxDepth bounds nested properties: a user shows its groups, and not their users again.
const maxDepth = 3

// shownEntity is an entity for programs.
type shownEntity struct {
	Subject    *finding.Subject  `json:"subject"`
	Properties jsontext.Value    `json:"properties"` // as GSL sees them; dates are unix seconds
	Unknown    map[string]string `json:"unknown"`    // properties that are null above since they could not be read, and why
	Gaps       []account.Gap     `json:"gaps"`
	Findings   []jsontext.Value  `json:"findings"` // as in ambit.run/1
}

// writeShown writes a list of entities.
func (a *app) writeShown(all []shown) error {
	rows := make([]shownEntity, 0, len(all))
	for i := range all {
		s := &all[i]
		row := shownEntity{
			Subject: s.entity.Subject, Unknown: map[string]string{},
			Gaps: append([]account.Gap{}, s.gaps...), Findings: []jsontext.Value{},
		}
		for k := range s.findings {
			raw, err := report.AppendFinding(nil, &s.findings[k])
			if err != nil {
				return err
			}
			row.Findings = append(row.Findings, raw)
		}
		w := valueWriter{unknown: row.Unknown}
		w.object(s.entity.Type, s.entity.Self, "", 0)
		row.Properties = w.buf
		rows = append(rows, row)
	}
	return a.writeJSON(rows)
}

// valueWriter writes GSL values as JSON and notes what is unknown.
type valueWriter struct {
	buf     []byte
	unknown map[string]string // path to reason
}

func (w *valueWriter) object(t *gsl.Type, self any, path string, depth int) {
	w.buf = append(w.buf, '{')
	for i, p := range t.Properties {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.quote(p.Name)
		w.buf = append(w.buf, ':')
		w.value(p.Get(self), p.Elem, path+p.Name, depth+1)
	}
	w.buf = append(w.buf, '}')
}

func (w *valueWriter) value(v gsl.Value, elem *gsl.Type, path string, depth int) {
	switch v.Kind() {
	case gsl.Bool:
		w.buf = strconv.AppendBool(w.buf, v.Number() != 0)
	case gsl.Number:
		w.buf = strconv.AppendFloat(w.buf, v.Number(), 'f', -1, 64)
	case gsl.String:
		w.quote(v.Text())
	case gsl.List:
		w.list(v.Sequence(), elem, path, depth)
	case gsl.Object:
		if r, ok := v.Ref().(gsl.Record); ok {
			w.buf = r.AppendJSON(w.buf)
			return
		}
		if elem == nil || depth > maxDepth {
			w.buf = append(w.buf, "{}"...)
			return
		}
		w.object(elem, v.Ref(), path+".", depth)
	case gsl.Unknown:
		w.unknown[path] = v.Text()
		w.buf = append(w.buf, "null"...)
	case gsl.Null:
		w.buf = append(w.buf, "null"...)
	}
}

func (w *valueWriter) list(s gsl.Sequence, elem *gsl.Type, path string, depth int) {
	w.buf = append(w.buf, '[')
	n := 0
	if s != nil {
		n = s.Len()
	}
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.value(s.At(i), elem, path, depth)
	}
	w.buf = append(w.buf, ']')
}

// quote writes a string; bytes that are not UTF-8 become U+FFFD.
func (w *valueWriter) quote(s string) { w.buf, _ = jsontext.AppendQuote(w.buf, s) }

// prettyJSON is the JSON of a policy document on several lines.
func prettyJSON(r gsl.Record) string {
	v := jsontext.Value(r.AppendJSON(nil))
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		return string(v) // a document with duplicate names is shown as it is
	}
	return string(v)
}
