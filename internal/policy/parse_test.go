package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/source"
)

// said is a document's faults, one a line: line:column: message.
func said(faults []source.Diagnostic) string {
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "%d:%d: %s\n", f.Span.Start.Line, f.Span.Start.Column, f.Message)
	}
	return b.String()
}

// placed is a list of faults, each "byte offset: message".
func placed(faults []source.Diagnostic) []string {
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprint(f.Span.Start.Offset, ": ", f.Message))
	}
	return out
}

// marked takes the marks § out of a text, and puts the byte offset of each before its line of messages.
func marked(text, messages string) (clean string, want []string) {
	pieces := strings.Split(text, "§")
	offset := 0
	for i, message := range strings.Split(messages, "\n") {
		if message != "" {
			offset += len(pieces[i])
			want = append(want, fmt.Sprint(offset, ": ", message))
		}
	}
	return strings.Join(pieces, ""), want
}

// allow wraps elements in a document of one statement.
func allow(elements string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + elements + `}]}`
}

func TestParse_faults(t *testing.T) {
	t.Parallel()
	deep := func(before, behind int) string {
		return allow(`"Action":"*","Condition":` + strings.Repeat("[", before) + "§" + strings.Repeat("[", behind) + strings.Repeat("]", before+behind))
	}
	// The mark § stands where each fault is found; want holds their messages, one a line.
	tests := []struct{ name, text, want string }{
		{"empty", "§", "document is empty"},
		{"white space", "§ \n\t ", "document is empty"},
		{"truncated", "{\"Version\": \"2012-10-17\",\n\"Statement\": [{§", "document ends before it is complete"},
		{"truncated text", `{"Version": "2012§`, "document ends before it is complete"},
		{"not JSON", "{\n  §Effect: 1}", "document is not JSON: invalid character 'E' at start of value"},
		{"trailing comma", `{"Statement":[]§,}`, "document is not JSON: invalid character ',' at start of value"},
		{"byte order mark", "§\ufeff{}", "document begins with a byte order mark"},
		{"UTF-16", "§\xff\xfe{\x00}\x00", "document is UTF-16"},
		{"UTF-16, big end first", "§\xfe\xff\x00{\x00}", "document is UTF-16"},
		{"not UTF-8", "{\"Id\":\"§\xff\"}", "document is not JSON: invalid UTF-8"},
		{"half a surrogate", `{"Id":"§\ud800"}`, "document is not JSON: invalid surrogate pair `\\ud800\"}` in string"},
		{"trailing text", "{\"Statement\":[]}\n§}", "document goes on after its closing brace"},
		{"two documents", `{} §{}`, "document goes on after its closing brace"},
		{"root list", ` §[]`, "document is a list, not an object"},
		{"root null", `§null`, "document is null, not an object"},
		{"percent-encoded", `§%7B%7D`, "document is not JSON: invalid character '%' at start of value"},
		{"no Statement", `§{"Version":"2012-10-17"}`, "document has no Statement"},
		{"lower-case names", `§{§"statement":[]}`, "document has no Statement\ndocument has an unknown element \"statement\""},
		{"empty Statement", `{"Statement":§[]}`, "Statement is empty"},
		{"Statement a string", `{"Statement":§"x"}`, "Statement is a string, not an object or a list of objects"},
		{"statement a number", `{"Statement":[§7]}`, "statement is a number, not an object"},
		{"Version", `{"Version":§"2012-10-18","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, "Version is neither 2012-10-17 nor 2008-10-17"},
		{"Version a number", `{"Version":§2012,"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, "Version is neither 2012-10-17 nor 2008-10-17"},
		{"Id", `{"Id":§1,"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, "Id is a number, not a string"},
		{"no Effect", `{"Statement":§{"Action":"*","Resource":"*"}}`, "statement has no Effect"},
		{"Effect allow", `{"Statement":{"Effect":§"allow","Action":"*"}}`, "Effect is neither \"Allow\" nor \"Deny\""},
		{"Effect true", `{"Statement":{"Effect":§true,"Action":"*"}}`, "Effect is neither \"Allow\" nor \"Deny\""},
		{"no Action", `{"Statement":§{"Effect":"Allow","Resource":"*"}}`, "statement has neither Action nor NotAction"},
		{"Action with NotAction", `{"Statement":§{"Effect":"Deny","Action":"*","NotAction":"*"}}`, "statement has both Action and NotAction"},
		{"Resource with NotResource", `{"Statement":§{"Effect":"Deny","Action":"*","Resource":"*","NotResource":"*"}}`, "statement has both Resource and NotResource"},
		{"Principal with NotPrincipal", `{"Statement":§{"Effect":"Deny","Action":"*","Principal":"*","NotPrincipal":"*"}}`, "statement has both Principal and NotPrincipal"},
		{"empty Action", allow(`"Action":§[]`), "Action is an empty list"},
		{"empty NotAction", allow(`"NotAction":§[]`), "NotAction is an empty list"},
		{"empty Resource", allow(`"Action":"*","Resource":§[]`), "Resource is an empty list"},
		{"empty NotResource", allow(`"Action":"*","NotResource":§[]`), "NotResource is an empty list"},
		{"Action of numbers", allow(`"Action":["*",§1,§null]`), "\"Action\" holds a number where a string is wanted\n\"Action\" holds null where a string is wanted"},
		{"Action an object", allow(`"Action":§{}`), "\"Action\" holds an object where a string is wanted"},
		{"nested Action", allow(`"Action":[§["*"]]`), "\"Action\" holds a list where a string is wanted"},
		{"unknown element", allow(`"Action":"*",§"Resources":"*"`), "statement has an unknown element \"Resources\""},
		{"Sid a number", allow(`"Sid":§1,"Action":"*"`), "Sid is a number, not a string"},
		{"duplicate element", allow("\"Action\":\"a:*\",\n§\"Action\":\"b:*\""), "element \"Action\" stands twice in one object"},
		{"duplicate after unescape", allow(`"Action":"a:*",§"\u0041ction":"b:*"`), "element \"Action\" stands twice in one object"},
		{"duplicate condition key", allow(`"Action":"*","Condition":{"Bool":{"k":1,§"k":2}}`), "element \"k\" stands twice in one object"},
		{"duplicate at the root", `{"Statement":[],§"Statement":{"Effect":"Deny","Action":"*"}}`, "element \"Statement\" stands twice in one object"},
		{"Principal a name", allow(`"Action":"*","Principal":§"bob"`), "Principal is neither \"*\" nor an object of principal types"},
		{"Principal a list", allow(`"Action":"*","Principal":§["*"]`), "Principal is neither \"*\" nor an object of principal types"},
		{"Principal empty", allow(`"Action":"*","Principal":§{}`), "Principal is neither \"*\" nor an object of principal types"},
		{"Principal type", allow(`"Action":"*","Principal":{§"aws":"*"}`), "Principal has an unknown element \"aws\""},
		{"Principal of numbers", allow(`"Action":"*","Principal":{"AWS":§123456789012}`), "\"AWS\" holds a number where a string is wanted"},
		{"Principal of none", allow(`"Action":"*","Principal":{"AWS":§[]}`), "AWS is an empty list"},
		{"Condition a list", allow(`"Action":"*","Condition":§[]`), "Condition is a list, not an object of operators"},
		{"operator a string", allow(`"Action":"*","Condition":{"Bool":§"x"}`), "condition operator \"Bool\" holds a string, not an object of keys"},
		{"condition value null", allow(`"Action":"*","Condition":{"Bool":{"k":§null}}`), "\"k\" holds null where a string, number or boolean is wanted"},
		{"condition value object", allow(`"Action":"*","Condition":{"Bool":{"k":["a",§{}]}}`), "\"k\" holds an object where a string, number or boolean is wanted"},
		{"too long", "§" + strings.Repeat(" ", maxText+1), "document is longer than 1 MiB"},
		{"64 levels", deep(0, 61), "Condition is a list, not an object of operators"},
		{"65 levels", deep(61, 1), "document is nested deeper than 64 levels"},
		{"hostile name", allow("\"Action\":\"*\",§\"\\u001b[31m" + strings.Repeat("é", 100) + "\":1"), "statement has an unknown element \"\\x1b[31m" + strings.Repeat("é", 54) + "…\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, want := marked(tt.text, tt.want)
			if diff := cmp.Diff(want, placed(Parse(text).Faults)); diff != "" {
				t.Errorf("faults of %.200q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestParse_shapes(t *testing.T) {
	t.Parallel()
	one := Parse(`{"Version":"2012-10-17","Id":"x","Statement":{"Sid":"s","Effect":"Allow","Principal":"*",
		"Action":"s3:Get*","Resource":"*","Condition":{"NumericLessThan":{"a":1.50},"Bool":{"b":true},"StringLike":{"c":["x","y"],"d":[]}}}}`)
	many := Parse(`{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":["123456789012","*"],"Service":"ec2.amazonaws.com"},
		"NotAction":["a:b","c:d"],"NotResource":["r"],"Condition":{}},{"Sid":"","Effect":"Allow","Action":"*"},{"Sid":"","Effect":"Allow","Action":"*"}]}`)
	texts := func(d *Document) string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %q\n", d.Version, d.ID)
		for _, s := range d.Statements {
			fmt.Fprintf(&b, "%s %q %s not=%t,%t,%t", s.Pointer, s.Sid, s.Effect, s.NotPrinc, s.NotAction, s.NotRes)
			for _, p := range s.Principal {
				fmt.Fprintf(&b, " %s:%s", p.Type, p.Text)
			}
			fmt.Fprint(&b, " do", plain(s.Action), " on", plain(s.Resource))
			for _, c := range s.Conditions {
				fmt.Fprintf(&b, " if %s %s %v", c.Operator, c.Key, plain(c.Values))
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	want := `2012-10-17 "x"
/Statement "s" Allow not=false,false,false *:* do[s3:Get*] on[*] if NumericLessThan a [1.50] if Bool b [true] if StringLike c [x y] if StringLike d []
2008-10-17 ""
/Statement/0 "" Deny not=true,true,true AWS:123456789012 AWS:* Service:ec2.amazonaws.com do[a:b c:d] on[r]
/Statement/1 "" Allow not=false,false,false do[*] on[]
/Statement/2 "" Allow not=false,false,false do[*] on[]
`
	if diff := cmp.Diff(want, texts(one)+texts(many)); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	if got := said(one.Faults) + said(many.Faults); got != "" {
		t.Errorf("faults: %s", got)
	}
}

func plain(values []Value) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.Text
	}
	return out
}

func TestParse_hints(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"statement":{},"Statement":{"Effect":"Deny","Action":"*"}}`: `letter case counts: write "Statement"`,
		`{"Statement":{"Effect":"DENY","Action":"*"}}`:                `letter case counts: write Allow or Deny`,
		`{"Statement":{"Effect":"Permit","Action":"*"}}`:              `write Allow or Deny`,
		`{"Comment":"x","Statement":{"Effect":"Deny","Action":"*"}}`:  `the elements are Version, Id, Statement`,
	} {
		d := Parse(text)
		if len(d.Faults) != 1 || d.Faults[0].Hint != want {
			t.Errorf("%s: faults %v, want one with hint %q", text, d.Faults, want)
		}
	}
}

// walk calls visit for n and everything in it.
func walk(n *Node, visit func(*Node)) {
	visit(n)
	for _, item := range n.Items {
		walk(item, visit)
	}
	for _, m := range n.Members {
		walk(m.Value, visit)
	}
}

func TestParse_positions(t *testing.T) {
	t.Parallel()
	text := "\r\n{\"Id\": \"é日本\", \"Statement\": [\n\t{\"Effect\" : \"Allow\",\"Action\":[\"a:é\" ,\"b\"],\r\n \"Condition\":{\"Bool\":{\"k\":[true, 1e3,\"\"]}}}]}\n"
	d := Parse(text)
	if len(d.Faults) > 0 {
		t.Fatal(d.Faults)
	}
	count := 0
	walk(d.Root, func(n *Node) {
		count++
		before := text[:n.Pos.Offset]
		line := 1 + strings.Count(before, "\n")
		column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
		if n.Pos.Line != line || n.Pos.Column != column {
			t.Errorf("node at byte %d: got %d:%d, want %d:%d", n.Pos.Offset, n.Pos.Line, n.Pos.Column, line, column)
		}
		again := Parse(text[n.Pos.Offset:n.End])
		if diff := cmp.Diff(n, again.Root, cmpopts.IgnoreFields(Node{}, "Pos", "End"), cmpopts.IgnoreFields(Member{}, "Offset")); diff != "" {
			t.Errorf("text of node at byte %d is another (-node +text):\n%s", n.Pos.Offset, diff)
		}
		for _, m := range n.Members {
			if !strings.HasPrefix(text[m.Offset:], `"`+m.Name+`"`) {
				t.Errorf("name %q is not at byte %d", m.Name, m.Offset)
			}
		}
	})
	if count != 14 {
		t.Errorf("walked %d nodes, want 14", count)
	}
}

func TestNode_size(t *testing.T) {
	t.Parallel()
	if got := unsafe.Sizeof(Node{}); got > 104 {
		t.Errorf("a Node has %d bytes; documents by the thousand are kept, so 104 is the budget", got)
	}
}

func TestParse_memory(t *testing.T) {
	// 14 without the race detector, which empties pools now and then; 51 values are in the document.
	if got := testing.AllocsPerRun(100, func() { Parse(typical) }); got > 40 {
		t.Errorf("a typical document costs %.0f allocations, want at most 40", got)
	}
}

// TestParse_hostile holds the work on hostile text to its size: memory is counted, for time see
// BenchmarkParseHostile.
func TestParse_hostile(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			full, half := allocated(text), allocated(text[:len(text)/2])
			if most := uint64(120*len(text) + 1<<16); full > most || half > most {
				t.Errorf("%d bytes cost %d bytes of memory, and half of them %d", len(text), full, half)
			}
			if d := Parse(text); len(d.Faults) > maxFaults {
				t.Errorf("%d faults, want at most %d", len(d.Faults), maxFaults)
			}
		})
	}
}

