package gsl_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/gsl"
	"github.com/ambit-iam/ambit/internal/source"
)

// remarksOn are rules with the first remark that must be made: a severity, a column and words of the message
// or the hint. No severity: no remark at all.
var remarksOn = []struct {
	rule     string
	severity source.Severity
	column   int
	says     string
}{
	{rule: "true"},
	{rule: "IAMUSER where name regexMatch /^<root_account>$/i should have mfaActive=true"},
	{rule: "list<iamuser> should have items"},
	{rule: "IamUser should have firstAccessKey.isActive and data.any.thing and ~name and ~getValue('name')"},
	{rule: "IamUser should have keys contain [isActive] and inlinePolicies contain [document.Statement contain [Effect]]"},
	{rule: "IamPolicy should have document.Statement contain [Action = '*' or Action contain ['*']]"},
	{rule: "IamUser should have createDate before(setting('age'), 'days') and name in (setting('names'))"},

	// entities
	{"IamUsr should have name", source.Error, 1, `did you mean "IamUser"?`},
	{"Banana should have name", source.Error, 1, "unknown entity type"},
	{"List<IamUsr> should have items", source.Error, 6, `did you mean "IamUser"?`},
	{"List<LogProfile> should have items", source.Note, 6, "Azure is not read"},
	{"CloudTrail should have kmsKeyId", source.Note, 1, "cloudtrail is not read yet"},
	{"cloudtrail where event.name='CreateAccessKey' and identity.type='Root'", source.Note, 1, "events come later"},

	// properties
	{"IamUser should have mfaActiv = true", source.Warning, 21, `did you mean "mfaActive"?`},
	{"IamUser should have banana", source.Warning, 21, "IamUser has no property"},
	{"IamUser should have firstAccessKey.isactive", source.Warning, 21, `did you mean "isActive"?`},
	{"IamUser should have keys contain [name]", source.Warning, 35, "AccessKey has no property"},
	{"IamUser should have keys contain [~banana]", source.Warning, 35, "IamUser has no property"},
	{"IamUser should have keys.isActive", source.Warning, 21, "contain [isActive"},
	{"IamUser should have name.first", source.Warning, 21, "has no properties"},
	{"IamUser should have name = null", source.Warning, 28, "isEmpty()"},
	{"IamUser should have getValue('banana')", source.Warning, 30, "IamUser has no property"},
	{"List<IamUser> should have name", source.Warning, 27, "List<IamUser> has no property"},
	{"IamUser should have keys groupBy [activ] contain [values]", source.Warning, 35, "no property"},
	{"IamUser should have keys groupBy [isActive] contain [vales]", source.Warning, 54, `did you mean "values"?`},
	{"IamUser should have a" + strings.Repeat(".a", 64), source.Error, 21, "more than 64"},
	{"IamUser should have name) ]", source.Warning, 25, "surplus"},

	// what is rarely meant
	{"IamPolicy should have document.Statement contain [Action = 'x' and Action = 'y']", source.Note, 51, "may be a list"},
	{"IamPolicy should have document.Statement contain [Principal.AWS like 'x']", source.Note, 51, "may be a list"},
	{"IamPolicy should have document.Statement contain [Resource in ('x')]", source.Note, 51, "Resource contain [$ = …]"},
	{"IamUser should have attachedGroups = 'dev'", source.Warning, 21, "no scalar equals"},
	{"IamUser should have passwordLastUsed", source.Note, 21, "passwordLastUsed > 0"},

	// functions
	{"IamUser should have name lengt() > 1", source.Error, 26, `did you mean "length"?`},
	{"IamUser should have name isempty()", source.Error, 26, `did you mean "isEmpty"?`},
	{"IamUser should have attachedGroups hasAll('x')", source.Error, 36, `did you mean "hasAny"?`},
	{"IamUser should have name isEmpty(1)", source.Error, 21, "takes 0 arguments, not 1"},
	{"IamUser should have createDate before(-90)", source.Error, 21, "takes 2 arguments, not 1"},
	{"IamUser should have attachedGroups hasAny()", source.Error, 21, "at least 1"},
	{"IamUser should have name echo(1, 2)", source.Error, 21, "0 to 1"},
	{"IamUser should have attachedGroups hasAny(1)", source.Error, 21, "hasAny: argument 1 must be a string"},
	{"IamUser should have name hostName() = 'x'", source.Error, 26, "stands alone"},
	{"IamUser should have name setting('age')", source.Error, 26, "stands alone"},
	{"IamUser should have setting('aeg') = 1", source.Error, 29, `did you mean "age"?`},
	{"IamUser should have setting(name) = 1", source.Error, 29, "single quotes"},
	{"IamUser should have createDate before(-90, 'dayz')", source.Error, 44, `did you mean "days"?`},
	{"IamUser should have createDate before(-90, 'fortnights')", source.Error, 44, "the units are seconds,"},
	{"IamUser should have createDate before(-90, name)", source.Error, 44, "single quotes"},
	{"IamUser should have createDate before('x', 'days')", source.Error, 39, "takes a number"},
	{"IamUser should have createDate olderThan(true, 'parsecs')", source.Error, 48, "unknown unit"},
	{"IamUser should have createDate dateDifference(name, 'x') > 1", source.Error, 53, "unknown unit"},
	{"IamUser should have name split('')", source.Error, 32, "single quotes"},
	{"IamUser should have name getValue(name)", source.Error, 35, "single quotes"},
	{"IamUser should have getResource('x')", source.Error, 21, "getResource is not supported"},
	{"IamUser should have name getResources('x')", source.Error, 26, "not supported"},
	{"IamUser should have name startsWith('x')", source.Error, 26, "not supported"},
	{"IamUser should have keys every(isActive)", source.Error, 26, "not supported"},
	{"IamUser should have name inAsset()", source.Error, 26, "not supported"},
	{"IamUser should have getRemediation()", source.Error, 21, "not supported"},

	// regular expressions, lists, and text
	{"IamUser should have name regexMatch /(/", source.Error, 37, "bad regular expression: missing closing )"},
	{"IamUser should have name regexMatch /a(?=b)/", source.Error, 37, "look around"},
	{"IamUser should have name regexMatch /a{1001}/", source.Error, 37, "bad regular expression"},
	{rule: "IamUser should have name regexMatch /a/igui"},
	{"IamUser should have name regexMatch /a/x", source.Error, 37, "unknown flag"},
	{"IamUser should have name in ()", source.Error, 29, "empty"},
	{"IamUser should have name = \"x\"", source.Error, 28, "write 'x'"},
}

