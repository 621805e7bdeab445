// Package strictyaml decodes YAML into Go structs and says where everything stands.
//
// Contract: an unknown, doubled or ill-typed key is a diagnostic with line and column and, where it helps, a
// cure; nothing is guessed, nothing is dropped. All faults of a text are told at once. Struct fields carry
// `yaml:"name"` tags; kinds: string, bool, int, float64, any, pointers, slices, maps with string keys, structs,
// and encoding.TextUnmarshaler for scalars.
// Limits: one document, no anchors and no merge keys, 1 MiB, 64 levels. A syntax error has a line but no better
// column than the line's first text, since the parser tells no more.
// Floor: 2.
package strictyaml

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/ambit-iam/ambit/internal/source"
)

const (
	maxText  = 1 << 20
	maxDepth = 64
)

// Document remembers where the parts of a decoded text stand.
type Document struct {
	keys   map[string]source.Span // path joined by NUL
	values map[string]source.Span
}

// Key is where the last key of the path is written. The path names map keys, and list items by their index
// ("0", "1", …). A path that the text lacks gives the span of its nearest parent.
func (d *Document) Key(path ...string) source.Span { return nearest(d.keys, path) }

// Value is where the value at the path is written, with the same rule for a missing path.
func (d *Document) Value(path ...string) source.Span { return nearest(d.values, path) }

// Has reports whether the text holds the path.
func (d *Document) Has(path ...string) bool {
	_, ok := d.values[strings.Join(path, "\x00")]
	return ok
}

func nearest(spans map[string]source.Span, path []string) source.Span {
	for n := len(path); n >= 0; n-- {
		if s, ok := spans[strings.Join(path[:n], "\x00")]; ok {
			return s
		}
	}
	return source.Span{}
}

// Decode reads text, whose first byte stands at `at` (the zero Pos: the beginning of a file), into the struct
// that into points to. The value is usable only where no diagnostic came back.
func Decode(text string, at source.Pos, into any) (*Document, []source.Diagnostic) {
	d := newDecoder(text, at)
	if len(text) > maxText {
		d.fault(d.base(), fmt.Sprintf("the text has %d bytes, more than the %d that are read", len(text), maxText), "")
		return d.document, d.faults
	}
	root, err := parse(text)
	switch {
	case err != nil:
		d.fault(d.syntaxSpan(err), "not YAML: "+syntaxMessage(err), "")
	case root != nil:
		d.root(root, into)
	}
	return d.document, d.faults
}

// parse gives the root node, nil for a text without content.
func parse(text string) (*yaml.Node, error) {
	dec := yaml.NewDecoder(strings.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if err == io.EOF { //nolint:errorlint // Decode gives io.EOF itself for an empty text
			return nil, nil
		}
		return nil, err
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, fmt.Errorf("yaml: line %d: a second document begins", second.Line)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// The parser gives positions of syntax errors only inside its message, as "yaml: line 3: did not find …".
const syntaxPrefix = "yaml: line "

func syntaxMessage(err error) string {
	msg := err.Error()
	if rest, ok := strings.CutPrefix(msg, syntaxPrefix); ok {
		if _, after, found := strings.Cut(rest, ": "); found {
			return after
		}
	}
	return strings.TrimPrefix(msg, "yaml: ")
}

func (d *decoder) syntaxSpan(err error) source.Span {
	rest, ok := strings.CutPrefix(err.Error(), syntaxPrefix)
	if !ok {
		return d.base()
	}
	number, _, _ := strings.Cut(rest, ":")
	line, convErr := strconv.Atoi(number)
	if convErr != nil || line < 1 || line > len(d.lines) {
		return d.base()
	}
	text := d.line(line)
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	return source.Span{Start: d.pos(line, indent+1), End: d.pos(line, utf8.RuneCountInString(text)+1)}
}