func allocated(text string) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Parse(text)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzParse(f *testing.F) {
	f.Add(typical)
	f.Add(`{"Statement":{"Effect":"Deny","NotAction":"é\u00e9\n","NotResource":["a",""],"Principal":{"AWS":"*"},"Condition":{"Bool":{"k":[1e5,true,"x"]}}}}`)
	f.Add(`{"Statement":[{"Effect":"Allow","Action":[],"Effect":1},null]} {`)
	f.Add("{\"\\ud800\":\xff}")
	f.Fuzz(func(t *testing.T, text string) {
		d := Parse(text)
		checkValid(t, d)
		for _, fault := range d.Faults {
			if s := fault.Span; s.Start.Offset < 0 || s.End.Offset > len(text) || s.Start.Offset > s.End.Offset || s.Start.Line < 1 || fault.Message == "" {
				t.Errorf("fault %+v is nowhere in %q", fault, text)
			}
		}
		if d.Root == nil {
			return
		}
		if again := Parse(string(d.Root.AppendJSON(nil))); len(d.Faults) == 0 {
			noPlace := cmp.Options{
				cmpopts.IgnoreFields(Node{}, "Pos", "End"), cmpopts.IgnoreFields(Member{}, "Offset"),
				cmpopts.IgnoreFields(Document{}, "Text"),
			}
			if diff := cmp.Diff(d, again, noPlace); diff != "" {
				t.Errorf("printed and parsed again, %q is another (-first +second):\n%s", text, diff)
			}
		}
		checkValues(t, d)
		checkPlaces(t, d)
	})
}

