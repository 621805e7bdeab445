package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ambit-iam/ambit/internal/iamref"
)

func TestDocument_Format(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{
			"order", `{"Statement":[{"Condition":{"Bool":{"b":true},"Null":{"a":"false"}},"Resource":"*","NotAction":["a:b"],"Principal":{"AWS":["1","2"]},"Effect":"Deny","Sid":"x"}],"Id":"i","Version":"2012-10-17"}`,
			`{
  "Version": "2012-10-17",
  "Id": "i",
  "Statement": [
    {
      "Sid": "x",
      "Effect": "Deny",
      "Principal": {
        "AWS": ["1", "2"]
      },
      "NotAction": ["a:b"],
      "Resource": "*",
      "Condition": {
        "Bool": {
          "b": true
        },
        "Null": {
          "a": "false"
        }
      }
    }
  ]
}
`,
		},
		{
			"one statement without a list", `{"Statement":{"Action":"a:b","Effect":"Allow","Condition":{},"Resource":["*"]}}`,
			`{
  "Statement": {
    "Effect": "Allow",
    "Action": "a:b",
    "Resource": ["*"],
    "Condition": {}
  }
}
`,
		},
		{
			"a list that does not fit", allow(`"Action":["s3:GetObject","s3:PutObject","s3:ListBucket","s3:DeleteObject","x"],"Resource":"*"`),
			`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
        "s3:DeleteObject",
        "x"
      ],
      "Resource": "*"
    }
  ]
}
`,
		},
		{
			"a list of 80 columns with its comma", allow(`"Action":["s3:GetObject","s3:PutObject","s3:ListBucket","s3:DeleteB"],"Resource":"*"`),
			`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteB"],
      "Resource": "*"
    }
  ]
}
`,
		},
		{
			"one long value stays on its line", allow(`"Action":["` + strings.Repeat("x", 90) + `"],"Resource":"*"`),
			"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [\"" + strings.Repeat("x", 90) + "\"],\n      \"Resource\": \"*\"\n    }\n  ]\n}\n",
		},
		{
			"what cannot be seen is escaped", `{"Id":"\u202Ea\u200b\u00A0é\uD83D\uDE00\u001b\u0007<&"}`,
			"{\n  \"Id\": \"\\u202ea\\u200b\\u00a0é😀\\u001b\\u0007<&\"\n}\n",
		},
		{"a plane beyond the first", `{"Id":"\uDB40\uDC01"}`, "{\n  \"Id\": \"\\udb40\\udc01\"\n}\n"},
		{
			"unknown elements stay behind", `{"x":{"Statement":[{"b":1,"Effect":2,"a":1.50}]},"Version":null}`,
			`{
  "Version": null,
  "x": {
    "Statement": [
      {
        "b": 1,
        "Effect": 2,
        "a": 1.50
      }
    ]
  }
}
`,
		},
		{"nested lists", `[[],[1,{}],[[2]],{}]`, "[\n  [],\n  [1, {}],\n  [\n    [2]\n  ],\n  {}\n]\n"},
		{"not JSON", "{\"Version\":", "{\"Version\":"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Parse(tt.text).Format()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again := Parse(got).Format(); again != got {
				t.Errorf("formatted again:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func TestNode_AppendIndent(t *testing.T) {
	t.Parallel()
	d := Parse(allow(`"Resource":"*","Action":["a:b","c:d"]`))
	got := string(d.Statements[0].Node.AppendIndent([]byte("> ")))
	want := "> {\n  \"Effect\": \"Allow\",\n  \"Resource\": \"*\",\n  \"Action\": [\"a:b\", \"c:d\"]\n}"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := string((*Node)(nil).AppendIndent(nil)); got != "null" {
		t.Errorf("nil is %s", got)
	}
}

// TestDocument_Format_managed formats what AWS itself writes.
func TestDocument_Format_managed(t *testing.T) {
	t.Parallel()
	n := 0
	for m := range iamref.ManagedPolicies() {
		d := Parse(m.Document)
		checkFormat(t, d)
		n++
	}
	if n == 0 {
		t.Fatal("no documents")
	}
	t.Logf("%d documents", n)
}

// checkFormat holds the formatted document against the document.
func checkFormat(t *testing.T, d *Document) {
	t.Helper()
	text := d.Format()
	again := Parse(text)
	if twice := again.Format(); twice != text {
		t.Errorf("formatted twice (-once +twice):\n%s", cmp.Diff(text, twice))
	}
	if d.Root == nil {
		return
	}
	if again.Root == nil {
		t.Fatalf("%q does not parse: %s", text, said(again.Faults))
	}
	if diff := cmp.Diff(unordered(d.Root), unordered(again.Root)); diff != "" {
		t.Errorf("values (-written +formatted):\n%s", diff)
	}
	if (len(d.Faults) == 0) != (len(again.Faults) == 0) {
		t.Errorf("faults are %q, were %q", said(again.Faults), said(d.Faults))
	}
	if len(d.Faults) > 0 {
		return // of duplicate elements the last one counts, which says nothing about their order
	}
	meaning := cmp.Options{cmpopts.IgnoreTypes(&Node{}), cmpopts.IgnoreFields(Document{}, "Text")}
	if diff := cmp.Diff(d, again, meaning); diff != "" {
		t.Errorf("statements (-written +formatted):\n%s", diff)
	}
}

// unordered is a tree as text with the members of each object sorted.
func unordered(n *Node) string {
	switch n.Kind {
	case List:
		var items []string
		for _, item := range n.Items {
			items = append(items, unordered(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Object:
		var members []string
		for _, m := range n.Members {
			members = append(members, fmt.Sprintf("%q: %s", m.Name, unordered(m.Value)))
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ", ") + "}"
	}
	return fmt.Sprintf("%d %q", n.Kind, n.Text)
}

// FuzzFormat: the formatted text means the same, and formats to itself.
func FuzzFormat(f *testing.F) {
	f.Add(typical)
	f.Add(allow(`"Action":["a:b","c:d"],"NotResource":[],"Condition":{"Bool":{"x":[true,1,"\u202e"]}}`))
	f.Add(`[[1,2,[]],{"Statement":[{}]}]`)
	f.Add(`{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		d := Parse(text)
		checkFormat(t, d)
	})
}

func BenchmarkFormat(b *testing.B) {
	d := Parse(typical)
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for b.Loop() {
		d.Format()
	}
}

func BenchmarkFormatHostile(b *testing.B) {
	for name, text := range hostile() {
		d := Parse(text)
		if d.Root == nil {
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				d.Format()
			}
		})
	}
}