var settings = gsl.Options{Settings: map[string]gsl.Value{
	"age": gsl.NumberOf(-90), "names": gsl.ListOf(&gsl.Strings{"Alice", "Bob"}), "hidden": {},
}}

func TestCompile_remarks(t *testing.T) {
	t.Parallel()
	for _, c := range remarksOn {
		f := source.File{Text: c.rule}
		p, remarks := gsl.Compile(schema, f, settings)
		if (p == nil) != (c.severity == source.Error) || (p == nil) != source.HasErrors(remarks) {
			t.Errorf("%s: program %v, remarks %v", c.rule, p, remarks)
		}
		switch {
		case len(remarks) == 0:
			if c.severity != 0 {
				t.Errorf("%s: no remark", c.rule)
			}
		case remarks[0].Severity != c.severity, remarks[0].Span.Start.Column != c.column,
			!strings.Contains(remarks[0].Message+"\n"+remarks[0].Hint, c.says):
			t.Errorf("%s: want %v at %d: %s; got %s", c.rule, c.severity, c.column, c.says, remarks[0].Append(nil, f))
		}
	}
}

// A remark reads well where it is printed.
func TestCompile_printed(t *testing.T) {
	t.Parallel()
	f := source.File{Name: "rule.gsl", Text: "IamPolicy where atachmentCount > 0\n should have document lengt() > 1"}
	_, remarks := gsl.Compile(schema, f, gsl.Options{})
	var sb strings.Builder
	if err := source.Print(&sb, f, remarks); err != nil {
		t.Fatal(err)
	}
	want := `rule.gsl:1:17: warning: IamPolicy has no property "atachmentCount": it reads as null
  IamPolicy where atachmentCount > 0
                  ^^^^^^^^^^^^^^
  hint: did you mean "attachmentCount"?
rule.gsl:2:23: error: unknown function "lengt"
   should have document lengt() > 1
                        ^^^^^
  hint: did you mean "length"?
`
	if diff := cmp.Diff(want, sb.String()); diff != "" {
		t.Error(diff)
	}
}

