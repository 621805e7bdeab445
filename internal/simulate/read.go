package simulate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
		return nil, fmt.Errorf("simulate %s: %w", name, err)
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("simulate %s: more than %d MiB of cases", name, maxText>>20)
	}
	first := bytes.TrimLeft(text, " \t\r\n\ufeff")
	if len(first) == 0 {
		return nil, fmt.Errorf("simulate %s: the file is empty", name)
	}
	if first[0] != '{' && first[0] != '[' {
		if text, err = fromYAML(text); err != nil {
			return nil, fmt.Errorf("simulate %s: %w", name, err)
		}
	}
	cases, err := fromJSON(text)
	if err != nil {
		return nil, place(name, string(text), err)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("simulate %s: the file holds no case", name)
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
			return nil, &readError{at: int(d.InputOffset()), err: err}
		}
		cases, err := caseValue(v)
		if err != nil {
			return nil, &readError{at: at + bytes.Index(text[at:], v), err: err}
		}
		out = append(out, cases...)
	}
}

func caseValue(v jsontext.Value) ([]Case, error) {
	// A policy may hold a name twice: that is for the policy's own fault to say.
	options := json.JoinOptions(json.RejectUnknownMembers(true), jsontext.AllowDuplicateNames(true))
	v = v.Clone()
	if v.Kind() == '{' {
		var f file
		if err := json.Unmarshal(v, &f, jsontext.AllowDuplicateNames(true)); err == nil && len(f.Cases) > 0 {
			v = f.Cases
		}
	}
	if v.Kind() == '[' {
		var list []Case
		err := json.Unmarshal(v, &list, options)
		return list, err
	}
	var one Case
	err := json.Unmarshal(v, &one, options)
	return []Case{one}, err
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
		return fmt.Errorf("simulate %s: %w", name, err)
	}
	line := 1 + strings.Count(text[:min(at.at, len(text))], "\n")
	return fmt.Errorf("simulate %s:%d: not a case: %s", name, line, source.Safe(at.err.Error()))
}

// fromYAML rewrites YAML documents as JSON lines.
func fromYAML(text []byte) ([]byte, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var out []byte
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if out, err = appendJSON(out, &n, 0); err != nil {
			return nil, err
		}
		out = append(out, '\n')
	}
}

func appendJSON(to []byte, n *yaml.Node, depth int) ([]byte, error) {
	if depth > 100 {
		return nil, fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return appendJSON(to, n.Content[0], depth+1)
	case yaml.SequenceNode:
		return appendList(to, n, depth)
	case yaml.MappingNode:
		return appendObject(to, n, depth)
	case yaml.ScalarNode:
		return appendScalar(to, n)
	}
	return nil, fmt.Errorf("line %d: anchors are not taken", n.Line)
}

func appendList(to []byte, n *yaml.Node, depth int) (out []byte, err error) {
	out = append(to, '[')
	for i, item := range n.Content {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendJSON(out, item, depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(to []byte, n *yaml.Node, depth int) (out []byte, err error) {
	out = append(to, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = jsontext.AppendQuote(out, n.Content[i].Value); err != nil {
			return nil, err
		}
		out = append(out, ':')
		if out, err = appendJSON(out, n.Content[i+1], depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
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