// checkValid holds the parser to encoding/json's opinion of what is JSON. What Ambit refuses beyond that:
// text that is not UTF-8, half surrogates, and what is beyond a limit.
func checkValid(t *testing.T, d *Document) {
	t.Helper()
	valid := json.Valid([]byte(d.Text))
	if d.Root != nil && !valid {
		t.Errorf("%q is not JSON, and was parsed", d.Text)
	}
	deep := strings.Count(d.Text, "[")+strings.Count(d.Text, "{") >= maxDepth
	strict := utf8.ValidString(d.Text) && !strings.Contains(strings.ToLower(d.Text), `\ud`)
	if d.Root == nil && valid && strict && !deep && len(d.Text) < maxValues {
		t.Errorf("%q is JSON, and was refused: %v", d.Text, d.Faults)
	}
	if d.Root == nil && len(d.Faults) == 0 {
		t.Errorf("%q has neither a tree nor a fault", d.Text)
	}
}

// checkValues compares the tree with what encoding/json reads, where no name stands twice.
func checkValues(t *testing.T, d *Document) {
	t.Helper()
	if strings.Contains(said(d.Faults), "stands twice") || len(d.Faults) == maxFaults {
		return
	}
	var want, got any
	if err := json.Unmarshal([]byte(d.Text), &want); err != nil {
		return // a number beyond float64
	}
	if err := json.Unmarshal(d.Root.AppendJSON(nil), &got); err != nil || !reflect.DeepEqual(want, got) {
		t.Errorf("%q was read as %s (%v)", d.Text, d.Root.AppendJSON(nil), err)
	}
}

// checkPlaces follows each node's pointer back to the node, and cuts its snippet.
func checkPlaces(t *testing.T, d *Document) {
	t.Helper()
	count := 0
	walk(d.Root, func(n *Node) {
		if count++; count > 50 {
			return
		}
		if pointer := d.Pointer(n); follow(d.Root, pointer) != n && !strings.Contains(said(d.Faults), "stands twice") {
			t.Errorf("pointer %q of %q leads elsewhere", pointer, d.Text)
		}
		if s := d.Snippet(n, 7); utf8.RuneCountInString(s) > 7 || s == "" {
			t.Errorf("snippet %q of %q", s, d.Text)
		}
	})
}

// follow is the node that a JSON pointer leads to.
func follow(n *Node, pointer string) *Node {
	for n != nil && pointer != "" {
		token, rest, more := strings.Cut(pointer[1:], "/")
		if pointer = ""; more {
			pointer = "/" + rest
		}
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		if n.Kind == Object {
			n = n.Member(token)
			continue
		}
		var i int
		if _, err := fmt.Sscan(token, &i); err != nil || i >= len(n.Items) {
			return nil
		}
		n = n.Items[i]
	}
	return n
}
