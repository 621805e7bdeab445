package gsl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/gsl"
)

// tracer writes down what it is told.
type tracer struct{ lines []string }

func (x *tracer) Evidence(v gsl.Value) { x.lines = append(x.lines, "evidence "+show(v)) }
func (x *tracer) Field(path string, v gsl.Value) {
	x.lines = append(x.lines, "field "+path+"="+show(v))
}

func (x *tracer) UnknownReason(path, why string) {
	x.lines = append(x.lines, "unknown "+path+" "+why)
}

func show(v gsl.Value) string {
	switch v.Kind() {
	case gsl.Null:
		return "null"
	case gsl.Bool, gsl.Number:
		return fmt.Sprint(v.Number())
	case gsl.String:
		return v.Text()
	case gsl.Object:
		switch o := v.Ref().(type) {
		case gsl.Record:
			return string(o.AppendJSON(nil))
		case *key:
			return "key"
		}
	}
	return v.Kind().String()
}

func touchesUnknown(expr string) bool {
	return strings.Contains(expr, "hidden") || strings.Contains(expr, "holes") || strings.Contains(expr, "isHidden")
}

func TestJudge_trace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule string
		want []string
	}{
		{
			"IamUser where passwordEnabled = true should have mfaActive = true",
			[]string{"field passwordEnabled=1", "field mfaActive=0"},
		},
		{"IamUser where name = 'Bob' should have mfaActive = true", nil},
		// The operands that made the result.
		{"IamUser should have name = 'Alice' and mfaActive = true", []string{"field mfaActive=0"}},
		{"IamUser should have name = 'Alice' and accountNumber", []string{"field name=Alice", "field accountNumber=111122223333"}},
		{"IamUser should have mfaActive or name = 'Alice'", []string{"field name=Alice"}},
		{"IamUser should have mfaActive or name = 'Bob'", []string{"field mfaActive=0", "field name=Alice"}},
		{"IamUser should have mfaActive or hidden or name = 'Bob'", []string{"unknown hidden credentialReport"}},
		{"IamUser should have name and hidden and accountNumber", []string{"unknown hidden credentialReport"}},
		{"IamUser should have name and hidden and mfaActive", []string{"field mfaActive=0"}},
		// Every element that matched, with what in it matched.
		{
			"IamUser should not have data.many contain [Action contain ['*', 's3:%']]",
			[]string{
				"evidence s3:Get*", "evidence s3:Put", `evidence {"Action":["s3:Get*","s3:Put"],"Effect":"Allow"}`,
				"evidence *", `evidence {"Action":"*","Effect":"Deny"}`,
			},
		},
		// Nothing of an element that did not match in the end.
		{
			"IamUser should not have data.many contain [Action contain ['*', 's3:%'] and Effect = 'Deny']",
			[]string{"evidence *", `evidence {"Action":"*","Effect":"Deny"}`},
		},
		{"IamUser should have data.many contain [Effect = 'x']", nil},
		{"IamUser should have attachedGroups contain-all ['dev']", []string{"evidence ops"}},
		{"IamUser should have attachedGroups contain-none ['dev']", []string{"evidence dev"}},
		{"IamUser should have data.many with [Effect = 'Deny']", []string{`evidence {"Action":"*","Effect":"Deny"}`}},
		{"IamUser should not have data.many with [Effect = 'Deny'] length() > 0", []string{`evidence {"Action":"*","Effect":"Deny"}`}},
		{"IamUser should not have attachedGroups groupBy [x] contain [values length() > 1]", []string{"evidence dev", "evidence ops"}},
		{"IamUser should have keys contain [isActive = true]", []string{"evidence key"}},
		{"IamUser should have keys contain [~name = 'Alice' and isActive]", []string{"field name=Alice", "evidence key"}},
		// Unknowns say why.
		{"IamUser should have hidden = 'x'", []string{"unknown hidden credentialReport"}},
		{"IamUser should have holes contain ['x']", []string{"unknown $ groups"}},
		{"IamUser should have holes contain ['dev']", []string{"evidence dev"}},
		{"IamUser should have holes with [$ = 'x'] length() = 1", []string{"unknown $ groups"}},
		{"IamUser should have isHidden()", []string{"unknown isHidden() key"}},
		{"IamUser should have not attachedGroups hasAny('ops')", []string{"evidence ops"}},
		{"IamUser should have attachedGroups hasAny('ops') and mfaActive", []string{"field mfaActive=0"}},
	} {
		trace := &tracer{}
		run(t, c.rule, gsl.Env{Now: now.Unix(), Trace: trace}, alice())
		if diff := cmp.Diff(c.want, trace.lines); diff != "" {
			t.Errorf("%s:\n%s", c.rule, diff)
		}
	}
}

func TestJudge_traceAsPublished(t *testing.T) {
	t.Parallel()
	trace := &tracer{}
	got := run(t, "IamUser should have hidden = 'x' or holes contain ['x']", gsl.Env{UnknownAsNull: true, Trace: trace}, alice())
	if got.Valid != no {
		t.Errorf("got %v", got)
	}
	for _, line := range trace.lines {
		if strings.HasPrefix(line, "unknown") {
			t.Error(line)
		}
	}
}
