package syntax_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/gsl/syntax"
	"github.com/ambit-iam/ambit/internal/source"
)

// published are the two texts that must run exactly as they were published.
var published = []string{
	`IamPolicy where attachmentCount >0 should not have document.Statement contain [ Effect='Allow' and (Action='iam:DeactivateMFADevice' or Action='iam:EnableMFADevice' or Action='iam:ResyncMFADevicem' or Action='iam:DeleteVirtualMFADevice' or Action='iam:CreateVirtualMFADevice' or Action='iam:ListMFADevices' or Action='iam:ListVirtualMFADevices') ]`,
	`IamRole where assumeRolePolicy.Statement contain [ Effect = 'Allow' and Action = 'sts:AssumeRole' and Principal regexMatch /arn:aws:iam/ and not ~getValue('accountNumber') in (Principal.AWS split(':')) ] should have assumeRolePolicy.Statement contain [ Effect = 'Allow' and Action = 'sts:AssumeRole' and ( Condition.Bool.aws:MultiFactorAuthPresent= true or Condition.StringEquals.sts:ExternalId ) ]`,
}

// formats are rules with their canonical form; "" where the text is canonical.
var formats = []struct{ in, out string }{
	// forms
	{"true", ""},
	{" TRUE ", "true"},
	{"IamUser", ""},
	{"cloudtrail where event.name='CreateAccessKey' and identity.type='Root'", "cloudtrail where event.name = 'CreateAccessKey' and identity.type = 'Root'"},
	{"CloudTrail should have kmsKeyId", ""},
	{"IamUser should not have inlinePolicies", ""},
	{"IAMUSER WHERE name LIKE 'x' SHOULD NOT HAVE inlinePolicies", "IAMUSER where name like 'x' should not have inlinePolicies"},
	{"Instance should have vpc exclude name='test'", "Instance should have vpc exclude name = 'test'"},
	{"IamUser where name='x' should fail", "IamUser where name = 'x' should fail"},
	{"IamUser should fail exclude name = 'x'", ""},
	{"List<LogProfile> should have items", ""},
	{"list < IamUser > where items should have items length()>0", "List<IamUser> where items should have items length() > 0"},
	{"Region should have a and b) ]", "Region should have a and b"},
	{"\ufeffA\u00a0should\r\n have\tb", "A should have b"},
	// precedence
	{"A should have a and b or c and d", ""},
	{"A should have (a and b) or (c and d)", "A should have a and b or c and d"},
	{"A should have a and (b or c) and d", ""},
	{"A should have (a and b) and c", ""},
	{"A should have not a and not (b or c)", ""},
	{"A should have not NOT a", "A should have not " + "not a"},
	{"A should have not arn regexMatch /aws:policy/", ""},
	{"A should have not vpcs isEmpty()", ""},
	{"A should have (((a)))", "A should have a"},
	// operators
	{"A should have a=1 and b!='x' and c<2 and d<=3 and e>4 and f>=-5", "A should have a = 1 and b != 'x' and c < 2 and d <= 3 and e > 4 and f >= -5"},
	{"A should have a = 1.50", "A should have a = 1.5"},
	{"A should have true=mfaActive", "A should have true = mfaActive"},
	{"A should have a = FALSE", "A should have a = false"},
	{"A should have firstAccessKey.lastUsedDate > firstAccessKey.lastRotated", ""},
	{"A should have a = b length()", ""},
	{"A should have a = (b contain [c])", ""},
	{"A should have (a = b) isEmpty()", ""},
	{"A should have a like '%x%' or b unlike 'y'", ""},
	{"A should have name regexMatch /^<root_account>$/i", ""},
	{`A should have name regexMatch /a\/[/]b/ims`, ""},
	{"A should have a in('Virtual','Hardware')", "A should have a in ('Virtual', 'Hardware')"},
	{"A should have a in (20, 21, 22)", ""},
	{"A should have a in ('x')", ""},
	{"A should have a in 'x'", "A should have a in ('x')"},
	{"A should have a in (('x'))", "A should have a in ('x')"},
	{"A should have x in (Principal.AWS split(':'))", ""},
	{"A should have x in ('a,b' split(','))", ""},
	{"A should have x in y", "A should have x in (y)"},
	{"A should have $ in (~names)", ""},
	{"A should have ~a = ~getValue('b') and ~ c.d", "A should have ~a = ~getValue('b') and ~c.d"},
	// blocks
	{"A should have s contain[$='*']", "A should have s contain [$ = '*']"},
	{"A should have s contain-none[arn or name]", "A should have s contain-none [arn or name]"},
	{"A should have Action contain ['s3:GetObject', 's3:Put%']", ""},
	{"A should have Action contain [('x')]", "A should have Action contain ['x']"},
	{"A should have p CONTAIN-ANY [x] and p contain-all [x] and p With [x]", "A should have p contain-any [x] and p contain-all [x] and p with [x]"},
	{"A should have document.Statement with [A] contain-all [B]", ""},
	{"A should have items groupBy [executionRoleArn, name] contain [values length() > 1]", ""},
	{"A should have policyDocument with [ Statement with [Effect='Allow'] ]", "A should have policyDocument with [Statement with [Effect = 'Allow']]"},
	{"A should have s contain ['a' = $]", ""},
	// functions
	{"A should have createDate after (-24, 'hours')", "A should have createDate after(-24, 'hours')"},
	{"A should have createDate dateDifference(firstAccessKey.lastRotated,'seconds') < 60", "A should have createDate dateDifference(firstAccessKey.lastRotated, 'seconds') < 60"},
	{"A should have metricFilters with [x] length() > 0", ""},
	{"A should have grants('iam:*') and x requires('k', not a or b)", ""},
	{"A should have Condition.StringLike.token.actions.githubusercontent.com:sub", ""},
	{"A should have Condition.StringEquals.s3:x-amz-server-side-encryption and have and fail", ""},
}