func TestCompile_manyRemarks(t *testing.T) {
	t.Parallel()
	text := "IamUser should have a" + strings.Repeat(" or b", 1000) + " or f()"
	p, remarks := gsl.Compile(schema, source.File{Text: text}, gsl.Options{})
	if p != nil || len(remarks) != 101 || !source.HasErrors(remarks) {
		t.Errorf("program %v, %d remarks", p, len(remarks))
	}
}

func TestProgram_reads(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string][]string{
		"true": nil,
		"IamUser where passwordEnabled=true should have mfaActive=true exclude name like 'x%'": {
			"IamUser.mfaActive", "IamUser.name", "IamUser.passwordEnabled",
		},
		"IamUser should have keys contain [isActive and ~mfaActive and ~getValue('path')]": {
			"IamUser.keys", "IamUser.mfaActive", "IamUser.path",
		},
		"IamUser should have createDate dateDifference(firstAccessKey.lastRotated, 'days') > 1": {
			"IamUser.createDate", "IamUser.firstAccessKey",
		},
		"List<IamUser> should have items groupBy [name] contain [values length() > 1 and values contain [mfaActive]]": {
			"IamUser.mfaActive", "IamUser.name",
		},
		"IamUser should have banana and name": {"IamUser.name"},
		"cloudtrail where event.name = 'x'":   nil,
	} {
		if diff := cmp.Diff(want, compile(t, rule, gsl.Options{}).Reads()); diff != "" {
			t.Errorf("%s:\n%s", rule, diff)
		}
	}
}

func TestProgram_entity(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]struct {
		entity *gsl.Type
		list   bool
	}{
		"true":                               {nil, false},
		"iamuser should have name":           {userType, false},
		"List<IamRole> should have items":    {roleType, true},
		"List<LogProfile> should have items": {nil, true},
		"CloudTrail should have kmsKeyId":    {nil, false},
	} {
		p := compile(t, rule, gsl.Options{})
		if p.Entity() != want.entity || p.List() != want.list {
			t.Errorf("%s: got %v, %v", rule, p.Entity(), p.List())
		}
	}
}

func TestFunction_checkError(t *testing.T) {
	t.Parallel()
	s := &gsl.Schema{Entities: []*gsl.Type{{Name: "A"}}, Functions: []*gsl.Function{{
		Name: "f", Example: "f()", Check: func([]gsl.Value) (any, error) { return nil, errors.New("no") },
		Call: func(*gsl.Call) gsl.Value { return gsl.Value{} },
	}}}
	p, remarks := gsl.Compile(s, source.File{Text: "A should have f()"}, gsl.Options{})
	if p != nil || len(remarks) != 1 || remarks[0].Message != "f: no" || remarks[0].Hint != "such as: f()" {
		t.Errorf("got %v, %v", p, remarks)
	}
}

// One schema and one program serve many goroutines.
func TestCompile_concurrent(t *testing.T) {
	t.Parallel()
	s := &gsl.Schema{Entities: schema.Entities, Functions: schema.Functions}
	rule := source.File{Text: "IamUser should have keys contain [$ regexMatch /true/] and attachedGroups hasAny('dev') and echo(name) = 'Alice'"}
	shared, _ := gsl.Compile(s, rule, gsl.Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				own, _ := gsl.Compile(s, rule, gsl.Options{})
				for _, p := range []*gsl.Program{own, shared} {
					if got := p.Judge(&gsl.Env{}, alice()); got.Valid != gsl.True {
						t.Errorf("got %v", got)
					}
				}
			}
		})
	}
	wg.Wait()
}
