package simulate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"github.com/ambit-iam/ambit/internal/source"
)

const maxText = 64 << 20

// file is the shape {"description": …, "count": …, "cases": […]}.
type file struct {
	Description string         `json:"description"`
	Count       int            `json:"count"`
	Cases       jsontext.Value `json:"cases"`
}

// Read gives the cases of a file; name is for errors. A case without an id is named by its number.
func Read(name string, r io.Reader) ([]Case, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("%s: more than %d MiB of cases", name, maxText>>20)
	}
	first := bytes.TrimLeft(text, " \t\r\n\ufeff")
	if len(first) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", name)
	}
	if first[0] != '{' && first[0] != '[' {
		if text, err = fromYAML(text); err != nil {
			return nil, placeYAML(name, err)
		}
	}
	cases, err := fromJSON(text)
	if err != nil {
		return nil, place(name, string(text), err)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s: the file holds no case", name)
	}
	for i := range cases {
		if cases[i].ID == "" {
			cases[i].ID = fmt.Sprintf("%s#%d", name, i+1)
		}
	}
	return cases, nil
}

// fromJSON takes any number of JSON documents, each a case, a list of cases, or a file.
func fromJSON(text []byte) ([]Case, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	var out []Case
	for {
		at := int(d.InputOffset())
		v, err := d.ReadValue()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault(int(d.InputOffset()), 0, err)
		}
		cases, within, err := caseValue(v)
		if err != nil {
			return nil, fault(at+bytes.Index(text[at:], v), within, err)
		}
		out = append(out, cases...)
	}
}

// caseValue takes a case, a list of cases or a file; an error lies behind the byte within of v.
func caseValue(v jsontext.Value) (cases []Case, within int, err error) {
	// A policy may hold a name twice: that is for the policy's own fault to say.
	options := json.JoinOptions(json.RejectUnknownMembers(true), jsontext.AllowDuplicateNames(true))
	whole := v
	v = v.Clone()
	if v.Kind() == '{' {
		var f file
		if err := json.Unmarshal(v, &f, jsontext.AllowDuplicateNames(true)); err == nil && len(f.Cases) > 0 {
			v = f.Cases
			within = max(bytes.Index(whole, v), 0)
		}
	}
	if v.Kind() == '[' {
		err := json.Unmarshal(v, &cases, options)
		return cases, within, err
	}
	var one Case
	err = json.Unmarshal(v, &one, options)
	return []Case{one}, within, err
}

// fault places a decoder's error, whose value begins at the byte at, and says it in plain words.
func fault(at, within int, err error) *readError {
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		at += within + int(e.ByteOffset)
		switch {
		case errors.Is(e.Err, json.ErrUnknownName):
			err = fmt.Errorf("unknown member %q", e.JSONPointer.LastToken())
		case e.JSONPointer != "":
			err = fmt.Errorf("%s cannot be %s", e.JSONPointer, kindWords[e.JSONKind])
		}
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at, err = int(e.ByteOffset), e.Err // the decoder counts from the beginning
	}
	return &readError{at: at, err: err}
}

// readError is a fault at a byte of the text.
type readError struct {
	at  int
	err error
}

// Error is the fault without its place.
func (e *readError) Error() string { return e.err.Error() }

// Unwrap gives what the decoder said.
func (e *readError) Unwrap() error { return e.err }

func place(name, text string, err error) error {
	var at *readError
	if !errors.As(err, &at) {
		return fmt.Errorf("%s: %w", name, err)
	}
	line := 1 + strings.Count(text[:min(at.at, len(text))], "\n")
	return fmt.Errorf("%s:%d: not a case: %s", name, line, source.Safe(at.err.Error()))
}

// kindWords say what a value is.
var kindWords = map[jsontext.Kind]string{
	'n': "null", 't': "true", 'f': "false", '"': "a text", '0': "a number", '{': "an object", '[': "a list",
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

// placeYAML puts the line that a YAML error names behind the file's name.
func placeYAML(name string, err error) error {
	message := err.Error()
	m := yamlLine.FindStringSubmatch(message)
	if m == nil {
		return fmt.Errorf("%s: %s", name, source.Safe(message))
	}
	return fmt.Errorf("%s:%s: %s", name, m[1], source.Safe(message[len(m[0]):]))
}

// fromYAML rewrites YAML documents as JSON, in which every value stands on the line where it stood.
func fromYAML(text []byte) ([]byte, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	w := rewriter{line: 1}
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			return w.out, nil
		}
		if err != nil {
			return nil, err
		}
		if err := w.value(&n, 0); err != nil {
			return nil, err
		}
		w.out = append(w.out, ' ')
	}
}

// rewriter writes JSON.
type rewriter struct {
	out  []byte
	line int
}

func (w *rewriter) value(n *yaml.Node, depth int) error {
	if depth > 100 {
		return fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	for ; w.line < n.Line; w.line++ {
		w.out = append(w.out, '\n')
	}
	var err error
	switch n.Kind {
	case yaml.DocumentNode:
		return w.value(n.Content[0], depth+1)
	case yaml.SequenceNode:
		return w.list(n, depth)
	case yaml.MappingNode:
		return w.object(n, depth)
	case yaml.ScalarNode:
		w.out, err = appendScalar(w.out, n)
		return err
	}
	return fmt.Errorf("line %d: anchors are not taken", n.Line)
}

func (w *rewriter) list(n *yaml.Node, depth int) error {
	w.out = append(w.out, '[')
	for i, item := range n.Content {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.value(item, depth+1); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *rewriter) object(n *yaml.Node, depth int) error {
	w.out = append(w.out, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		name := *n.Content[i]
		name.Kind, name.Tag = yaml.ScalarNode, "!!str"
		if err := w.value(&name, depth+1); err != nil {
			return err
		}
		w.out = append(w.out, ':')
		if err := w.value(n.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

func appendScalar(to []byte, n *yaml.Node) ([]byte, error) {
	switch n.Tag {
	case "!!null":
		return append(to, "null"...), nil
	case "!!bool":
		return append(to, strings.ToLower(n.Value)...), nil
	case "!!int":
		if jsontext.Value(n.Value).IsValid() {
			return append(to, n.Value...), nil
		}
	}
	// Dates and versions stay text: 2012-10-17 is a policy's Version.
	return jsontext.AppendQuote(to, n.Value)
}