func parse(t *testing.T, text string) *syntax.Rule {
	t.Helper()
	r, list := syntax.Parse(source.File{Text: text})
	if r == nil {
		t.Fatalf("%s", list[0].Append(nil, source.File{Text: text}))
	}
	return r
}

// sameTree compares trees without their positions.
var sameTree = cmpopts.IgnoreTypes(source.Span{})

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, c := range formats {
		want := c.out
		if want == "" {
			want = c.in
		}
		r := parse(t, c.in)
		got := syntax.Format(r)
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, want)
		}
		if diff := cmp.Diff(r, parse(t, got), sameTree); diff != "" {
			t.Errorf("%s: the canonical form is another tree:\n%s", c.in, diff)
		}
	}
}

func TestParse_tree(t *testing.T) {
	t.Parallel()
	got := parse(t, "List<Lambda> where a should not have not x.y in (1) contain [$ = ~z] exclude f()")
	want := &syntax.Rule{
		Form: syntax.ShouldNot, List: true, Entity: syntax.Name{Text: "Lambda"}, Where: &syntax.Path{Text: "a"},
		Condition: &syntax.Not{X: &syntax.Block{
			X:     &syntax.In{X: &syntax.Path{Text: "x.y"}, List: []*syntax.Literal{{Kind: syntax.Number, Number: 1}}},
			Op:    syntax.Contain,
			Where: &syntax.Compare{X: &syntax.Self{}, Op: syntax.Equal, Y: &syntax.Path{Root: true, Text: "z"}},
		}},
		Exclude: &syntax.Call{Name: syntax.Name{Text: "f"}},
	}
	if diff := cmp.Diff(want, got, sameTree); diff != "" {
		t.Error(diff)
	}
}

