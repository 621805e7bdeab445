package policy

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNode_Member(t *testing.T) {
	t.Parallel()
	d := Parse(`{"Statement":{"Effect":"Allow","Action":["a:b"]}}`)
	if got := d.Root.Member("Statement").Member("Effect").Text; got != "Allow" {
		t.Errorf("Effect is %q", got)
	}
	var none *Node
	for _, n := range []*Node{
		none.Member("x"), d.Root.Member("statement"), d.Root.Member("Statement").Member("Action").Member("0"),
	} {
		if n != nil {
			t.Errorf("found %v where nothing is", n)
		}
	}
}

func TestNode_AppendJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		` { "b" : [ 1.0e+2 , true , null , "\u003c\/\n\u0001é" , { } , [ ] ] , "a" : -0 } `: `{"b":[1.0e+2,true,null,"</\n\u0001é",{},[]],"a":-0}`,
		`[]`: `[]`, `null`: `null`, `"x"`: `"x"`,
	} {
		if got := string(Parse(text).Root.AppendJSON([]byte("x"))); got != "x"+want {
			t.Errorf("%s printed as %s, want x%s", text, got, want)
		}
	}
	var none *Node
	if got := string(none.AppendJSON(nil)); got != "null" {
		t.Errorf("no node printed as %s", got)
	}
}

func TestDocument_Pointer(t *testing.T) {
	t.Parallel()
	d := Parse(`{"Statement":[{"a/b~c":{"":[10,[20]]}}]}`)
	var got []string
	walk(d.Root, func(n *Node) { got = append(got, d.Pointer(n)) })
	want := []string{
		"", "/Statement", "/Statement/0", "/Statement/0/a~1b~0c", "/Statement/0/a~1b~0c/",
		"/Statement/0/a~1b~0c//0", "/Statement/0/a~1b~0c//1", "/Statement/0/a~1b~0c//1/0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
	other := Parse(`{"Statement":[{"a/b~c":7}]}`)
	if got := d.Pointer(other.Root.Member("Statement").Items[0]); got != "" {
		t.Errorf("a node of another document has pointer %q", got)
	}
	if got := d.Pointer(nil) + Parse("").Pointer(d.Root); got != "" {
		t.Errorf("no node has pointer %q", got)
	}
}

func TestDocument_Snippet(t *testing.T) {
	t.Parallel()
	d := Parse("{\n  \"a\": [ \"two  spaces\\\"  \",\r\n\t\"日本\" ],  \"b\":1 }")
	tests := []struct {
		limit int
		want  string
	}{
		{0, ""},
		{-1, ""},
		{1, "…"},
		{4, `{ "…`},
		{40, `{ "a": [ "two  spaces\"  ", "日本" ], "b"…`},
		{42, `{ "a": [ "two  spaces\"  ", "日本" ], "b":1…`},
		{43, `{ "a": [ "two  spaces\"  ", "日本" ], "b":1 }`},
		{1000, `{ "a": [ "two  spaces\"  ", "日本" ], "b":1 }`},
	}
	for _, tt := range tests {
		if got := d.Snippet(d.Root, tt.limit); got != tt.want {
			t.Errorf("snippet of %d runes: got %q, want %q", tt.limit, got, tt.want)
		}
	}
	if got := d.Snippet(d.Root.Member("a").Items[1], 4); got != `"日本"` {
		t.Errorf("snippet %q", got)
	}
	if got := d.Snippet(nil, 10) + Parse("{}").Snippet(d.Root, 10); got != "" {
		t.Errorf("snippet of no node: %q", got)
	}
}

func TestDocument_Span(t *testing.T) {
	t.Parallel()
	d := Parse("{\n  \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"é:*\", \"Resource\": [\"*\"]}}")
	tests := []struct {
		n    *Node
		want string
	}{
		{d.Root, "1:1-1:2"},
		{d.Statements[0].Node, "2:16-2:17"},
		{d.Statements[0].Action[0].Node, "2:46-2:51"},
		{d.Statements[0].Node.Member("Resource"), "2:65-2:66"},
		{nil, "0:0-0:0"},
	}
	for _, tt := range tests {
		s := d.Span(tt.n)
		if got := fmt.Sprintf("%d:%d-%d:%d", s.Start.Line, s.Start.Column, s.End.Line, s.End.Column); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}
