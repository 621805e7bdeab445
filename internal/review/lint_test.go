package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ambit-iam/ambit/internal/policy"
	"github.com/ambit-iam/ambit/internal/review/reviewtest"
	"github.com/ambit-iam/ambit/internal/source"
)

// smellCase is one document and what one rule says of it.
type smellCase struct {
	name string
	// text is statements, without the document around them, in which § stands where a smell is expected. In a
	// statement without Effect it is Allow; without Resource, of an identity policy, "*".
	text string
	want string // the messages, one a line
}

// checkSmells runs one rule over documents of one kind.
func checkSmells(t *testing.T, r Rule, kind policy.DocumentKind, cases []smellCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(string(r)+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			checkDocument(t, r, kind, `{"Version":"2012-10-17","Statement":[`+complete(tt.text, kind)+`]}`, tt.want)
		})
	}
}

// complete adds the elements that a case leaves out.
func complete(text string, kind policy.DocumentKind) string {
	var out []string
	for statement := range strings.SplitSeq(text, "\n") {
		statement = strings.TrimSpace(statement)
		if !strings.Contains(statement, `"Effect"`) {
			statement = strings.Replace(statement, "{", `{"Effect":"Allow",`, 1)
		}
		if kind == policy.Identity && !strings.Contains(statement, `Resource"`) {
			statement = strings.TrimSuffix(statement, "}") + `,"Resource":"*"}`
		}
		out = append(out, statement)
	}
	return strings.Join(out, ",")
}

func checkDocument(t *testing.T, r Rule, kind policy.DocumentKind, marked, messages string) {
	t.Helper()
	pieces := strings.Split(marked, "§")
	text := strings.Join(pieces, "")
	var want []string
	offset := 0
	for i, message := range strings.Split(messages, "\n") {
		if message == "" {
			continue
		}
		if i >= len(pieces)-1 {
			t.Fatalf("no § for %q", message)
		}
		offset += len(pieces[i])
		want = append(want, fmt.Sprintf("%d: %s", offset, message))
	}
	doc := policy.Parse(text)
	if r != Fault && len(doc.Faults) > 0 {
		t.Fatalf("%s: %v", text, doc.Faults)
	}
	var got []string
	for _, s := range Lint(doc, kind) {
		if s.Rule == r {
			got = append(got, fmt.Sprintf("%d: %s", s.Span.Start.Offset, s.Message))
			if s.Severity < source.Error || s.Severity > source.Note || s.Why == "" {
				t.Errorf("incomplete: %+v", s)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n(-want +got):\n%s", text, diff)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	seen := map[Rule]bool{}
	for _, a := range Rules() {
		if seen[a.Rule] || a.Why == "" || a.Severity < source.Error || a.Severity > source.Note {
			t.Errorf("%+v is incomplete, or there twice", a)
		}
		if a.Rule != Rule(strings.ToLower(string(a.Rule))) || strings.ContainsAny(string(a.Rule), " _") {
			t.Errorf("%q is no rule's name", a.Rule)
		}
		seen[a.Rule] = true
	}
	if len(seen) < 40 {
		t.Errorf("only %d rules", len(seen))
	}
}

func TestLint_faults(t *testing.T) {
	t.Parallel()
	checkDocument(t, Fault, policy.Identity, `{"Statement":[{"Effect":§"allow","Action":"nosuch:*","Resource":"*"}]}`, `Effect is neither "Allow" nor "Deny"`)
	checkDocument(t, UnknownService, policy.Identity, `{"Statement":[{"Effect":"Allow","Action":§"nosuch:*","Resource":"*"}]}`, `no service "nosuch" is known`)
	checkDocument(t, Fault, policy.Identity, `{"Statement":[§{"Effect":"Allow","Action":"*"}]}`, "statement of an identity policy names no resource")
	checkDocument(t, Fault, policy.Identity, `§`, "document is empty")

	smells := Lint(policy.Parse(`{"Statement":[{"Effect":"Allow","Action":"nosuch:*","Resource":["*"],"Principal":"*"}]}`), policy.Identity)
	if len(smells) < 3 || smells[0].Rule != Fault || smells[0].Pointer != "/Statement/0/Principal" || smells[0].Severity != source.Error {
		t.Errorf("faults do not come first: %+v", smells)
	}
	if smells := Lint(policy.Parse(`{"Statement":[{"Effect":"allow","Action":"nosuch:*","Resource":"*"}]}`), policy.Identity); len(smells) != 1 || smells[0].Pointer != "/Statement/0/Effect" {
		t.Errorf("a document with a fault is looked at further: %+v", smells)
	}
	for _, text := range []string{"", "{", "[]", "null"} {
		if smells := Lint(policy.Parse(text), policy.Trust); len(smells) != 1 || smells[0].Rule != Fault {
			t.Errorf("%q: %+v", text, smells)
		}
	}
}

func TestSmell_Diagnostic(t *testing.T) {
	t.Parallel()
	text := "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObjects\", \"Resource\": \"*\"}\n}\n"
	smells := Lint(policy.Parse(text), policy.Identity)
	if len(smells) != 1 {
		t.Fatalf("%+v", smells)
	}
	got := string(smells[0].Diagnostic().Append(nil, source.File{Name: "p.json", Text: text}))
	want := `p.json:3:46: warning: no action "s3:GetObjects" is known
    "Statement": {"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*"}
                                               ^^^^^^^^^^^^^^^
  hint: did you mean "s3:GetObject"?
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLint_bounds: of each rule a page is enough.
func TestLint_bounds(t *testing.T) {
	t.Parallel()
	var actions []string
	for i := range 200 {
		actions = append(actions, fmt.Sprintf(`"s3:No%d","nosuch%d:X"`, i, i))
	}
	doc := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":[` + strings.Join(actions, ",") + `],"Resource":"*"}]}`)
	count := map[Rule]int{}
	for _, s := range Lint(doc, policy.Identity) {
		count[s.Rule]++
	}
	if count[UnknownAction] != maxPerRule || count[UnknownService] != maxPerRule {
		t.Errorf("%v", count)
	}
}

// TestLint_budget: what could not be compared is said.
func TestLint_budget(t *testing.T) {
	t.Parallel()
	smells := Lint(policy.Parse(reviewtest.Hostile()["wild actions"]), policy.Identity)
	if i := len(smells) - 1; i < 0 || !strings.Contains(fmt.Sprint(smells), "too many elements to compare each with each") {
		t.Errorf("%d smells, and none says that the document is too large", len(smells))
	}
}