// Every node stands in the text where it says it does.
func TestParse_positions(t *testing.T) {
	t.Parallel()
	text := "IamUser where é = 'x'" // not a letter of GSL
	if r, list := syntax.Parse(source.File{Text: text}); r != nil || list[0].Span.Start.Column != 15 {
		t.Errorf("got %v", list)
	}
	text = "A\n where name = 'é' and items contain [b > 2] should have c"
	r := parse(t, text)
	var got []string
	for x := range r.All() {
		span := x.Range()
		if span != (source.File{Text: text}).Span(span.Start.Offset, span.End.Offset) {
			t.Errorf("%T: line and column of %v do not belong to its offsets", x, span)
		}
		got = append(got, text[span.Start.Offset:span.End.Offset])
	}
	want := []string{
		"name = 'é' and items contain [b > 2]", "name = 'é'", "name", "'é'", "items contain [b > 2]", "items", "b > 2", "b", "2", "c",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParse_surplusClosers(t *testing.T) {
	t.Parallel()
	r, list := syntax.Parse(source.File{Text: "A should have b ) ]"})
	if r == nil || len(list) != 1 || list[0].Severity != source.Warning || list[0].Span.Start.Column != 17 || list[0].Span.End.Column != 20 {
		t.Errorf("got %v, %v", r, list)
	}
}

func TestParse_errors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		column int
		says   string // in the message or the hint
	}{
		{"", 1, "ends too early"},
		{"   ", 4, "ends too early"},
		{"'x'", 1, "begins with an entity type"},
		{"where a", 1, "begins with an entity type"},
		{"true and false", 6, "stands alone"},
		{"IamUser shuold have a", 9, `did you mean "should"?`},
		{"IamUser were a", 9, `did you mean "where"?`},
		{"IamUser where a shoud have b", 17, `did you mean "should"?`},
		{"IamUser where a annd b", 17, `did you mean "and"?`},
		{"IamUser should hav a", 16, `did you mean "have"?`},
		{"IamUser should", 15, "behind should"},
		{"IamUser should not fail", 20, "have"},
		{"IamUser should have", 20, "ends too early"},
		{"IamUser should have a exclude", 30, "ends too early"},
		{"IamUser exclude a", 9, "unexpected"},
		{`A where name = "admin"`, 16, "write 'admin'"},
		{"A where name = “admin”", 16, "write 'admin'"},
		{`A where name = "it's"`, 16, "write 'text'"},
		{"A where name == 'x'", 14, "write = to compare"},
		{"A where a && b", 11, "write and"},
		{"A where a || b", 11, "write or"},
		{"A where !a", 9, "write not"},
		{"A where a <> b", 11, "write !="},
		{"A where a + b", 11, "no arithmetic"},
		{"A where a - 1", 11, "no arithmetic"},
		{"A where a . b", 11, "without spaces"},
		{"A where a # b", 11, "unexpected character"},
		{"A where a = 'x", 13, "not closed"},
		{"A where a = 'x\n'", 13, "not closed"},
		{"A where a = 12abc", 13, "malformed number"},
		{"A where a = 1.2.3", 13, "malformed number"},
		{"A where a = " + strings.Repeat("9", 400), 13, "malformed number"},
		{"A where a in ()", 14, "empty"},
		{"A where a in ('x', b)", 20, "a list holds"},
		{"A where a in ('x' 'y')", 19, `want ")"`},
		{"A where a contain []", 19, "empty"},
		{"A where a contain ('x')", 19, "square brackets"},
		{"A where a contain-all [b", 25, `"]"`},
		{"A where a like b", 16, "single quotes"},
		{"A where a like /x/", 16, "single quotes"},
		{"A where a regexMatch 'x'", 22, "between slashes"},
		{"A where a regexMatch /x", 22, "not closed"},
		{"A where a regexMatch /" + strings.Repeat("x", 1001) + "/", 22, "1,000"},
		{"A where a groupBy []", 20, "takes properties"},
		{"A where a groupBy ['x']", 20, "takes properties"},
		{"A where (a", 11, `")"`},
		{"A where a.length() > 1", 9, "a length(…)"},
		{"A where f(a", 12, `","`},
		{"A where f(,)", 11, "want a property"},
		{"A where a = and", 13, "want a property"},
		{"A where ~'x'", 10, "behind ~"},
		{"A where a b", 11, "unexpected"},
		{"List<IamUser should have a", 14, ">"},
		{"List<> should have a", 5, "<>"},
		{"List< > should have a", 7, "entity type"},
		{"A where " + strings.Repeat("(", 101) + "a", 109, "deeper"},
		{"A where " + strings.Repeat("not ", 101) + "a", 409, "deeper"},
		{"A where a" + strings.Repeat(" f()", 101), 9, "in a row"},
		{"A where a in (" + strings.Repeat("1,", 10_000) + "1)", 20015, "more than"},
		{strings.Repeat("a", 65537), 1, "64 KiB"},
	} {
		r, list := syntax.Parse(source.File{Text: c.text})
		name := c.text[:min(len(c.text), 60)]
		switch {
		case r != nil:
			t.Errorf("%s: no error", name)
		case len(list) != 1 || list[0].Severity != source.Error:
			t.Errorf("%s: got %v", name, list)
		case list[0].Span.Start.Column != c.column || !strings.Contains(list[0].Message+"\n"+list[0].Hint, c.says):
			t.Errorf("%s:\n got column %d, %s (%s)\nwant column %d, %s", name, list[0].Span.Start.Column, list[0].Message, list[0].Hint, c.column, c.says)
		}
	}
}

func TestPreorder_stops(t *testing.T) {
	t.Parallel()
	r := parse(t, "A where a or b or c should have d")
	n := 0
	for range r.All() {
		if n++; n == 2 {
			break
		}
	}
	if all := len(slices.Collect(syntax.Preorder(r.Where))); n != 2 || all != 4 {
		t.Errorf("got %d and %d", n, all)
	}
}

// FuzzParsePrint: what parses prints to a text that parses to the same tree and prints the same.
func FuzzParsePrint(f *testing.F) {
	for _, text := range published {
		f.Add(text)
	}
	for _, c := range formats {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, list := syntax.Parse(source.File{Text: text})
		if r == nil {
			if !source.HasErrors(list) {
				t.Fatal("neither a tree nor an error")
			}
			list[0].Append(nil, source.File{Text: text})
			return
		}
		printed := syntax.Format(r)
		again, list := syntax.Parse(source.File{Text: printed})
		if again == nil {
			t.Fatalf("the canonical form %q does not parse: %v", printed, list)
		}
		if diff := cmp.Diff(r, again, sameTree); diff != "" {
			t.Fatalf("%q prints as %q, which is another tree:\n%s", text, printed, diff)
		}
		if twice := syntax.Format(again); twice != printed {
			t.Fatalf("%q prints as %q, and that as %q", text, printed, twice)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(published[1])))
	for b.Loop() {
		if r, _ := syntax.Parse(source.File{Text: published[1]}); r == nil {
			b.Fatal("no tree")
		}
	}
}

func TestParse_misplacedKeyword(t *testing.T) {
	t.Parallel()
	_, list := syntax.Parse(source.File{Text: "IamUser where a exclude b"})
	if len(list) != 1 || list[0].Hint != "" {
		t.Errorf("got %v, want one error without a guess at the spelling", list)
	}
}
